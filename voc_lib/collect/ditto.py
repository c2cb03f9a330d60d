"""Days written once for the rows below them, as in a book kept by hand: what stands blank is as above."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from voc_lib.collect.columns import series
from voc_lib.collect.table import Table

CLOCK = r"\d\s*[:：点时]\s*\d?"
LEAST = 2  # days written, from which they show their order
USUAL = 0.5  # share of rows that fill a column from which a row without it is unlike the others
ASIDE = r"^[（(【\[*※]*\s*(?:注|备注|说明|合计|总计|小计|共计|一共|填表|制表|审核|以上)"
NOTE = (
    "{place}：反馈时间有 {n} 行空着，按上面一行的日期计（各行按日期排着，同一天只写了一次）；"
    "若不是，请在文件里补上日期"
)


def filled(
    texts: pd.Series, times: pd.Series, columns: Mapping[str, pd.Series], table: Table
) -> tuple[pd.Series, list[str]]:
    """The times with the day above where the column of a hand-kept book is blank, and what to tell.

    `texts` is what stands in the file; nothing is filled in beside ids, clocks or days out of order.
    """
    blank = texts.isna()
    if not blank.any() or "feedback_id" in columns or not _kept_by_day(texts, times):
        return times, []
    rows = blank & times.ffill().notna() & _like_others(columns, str(texts.name), table)
    if not rows.any():
        return times, []
    above = times.mask(texts.notna() & times.isna(), pd.Timestamp.max).ffill()  # nor from an unread one
    above = above.mask(above == pd.Timestamp.max)
    return times.mask(rows, above), [NOTE.format(place=table.place, n=int((rows & above.notna()).sum()))]


def _kept_by_day(texts: pd.Series, times: pd.Series) -> bool:
    """Whether the days that are written have no clock and stand in their order."""
    given, read = texts.dropna(), times.dropna()
    if len(read) < LEAST or given.str.contains(CLOCK, regex=True).any():
        return False
    return bool(read.is_monotonic_increasing or read.is_monotonic_decreasing)


def _like_others(columns: Mapping[str, pd.Series], time: str, table: Table) -> pd.Series:
    """The rows of words that fill one more column the others fill: no signature, no total below a table."""
    text = columns["text"]
    rest = [series(table.cells[h]).notna() for h in table.columns if h not in (time, text.name)]
    usual = [cells for cells in rest if cells.mean() >= USUAL]
    more = np.logical_or.reduce(usual) if usual else np.zeros(len(text), bool)
    return pd.Series(more, index=text.index) & text.notna() & ~text.str.contains(ASIDE, na=False)
