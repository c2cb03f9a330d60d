"""How blocks sit on A4 pages: column widths, and the columns of a wide table told below its rows."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

ROOM = 56.0  # of a line in ems of an 8.5 pt table
PADDING = 1.0  # left and right inset of a cell, in ems
LONG = 14.0  # a column wider than this may wrap
HEAD = 4.0  # a column head longer than this may take two lines
SMALL = 7.5  # point size of a table that would not fit otherwise
WRAPPED = 13.0  # the least a wrapping column is given
WHOLE = 6  # a table of at most so many short rows stays on one page
CARDS_ACROSS = 4
MISSING = "—"


def laid(block: dict[str, Any]) -> dict[str, Any]:
    """The block with what a page needs to know: cards in a line; size, widths and folds of a table."""
    if block["type"] == "cards":
        return {**block, "across": across(len(block["cards"]), strip=block["strip"])}
    return _table(block) if block["type"] == "table" and block["columns"] else block


def across(count: int, *, strip: bool = False) -> int:
    """How many of so many cards stand in a line, so that lines are of like length.

    >>> [across(count) for count in (1, 5, 6, 8, 9)], across(10, strip=True), across(8, strip=True)
    ([1, 5, 3, 4, 3], 5, 4)
    """
    most = CARDS_ACROSS + 1
    if count == most or (strip and count % CARDS_ACROSS):
        return min(count, most)
    fewer = CARDS_ACROSS - 1
    return min(count, fewer if count % CARDS_ACROSS and count % fewer == 0 else CARDS_ACROSS) or 1


def folded(block: dict[str, Any], room: float) -> dict[str, Any]:
    """The table with the columns its lines have no room for told below each row (`more`).

    The longest words go first, then columns from the last on; the first column stays. `more` holds a list
    per row of {"label", "text", "tone"}, without what is missing; empty where everything fits.
    """
    return _fold(block, _kept([width.tight for width in _measured(block)], room))


def em(text: str) -> float:
    """Width of the widest line of a text in ems: a Chinese character is 1, a Latin letter 0.56.

    >>> em("订单 A12")
    4.24
    """
    return max(
        (
            round(sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in line), 2)
            for line in text.split("\n")
        ),
        default=0.0,
    )


class _Width(NamedTuple):
    """Width of a column by its longest words; tight where its head takes two lines."""

    natural: float
    tight: float


def _measured(block: dict[str, Any]) -> list[_Width]:
    return [
        _width(column["label"], [row[index] for row in block["rows"]])
        for index, column in enumerate(block["columns"])
    ]


def _width(label: str, cells: list[Any]) -> _Width:
    longest = max((em(cell["text"] if isinstance(cell, dict) else cell) for cell in cells), default=0.0)
    head = em(label)
    short = max(HEAD, head / 2 + 1) if head > HEAD else head
    return _Width(max(head, longest) + PADDING, max(short, longest) + PADDING)


def _table(block: dict[str, Any]) -> dict[str, Any]:
    small = ROOM * 8.5 / SMALL
    widths = _measured(block)
    kept = _kept([width.tight for width in widths], small)
    natural, tight = ([getattr(widths[i], name) for i in kept] for name in _Width._fields)
    whole = _fold(block, kept)
    size, room = (8.5, ROOM) if _fits(tight, ROOM) and not whole["more"] else (SMALL, small)
    short = len(block["rows"]) <= WHOLE and all(width <= 2 * LONG for width in natural)
    return {
        **whole,
        "size": size,
        "widths": _widths(natural, tight, room),
        "whole": short and not whole["more"],
    }


def _kept(widths: list[float], room: float) -> list[int]:
    """The columns a line has room for, in order."""
    kept = list(range(len(widths)))
    for index in sorted(kept[1:], key=lambda i: (0, -widths[i]) if widths[i] > LONG else (1, -i)):
        if _fits([widths[i] for i in kept], room):
            break
        kept.remove(index)
    return kept


def _fold(block: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    below = [i for i in range(len(block["columns"])) if i not in kept]
    return {
        **block,
        "columns": [block["columns"][i] for i in kept],
        "rows": [[row[i] for i in kept] for row in block["rows"]],
        "more": [_told(block["columns"], row, below) for row in block["rows"]] if below else [],
    }


def _told(columns: list[dict[str, Any]], row: list[Any], below: list[int]) -> list[dict[str, str]]:
    cells = [(columns[i]["label"], row[i]) for i in below]
    told = [(label, cell if isinstance(cell, dict) else {"text": cell}) for label, cell in cells]
    return [{"label": label, "tone": "", **cell} for label, cell in told if cell["text"] not in ("", MISSING)]


def _fits(natural: list[float], room: float) -> bool:
    return sum(min(width, WRAPPED) if width > LONG else width for width in natural) <= room


def _widths(natural: list[float], tight: list[float], room: float) -> list[str]:
    """Typst column widths: short columns keep their width, long ones share what is left by length."""
    if sum(natural) <= room:
        return ["auto"] * len(natural)
    if not _fits(tight, room):
        return [f"{min(width, 30.0):.2f}fr" for width in tight]
    shares = any(width > LONG for width in tight)
    return [
        f"{min(width, 60.0):.2f}fr" if shares and width > LONG else f"{width + 0.3:.2f}em" for width in tight
    ]
