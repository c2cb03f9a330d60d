"""Names on a parcel, in a block of folded texts: alone beside a telephone that has an address beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from voc_lib.clean import naming, nicknames
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span
from voc_lib.clean.vocabulary import either, words

_APART = 24  # characters between a telephone and its address, at most
_ROOMY = 30  # characters from a name to the nearer of both, at most
_SIGNS = r"[ ,:;/|、+()\-_\[\]【】\n\t.·。]"
_LIKED = -8.8  # log share of characters of given names that are none by chance
_SAYING = ("v", "d", "vn", "r", "l")  # parts of speech of words that are nobody
_NUMBERS, _PLACES = ("手机号", "固话"), ("地址", "身份证")
# “田野，138…”: between the beginning, a sign or a hit and another
_ALONE = re.compile(
    rf"(?:\A|{_SIGNS}|(?<=[:\d]))(?P<name>[{HAN}]{{2,4}}?|[{HAN}]{{1,2}}[a-z]{{2,8}}|[a-z]{{3,8}})(?={_SIGNS}|收|\Z)"
)


def names(text: str, hits: list[tuple[int, int, str]]) -> Iterator[Span]:
    """Names before, between and behind a telephone and an address that stand together."""
    for at, (one, other) in enumerate(pairwise(hits)):
        if _together(text, one, other):
            yield from _around(text, hits, at)


def _together(text: str, one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    kinds = (one[2], other[2])
    paired = any(kind in _NUMBERS for kind in kinds) and any(kind in _PLACES for kind in kinds)
    return paired and other[0] - one[1] <= _APART and BREAK not in text[one[1] : other[0]]


def _around(text: str, hits: list[tuple[int, int, str]], at: int) -> Iterator[Span]:
    """Names in the gaps beside and between the hits of that number and the next."""
    first, last = hits[at], hits[at + 1]
    begin = max(hits[at - 1][1] if at else 0, first[0] - _ROOMY, text.rfind(BREAK, 0, first[0]) + 1)
    stop = min(hits[at + 2][0] if at + 2 < len(hits) else len(text), last[1] + _ROOMY)
    later = text.find(BREAK, last[1], stop)
    gaps = ((begin, first[0]), (first[1], last[0]), (last[1], later if later >= 0 else stop))
    found = [span for start, end in gaps for span in _in_gap(text, start, end)]
    yield from found[:1]


def _in_gap(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _ALONE.finditer(text[start:end]):
        if _may_be(match["name"]):
            yield start + match.start("name"), start + match.end("name")


def _may_be(run: str) -> bool:
    """Whether characters alone on a parcel are but what somebody goes by: 田野, 英子, 豆豆妈, lucy."""
    if run.isascii():
        return nicknames.latin().fullmatch(run) is not None
    if nicknames.called().fullmatch(run):  # 王女士, 老周
        return True
    return not (
        (_label().search(run) and not _is_surname(run)) or run in _fillers() or naming.part(run) in _SAYING
    )


def _is_surname(run: str) -> bool:
    """Whether a word of forms of one character is but the surname: 区婉仪, 新海涛.

    >>> _is_surname("区婉仪"), _is_surname("区政府"), _is_surname("新海涛")
    (True, False, True)
    """
    known = run[0] in words()["surnames_on_parcels"] and not _label().search(run[1:])
    return known and not naming.is_word(run) and all(naming.given(char) >= _LIKED for char in run[1:])


@cache
def _fillers() -> frozenset[str]:
    return frozenset(words()["slot_not"])


@cache
def _label() -> re.Pattern[str]:
    """Words of forms, orders and parcels: no part of a name."""
    return re.compile(
        f"{either('parcel_not')}|[{words()['slot_not_last'].replace('行', '')}{words()['not_given']}]\\Z"
    )
