"""Quarantined rows as a table people can mend in Excel, and such a table read back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from voc_lib.collect.table import Table, unique_names

REASON, LINE, WHOLE = "隔离原因", "行号", "无法分列的原文"
NOTE = "隔离区改好的行"
EXTRA = (REASON, LINE, WHOLE)
# What a spreadsheet runs as a formula, or spoils as a number: zeros in front, more digits than it keeps.
GUARDED = re.compile(r"[\s\u00a0]*['=+\-@＝＋－＠]|[\t\r\n]|0\d|\d{12,}\Z")


def sheet(rows: pd.DataFrame, *, headers: Sequence[str] = ()) -> pd.DataFrame:
    """One file's rows of schema.QUARANTINE under their own headers, reason and line in front; all text.

    A row that had no columns stands in a column of its own, beside the `headers` of its file to fill in.
    """
    records = [_record(raw) for raw in rows["raw"]]
    given = [name for record in records for name in record if name != WHOLE]
    names = list(dict.fromkeys([*(headers if any(WHOLE in record for record in records) else ()), *given]))
    cells = [[record.get(name) or "" for name in names] for record in records]
    frame = pd.DataFrame(cells, columns=names, index=rows.index, dtype="str")
    if any(WHOLE in record for record in records):
        frame[WHOLE] = [record.get(WHOLE, "") for record in records]
    frame = frame.astype("str")
    frame.insert(0, LINE, rows["line"].astype("str"), allow_duplicates=True)
    frame.insert(0, REASON, rows["reason"], allow_duplicates=True)
    safe = frame.apply(lambda column: column.map(guarded)).reset_index(drop=True)
    return safe.set_axis([guarded(name) for name in unique_names(frame.columns.tolist())], axis=1)


def _record(raw: str) -> dict[str, Any]:
    value = json.loads(raw) if pd.notna(raw) else ""
    return value if isinstance(value, dict) else {WHOLE: str(value)}


def guarded(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would run or spoil it.

    >>> guarded("=1+1"), guarded("00123"), guarded("2026-09-01")
    ("'=1+1", "'00123", '2026-09-01')
    """
    return f"'{cell}" if GUARDED.match(cell) else cell


def restored(table: Table) -> Table:
    """A mended table without the columns `sheet` added and without its apostrophes; any other unchanged."""
    if not {REASON, LINE} <= set(table.columns):
        return table
    keep = [name for name in table.columns if name not in EXTRA]
    cells = table.cells.select(keep)
    for place, name in enumerate(keep):
        bare = pc.replace_substring_regex(table.cells[name], "^'", "")
        cells = cells.set_column(place, name, bare)
    names = _bare(keep)
    plain = replace(table, columns=names, cells=cells.rename_columns(list(names)))
    return plain.note(f"{table.place}：{NOTE}，已去掉“{REASON}”等列")


def _bare(names: Sequence[str]) -> tuple[str, ...]:
    return unique_names([name.removeprefix("'") for name in names])
