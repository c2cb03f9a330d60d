"""What stands around a hit in its own text."""

from __future__ import annotations

import re
from functools import cache

from voc_lib.clean.vocabulary import any_of, either

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
    ends = {name: match.end() for name in lists for match in any_of(name).finditer(said)}
    return max(ends, key=lambda name: ends[name]) if ends else ""


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
