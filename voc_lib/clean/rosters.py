"""Names in lists, in folded text: 名单：双小燕 阳光明; 1、车晓东；2、修文博; 聂卫红、樊有才等七户."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming, slots, subjects
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span, before
from voc_lib.clean.vocabulary import either

_LEAST = -5.0  # odds from which characters in a list are a name by themselves
_LIKED = -9.0  # log share of a character that many given names hold
_MOST = 0.5  # of a list, at least
_REACH = 60  # characters a list takes before the number of those in it
_LABEL = 6
_ITEM = re.compile(f"[{HAN}]{{2,4}}")
_NAME = rf"(?:\d{{1,2}}[.、):]?)?[{HAN}]{{2,4}}"
_TELLING = re.compile(rf":(?P<names> ?{_NAME}(?:[、,;/ ]{{1,2}}{_NAME})+)(?![{HAN}])")
_NUMBERED = re.compile(
    rf"1[.、)](?P<names> ?[{HAN}]{{2,4}}(?:[;,。 ]{{0,2}}\d[.、)] ?[{HAN}]{{2,4}})+)(?![{HAN}])"
)
_COUNT = re.compile("等(?:人|[0-9一二三四五六七八九十几多]{1,3}[人户名位家])")
_COUNTED = re.compile(rf"(?<![{HAN}])[{HAN}]{{2,4}}(?:[、,][{HAN}]{{2,4}})+\Z")


def names(text: str) -> Iterator[Span]:
    """The items of lists of which most are likely names."""
    for begin, end in _lists(text):
        items = [*_ITEM.finditer(text, begin, end)]
        if are_names([item[0] for item in items]):
            yield from (item.span() for item in items if _is_likely(item[0]) or _is_free(item[0]))


def _lists(text: str) -> Iterator[Span]:
    """Where lists may stand: behind a label, numbered, before how many they are."""
    for match in _TELLING.finditer(text):
        if _label().search(before(text, match.start(), _LABEL)):
            yield match.span("names")
    yield from (match.span("names") for match in _NUMBERED.finditer(text))
    for match in _COUNT.finditer(text):
        if listed := _COUNTED.search(text, max(0, match.start() - _REACH), match.start()):
            yield listed.span()


def are_names(items: list[str]) -> bool:
    """Whether most items are likely names and none says what somebody or a place is.

    >>> are_names(["双小燕", "阳光明", "线国栋"]), are_names(["苹果", "香蕉", "黄桃"])
    (True, False)
    """
    if any(subjects.is_role(item) or naming.is_place(item) for item in items):
        return False
    likely = sum(map(_is_likely, items))
    return likely > 1 and likely >= _MOST * len(items)


def _is_free(item: str) -> bool:
    """Whether characters are no word and as long as a name without a likely surname: 线国栋, not 议题."""
    return len(item) <= len("线国栋") and not naming.is_word(item)


def _is_likely(item: str) -> bool:
    """Whether characters are likelier a name than words, or a surname with characters of given names."""
    given = len(item) > len("张伟") and all(naming.given(char) >= _LIKED for char in item[1:])
    return slots.has_surname(item) and (given or naming.whole(item) >= _LEAST)


@cache
def _label() -> re.Pattern[str]:
    return re.compile(f"(?:{either('roster_labels')})\\Z")
