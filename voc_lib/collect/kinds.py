"""What a raw column holds: numbers, dates, words or nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import dates
from voc_lib.collect.table import Table

LOOK = 20_000  # cells looked at for values
SAMPLE = 200
LONGEST = 40  # characters of a written time
MOST = 0.9
ZONE = ZoneInfo("UTC")


def by_column(table: Table) -> dict[str, str]:
    """Column -> what its values are."""
    return {name: of(table.cells[name]) for name in table.columns}


def of(column: pa.ChunkedArray) -> str:
    """数字, 日期, 文字 or 空: what nine in ten of the first values are.

    >>> [of(pa.chunked_array([cells])) for cells in (["1", "2.5"], ["", "2026-09-01"], ["慢"], ["", " "])]
    ['数字', '日期', '文字', '空']
    """
    cells = pc.utf8_trim_whitespace(column.slice(0, LOOK))
    given = pd.Series(cells.filter(pc.not_equal(cells, "")).slice(0, SAMPLE).to_pandas(), dtype="str")
    if given.empty:
        return "空"
    if pd.to_numeric(given, errors="coerce").notna().mean() >= MOST:
        return "数字"
    dated = given.str.contains(r"\d", regex=True) & (given.str.len() <= LONGEST)
    if dated.mean() < MOST:
        return "文字"
    return "日期" if dates.parse(given, zone=ZONE).times.notna().mean() >= MOST else "文字"
