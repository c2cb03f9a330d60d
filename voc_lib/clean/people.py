"""Where people live and what they are called: addresses and names in a block of folded lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean.cues import Span, after, any_of, words

HAN = "\u4e00-\u9fff"
DOOR_REACH = 40  # characters an address takes before its room at most
_ROOM = re.compile("[0-9]{1,5}(?:室|单元|栋|幢|号楼)")
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


def addresses(block: str) -> Iterator[Span]:
    """Addresses after a cue: components from province to room, as far as they go."""
    for _, _, end in after(block, "address_cues"):
        start = _ADDRESS_GAP.match(block, end).end()  # type: ignore[union-attr]
        stop = _address(block, start)
        if stop > start:
            yield start, stop


def _address(block: str, start: int) -> int:
    """Where the address that starts there ends; `start` itself when it is none."""
    component, gap = _component()
    levels: list[str] = []
    stop = position = start
    while (match := component.match(block, position)) and len(levels) < 12:
        levels.append(match.lastgroup or "")
        stop = match.end()
        position = gap.match(block, stop).end()  # type: ignore[union-attr]
    if not _is_address(levels):
        return start
    tail = re.compile(r"[0-9a-z]{1,5}(?:-[0-9a-z]{1,5}){0,3}(?![0-9a-z元块])").match(block, stop)
    return tail.end() if tail and levels[-1] in ("door", "estate", "place", "road") else stop


def _is_address(levels: list[str]) -> bool:
    """Whether the components together say where somebody lives, not only a city."""
    if levels.count("door") >= 2:
        return True
    sure = {"district", "town", "road", "estate"} & set(levels)
    return bool(sure) and len(levels) >= 2


def doors(block: str) -> Iterator[Span]:
    """Addresses without a cue: a road or an estate, a number and a room."""
    last = 0
    for room in _ROOM.finditer(block):
        begin = max(block.rfind("\n", 0, room.start()) + 1, room.start() - DOOR_REACH, last)
        match = _door_level().search(block, begin, room.end() + 8)
        if match and match.end() > room.start():
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


def names(block: str) -> Iterator[Span]:
    """Names of people after a cue or before a title; a surname alone (张先生) is left."""
    for cue, _, end in after(block, "name_strong", "name_weak"):
        begin = _NAME_GAP.match(block, end).end()  # type: ignore[union-attr]
        match = _name().match(block, begin)
        if match and (cue == "name_strong" or _NAME_SIGN.search(block[end:begin])):
            yield match.span()
    for _, start, _ in after(block, "titles"):
        match = _titled().search(block[max(0, start - 4) : start])
        if match and not any_of("not_names").search(match[0]):
            yield start - len(match[0]), start


@cache
def _family() -> str:
    return f"(?:{'|'.join(words()['surnames_two'])}|[{words()['surnames']}])"


@cache
def _name() -> re.Pattern[str]:
    """Surname and given name of one or two characters that end where a name may end."""
    given = f"(?![{words()['not_given']}])[{HAN}]"
    ends = "|".join(words()["name_ends"])
    return re.compile(f"{_family()}(?:{given}){{1,2}}(?=[^{HAN}]|\\Z|{ends})")


@cache
def _titled() -> re.Pattern[str]:
    """Surname and given name right before a title; “和王先生” is no name."""
    given = f"(?![{words()['not_given']}])[{HAN}]"
    last = f"(?![{words()['not_given']}{words()['surnames']}])[{HAN}]"
    return re.compile(f"{_family()}(?:{given})?{last}\\Z")
