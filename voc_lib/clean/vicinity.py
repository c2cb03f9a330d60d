"""What stands around a hit in its own text."""

from __future__ import annotations

import re
from functools import cache
from string import ascii_lowercase

from voc_lib.clean.vocabulary import any_of, either, words

Span = tuple[int, int]
BREAK = "\ue000"  # between two texts; no blank, so that no pattern crosses it
_PUBLIC_REACH = 9  # characters around a name in which a word of the public makes it somebody known


def before(text: str, start: int, size: int = 14) -> str:
    """What stands before a hit in its line and sentence."""
    return re.split(rf"[\n。!?;{BREAK}]", text[max(0, start - size) : start])[-1]


def around(text: str, start: int, end: int, back: int, ahead: int) -> Span:
    """From where to where the surroundings of a hit reach in its own text, at most so many characters.

    >>> around(f"138{BREAK}去掉中间{BREAK}1390", 4, 6, 60, 40)
    (4, 8)
    """
    last = text.find(BREAK, end, end + ahead)
    return max(text.rfind(BREAK, 0, start) + 1, start - back), end + ahead if last < 0 else last


def nearest(text: str, start: int, *lists: str, size: int = 14) -> str:
    """Which list of cues has the word that stands nearest before a hit, or none."""
    said = before(text, start, size)
    ends = {name: end for name in lists if (end := _last_end(name, said))}
    return max(ends, key=lambda name: ends[name]) if ends else ""


def _last_end(name: str, said: str) -> int:
    """Where the last word of a list ends, read from the left as `any_of` does, far faster; 0 for none.

    >>> _last_end("order_cues", "我的订单号"), _last_end("order_cues", "paid")
    (4, 0)
    """
    known, sizes = _by_size(name)
    at = last = 0
    while at < len(said):
        ends = (at + size for size in sizes if said[at : at + size] in known)
        end = next((end for end in ends if end <= len(said) and not _inside(said, at, end)), 0)
        at, last = end or at + 1, end or last
    return last


def _inside(said: str, start: int, end: int) -> bool:
    """Whether a Latin word is but part of a longer one."""
    beside = said[start - 1 : start] if start else ""
    return said[start:end].isascii() and (beside in _LATIN or said[end : end + 1] in _LATIN)


_LATIN = frozenset(ascii_lowercase)


@cache
def _by_size(name: str) -> tuple[frozenset[str], list[int]]:
    """The words of a list and their lengths, the longest first."""
    return frozenset(words()[name]), sorted({len(word) for word in words()[name]}, reverse=True)


def public(text: str, start: int, end: int) -> bool:
    """Whether words beside a name say that it is an author, a film star, a figure of history."""
    after = re.split(rf"[\n{BREAK}。!?;,]", text[end : end + _PUBLIC_REACH])[0]
    earlier = before(text, start, _PUBLIC_REACH)
    return bool(
        any_of("public").search(f"{earlier} {after}") or _public_beside().search(f"{earlier} {after}")
    )


@cache
def _public_beside() -> re.Pattern[str]:
    """Words of the public right beside a name: “市长 ”, “的书 ”, “ 同款”."""
    return re.compile(
        f"(?:{either('public_before')}) |(?:{either('public_next')}) | 的?(?:{either('public_next')})"
    )
