"""What a reader hands on: one table of text cells with its place, and the rows it could not use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

DATABASE = "数据库："  # what stands in the place of a file
REJECTS = ("line", "reason", "raw")


@dataclass(frozen=True)
class Table:
    """Rows of one file or sheet: every cell is text, "" for nothing; `lines` are places in the file.

    `aside` counts the lines that are no rows, by what they are: titles, the header, lines with nothing on
    them, line breaks inside a cell, rows the params leave out. `written` is when the file was, in local time;
    `epoch` are the days its serial numbers of days lie after those of Excel for Windows; `told` is the field
    of the columns the reader itself made.
    """

    file: str
    sheet: str | None
    columns: tuple[str, ...]
    cells: pa.Table
    lines: np.ndarray
    rejects: pd.DataFrame = field(default_factory=lambda: rejects([]))
    notes: tuple[str, ...] = ()
    aside: Mapping[str, int] = field(default_factory=dict)
    written: pd.Timestamp | None = None
    epoch: int = 0
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Number of rows that were in the file, usable or not."""
        return len(self.lines) + len(self.rejects)

    @property
    def total(self) -> int:
        """Number of lines of the file or sheet: rows read and lines set aside."""
        return self.read + sum(self.aside.values())

    @property
    def place(self) -> str:
        """File and sheet as a reader says them."""
        return f"{self.file}（工作表 {self.sheet}）" if self.sheet else self.file

    def raw(self, rows: np.ndarray) -> list[str]:
        """The original cells of some rows as JSON text, header -> cell."""
        records = self.cells.take(pa.array(rows)).to_pylist()
        return [raw_json(record) for record in records]

    def reject(self, bad: dict[int, str]) -> Table:
        """The table without the rows in `bad` (row number -> reason), which move to `rejects`."""
        if not bad:
            return self
        rows = np.array(sorted(bad))
        moved = rejects(
            zip(self.lines[rows].tolist(), (bad[row] for row in rows), self.raw(rows), strict=True)
        )
        keep = np.ones(len(self.lines), dtype=bool)
        keep[rows] = False
        return replace(
            self,
            cells=self.cells.filter(pa.array(keep)),
            lines=self.lines[keep],
            rejects=pd.concat([self.rejects, moved], ignore_index=True),
        )

    def note(self, *notes: str) -> Table:
        """The table with more notes for the analyst."""
        return replace(self, notes=(*self.notes, *notes))


def rejects(rows: Iterable[tuple[int, str, str]]) -> pd.DataFrame:
    """Rows that cannot be used: line, reason, raw.

    >>> rejects([(3, "空行", "{}")]).columns.tolist()
    ['line', 'reason', 'raw']
    """
    frame = pd.DataFrame(list(rows), columns=list(REJECTS))
    return frame.astype({"line": "int64", "reason": "str", "raw": "str"})


def raw_json(record: object) -> str:
    """A record as JSON text; lone surrogates become visible escapes.

    >>> raw_json({"内容": "好"})
    '{"内容": "好"}'
    """
    text = json.dumps(record, ensure_ascii=False, default=str)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names made distinct: blanks get a number, repeats a suffix.

    >>> unique_names(["内容", "", "内容"])
    ('内容', '未命名列2', '内容.2')
    """
    seen: dict[str, int] = {}
    result: list[str] = []
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"未命名列{position}"
        candidate = base
        while candidate in seen:
            seen[base] = seen.get(base, 1) + 1
            candidate = f"{base}.{seen[base]}"
        seen[candidate] = 1
        result.append(candidate)
    return tuple(result)


def from_rows(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> pa.Table:
    """A table of text cells from rows of equal length."""
    transposed = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(cells, type=pa.large_string()) for cells in transposed]
    return pa.Table.from_arrays(arrays, names=list(columns))
