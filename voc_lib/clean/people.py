"""Where people live and what they are called: addresses and names in a block of folded texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean.cues import BREAK, Block, Span, any_of, words

HAN = "\u4e00-\u9fff"
DOOR_REACH = 40  # characters an address takes before its room at most
_ADDRESS_GAP = re.compile(r"(?:[写填改]成?的?)?[是为在了到:=\s\"“]{0,4}")  # “地址写的是…”
_NAME_GAP = re.compile(r"[是为叫:=\s\"“]{0,3}")
_NAME_SIGN = re.compile(r"[是为叫:]")


@cache
def _component() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One component of an address, and the end of one; the name of the group is its level."""
    levels, bad = words()["address_levels"], words()["address_not"]
    plain = f"(?![{bad}])[{HAN}]"
    parts = [
        f"(?P<{level}>(?:{plain}|[0-9a-z]){{1,8}}?(?:{'|'.join(levels[level])}))"
        for level in ("province", "city", "district", "town", "road", "estate", "place")
    ]
    figure = "0-9a-z一二三四五六七八九十"
    door = f"(?P<door>[{figure}][{figure}\\-]{{0,5}}(?:{'|'.join(levels['door'])}))"
    return re.compile("|".join([door, *parts])), re.compile(r"[ ·]?")


def addresses(block: Block) -> Iterator[Span]:
    """Addresses after a cue: components from province to room, as far as they go."""
    for _, _, end in block.cues["address"]:
        start = _ADDRESS_GAP.match(block.text, end).end()  # type: ignore[union-attr]
        stop = _address(block.text, start)
        if stop > start:
            yield start, stop


def _address(text: str, start: int) -> int:
    """Where the address that starts there ends; `start` itself when it is none."""
    component, gap = _component()
    levels: list[str] = []
    stop = position = start
    while (match := component.match(text, position)) and len(levels) < 12:
        levels.append(match.lastgroup or "")
        stop = match.end()
        position = gap.match(text, stop).end()  # type: ignore[union-attr]
    if not _is_address(levels):
        return start
    tail = re.compile(r"[0-9a-z]{1,5}(?:-[0-9a-z]{1,5}){0,3}(?![0-9a-z元块])").match(text, stop)
    return tail.end() if tail and levels[-1] in ("door", "estate", "place", "road") else stop


def _is_address(levels: list[str]) -> bool:
    """Whether the components together say where somebody lives, not only a city."""
    if levels.count("door") >= 2:
        return True
    sure = {"district", "town", "road", "estate"} & set(levels)
    return bool(sure) and len(levels) >= 2


def doors(block: Block) -> Iterator[Span]:
    """Addresses without a cue: a road or an estate, a number and a room."""
    last = 0
    for _, start, end in block.cues["door"]:
        reach = max(start - DOOR_REACH, last)
        begin = max(block.text.rfind(sign, reach, start) + 1 for sign in ("\n", BREAK))
        match = _door_level().search(block.text, max(begin, reach), end + 8)
        if match and match.end() > start:
            last = match.end()
            yield match.span()


@cache
def _door_level() -> re.Pattern[str]:
    bad = words()["address_not"]
    plain = f"(?![{bad}])[{HAN}]"
    return re.compile(
        f"(?:{plain}){{2,16}}?(?:路|街|大道|巷|弄|胡同|小区|花园|公寓|苑|家园|新村|广场|大厦)"
        r"(?:\d{1,5}[号弄])?(?:\d{1,3}(?:号楼|栋|幢|座|号))?(?:\d{1,2}单元)?\d{1,5}(?:室|单元|栋|幢|号楼)(?:\d{1,5}(?:室|号|房)?)?"
    )


def names(block: Block) -> Iterator[Span]:
    """Names of people after a cue, of staff after their work, and before a title.

    A surname alone (张先生) tells nobody apart and is left, but for staff (快递员王师傅, 客服小李):
    colleagues read the report and know who that is.
    """
    for listed, _, end in block.cues["name"]:
        begin = _NAME_GAP.match(block.text, end).end()  # type: ignore[union-attr]
        announced = listed == "name_strong" or _NAME_SIGN.search(block.text[end:begin])
        patterns = [_name] * bool(announced) + _UNSIGNED[listed]
        match = next(filter(None, (pattern().match(block.text, begin) for pattern in patterns)), None)
        if match:
            yield match.span()
    for listed, start, _ in block.cues["title"]:
        pattern = _titled() if listed == "titles" else _likely_titled()
        match = pattern.search(block.text[max(0, start - 4) : start])
        if match and not any_of("not_names").search(match[0]):
            yield start - len(match[0]), start


@cache
def _family() -> str:
    """A surname; none that is mostly another word: “家长和学生”."""
    return f"(?:{'|'.join(words()['surnames_two'])}|(?![{words()['not_family']}])[{words()['surnames']}])"


def _given(*, but: str = "") -> str:
    return f"(?![{words()['not_given']}{but}])[{HAN}]"


def _ended() -> str:
    """Where a name may end."""
    return f"(?=[^{HAN}]|\\Z|{'|'.join(words()['name_ends'])})"


@cache
def _name() -> re.Pattern[str]:
    """Surname and given name of one or two characters that end where a name may end."""
    return re.compile(f"{_family()}(?:{_given()}){{1,2}}{_ended()}")


@cache
def _titled() -> re.Pattern[str]:
    """Surname and given name right before a title; “和王先生” is no name."""
    return re.compile(f"{_family()}(?:{_given()})?{_given(but=words()['surnames'])}\\Z")


def _people() -> str:
    """Surname and given name of characters that stand in given names, and no word of everyday."""
    given, other = f"[{words()['given']}]", "|".join(words()["not_people"])
    return f"(?!(?:{other})(?!{given})){_family()}(?:小{given}|{given}{{1,2}})"


@cache
def _likely() -> re.Pattern[str]:
    return re.compile(_people())


@cache
def _likely_ended() -> re.Pattern[str]:
    return re.compile(_people() + _ended())


@cache
def _likely_titled() -> re.Pattern[str]:
    return re.compile(_people() + "\\Z")


@cache
def _nickname() -> re.Pattern[str]:
    """“小李”, “老张”, “王师傅”, “李经理”."""
    said, titles = words()["nick_surnames"], "|".join(words()["nick_titles"])
    return re.compile(f"[小老阿][{said}]|{_family()}(?:{titles})")


# by list of cues: the patterns of a name that no “是”, “叫” or colon announces
_UNSIGNED = {"name_strong": [_likely], "name_weak": [_likely_ended], "staff": [_likely, _nickname]}
