"""Names that no word announces, in a block of folded texts: told by their characters and their neighbours.

Every surname is looked at, so `characters` sorts out what can be no name before anything is weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import characters, naming, neighbours, wordlike
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span, around, before, public
from voc_lib.clean.vocabulary import any_of, either, famous, titles, words

_SIDE = 4  # characters beside a name that are read with it
_HINT = 6  # characters of the words that hint at one
_ABOUT = 60  # characters beside a name that may tell of a book, a film, a song
_WEIGHED = 1.5  # and weighed with its neighbours, from which what stands beside it is looked at
_LEAST = 8.5  # odds from which it is one, with all that hints at it
_LED, _FOLLOWED, _SIGNED, _ENCLOSED, _LISTED, _OPENED = 3.5, 4.0, 8.0, 6.0, 6.0, 5.5
_PLACE, _PLACED, _THING, _WORKS = -6.0, -5.0, -8.0, -4.0
_BARE, _RARE = 2.5, 3.0  # so much less where nothing hints at a name, or the surname is another word
_LONG = 1.5  # so much less of the former where the name has three characters
_GOODS, _WHERE = -8.0, -4.0  # where what is said of goods follows (好吃), a word of places stands before
_NEXT = 3.0
# odds with hints from which marked sentences are asked too, and what they are worth beside those
_ASKED, _WORTH = 3.0, 0.8
_DOTS = frozenset("·•・")
# where a clause begins with it and a verb of two characters follows; the like of a predicate, or nothing
_ACTING, _SUBJECT = 3.0, 2.5
_BEFORE = ("", "\n", BREAK, ",", "。", "!", "?", ";", ":", " ")
_AROUND = re.compile(f"[{HAN}]{{0,{_SIDE}}}\\Z")
_AROUND_RIGHT = re.compile(f"[{HAN}]?")
_RUN = re.compile(f"[{HAN}]{{0,{_SIDE + naming.LONGEST}}}")
_END = re.compile(
    rf"[ 。!.~)”\"]{{0,3}}(?:敬[启上]|谨[启上])?[ 。!.]?(?:\d{{2,4}}[-年./月日\d ]+)?(?:[\n{BREAK}]|\Z)"
)
_FIRST = ("", "\n", BREAK)  # before the first word of a text or a line
_BEGIN = re.compile(r"[。!?;~…—\-:\s]\s*\Z")
_SHUT = {"(": ")", "[": "]", "【": "】", "“": "”", '"': '"', "「": "」", "'": "'", "《": "》"}


def standing(block: Block) -> Iterator[Span]:
    """Names of two to four characters that stand where only a name may stand."""
    text, last = block.text, 0
    for start, name in candidates(block):
        end = start + len(name.text)
        if start >= last and _is_one(text, start, end, name.odds) and not _known(text, start, end):
            last = end
            yield start, end


def candidates(block: Block) -> Iterator[tuple[int, naming.Name]]:
    """Where characters stand that may be a name by themselves, and the likeliest name there."""
    text = block.text
    for start in characters.surnames(block.codes, block.families).tolist():
        if naming.most(text[start : start + naming.LONGEST]) < _WEIGHED:
            continue
        left = _AROUND.search(text, max(0, start - _SIDE), start)[0]  # type: ignore[index]
        run = _RUN.match(text, start)[0]  # type: ignore[index]
        name = naming.between(left, run[: naming.LONGEST], run[naming.LONGEST :])
        if name.odds >= _WEIGHED:
            yield start, name


def _is_one(text: str, start: int, end: int, odds: float) -> bool:
    """Whether hints and what marked sentences taught make characters a name, both together."""
    hinted = odds + _hints(text, start, end)
    if hinted < _ASKED:
        return False
    likely = neighbours.weigh(text, start, end, odds) + _WORTH * (hinted - _LEAST) >= 0
    return likely and (hinted >= _LEAST or not barred(text, start, end))


def barred(text: str, start: int, end: int) -> bool:
    """Whether it is none by what it is or stands in: 王大爷, 3张盘, 皮太厚, a place, a brand, a book."""
    name, beside = text[start:end], text[start - 1 : start] + text[end : end + 1]
    titled = name[1] in words()["name_not_second"] or not titles().isdisjoint((name[1:], name[2:]))
    place = len(name) > 2 and name[-1] in words()["name_not_last"]
    degree = len(name) > 2 and name[1] in words()["degrees"] and naming.part(name[2:]) == "a"
    joined = not _DOTS.isdisjoint(beside) or text[start - 1 : start].isdigit()
    goods = _goods().match(text, end) is not None or _thing().match(text, end) is not None
    if titled or place or degree or joined or goods:
        return True
    return any_of("about_works").search(text, *around(text, start, end, _ABOUT, _ABOUT)) is not None


def is_nobody(text: str, start: int, end: int) -> bool:
    """Whether something bars that it is anybody, or it is somebody everybody knows."""
    return barred(text, start, end) or _known(text, start, end)


def _hints(text: str, start: int, end: int) -> float:
    """How much likelier a name is by what stands beside it."""
    said = before(text, start, _HINT)
    led, followed = _led().search(said) is not None, _followed().match(text, end) is not None
    placed, where = _placed().search(said) is not None, _where().search(said) is not None
    begins = text[start - 1 : start] in _BEFORE and not placed and not where
    odds = _LED * led + _FOLLOWED * followed - _RARE * (text[start] in _seldom())
    if not led and not followed:
        odds += _PLACED * placed
        odds -= 0 if begins else _BARE - _LONG * (end - start > 2)
    odds += _GOODS * (_goods().match(text, end) is not None) + _WHERE * where
    odds += _THING * (_homestead().fullmatch(text, start, end) is not None)
    if text[end - 1] in words()["name_not_last"] and end - start > 2:
        odds += _PLACE / (1 + led + followed)
    odds += _THING * (text[start + 1] in words()["name_not_second"] or _thing().match(text, end) is not None)
    odds += _THING * (text[start] == "白" and naming.part(text[start + 1 : end]) == "v")  # 会员白充
    if _is_signed(text, start, end):
        odds += _SIGNED
    elif text[start - 1 : start] in _FIRST and _opened().match(text, end):
        odds += _OPENED
    elif not followed and begins:
        odds += _ACTING if _acts(text, end) else _SUBJECT * _is_subject(text, end)
    if any_of("about_works").search(text, *around(text, start, end, _ABOUT, _ABOUT)):
        odds += _WORKS
    if _SHUT.get(text[start - 1 : start]) == text[end : end + 1]:
        odds += _ENCLOSED
    return odds + _LISTED * _is_listed(text, end)


def _acts(text: str, end: int) -> bool:
    """Whether a verb of two characters follows: 秦伟|拖欠."""
    return naming.part(text[end : end + 2]) == "v" and text[end : end + 2] not in words()["not_doing"]


def _is_subject(text: str, end: int) -> bool:
    """Whether a sentence goes on as behind its subject, or ends: 王娟|上个月就退租了, 滕磊，."""
    return not _AROUND_RIGHT.match(text, end)[0] or wordlike.does(text, end)  # type: ignore[index]


def _is_signed(text: str, start: int, end: int) -> bool:
    """Whether a name stands by itself at the end, behind a sentence."""
    return _END.match(text, end) is not None and _BEGIN.search(text, max(0, start - 3), start) is not None


def _is_listed(text: str, end: int) -> bool:
    """Whether another name follows after a sign that joins them."""
    if text[end : end + 1] not in ("、", "和", "与", "及"):
        return False
    return naming.beginning(_RUN.match(text, end + 1)[0]).odds >= _NEXT  # type: ignore[index]


def _known(text: str, start: int, end: int) -> bool:
    """Whether everybody knows the name: of a film star, an author, a brand."""
    return public(text, start, end) or any(
        text[begin:stop] in famous()
        for begin in range(max(0, start - 1), start + 1)
        for stop in range(begin + 2, end + 2)
    )


@cache
def _homestead() -> re.Pattern[str]:
    """王家, 喻家山, 宋家庄: where people of a surname live."""
    return re.compile(f"[{HAN}]家[山庄湾沟河口村屯坝桥店铺集坪塘岭冲坡营寨堡]?")


@cache
def _seldom() -> frozenset[str]:
    return frozenset(words()["surnames_rare"] + words()["surnames_wordy"])


@cache
def _goods() -> re.Pattern[str]:
    """What is said of goods: 好吃, 的质量, 都烂了."""
    return re.compile(f"[的都也真很太又]{{0,2}}(?:{either('goods_after')})|{either('goods_named')}")


@cache
def _where() -> re.Pattern[str]:
    return re.compile(r"(?:(?<![找碰遇见看想说])[在到]|[去从往])\Z")


@cache
def _led() -> re.Pattern[str]:
    return re.compile(f"(?:{either('name_led')})\\Z")


@cache
def _followed() -> re.Pattern[str]:
    kin = "|".join(
        map(
            re.escape,
            sorted(
                {*words()["kin_titles"], *words()["pair_titles"], *words()["after_speaker"]},
                key=len,
                reverse=True,
            ),
        )
    )
    return re.compile(f"[ :]?(?:{either('name_followed')}|{kin})")


@cache
def _opened() -> re.Pattern[str]:
    """What follows a name by itself at the beginning: 宋铁生，要发票."""
    return re.compile(f"[, ] ?(?:{either('opening_said')})")


@cache
def _placed() -> re.Pattern[str]:
    return re.compile(f"(?:{either('place_ends')})\\Z")


@cache
def _thing() -> re.Pattern[str]:
    return re.compile(f"(?:(?!的)[{HAN}]){{0,2}}?(?:{either('name_not_before')})")
