"""The paragraphs of a document as written and without their marks; rows of its tables as cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voc_lib.collect.speakers import plain, spelt

BULLET = re.compile(r"^(?:[-*•·●◆▪‣>]+\s+|[（(]?\d{1,3}(?:[.、)）]\s*(?!\d))|#{1,6}\s+)")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as written, without its marks, and its cells if it is the row of a table."""

    line: int
    raw: str
    words: str
    cells: tuple[str, ...] = ()


def read(line: int, raw: str) -> Paragraph:
    """A paragraph of a document; of a row with two full cells the first is taken for who speaks."""
    said = unmarked(raw)
    cells = tuple(cell.strip() for cell in said.split("\t")) if "\t" in said else ()
    full = [cell for cell in cells if cell]
    if cells:
        said = f"{full[0]}：{full[1]}" if len(full) == 2 else "　".join(full)
    return Paragraph(line, raw, said, cells)


def unmarked(raw: str) -> str:
    """A paragraph without the marks of lists, headings and bold type; the cells of a row parted by tabs.

    >>> unmarked("- **张三**：太慢"), unmarked("| 张三 | 太慢 |"), unmarked("3. 报表太慢")
    ('张三：太慢', '张三\\t太慢', '报表太慢')
    """
    said = raw.strip()
    if said.startswith("|") and said.endswith("|") and len(said) > 1:
        said = "\t".join(cell.strip() for cell in said.strip("|").split("|"))
    said = re.sub(r"\*\*|__", "", said)
    return BULLET.sub("", said).strip(" \u3000\r\n")


def layout(row: Sequence[str]) -> dict[str, int] | None:
    """Which cell of a table's head is whose: who, about, words; None when it is no such head."""
    named = {
        what: n
        for what, names in spelt()["columns"].items()
        for n, cell in reversed([*enumerate(row)])
        if plain(cell) in map(plain, names)
    }
    return named if {"who", "words"} <= named.keys() else None
