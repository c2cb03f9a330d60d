"""A day in one column and its clock in another, as the one time they are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib.collect import headers
from voc_lib.collect.headers import Match
from voc_lib.collect.table import Table

CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
MIDNIGHT = r"[ T]0?0:00(?::00)?$"  # what a spreadsheet adds to a day
DAY = r"\d{1,4}\s*[-/.年月]\s*\d{1,2}[^:]*|\d{8}|\d{5}"
MOST = 0.9


def paired(table: Table, matches: Sequence[Match]) -> list[Match]:
    """The matches, with the column that completes a time: days beside clocks, clocks beside days."""
    taken = [m for m in matches if m.field == "created_at"]
    if len(taken) != 1:
        return list(matches)
    known = headers.synonyms()
    names = [m.header for m in matches if m.field is None and m.how != "指定"]
    named = [h for h in names if any(known.get(form, ("",))[0] == "created_at" for form in headers.forms(h))]
    first = _sample(table, taken[0].header)
    other = next((h for h in named if joined(first, _sample(table, h)) is not None), None)
    return [Match(m.header, "created_at", "同义词", 0.9) if m.header == other else m for m in matches]


def joined(a: pd.Series, b: pd.Series) -> pd.Series | None:
    """Days and clocks as times, whichever comes first; None when the columns are not that.

    >>> joined(pd.Series(["10:00", "9:05"]), pd.Series(["2026-09-01 00:00:00", "2026/9/2"])).tolist()
    ['2026-09-01 10:00', '2026/9/2 9:05']
    """
    a, b = (column.str.replace(MIDNIGHT, "", regex=True) for column in (a, b))
    if _are(a, CLOCK) and _are(b, DAY):
        a, b = b, a
    return a.str.cat(b, sep=" ").fillna(a) if _are(a, DAY) and _are(b, CLOCK) else None


def _sample(table: Table, header: str) -> pd.Series:
    cells = pd.Series(table.cells[header].slice(0, 2000).to_pandas(), dtype="str").str.strip()
    return cells.mask(cells == "")


def _are(column: pd.Series, pattern: str) -> bool:
    sample = column.dropna().head(200)
    return bool(len(sample)) and bool(sample.str.fullmatch(pattern).mean() >= MOST)
