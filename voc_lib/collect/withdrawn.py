"""Rows taken out of the archive by hand: kept beside it with who did it and why, and put back whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib import schema, whole
from voc_lib.collect import archive, ratings
from voc_lib.collect.ledger import plain_ids
from voc_lib.errors import DataError, ParamsError, did_you_mean
from voc_lib.period import Period

FOLDER = "withdrawn"  # inside the archive of a report
FILED = re.compile(r"\d{4}\.parquet")
MARK = b"voc.withdrawal"


@dataclass(frozen=True)
class Chosen:
    """Archived rows of a period, of one source or file where it says so."""

    period: Period
    source: str = ""
    file: str = ""

    def __str__(self) -> str:
        """As a person says it."""
        parts = (
            self.period.title,
            f"来源 {self.source}" * bool(self.source),
            f"文件 {self.file}" * bool(self.file),
        )
        return "、".join(filter(None, parts))


@dataclass(frozen=True)
class Withdrawal:
    """One time rows were taken out: `rows` with words, `rated` with a score alone.

    `returned` says when and by whom they were put back; "" where they were not.
    """

    number: int
    period: str
    source: str
    file: str
    rows: int
    rated: int
    at: str
    who: str
    why: str
    returned: str = ""

    @property
    def chosen(self) -> Chosen:
        """What was taken out."""
        return Chosen(Period.parse(self.period), self.source, self.file)


def found(folder: Path, chosen: Chosen) -> pd.DataFrame:
    """schema.HISTORY of the archived rows chosen, those with a score alone (no text) last.

    ParamsError names the sources or files there are where there is no row of the one chosen.
    """
    until = chosen.period.end
    parts = [plain_ids(archive.read(part, until=until)) for part in (folder, folder / ratings.FOLDER)]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[chosen.period.mask(rows["created_at"])]
    for column, title, wanted in (("source", "来源", chosen.source), ("file", "文件", chosen.file)):
        there = sorted(rows[column].dropna().astype("str").unique())
        if wanted and wanted not in there:
            known = did_you_mean(wanted, there) if there else ""
            raise ParamsError(f"{chosen.period.title}的归档里没有{title} “{wanted}” 的反馈。{known}")
        rows = rows[rows[column] == wanted] if wanted else rows
    if rows.empty:
        raise ParamsError(f"归档里没有{chosen.period.title}的反馈，没有可撤下的。")
    return rows.reset_index(drop=True)


def take(folder: Path, chosen: Chosen, *, who: str, why: str, at: datetime) -> Withdrawal:
    """What was taken out of the archive: in a file of its own before it is gone from its months."""
    rows = found(folder, chosen)
    rated = rows["text"].isna()
    number = max((told.number for told in table(folder)), default=0) + 1
    counts = int((~rated).sum()), int(rated.sum())
    told = Withdrawal(
        number, chosen.period.label, chosen.source, chosen.file, *counts,
        at=f"{at:%Y-%m-%d %H:%M}", who=who, why=why,
    )  # fmt: skip
    _write(folder, told, rows)
    archive.drop(rows[~rated], folder)
    archive.drop(rows[rated], folder / ratings.FOLDER)
    return told


def put_back(folder: Path, number: int, *, who: str, at: datetime) -> Withdrawal:
    """What was put back into the archive; rows read anew since then stay as they are."""
    told = next((told for told in table(folder) if told.number == number), None)
    if told is None or told.returned:
        left = "、".join(str(told.number) for told in table(folder) if not told.returned)
        raise ParamsError(f"没有编号 {number} 的撤下可放回；可放回的：{left or '无'}。")
    rows = schema.shape(pq.read_table(file(folder, number)).to_pandas(), schema.HISTORY)
    rated = rows["text"].isna()
    for part, mine in ((folder, rows[~rated]), (folder / ratings.FOLDER, rows[rated])):
        known = pd.MultiIndex.from_frame(archive.known(part)[archive.KEY])
        fresh = mine[~pd.MultiIndex.from_frame(mine[archive.KEY]).isin(known)]
        if len(fresh):
            archive.write(fresh, part)
    told = replace(told, returned=f"{at:%Y-%m-%d %H:%M} {who}")
    _write(folder, told, rows)
    return told


def table(folder: Path) -> list[Withdrawal]:
    """Every time rows were taken out of an archive, the first one first."""
    files = sorted((folder / FOLDER).glob("*.parquet"))
    return [_told(file) for file in files if FILED.fullmatch(file.name)]


def meeting(folder: Path, period: Period) -> list[Withdrawal]:
    """Each time rows of a period were taken out and not put back."""
    out = [(told, told.chosen.period) for told in table(folder) if not told.returned]
    return [told for told, of in out if of.start <= period.end and of.end >= period.start]


def notes(folder: Path, period: Period, mask: Callable[[str], str]) -> Iterator[str]:
    """A sentence for the report of each time rows of its period were taken out and not put back."""
    for told in meeting(folder, period):
        yield (
            f"归档里撤下过 {told.rows + told.rated} 条（{told.chosen}；{told.at}，原因：{mask(told.why)}），"
            f"文件里已没有的不再计入；放回：voc withdraw 参数文件 --back {told.number}"
        )


def file(folder: Path, number: int) -> Path:
    """Where the rows taken out under a number stand."""
    return folder / FOLDER / f"{number:04}.parquet"


def _write(folder: Path, told: Withdrawal, rows: pd.DataFrame) -> None:
    """Nothing; the rows and what is told of them stand in one file, whole."""
    made = pa.Table.from_pandas(rows, preserve_index=False)
    said = json.dumps(asdict(told), ensure_ascii=False).encode()
    with whole.half(file(folder, told.number)) as part:
        pq.write_table(made.replace_schema_metadata({**(made.schema.metadata or {}), MARK: said}), part)


def _told(file: Path) -> Withdrawal:
    try:
        return Withdrawal(**json.loads((pq.read_schema(file).metadata or {})[MARK]))
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"撤下的反馈 {FOLDER}/{file.name} 已损坏（{type(error).__name__}）。请从备份恢复，或移走。"
        ) from None
