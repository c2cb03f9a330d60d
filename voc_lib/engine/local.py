"""What an engine is, the one of this process, and how what the parts gave becomes one table again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from voc_lib.engine import processes

Work = Callable[[pd.DataFrame], pd.DataFrame]
PART = 20_000  # rows of a part: enough to outweigh what each costs
MANY = 200_000  # rows from which processes are worth their start


class Engine(Protocol):
    """Where work on rows is done."""

    @property
    def private(self) -> Engine:
        """The engine for rows whose personal data is not masked yet."""

    def map(self, work: Work, rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
        """What `work` gives for each part of the rows, in order, with the position of its first row."""

    def said(self) -> str:
        """Where that is, in Chinese, once it has answered; EngineError when it does not."""


class Local:
    """This machine: this process part by part, or a process on each core where there are many rows."""

    @property
    def private(self) -> Engine:
        """This process."""
        return self

    def map(self, work: Work, rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
        """What `work` gives for each part: what it needs for one is gone before the next."""
        starts = range(0, len(rows) or 1, PART)
        if len(rows) >= MANY and (cores := processes.cores()) > 1:
            parts = (part(rows, start, PART) for start in starts)
            yield from zip(starts, processes.mapped(work, parts, cores), strict=True)
            return
        for start in starts:
            yield start, work(rows.iloc[start : start + PART])

    def said(self) -> str:
        """本机."""
        return "本机"


LOCAL = Local()


def part(rows: pd.DataFrame, start: int, size: int) -> pd.DataFrame:
    """So many rows from one on, to be sent: a slice would carry all of them.

    >>> part(pd.DataFrame({"n": [1, 2, 3]}), 2, 2)["n"].tolist()
    [3]
    """
    return rows.take(np.arange(start, min(start + size, len(rows))))


def rows(engine: Engine, work: Work, given: pd.DataFrame) -> pd.DataFrame:
    """What `work` gives for the rows, a row for each, in their order.

    >>> rows(LOCAL, lambda part: part * 2, pd.DataFrame({"n": [1, 2]}))["n"].tolist()
    [2, 4]
    """
    return _joined([part for _, part in engine.map(work, given)], ignore_index=False)


def lines(engine: Engine, work: Work, given: pd.DataFrame) -> pd.DataFrame:
    """What `work` gives for the rows: lines in their order, `row` being the position of theirs.

    >>> lines(LOCAL, lambda part: part.assign(row=[0, 1]), pd.DataFrame({"n": [1, 2]}))["row"].tolist()
    [0, 1]
    """
    parts = [(start, part) for start, part in engine.map(work, given)]
    moved = [part.assign(row=part["row"] + start) if start else part for start, part in parts]
    return _joined(moved, ignore_index=True)


def _joined(parts: list[pd.DataFrame], *, ignore_index: bool) -> pd.DataFrame:
    """The parts as one frame, its texts in one piece: no file of it tells how many there were."""
    if len(parts) == 1:
        return parts[0]
    whole = pd.concat(parts, ignore_index=ignore_index)
    texts = [str(name) for name, dtype in whole.dtypes.items() if dtype == "str"]
    return whole.assign(**{name: pd.array(_piece(whole[name]), dtype="str") for name in texts})


def _piece(texts: pd.Series) -> pa.Array:
    found = pa.array(texts)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
