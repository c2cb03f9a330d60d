"""What was read off single feedbacks, kept by month from run to run: only new words are read again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib import whole
from voc_lib.text.numbers import distinct

KEY = "key"
MARK = b"voc.memory.mark"
SHORT = 12  # characters of a taxonomy's digest a mark begins with

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Memory:
    """The `folder` of what was read, a file for each kind and month.

    `mark` says by which taxonomy, program and words.

    What was read under another mark, or cannot be read any more, is worked out again.
    """

    folder: Path
    mark: str

    def recall(
        self,
        kind: str,
        rows: pd.DataFrame,
        given: Sequence[str],
        work: Callable[[pd.DataFrame], pd.DataFrame],
    ) -> pd.DataFrame:
        """What `work` gives for the rows: `row` (position among them) and columns, in order, lines for each.

        It is asked only about rows whose `given` columns no run has seen, and told no others; rows that have
        these in common have the same lines.
        """
        keys = pd.util.hash_pandas_object(rows[list(given)], index=False, categorize=False).to_numpy()
        months = _months(rows["created_at"])
        files = [self._file(kind, month) for month in sorted(set(months))]
        held = _apart([lines for file in files if (lines := self._read(file)) is not None])
        known = np.concatenate([lines[KEY].to_numpy() for lines in held]) if held else keys[:0]
        said = pd.Series(keys)
        new = np.flatnonzero(~(said.duplicated() | said.isin(known)).to_numpy())
        log.info("%d 条里有 %d 条是没有读过的文字。", len(rows), len(new))
        if len(new) or not held:
            lines = work(rows[list(given)].iloc[new].reset_index(drop=True))
            lines = lines.assign(**{KEY: keys[new][lines["row"]]})
            self._keep(kind, lines, months[new][lines["row"]])
            held.append(lines)
        return _spread(pd.concat(held, ignore_index=True), keys)

    def _read(self, file: Path) -> pd.DataFrame | None:
        try:
            table = pq.read_table(file)
        except FileNotFoundError:
            return None
        except (pa.ArrowException, OSError) as error:
            log.warning("%s 读不出来（%s），其中的打标重新做。", file.name, type(error).__name__)
            return None
        return table.to_pandas() if (table.schema.metadata or {}).get(MARK) == self.mark.encode() else None

    def _keep(self, kind: str, lines: pd.DataFrame, months: np.ndarray) -> None:
        for month, part in lines.drop(columns="row").groupby(months, sort=True):
            file = self._file(kind, str(month))
            before = self._read(file)
            self._write(file, part if before is None else pd.concat([before, part], ignore_index=True))

    def _write(self, file: Path, lines: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(lines, preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), MARK: self.mark.encode()})
        with whole.half(file) as half:
            pq.write_table(table, half, compression="zstd")

    def _file(self, kind: str, month: str) -> Path:
        return self.folder / f"{month}.{kind}.parquet"


def idle(folder: Path, months: Collection[str], taxonomy: str) -> list[Path]:
    """The files no run reads any more: of other months than these, or of marks of another taxonomy."""
    return [
        file
        for file in sorted(folder.glob("*.parquet"))
        if file.name.partition(".")[0] not in months or not _mark(file).startswith(taxonomy[:SHORT])
    ]


def _mark(file: Path) -> str:
    """The mark of a file; "" where it cannot be read."""
    try:
        return (pq.read_schema(file).metadata or {}).get(MARK, b"").decode()
    except (pa.ArrowException, OSError):
        return ""


def recall(
    memory: Memory | None,
    kind: str,
    rows: pd.DataFrame,
    given: Sequence[str],
    work: Callable[[pd.DataFrame], pd.DataFrame],
) -> pd.DataFrame:
    """What a memory recalls of the rows; all of it worked out where there is none."""
    return work(rows) if memory is None else memory.recall(kind, rows, given, work)


def _apart(months: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The lines of each month's file without those of keys an earlier one holds too."""
    keys = [distinct(lines[KEY].to_numpy()) for lines in months]
    if not months or len(distinct(np.concatenate(keys))) == sum(map(len, keys)):
        return months
    known = [np.concatenate([keys[0][:0], *keys[:number]]) for number in range(len(months))]
    return [lines[~lines[KEY].isin(before)] for lines, before in zip(months, known, strict=True)]


def _months(times: pd.Series) -> np.ndarray:
    """The month of each moment, as in 2026-05."""
    number, months = pd.factorize(times.dt.year * 12 + times.dt.month - 1)
    return np.array([f"{month // 12}-{month % 12 + 1:02}" for month in months], dtype=object)[number]


def _spread(lines: pd.DataFrame, keys: np.ndarray) -> pd.DataFrame:
    """The lines of each key, in the order of `keys`, with the position of theirs as `row`."""
    order = np.argsort(lines[KEY].to_numpy(), kind="stable")
    held = lines[KEY].to_numpy()[order]
    asked = np.argsort(keys)  # looked up in order they are found in a third of the time
    start, stop = np.empty((2, len(keys)), dtype=np.int64)
    start[asked], stop[asked] = (np.searchsorted(held, keys[asked], side) for side in ("left", "right"))
    count = stop - start
    row = np.repeat(np.arange(len(keys)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    found = lines.take(order[start[row] + place]).reset_index(drop=True)
    return found.drop(columns=[KEY, "row"], errors="ignore").assign(row=row)
