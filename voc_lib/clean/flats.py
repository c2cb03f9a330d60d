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
_NUMBER_BEFORE = re.compile(r"(?<![\d.])\d{1,4} ?\Z")
_PARTS = 2  # of a house that lead to a room


def flats(block: Block) -> Iterator[Span]:
    """Two parts of a house, a flat by itself, or one part where words say that somebody lives there."""
    last = 0
    for _, start, end in block.cues["flat"]:
        if block.text[start:end] in words()["flat_pinyin"]:
            spelt = _spelt(block.text, start, end) if start >= last else None
            if spelt:
                last = spelt[1]
                yield spelt
            continue
        match = _chain().match(block.text, start) if start >= last else None
        if match:
            last = match.end()
            if any(map(str.isdigit, match[0])) and _is_home(block.text, match):
                yield match.span()


def _spelt(text: str, start: int, end: int) -> Span | None:
    """Numbers with parts of a house in pinyin, two at least: 478 Hao 3 Zhuang 601."""
    number = _NUMBER_BEFORE.search(text, max(0, start - 6), start)
    match = number and _pinyin().match(text, number.start())
    return match.span() if match and match.end() > end else None


@cache
def _pinyin() -> re.Pattern[str]:
    part = f"\\d{{1,4}} ?(?:{either('flat_pinyin')})(?![a-z])[ ,-]{{0,2}}"
    return re.compile(f"(?:{part})+(?:\\d{{3,4}}(?!\\d)|(?<=[a-z]))")


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
    street = "(?:, ?\\d{1,4} [a-z]{3,20} (?:rd|road|st|street|ave|lu)(?![a-z]))?"
    return re.compile(f"{part}(?:[ ,]{{0,2}}(?:{part}|\\d{{3,4}}(?!\\d)))*{street}")
