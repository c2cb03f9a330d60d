"""How blocks sit on A4 pages: column widths, and which tables turn the page to landscape."""

from __future__ import annotations

import unicodedata
from typing import Any

PORTRAIT, LANDSCAPE = 56.0, 86.0  # room of a line in ems of an 8.5 pt table
PADDING = 1.0  # left and right inset of a cell, in ems
LONG = 14.0  # a column wider than this may wrap
HEAD = 4.0  # a column head longer than this may take two lines
SMALL = 7.5  # point size of a table that would not fit otherwise
WRAPPED = 13.0  # the least a wrapping column is given
WHOLE = 14  # a table of at most so many short rows stays on one page
CARDS_ACROSS = 4


def parts(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks grouped into portrait and landscape parts; words just above a wide table move with it."""
    laid = [_lay(block) for block in blocks]
    grouped: list[dict[str, Any]] = []
    for block in laid:
        landscape = block["type"] == "table" and block["landscape"]
        lead = _pull_lead(grouped) if landscape and not (grouped and grouped[-1]["landscape"]) else []
        if not grouped or grouped[-1]["landscape"] != landscape or lead:
            grouped.append({"landscape": landscape, "blocks": lead})
        grouped[-1]["blocks"].append(block)
    return [part for part in grouped if part["blocks"]]


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


def _pull_lead(grouped: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Takes the heading and paragraphs that end the part before, so that they stand above their table."""
    if not grouped:
        return []
    before = grouped[-1]["blocks"]
    start = len(before)
    while start and before[start - 1]["type"] == "paragraph":
        start -= 1
    while start and before[start - 1]["type"] == "heading":
        start -= 1
    lead = before[start:]
    del before[start:]
    return lead


def _lay(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] == "cards":
        count = len(block["cards"])
        return {**block, "across": min(count, CARDS_ACROSS if count != 6 else 3) or 1}
    if block["type"] != "table":
        return block
    columns = range(len(block["columns"]))
    natural = [_natural(block, index) for index in columns]
    tight = [_natural(block, index, wrap_head=True) for index in columns]
    for landscape, size in ((False, 8.5), (False, SMALL), (True, 8.5), (True, SMALL)):
        room = (LANDSCAPE if landscape else PORTRAIT) * 8.5 / size
        if _fits(tight, room):
            break
    widths = _widths(natural, tight, room)
    whole = len(block["rows"]) <= WHOLE and all(width <= 2 * LONG for width in natural)
    return {**block, "landscape": landscape, "size": size, "widths": widths, "whole": whole}


def _natural(block: dict[str, Any], index: int, *, wrap_head: bool = False) -> float:
    """Width of a column's longest words; a head may take two lines where room is short."""
    cells = [row[index]["text"] if isinstance(row[index], dict) else row[index] for row in block["rows"]]
    head = em(block["columns"][index]["label"])
    head = max(HEAD, head / 2 + 1) if wrap_head and head > HEAD else head
    return max([head, *map(em, cells)], default=2.0) + PADDING


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
