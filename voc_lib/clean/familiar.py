"""What those who know somebody call them, in a block of folded texts: 老韩, 小谭, 阿强, 孙哥, 红姐, 刘阿姨.

No word need announce them. The dictionary must read the characters apart from their neighbours, and what
stands beside them must lead to somebody or be what only people do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from voc_lib.clean import naming, wordlike
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import CODES, HAN
from voc_lib.clean.vicinity import Span, around, before, public
from voc_lib.clean.vocabulary import any_of, either, words

_SIDE, _HINT, _ABOUT = 4, 6, 60  # characters read with a call, that hint at one, that tell of a book
# odds from which a call is one: of a surname with a word for kin, of a surname, of a given name
_KIN, _SURNAME, _GIVEN = 1.5, 3.0, 3.9
_LED, _FOLLOWED, _DOES, _TIMED, _OPENED, _OWNED, _CLOSED = 3.0, 3.0, 1.5, 1.5, 1.5, 1.0, 1.0
_WORKS, _GOODS = -4.0, -8.0
_ROUNDED = 1e-6
_HARDLY = -11.0  # log share up to which a surname is hardly a word of its own
_LEFT = re.compile(f"[{HAN}]{{0,{_SIDE}}}\\Z")
_RIGHT = re.compile(f"[{HAN}]{{0,{_SIDE}}}")
_HOME = re.compile(f"家(?=[的也都里又那这在装门住养没有是漏]|楼[上下]|半夜|孩子|老人|[^{HAN}])")
_CALLING = re.compile("你(?![们好])|[,:!] ?(?:麻烦|请|帮|你|您|辛苦|能不能)")  # 军哥你…, 小庞，麻烦…
_HEAD, _KINNED, _TITLE = 1, 2, 3


def names(block: Block) -> Iterator[Span]:
    """Calls of two characters, and of a surname with a word for kin."""
    last, friends = 0, ((start, end, _GIVEN) for _, start, end in block.cues["friend"])
    for start, end, least in sorted((*_short(block.codes, block.calls), *_kin(block), *friends)):
        if (
            start >= last
            and _stands(block.text, start, end)
            and _odds(block.text, start, end) >= least - _ROUNDED
        ):
            last = end
            yield start, end


def _short(codes: np.ndarray, at: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Where 小, 老, 阿 stand before what may be called so, and 姐, 总 … behind it; with the odds it needs."""
    signs, family, given = _tables()
    kinds = signs[codes[at]]
    start = at - (kinds != _HEAD)
    beside = codes[at + np.where(kinds == _HEAD, 1, -1)]
    wanted = family[beside] | (given[beside] & (kinds != _TITLE))
    surname = family[beside][wanted].tolist()
    for begin, sure in zip(start[wanted].tolist(), surname, strict=True):
        yield begin, begin + 2, _SURNAME if sure or codes[begin] == ord("阿") else _GIVEN


def _kin(block: Block) -> Iterator[tuple[int, int, float]]:
    """A surname before 阿姨, 大爷 …"""
    for _, start, end in block.cues["served"]:
        if block.text[start:end] in words()["kin_titles"] and block.text[start - 1] in _surnames():
            yield start - 1, end, _KIN


def _stands(text: str, start: int, end: int) -> bool:
    """Whether the characters are no other word, by themselves or with what follows."""
    said = text[start:end]
    if text[start - 1 : start] == "@":  # a nickname whole: `mentions`
        return False
    if _no_call().match(text, start) or any_of("not_called").search(text, max(0, start - 2), end + 2):
        return False
    beside = said[1] if said[0] in words()["call_heads"] else said[0]
    if said in words()["call_names"]:
        return not any(naming.part(text[start : end + more]) for more in (1, 2))
    other = beside not in _surnames() and naming.part(said)[:2] not in ("", "nr")  # 小巧
    longer = any(naming.part(text[start : end + more]) for more in (1, 2))
    return not (other or longer or said in _known() or text[end : end + 1] == text[end - 1])


def _odds(text: str, start: int, end: int) -> float:
    """How likely somebody is called so, by what stands beside it."""
    left = _LEFT.search(text, max(0, start - _SIDE), start)[0]  # type: ignore[index]
    right = "" if text[end : end + 1] == "家" else _RIGHT.match(text, end)[0]  # type: ignore[index]
    said = text[start:end]
    apart = naming.reading(left) + naming.reading(said) + naming.reading(right)
    odds = apart - naming.reading(left + said + right)  # below 0 where words cross its ends
    if odds + _LED + _FOLLOWED >= _KIN:
        odds += _led_by(text, start, left) + _followed_by(text, end)
    if odds >= _KIN:
        works = any_of("about_works").search(text, *around(text, start, end, _ABOUT, _ABOUT))
        odds += _WORKS * (works is not None)
        goods = _goods().match(text, end) is not None and not _HOME.match(text, end)
        odds += _GOODS * (goods or public(text, start, end))
    return odds


def is_led(text: str, start: int) -> bool:
    """Whether a word that leads to somebody stands right before."""
    said = before(text, start, _HINT)
    return any(said[on:] in _led() for on in range(len(said)))


def _led_by(text: str, start: int, left: str) -> float:
    if is_led(text, start):
        return _LED
    if not left:
        return _OPENED
    return max(_OWNED * (left[-1] == "的"), _TIMED * (naming.part(left[-2:]) == "t"))


def _followed_by(text: str, end: int) -> float:
    if _done().match(text, end) or _HOME.match(text, end) or _CALLING.match(text, end):
        return _FOLLOWED
    closed = not _RIGHT.match(text, end)[0]  # type: ignore[index]
    return _CLOSED if closed else _DOES * (wordlike.does(text, end) or text[end] in "在有是")


@cache
def _led() -> frozenset[str]:
    """What leads to somebody: 跟, 感谢, 客服."""
    lists = ("name_led", "titled_led", "name_weak", "staff", "workplace", "call_led")
    return frozenset(word for name in lists for word in words()[name])


@cache
def _done() -> re.Pattern[str]:
    """What only people do or have."""
    listed = {*words()["nick_after"], *words()["call_after"]}
    listed |= {word for word in words()["name_followed"] if len(word) > 1}
    listed -= set(words()["nick_titles"])
    return re.compile("|".join(map(re.escape, sorted(listed, key=len, reverse=True))))


@cache
def _goods() -> re.Pattern[str]:
    """What is said of goods and shops: 小杨|生煎, 马姐|酸菜鱼."""
    thing = f"(?![那这]边)(?:(?!的)[{HAN}]){{0,2}}?(?:{either('name_not_before')})"
    return re.compile(f"家?(?:{either('goods_after')}|{either('goods_named')}|{thing})")


@cache
def _no_call() -> re.Pattern[str]:
    return re.compile(either("not_nicks"))


@cache
def _known() -> frozenset[str]:
    return frozenset(words()["famous"] + words()["not_people"])


@cache
def _surnames() -> frozenset[str]:
    hardly = (char for char in words()["surnames"] if naming.shares().get(char, naming.NEVER) < _HARDLY)
    return frozenset([*words()["nick_surnames"], *words()["call_surnames"], *hardly])


@cache
def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By character: what begins or ends a call; surnames; characters of given names."""
    signs, (family, given) = np.zeros(CODES, dtype=np.uint8), np.zeros((2, CODES), dtype=bool)
    for sign, name in ((_HEAD, "call_heads"), (_KINNED, "call_kin"), (_TITLE, "call_titles")):
        signs[list(map(ord, words()[name]))] = sign
    family[list(map(ord, _surnames()))] = True
    given[list(map(ord, words()["given"]))] = True
    return signs, family, given
