"""How blocks sit on A4 pages: column widths, and which tables turn the page to landscape."""

from __future__ import annotations

import unicodedata
from typing import Any

PORTRAIT, LANDSCAPE = 56.0, 86.0  # room of a line in ems of an 8.5 pt table
PADDING = 1.0  # left and right inset of a cell, in ems
LONG = 14.0  # a column wider than this may wrap
WRAPPED = 13.0  # the least a wrapping column is given
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
    natural = [_natural(block, index) for index in range(len(block["columns"]))]
    landscape = not _fits(natural, PORTRAIT)
    room = LANDSCAPE if landscape else PORTRAIT
    size = 8.5 if _fits(natural, room) else 7.0
    return {**block, "landscape": landscape, "size": size, "widths": _widths(natural, room * 8.5 / size)}


def _natural(block: dict[str, Any], index: int) -> float:
    cells = [row[index]["text"] if isinstance(row[index], dict) else row[index] for row in block["rows"]]
    return max([em(block["columns"][index]["label"]), *map(em, cells)], default=2.0) + PADDING


def _fits(natural: list[float], room: float) -> bool:
    return sum(min(width, WRAPPED) if width > LONG else width for width in natural) <= room


def _widths(natural: list[float], room: float) -> list[str]:
    """Typst column widths: short columns keep their width, long ones share what is left by length."""
    if sum(natural) <= room:
        return ["auto"] * len(natural)
    if not _fits(natural, room):
        return [f"{min(width, 30.0):.2f}fr" for width in natural]
    return [f"{min(width, 60.0):.2f}fr" if width > LONG else f"{width + 0.3:.2f}em" for width in natural]
