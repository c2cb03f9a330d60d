"""Homes told in English, in a block of folded texts: Tower3 Room 2506, Building 5, Unit 2, Room 801."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import homes
from voc_lib.clean.block import Block
from voc_lib.clean.vicinity import Span, before
from voc_lib.clean.vocabulary import any_of, either, words

_NUMBER = r"[ .#]{0,2}[a-z]?\d{0,4}-?\d{0,4}[a-z]?(?![a-z0-9])"
_PARTS = 2  # of a house that lead to a room


def flats(block: Block) -> Iterator[Span]:
    """Two parts of a house, a flat by itself, or one part where words say that somebody lives there."""
    last = 0
    for _, start, _ in block.cues["flat"]:
        match = _chain().match(block.text, start) if start >= last else None
        if match:
            last = match.end()
            if any(map(str.isdigit, match[0])) and _is_home(block.text, match):
                yield match.span()


def _is_home(text: str, match: re.Match[str]) -> bool:
    parts = _part().findall(match[0])
    flat = any(part in words()["flat_rooms"] for part in parts)
    lived = any_of("home").search(before(text, match.start(), homes.NEAR)) is not None
    said = lived or flat or len(parts) >= _PARTS
    return said and not homes.is_shop(text, *match.span())


@cache
def _part() -> re.Pattern[str]:
    return re.compile(either("flat_words"))


@cache
def _chain() -> re.Pattern[str]:
    part = f"(?:{either('flat_words')}){_NUMBER}"
    return re.compile(f"{part}(?:[ ,]{{0,2}}(?:{part}|\\d{{3,4}}(?!\\d)))*")
