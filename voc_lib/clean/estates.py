"""Where the name of a place before a number begins, in folded text: 橘园小区|6座402."""

from __future__ import annotations

import re
from functools import cache

from voc_lib.clean.codepoints import HAN
from voc_lib.clean.doors import chain_back
from voc_lib.clean.vicinity import BREAK
from voc_lib.clean.vocabulary import either, words
from voc_lib.text.segmentation import house

REACH = 40  # characters an address takes before its room at most
_STOP = re.compile(f"[\n{BREAK}。!?;,]")
# a word of these parts of speech may be part of the name of a place
_NAMING = frozenset([*"nsfabjxgil", "ns", "nr", "nz", "nt", "nrt", "nrfg", "ng", "an", "zg", "eng", "vn"])
_PROPER = frozenset(["ns", "nr", "nz", "nt", "nrt", "nrfg"])
_ENOUGH, _LONGEST_NAME = 2, 6  # characters that name a place, at most


def beginning(text: str, end: int) -> int:
    """Where the place before a number begins: names of places, and earlier numbers with a part of a house."""
    reach = max(0, end - REACH)
    reach = max((match.end() for match in _STOP.finditer(text, reach, end)), default=reach)
    number = chain_back().search(text, reach, end)
    start = _named(text, reach, number.start() if number else end)
    while (earlier := _further(text, reach, start)) < start:
        start = earlier
    return start


def _further(text: str, reach: int, start: int) -> int:
    """Where the part of an address before the one that begins there begins; there itself without one."""
    if number := chain_back().search(text, reach, start):
        return _named(text, reach, number.start())
    if not (skipped := _skipped().search(text, reach, start)):
        return start
    behind = skipped.start()
    if text[behind - 1] == "号" and (street := chain_back().search(text, reach, behind)):
        behind = street.start()
    earlier = _named(text, reach, behind)
    return earlier if earlier < behind else start


@cache
def _skipped() -> re.Pattern[str]:
    """A name no dictionary has, behind the part of an address it belongs to: 甘宣村后陈, 文三路9号金水."""
    name = f"(?:(?![{words()['address_not']}])[{HAN}])"
    return re.compile(f"(?:(?<=[村镇乡屯县区道路]){name}{{1,4}}|(?<=\\d号){name}{{1,8}})\\Z")


def _named(text: str, reach: int, end: int) -> int:
    """Where the name of a place that ends there begins, walking left word by word."""
    start, place, held, wanted = end, end, 0, True
    for word, part in reversed(house().tag(text[reach:end])):
        place -= len(word)
        if not word.strip(" ·-"):
            continue
        if not _names(word, part, held=held, wanted=wanted, ended=start < end):
            break
        ends = _ends(word, part)
        wanted, held = (word in _bare(), 0) if ends else (wanted, held + len(word))
        start = place
    return start


def _names(word: str, part: str, *, held: int, wanted: bool, ended: bool) -> bool:
    """Whether a word is part of the name of a place of which `held` characters stand to its right.

    `wanted`: they end in 小区, 路 … and nothing names them yet; `ended`: such a word stands there: 前进|巷.
    """
    if not word.isalnum() or word in words()["address_stops"]:
        return False
    if _ends(word, part) or part == "ns":
        return True
    likely = part in _NAMING and (held < _ENOUGH or part in _PROPER)
    deed = part == "v" and ended and not held and len(word) == _ENOUGH
    return wanted and held + len(word) <= _LONGEST_NAME and (likely or deed)


def _ends(word: str, part: str) -> bool:
    """Whether a word ends a part of an address: 小区, 科苑北路; not 城市, 平台."""
    return (
        word in _bare()
        or word[-1] in "路街巷弄"
        or ((part in _PROPER or part == "x") and _end().search(word) is not None)
    )


@cache
def _bare() -> frozenset[str]:
    return frozenset(words()["place_ends"])


@cache
def _end() -> re.Pattern[str]:
    return re.compile(f"(?:{either('place_ends')})\\Z")
