"""Where people live, in a block of folded texts: addresses after a cue, and any down to the room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from voc_lib.clean import estates
from voc_lib.clean.block import Block, matched
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.cues import Cue
from voc_lib.clean.doors import DASHES, LAST, NUMBER, chain, doors, number_before
from voc_lib.clean.homes import LANE, is_shop, is_somebodys, shops
from voc_lib.clean.numerals import FIGURE, NUMERALS, figures
from voc_lib.clean.vicinity import Span, before
from voc_lib.clean.vocabulary import any_of, either, words

_NUMERAL = f"[{''.join(NUMERALS)}]"
_ADDRESS_GAP = re.compile(r"(?:[写填改]成?的?)?(?:位于|地址|[是为在了到:=\s\"“]){0,4}")  # “地址写的是…”
_MORE = "(?![村镇乡路街区县市屯]|小区|花园|新村)"  # the part of an address goes on: 王庄村, 江州路
# 锦绣钱塘12-1-2603, 蓝山郡A3-1204, 望京西园四区413.7.902, 桃源3-1-12-4
_ROOMS = re.compile(
    r"(?:(?:[-—–](?:\d{1,2}[-—–])?|\.\d{1,2}\.)\d{3,4}(?![\d\-元%个件台米克斤年月]|\.\d)"
    r"|(?:[-—–]\d{1,2}){3}(?![\d\-—–.:/元%]))"
)
_SHORT = re.compile(r"(?:[-—–]\d{1,2}){3}")  # with numbers so short only behind a street or an estate
# 12-1-0704, 6—3—904 alone: house, entrance, and a room as floor and door; no year
_ALONE = re.compile(r"(?<![\da-z\-—–/.#])(?<!\d:)\d{1,2}\Z")
_FLOOR_DOOR = re.compile(r"[-—–]\d{1,2}[-—–](?!(?:19|20)\d\d)\d{1,2}(?:0[1-9]|1[0-2])(?![\da-z\-—–/.:])")
_SIDED = re.compile(r"[-—–]\d{1,2}[-—–]?[东西中]户(?!型)")  # 11-1-东户
# 五-贰-壹壹零三
_SPELT = re.compile(rf"[-—–]{FIGURE}{{1,2}}[-—–]({FIGURE}{{1,2}}{_NUMERAL}{FIGURE})(?!{FIGURE}|[-—–.])")
_SPELT_HOUSE = re.compile(rf"(?<!{FIGURE}|[-—–.a-z]){FIGURE}{{1,2}}\Z")
_FIRST = re.compile(rf"(?<=[{HAN}])[a-z]?\d{{1,3}}\Z")
_STREET_DOOR = re.compile(rf"(?:[路街巷道弄里村]\d{{1,4}}(?:号|弄)|[区县镇乡]|街道)[{HAN}]{{0,8}}\Z")
_TOWER = re.compile(r"t\d{1,2}-\d{4}\Z")  # T5-1802
_GROUNDS = re.compile(r"(?:小区|花园|新村|家园|[区园苑里城湾庭府])\Z")  # 望京西园四区|413.7.902
_SAID_BEFORE = re.compile(rf"(?:(?:小区|楼盘)名?字?[是叫:]|家?住在?|家在)([{HAN}]{{2,8}}), ?\Z")
_ESTATE = re.compile(rf"[{HAN}]{{2}}[里苑园区庭轩府湾城居邸]\Z")
_ROOM_NUMBER = re.compile(r"\d{1,2}-\d{1,2}0[1-9]")
_LIVING = re.compile("的?(?:住户|业主|租户|租客|房东|房子|人家)")
_HOUSE = re.compile(rf"(?<![\da-z{HAN}\-])[a-z]\d{{1,2}}\Z")  # C2|-905入户门
_LIVED_IN = re.compile("的?(?:住户|业主|租户|租客|房东|人家|入户|家[的里中]|楼[上下]|阳台|防盗门|水表|电表)")
_IN_TOWER = re.compile(rf"号[{HAN}]{{2,8}}(?:[a-z]\d{{3,4}}|\d{{1,2}}[a-hj-z])(?![\da-z.\-])")
_ROAD = frozenset("路街道巷弄")
_TOWN = re.compile("[镇乡旗县区市]|街道|苏木")
_PART_OF = re.compile("[长组织成员干部合委]")  # 村民小组|长
_ROW = 20  # characters in which a village stands before the number of a home in a row
_JOINED = re.compile(r"[a-z]?\d{1,3}-\d{1,2}-\d{1,4}[a-z]?\Z")  # 凤凰城C12-2-3F
_CHAIN = 80  # characters that numbers with parts of a house take at most
_DOORS_OF_A_FLOOR = 12
_LONG_NUMBER = 3  # characters of a number that is none of a building


def announced(block: Block) -> Iterator[Span]:
    """Addresses after a cue: components from province to room."""
    for _, _, end in block.cues["address"]:
        start = _ADDRESS_GAP.match(block.text, end).end()  # type: ignore[union-attr]
        stop = _address(block.text, start)
        if stop > start and not is_shop(block.text, start, stop):
            yield start, stop


def doors_of(block: Block) -> Iterator[Span]:
    """Addresses without a cue: what has a room, or a house and the word of somebody who lives there."""
    sites = [_site(block.text, cue) for cue in block.cues["door"]]
    rooms = [*matched(_ROOMS, block, "rooms")]
    sites += [_room(block.text, match) for match in rooms]
    yield from filter(None, (_alone(block.text, match) for match in rooms))
    yield from filter(None, (_housed(block.text, match) for match in rooms))
    yield from filter(None, (_sided(block.text, match) for match in matched(_SIDED, block, "rooms")))
    yield from filter(None, (_dotted(block.text, match) for match in rooms))
    yield from filter(None, (_spelt(block.text, match) for match in matched(_SPELT, block, "rooms")))
    for start, end in joined(sites):
        if is_somebodys(block.text, start, end):
            yield start, end
            yield from _apart(block.text, start, end)
    yield from _in_rows(block)
    yield from _hamlets(block)
    yield from _in_towers(block.text)


def _in_towers(text: str) -> Iterator[Span]:
    """Rooms with a letter in a named house behind the number of its street: 海甸五中路20号碧海阁C1002."""
    for match in _IN_TOWER.finditer(text):
        door = number_before(text, match.start())
        if text[door - 1] in _ROAD and not shops().match(text, match.end()):
            yield estates.beginning(text, door), match.end()


def _in_rows(block: Block) -> Iterator[Span]:
    """Homes told by their place in a row: 向阳村八队村口第三家."""
    for _, start, end in block.cues["nth"]:
        match = _village().search(block.text, start - len(before(block.text, start, _ROW)), start)
        if match and not shops().match(block.text, end):
            yield match.start(), end


def _hamlets(block: Block) -> Iterator[Span]:
    """Parts of a village by name, behind its town or beside words for a home: 永兴村后五屯."""
    for _, start, end in block.cues["hamlet"]:
        match = _hamlet().search(block.text, max(0, start - _ROW), end)
        if match and not shops().match(block.text, end) and not _PART_OF.match(block.text, end):
            lived = any_of("home").search(before(block.text, match.start(), 10)) is not None
            if lived or _TOWN.search(block.text, max(0, match.start() - 2), match.start()):
                yield match.span()


@cache
def _hamlet() -> re.Pattern[str]:
    """A village and a part of it, neither numbered."""
    plain = f"(?:(?![{words()['address_not']}镇乡县旗街道市区本全各该])[{HAN}])"
    return re.compile(f"{plain}{{1,5}}(?:村(?!民)|嘎查|大队){plain}{{1,4}}(?:{either('hamlets')})\\Z")


@cache
def _village() -> re.Pattern[str]:
    """A village, a lane or a group of houses with a few words behind it."""
    plain = f"(?:(?![{words()['address_not']}])[{HAN}])"
    ends = f"{plain}{{1,7}}(?:村|庄|屯|寨|社区|巷子?|胡同|家属院|大院)|{plain}{{0,6}}{NUMBER}(?:组|社|队)"
    return re.compile(rf"(?:{ends})[{HAN}0-9]{{0,9}}?\Z")


@cache
def _component() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One component of an address, and the gap to the next; the name of the group is its level."""
    levels, bad = words()["address_levels"], words()["address_not"]
    plain = f"(?![{bad}])[{HAN}]"
    parts = [
        f"(?P<{level}>(?:{plain}|[0-9a-z]){{1,8}}?(?:{'|'.join(levels[level])}){_MORE})"
        for level in ("province", "city", "district", "town", "road", "estate", "place")
    ]
    door = f"(?P<door>{chain().pattern})"
    return re.compile("|".join([door, *parts])), re.compile(r"[ ·]?")


def _address(text: str, start: int) -> int:
    """Where the address that starts there ends; `start` itself when it is none."""
    component, gap = _component()
    levels: list[str] = []
    stop = position = start
    while (match := component.match(text, position)) and len(levels) < 12:
        levels.append(match.lastgroup or "")
        stop = match.end()
        position = gap.match(text, stop).end()  # type: ignore[union-attr]
    if not _is_address(levels, text[start:stop]):
        return start
    tail = re.compile(rf" ?(?:{DASHES.pattern}|{LAST})").match(text, stop)
    return tail.end() if tail and levels[-1] in ("door", "estate", "place", "road") else stop


def _is_address(levels: list[str], said: str) -> bool:
    """Whether the components together say where somebody lives, not only a city."""
    parts = doors(said)
    if len(parts) >= 2 or (parts == ["-"] and _JOINED.search(said) and set(levels) - {"door"}):
        return True
    sure = {"district", "town", "road", "estate"} & set(levels)
    return bool(sure) and len(levels) >= 2


def _site(text: str, cue: Cue) -> Span | None:
    """The address around a part of a house: from the first word of the place to the last number."""
    begin = number_before(text, cue.start) if cue.listed == "door_cues" else cue.end
    numbers = chain().match(text, begin, begin + _CHAIN)
    if numbers is None or numbers.end() < cue.end:
        lane = LANE.search(text, max(0, cue.start - 10), cue.end)  # 胡同8号门口
        return (estates.beginning(text, begin), cue.end) if lane and lane.end() == cue.end else None
    return estates.beginning(text, begin), numbers.end()


def _room(text: str, rest: re.Match[str]) -> Span | None:
    """The address that ends in three numbers joined by dashes, or in two behind a street or a district."""
    first = _FIRST.search(text, max(0, rest.start() - 5), rest.start())
    if first is None:
        return None
    place = estates.beginning(text, first.start())
    if _SHORT.fullmatch(rest[0]):
        street = _STREET_DOOR.search(text, place, first.start()) or _GROUNDS.search(
            text, place, first.start()
        )
        return (place, rest.end()) if street else None
    told = (
        _FLOOR_DOOR.match(rest[0])
        or rest[0].count("-") > 1
        or _TOWER.search(text, first.start(), rest.end())
        or (first.end() - first.start() < _LONG_NUMBER and _STREET_DOOR.search(text, place, first.start()))
        or _lived(text, first.start(), rest.end())
    )
    return (place, rest.end()) if told else None


def _lived(text: str, first: int, end: int) -> bool:
    """Whether a room stands behind an estate with whoever lives there: 梧桐里6-301的住户."""
    estate = _ESTATE.search(text, max(0, first - 3), first) and _ROOM_NUMBER.fullmatch(text, first, end)
    return bool(estate) and _LIVING.match(text, end) is not None


def _alone(text: str, rest: re.Match[str]) -> Span | None:
    """The house, entrance and room that stand without the name of a place."""
    first = _ALONE.search(text, max(0, rest.start() - 3), rest.start())
    if first is None or not _FLOOR_DOOR.match(text, rest.start()):
        return None
    thing = any_of("thing_cues").search(before(text, first.start(), 6))
    return None if thing else (first.start(), rest.end())


def _housed(text: str, rest: re.Match[str]) -> Span | None:
    """The house by a letter and the room that stand by themselves before whoever lives there: C2-905业主."""
    first = _HOUSE.search(text, max(0, rest.start() - 4), rest.start())
    return (first.start(), rest.end()) if first and _LIVED_IN.match(text, rest.end()) else None


def _sided(text: str, rest: re.Match[str]) -> Span | None:
    """The house, entrance and side that stand without the name of a place: 11-1-东户."""
    first = _ALONE.search(text, max(0, rest.start() - 3), rest.start())
    return (first.start(), rest.end()) if first else None


def _spelt(text: str, rest: re.Match[str]) -> Span | None:
    """The house, entrance and room in numerals: 五-贰-壹壹零三."""
    first = _SPELT_HOUSE.search(text, max(0, rest.start() - 3), rest.start())
    return (
        (first.start(), rest.end())
        if first and 1 <= int(figures(rest[1])[-2:]) <= _DOORS_OF_A_FLOOR
        else None
    )


def _dotted(text: str, rest: re.Match[str]) -> Span | None:
    """House, entrance and room joined by dots behind the name of an estate: 望京西园四区413.7.902."""
    first = _FIRST.search(text, max(0, rest.start() - 5), rest.start()) if rest[0][0] == "." else None
    if first is None or not _GROUNDS.search(text, max(0, first.start() - 2), first.start()):
        return None
    thing = any_of("thing_cues").search(before(text, first.start(), 6))
    return None if thing else (estates.beginning(text, first.start()), rest.end())


def _apart(text: str, start: int, end: int) -> Iterator[Span]:
    """The estate a sign parts from its house: 小区是龙湖天著，9幢…; …17-06，就在丽景公馆."""
    earlier = _SAID_BEFORE.search(text, max(0, start - _ROW), start)
    later = _said_behind().match(text, end)
    yield from (match.span(1) for match in (earlier, later) if match)


@cache
def _said_behind() -> re.Pattern[str]:
    ends = "|".join(word for word in words()["estates"] if len(word) > 1)
    return re.compile(f",就?(?:在|是|位于)([{HAN}]{{2,6}}?(?:{ends}))(?![{HAN}])")


def joined(spans: Iterable[Span | None]) -> Iterator[Span]:
    """Spans that overlap as one."""
    last: Span | None = None
    for span in sorted(filter(None, spans)):
        if last and span[0] <= last[1]:
            last = last[0], max(last[1], span[1])
        else:
            if last:
                yield last
            last = span
    if last:
        yield last
