"""How wide the columns of a sheet are, how high its rows, and which of its columns A4 holds at 7 points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from voc_lib.report.page import em

CHARACTER = 1.9  # widths in Excel's units a Chinese character of 10 points takes
LINE, MOST_LINES = 14.0, 18  # points of a line of text; rows are no higher
SAMPLE_ROWS = 200  # rows looked at to choose a column's width
RULER = {"font_name": "Arial", "font_size": 10}  # its digits, 7 pixels everywhere, measure columns
WORDS = frozenset({"text", "category"})
WIDEST, NARROWEST = 60.0, 22.0  # a column of sentences, and what it may be squeezed to
NAMES = 24.0  # a column of ids in front: a list of them goes on below
UPRIGHT, ACROSS = 850, 1380  # pixels of columns on A4: upright at 83 %, across at 72 % (10 points → 7)


def widths(columns: Sequence[tuple[pd.Series, str, str]]) -> list[float]:
    """Width of each column (values, label, kind) in Excel’s units, sentences squeezed where all fit then."""
    natural = [_width(values, label, kind) for values, label, kind in columns]
    if columns and columns[0][1].endswith(("ID", "编号")):
        natural[0] = min(natural[0], NAMES)
    return _squeezed(natural)


def _squeezed(natural: list[float]) -> list[float]:
    """The widths with the widest made narrower alike, where that brings all columns on one page.

    >>> _squeezed([10.0, 60.0]), _squeezed([60.0, 60.0, 50.0, 40.0, 10.0])
    ([10.0, 60.0], [47.0, 47.0, 47.0, 40.0, 10.0])
    """
    for limit in range(int(WIDEST), int(NARROWEST) - 1, -1):
        narrow = [min(width, float(limit)) for width in natural]
        if _pixels(narrow) <= ACROSS:
            return narrow
    return natural


def _width(values: pd.Series, label: str, kind: str) -> float:
    """Column width by its values, and by its label in one line, two or three."""
    if kind == "time":
        return 18
    head = math.ceil(em(label) / (1 if em(label) <= 5 else 2 if em(label) <= 12 else 3))
    least = 12.5 if kind in ("date", "month") else 9.0
    return min(max(_longest(values, kind) * CHARACTER + 2, head * 2.1 + 3, least), WIDEST)


def _longest(values: pd.Series, kind: str) -> float:
    """Characters of the longest value: of the first rows' words, or of the greatest figure."""
    if kind in WORDS:
        return max(map(em, set(map(str, values.head(SAMPLE_ROWS).dropna().tolist()))), default=0.0)
    if pd.api.types.is_numeric_dtype(values) and values.notna().any():
        return len(f"{values.abs().max():,.1f}") * 0.56 + 1
    return 0.0


def head(labels: Sequence[str], wide: Sequence[float]) -> float:
    """How high the row of labels is, in points."""
    lines = (math.ceil(em(label) * 2.1 / (width - 2)) for label, width in zip(labels, wide, strict=True))
    return LINE * max(lines, default=1) + 10


def lines(cells: Sequence[Any], wide: Sequence[float]) -> int:
    """How many lines the longest text of a row takes in the width of its column, at most MOST_LINES.

    >>> lines(["物流", 3, "很慢很慢很慢"], [12, 8, 6]), lines(["一\\n二"], [12]), lines(["GD01"], [6])
    (3, 2, 1)
    """
    texts = ((cell, width - 1) for cell, width in zip(cells, wide, strict=True) if isinstance(cell, str))
    long = [(text, width) for text, width in texts if len(text) * CHARACTER > width or "\n" in text]
    taken = [sum(_folded(part, width) for part in text.split("\n")) for text, width in long]
    return min(max(taken, default=1), MOST_LINES)


def _folded(text: str, width: float) -> int:
    """Lines of a text in a width; letters take 0.56 of a character."""
    wide = (len(text.encode("utf-8", "replace")) - len(text)) // 2
    return max(math.ceil((wide + 0.56 * (len(text) - wide)) * CHARACTER / width), 1)


def _pixels(wide: Sequence[float]) -> float:
    return sum(width * 7 + 5 for width in wide)


def printed(wide: Sequence[float]) -> int:
    """How many columns from the left one page across holds at 7 points or more.

    >>> printed([20.0] * 5), printed([20.0] * 30)
    (5, 9)
    """
    fitting = [count for count in range(1, len(wide) + 1) if _pixels(wide[:count]) <= ACROSS]
    return max(fitting, default=1)


def on_paper(sheet: Any, wide: Sequence[float], rows: int, title: str) -> None:
    """The sheet set to print on A4: one page across, its head on each, pages numbered.

    Columns beyond what is legible stay on the screen, and the foot of each page says so.
    """
    count = printed(wide)
    sheet.set_paper(9)
    if _pixels(wide[:count]) > UPRIGHT:
        sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if count < len(wide):
        sheet.print_area(0, 0, max(rows, 1), count - 1)
    left_out = f"共 {len(wide)} 列，打印前 {count} 列" if count < len(wide) else ""
    about = title.replace("&", "&&") + " · " if title else ""
    sheet.set_footer(f"&L&8{about}&A&C&8{left_out}&R&8第 &P 页，共 &N 页")
