"""People by surname and title alone, in a block of folded texts: 陶主任, 邰奶奶, 骨科聂主任, 客房部丽姐.

Behind a workplace it is clear who is meant. Elsewhere only a surname few have tells somebody apart:
there are several 王师傅, and one 褚师傅.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming, nicknames, wordlike
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.cues import Cue
from voc_lib.clean.vicinity import Span, public
from voc_lib.clean.vocabulary import either, famous, words

_COMMON = 40  # surnames that come first in the list: each is that of one in 200 or more
_SIZES = (1, 2, 3, 4)  # characters of a word that leads to somebody
_HAN = re.compile(f"[{HAN}]")
_SIDE = 4  # characters before a surname that are read with it
_BESIDE = re.compile(f"[{HAN}]{{0,{_SIDE}}}\\Z")
_BEHIND = re.compile(f"[{HAN}]{{0,{_SIDE}}}")
_ROUNDED = 1e-6
_HARDLY = -11.0  # log share up to which a character is hardly a word of its own
_SELDOM = -9.8  # the same where a word leads to the surname, or nothing stands before it
_POINTED = re.compile("(?:[那这有]|另一|[那这]一)位(?:姓)?\\Z")  # 那位|杨店长


def names(block: Block) -> Iterator[Span]:
    """Surnames few have with their title, and what staff are called behind their workplace."""
    for listed, start, end in block.cues["served"]:
        begin = _family(block.text, start)
        if begin == start and (nickname := _nickname().search(block.text, max(0, start - 3), start)):
            begin = nickname.start(1)
        if begin < start and _stands(block.text, listed, begin, end) and not public(block.text, begin, end):
            yield begin, end


def at_work(text: str, cue: Cue) -> Iterator[Span]:
    """What staff are called right behind a workplace: 物业石管家, 收银的阿美."""
    begin = cue.end + (text[cue.end : cue.end + 1] == "的")
    yield from nicknames.after(text, begin)


def _family(text: str, end: int) -> int:
    """Where the surname few have that ends there begins, where it is led to; `end` itself without one."""
    begin = end - 2 if text[end - 2 : end] in words()["surnames_two"] else end - (text[end - 1] in _few())
    if begin == end and (text[end - 1] in _others() or _POINTED.search(text, max(0, end - 5), end - 1)):
        begin = end - (text[end - 1] in naming.families())
        return begin if _is_led(text, begin) else end
    return begin if _is_led(text, begin) or _is_apart(text, begin, end) else end


def _is_led(text: str, begin: int) -> bool:
    """Whether a word that leads to somebody or none at all stands before."""
    return (
        not _HAN.match(text[begin - 1 : begin])
        or any(text[begin - size : begin] in _leads() for size in _SIZES)
        or _POINTED.search(text, max(0, begin - 4), begin) is not None
    )


def _is_apart(text: str, begin: int, end: int) -> bool:
    """Whether the dictionary reads a surname apart from what stands before it: 过来的|鲍师傅, not 时|尚."""
    left = _BESIDE.search(text, max(0, begin - _SIDE), begin)[0]  # type: ignore[index]
    family = text[begin:end]
    crossed = naming.reading(left + family) - naming.reading(left) - naming.reading(family)
    return begin < end and text[begin - 1] not in words()["call_heads"] and crossed <= _ROUNDED


def _stands(text: str, listed: str, start: int, end: int) -> bool:
    """Whether the title ends there and makes no other word: not 主任|务, 老师|傅, 班主任, 白小姐|香水."""
    crossed = naming.is_word(text[start : start + 2]) and naming.is_word(text[end - 1 : end + 1])  # 农村|长大
    other = naming.is_word(text[start:end]) or _goes_on(text, end) or crossed
    if other or text[end : end + 1] == "们" or text[start:end] in famous():
        return False
    if _brand().match(text, end):
        return False
    if listed == "served_titles" and text[end : end + 1] == "的" and not _is_led(text, start):
        return False
    return listed != "called_short" or wordlike.does(text, end)


def _goes_on(text: str, end: int) -> bool:
    """Whether the last character of a title is read with what follows: 主任|务, not 先生|来电."""
    if not naming.is_word(text[end - 1 : end + 1]):
        return False
    title, right = text[end - 2 : end], _BEHIND.match(text, end)[0]  # type: ignore[index]
    return naming.reading(title + right) > naming.reading(title) + naming.reading(right) + _ROUNDED


@cache
def _nickname() -> re.Pattern[str]:
    """阿强|师傅, at a beginning or behind a word that leads to somebody."""
    return re.compile(f"(?:\\A|[^{HAN}]|的|[找请让给])(阿[{words()['given']}])\\Z")


@cache
def _few() -> frozenset[str]:
    """Surnames few have, of one character that makes no other word before a title."""
    rest = "".join(dict.fromkeys(words()["surnames"]))[_COMMON:]
    rare = (char for char in words()["surnames_rare"] if naming.shares().get(char, naming.NEVER) < _HARDLY)
    return frozenset([*rest, *rare]) - frozenset(words()["not_titled"] + words()["not_family"])


@cache
def _others() -> frozenset[str]:
    """Surnames few have that are sometimes another word: 荆, 丘."""
    rare = (char for char in words()["surnames_rare"] if naming.shares().get(char, naming.NEVER) < _SELDOM)
    return frozenset(rare) - _few() - frozenset(words()["not_titled"] + words()["not_family"])


@cache
def _leads() -> frozenset[str]:
    """Words that lead to somebody: 感谢, 客户, 护士."""
    return frozenset(
        word for listed in ("titled_led", "name_weak", "name_strong", "staff") for word in words()[listed]
    )


@cache
def _brand() -> re.Pattern[str]:
    """Goods that bear such a name: 白小姐香水."""
    return re.compile(either("goods_named"))
