"""Staff by surname and title alone, in a block of folded texts: 陶主任, 骨科聂主任, 客房部丽姐.

Behind a workplace it is clear who is meant. Elsewhere only a surname few have tells somebody apart:
there are several 王师傅, and one 褚师傅.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming, nicknames
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.cues import Cue
from voc_lib.clean.vicinity import Span, public
from voc_lib.clean.vocabulary import either, words

_COMMON = 40  # surnames that come first in the list: each is that of one in 200 or more


def names(block: Block) -> Iterator[Span]:
    """Surnames few have with their title, and what staff are called behind their workplace."""
    for _, start, end in block.cues["served"]:
        yield from _by_surname(block.text, start, end)


def at_work(text: str, cue: Cue) -> Iterator[Span]:
    """What staff are called right behind a workplace: 物业石管家, 收银的阿美."""
    begin = cue.end + (text[cue.end : cue.end + 1] == "的")
    yield from nicknames.after(text, begin)


def _by_surname(text: str, start: int, end: int) -> Iterator[Span]:
    match = _family().search(text, max(0, start - 4), start)
    begin = match.start("family") if match else start
    if begin < start and _ends(text, begin, end) and not public(text, begin, end):
        yield begin, end


def _ends(text: str, start: int, end: int) -> bool:
    """Whether the title ends there and makes no other word: not 主任|务, 老师|傅, 班主任."""
    other = naming.is_word(text[start:end]) or naming.is_word(text[end - 1 : end + 1])
    return not other and text[end : end + 1] not in ("的", "们")


@cache
def _family() -> re.Pattern[str]:
    """A surname few have, at a beginning or behind a word that leads to somebody."""
    rest = "".join(dict.fromkeys(words()["surnames"]))[_COMMON:]
    few = "".join(char for char in rest if char not in words()["not_titled"] + words()["not_family"])
    led = either("titled_led")
    return re.compile(f"(?:\\A|[^{HAN}]|{led})(?P<family>{either('surnames_two')}|[{few}])\\Z")
