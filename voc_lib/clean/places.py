"""Where people live, in a block of folded texts: addresses after a cue, and any down to the room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import rjieba

from voc_lib.clean.block import Block, matched
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.cues import Cue
from voc_lib.clean.vicinity import BREAK, Span, before
from voc_lib.clean.vocabulary import any_of, either, words

REACH = 40  # characters an address takes before its room at most
PHONE = re.compile(r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
BESIDE = 16  # characters beside an address in which a telephone says that it is somebody's
NEAR = 10  # characters beside an address that say whose it is
_ADDRESS_GAP = re.compile(r"(?:[写填改]成?的?)?(?:位于|地址|[是为在了到:=\s\"“]){0,4}")  # “地址写的是…”
_STOP = re.compile(f"[\n{BREAK}。!?;,]")
NUMERALS = "零〇一二两三四五六七八九十百壹贰叁肆伍陆柒捌玖拾"
_NUMBER = (
    rf"(?:第?[甲乙丙丁]?\d{{1,5}}[a-z]?|[{NUMERALS}](?: [{NUMERALS}]){{1,4}}|[a-z]\d{{0,4}}|"
    rf"第?[{NUMERALS}]{{1,6}}|[甲乙丙丁东西南北](?=[座栋幢楼塔区户]|单元)|[甲乙丙丁](?=门))"
)
# “402”, “1708”, “四零一” at the end of an address; not “3个”, “十多户”
_LAST = (
    r"(?:\d{1,5}[a-z]?(?![\d元块个次天分秒年月日点米平人%件条多.])|"
    rf"[{NUMERALS}](?: ?[{NUMERALS}]){{1,4}}(?![个次天年月多块元])|"
    rf"[东西南北中左右](?:户|手边?|边户)(?![{HAN}]?[型外籍])|[a-z]\d{{3,4}}(?![\da-z]))"
)
_MORE = "(?![村镇乡路街区县市屯]|小区|花园|新村)"  # the part of an address goes on: 王庄村, 江州路
_DASHES = re.compile(
    r"(?:(?<![a-z])[a-z]|[东南西北](?=\d{1,2}-\d{3}))?\d{1,4}[a-z]?(?:(?:[-—–/#]|之)-?(?:\d{1,4}[a-z]?|[a-z](?=[-—–/])))(?:(?:[-—–/#]|之)-?\d{1,4}[a-z]?){0,3}(?![\d:])"
)
# 锦绣钱塘12-1-2603, 蓝山郡A3-1204
_ROOMS = re.compile(r"[-—–](?:\d{1,2}[-—–])?\d{3,4}(?![\d\-元%个件台米克斤年月])")
# 12-1-0704, 6—3—904 alone: house, entrance, and a room as floor and door; no year
_ALONE = re.compile(r"(?<![\da-z\-—–/.#])(?<!\d:)\d{1,2}\Z")
_FLOOR_DOOR = re.compile(r"[-—–]\d{1,2}[-—–](?!(?:19|20)\d\d)\d{1,2}(?:0[1-9]|1[0-2])(?![\da-z\-—–/.:])")
_FIRST = re.compile(rf"(?<=[{HAN}])[a-z]?\d{{1,3}}\Z")
_STREET_DOOR = re.compile(rf"(?:[路街巷道弄里村]\d{{1,4}}(?:号|弄)|[区县镇乡]|街道)[{HAN}]{{0,8}}\Z")
_BUILDING = frozenset(words()["buildings"])
_ROOM = frozenset(words()["rooms"])
# a word of these parts of speech may be part of the name of a place
_NAMING = frozenset([*"nsfabjxgil", "ns", "nr", "nz", "nt", "nrt", "nrfg", "ng", "an", "zg", "eng", "vn"])
_PROPER = frozenset(["ns", "nr", "nz", "nt", "nrt", "nrfg"])
_STREET_NUMBER = re.compile(r"(?:[路街巷弄道]|胡同)[甲乙丙丁]?\d{1,4}号(?:之[0-9一二三四五六七八九])?\Z")
_NUMBERED_PLACE = re.compile(
    r"[路街巷道弄村庄屯镇乡里苑园区寓府城湾厦楼坊][甲乙丙丁]?[\d零〇一二三四五六七八九十]{1,5}号"
)
_STREET = re.compile(r"[路街巷道弄村庄屯镇乡]")
# 胡家巷子23号, 西柳胡同丙8号, 建设巷5号附3号2楼: few but those who live there have such a door
_LANE = re.compile(rf"(?:巷子?|胡同|里弄|弄堂|(?<=\d)弄)(?:[甲乙丙丁]?\d{{1,4}}|[{NUMERALS}]{{1,4}})号")
_ANNEX = re.compile(r"\d号?附\d{1,3}号")  # 14号附5号
_VILLAGE = re.compile(
    rf"[村庄屯寨湾沟坝][{HAN}0-9]{{0,8}}?{_NUMBER}号|[{HAN}](?:社区|村)[{HAN}]{{0,3}}?{_NUMBER}[组社队]{_NUMBER}号"
)
_ROW = 20  # characters in which a village stands before the number of a home in a row
_HAMLET = re.compile(rf"[村庄屯寨湾沟坝][{HAN}]{{0,4}}?{_NUMBER}(?:村民)?小?[组社队]\Z")  # 向阳村四组
_LAST_DOOR = re.compile(
    r"[东西南北中左右]边?户\Z|(?:小区|新村|平房|[园村屯庄里坊院苑])\d{1,3}排\d{1,3}[号户]\Z|"
    r"(?:[栋幢]|联排|独栋|别墅区?)\d{1,3}号\Z"
)  # 7号楼东户, 11排3号
_ROOM_LAST = re.compile(r"(?:[栋幢座梯#]|单元)-?\d{1,2}(?:0[1-9]|1[0-9])[房室]?\Z")  # 19座801, 2梯803房
# 学校梅园3舍B座509, 大学城桃李园6栋218
_DORM = re.compile(r"宿舍|寝|\d舍|[园苑斋]([a-z]区)?\d{1,2}(?:号楼|[栋幢])\d{3}\Z")
_RANGE = re.compile(r"\d号?[-—~]\d{1,4}号\Z")  # 长乐路5号-9号
_DOORS = 2  # parts of a house that lead to a room
# 3室2厅, 5号-9号, 3组到7组
_NO_DOOR = re.compile(rf"(?:\d|[{NUMERALS}])?[厅卫]|[到至~—-](?:\d|[{NUMERALS}])")
_LONG_NUMBER = 3  # characters of a number that is none of a building
_ENOUGH, _LONGEST_NAME = 2, 6  # characters that name a place, at most
_NUMBER_BACK = re.compile(
    rf"第?(?:[甲乙丙丁]?(?:[0-9a-z]+ ?|[{NUMERALS}](?: ?[{NUMERALS}])* ?|[甲乙丙丁东西南北]))\Z"
)


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
    for start, end in joined(sites):
        if _is_somebodys(block.text, start, end):
            yield start, end
    yield from _in_rows(block)


def _in_rows(block: Block) -> Iterator[Span]:
    """Homes told by their place in a row: 向阳村八队村口第三家."""
    for _, start, end in block.cues["nth"]:
        match = _village().search(block.text, start - len(before(block.text, start, _ROW)), start)
        if match and not _shops().match(block.text, end):
            yield match.start(), end


@cache
def _village() -> re.Pattern[str]:
    """A village, a lane or a group of houses with a few words behind it."""
    plain = f"(?:(?![{words()['address_not']}])[{HAN}])"
    ends = f"{plain}{{1,7}}(?:村|庄|屯|寨|社区|巷子?|胡同)|{plain}{{0,6}}{_NUMBER}(?:组|社|队)"
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
    door = f"(?P<door>{_chain().pattern})"
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
    tail = re.compile(rf" ?(?:{_DASHES.pattern}|{_LAST})").match(text, stop)
    return tail.end() if tail and levels[-1] in ("door", "estate", "place", "road") else stop


def _is_address(levels: list[str], said: str) -> bool:
    """Whether the components together say where somebody lives, not only a city."""
    if len(doors(said)) >= 2:
        return True
    sure = {"district", "town", "road", "estate"} & set(levels)
    return bool(sure) and len(levels) >= 2


@cache
def _chain() -> re.Pattern[str]:
    """Numbers with parts of a house, and the room: 27栋2单元9楼902, 5#1204, 3-2-1101."""
    unit = f"(?!{either('not_doors')})(?:{either('door_units')})"
    gap = r"[ \-—–·之]{0,2}"
    one = rf"附?{_NUMBER} ?{unit}(?:之{_NUMBER})?(?:{either('door_joins')})?"
    return re.compile(rf"(?:(?:{one}{gap})*{one}(?:[ \-]?(?:{_DASHES.pattern}|{_LAST}))?|{_DASHES.pattern})")


@cache
def _chain_back() -> re.Pattern[str]:
    return re.compile(rf"(?P<number>{_NUMBER} ?(?:{either('door_units')})[ \-,]?)\Z")


@cache
def _door() -> re.Pattern[str]:
    """One number with its part of a house, or the room that stands last."""
    unit = f"(?!{either('not_doors')})({either('door_units')})"
    return re.compile(rf"{_NUMBER} ?{unit}|({_DASHES.pattern})|({_LAST})")


def doors(said: str) -> list[str]:
    """The parts of a house an address names, in order; “-” for numbers joined, "" for a bare one."""
    return [unit or "-" * bool(dashes) for unit, dashes, _ in _door().findall(said)]


def _site(text: str, cue: Cue) -> Span | None:
    """The address around a part of a house: from the first word of the place to the last number."""
    begin = _number_before(text, cue.start) if cue.listed == "door_cues" else cue.end
    chain = _chain().match(text, begin)
    if chain is None or chain.end() < cue.end:
        lane = _LANE.search(text, max(0, cue.start - 10), cue.end)  # 胡同8号门口
        return (_place(text, begin), cue.end) if lane and lane.end() == cue.end else None
    return _place(text, begin), chain.end()


def _room(text: str, rest: re.Match[str]) -> Span | None:
    """The address that ends in three numbers joined by dashes, or in two behind a street or a district."""
    first = _FIRST.search(text, max(0, rest.start() - 5), rest.start())
    if first is None:
        return None
    place = _place(text, first.start())
    told = (
        _FLOOR_DOOR.match(rest[0])
        or rest[0].count("-") > 1
        or (first.end() - first.start() < _LONG_NUMBER and _STREET_DOOR.search(text, place, first.start()))
    )
    return (place, rest.end()) if told else None


def _alone(text: str, rest: re.Match[str]) -> Span | None:
    """The house, entrance and room that stand without the name of a place."""
    first = _ALONE.search(text, max(0, rest.start() - 3), rest.start())
    if first is None or not _FLOOR_DOOR.match(text, rest.start()):
        return None
    thing = any_of("thing_cues").search(before(text, first.start(), 6))
    return None if thing else (first.start(), rest.end())


def _number_before(text: str, end: int) -> int:
    """Where the number before a part of a house begins."""
    match = _NUMBER_BACK.search(text, max(0, end - 8), end)
    return match.start() if match else end


def _place(text: str, end: int) -> int:
    """Where the place before a number begins: names of places, and earlier numbers with a part of a house."""
    reach = max(0, end - REACH)
    reach = max((match.end() for match in _STOP.finditer(text, reach, end)), default=reach)
    number = _chain_back().search(text, reach, end)
    start = _named(text, reach, number.start() if number else end)
    while (earlier := _further(text, reach, start)) < start:
        start = earlier
    return start


def _further(text: str, reach: int, start: int) -> int:
    """Where the part of an address before the one that begins there begins; there itself without one."""
    if number := _chain_back().search(text, reach, start):
        return _named(text, reach, number.start())
    if not (skipped := _skipped().search(text, reach, start)):
        return start
    behind = skipped.start()
    if text[behind - 1] == "号" and (street := _chain_back().search(text, reach, behind)):
        behind = street.start()
    earlier = _named(text, reach, behind)
    return earlier if earlier < behind else start


@cache
def _skipped() -> re.Pattern[str]:
    """A name no dictionary has, behind the part of an address it belongs to: 甘宣村后陈, 文三路9号金水."""
    name = f"(?:(?![{words()['address_not']}])[{HAN}])"
    return re.compile(f"(?:(?<=[村镇乡屯县区道路]){name}{{1,4}}|(?<=\\d号){name}{{1,8}})\\Z")


def _named(text: str, reach: int, end: int) -> int:
    """Where the name of a place that ends there begins, walking left word by word."""
    start, place, held, wanted = end, end, 0, True
    for word, part in reversed(_dictionary().tag(text[reach:end])):
        place -= len(word)
        if not word.strip(" ·-"):
            continue
        if not _names(word, part, held=held, wanted=wanted, ended=start < end):
            break
        ends = _ends(word, part)
        wanted, held = (word in _bare(), 0) if ends else (wanted, held + len(word))
        start = place
    return start


def _names(word: str, part: str, *, held: int, wanted: bool, ended: bool) -> bool:
    """Whether a word is part of the name of a place of which `held` characters stand to its right.

    `wanted`: they end in 小区, 路 … and nothing names them yet; `ended`: such a word stands there: 前进|巷.
    """
    if not word.isalnum() or word in words()["address_stops"]:
        return False
    if _ends(word, part) or part == "ns":
        return True
    likely = part in _NAMING and (held < _ENOUGH or part in _PROPER)
    deed = part == "v" and ended and not held and len(word) == _ENOUGH
    return wanted and held + len(word) <= _LONGEST_NAME and (likely or deed)


def _ends(word: str, part: str) -> bool:
    """Whether a word ends a part of an address: 小区, 科苑北路; not 城市, 平台."""
    return (
        word in _bare()
        or word[-1] in "路街巷弄"
        or ((part in _PROPER or part == "x") and _end().search(word) is not None)
    )


@cache
def _bare() -> frozenset[str]:
    return frozenset(words()["place_ends"])


@cache
def _end() -> re.Pattern[str]:
    return re.compile(f"(?:{either('place_ends')})\\Z")


@cache
def _dictionary() -> rjieba.Jieba:
    return rjieba.Jieba()


def _is_somebodys(text: str, start: int, end: int) -> bool:
    """Whether an address without a cue is where somebody lives, and no shop, hotel or public place."""
    said = text[start:end]
    units, named = doors(said), _chain().match(said) is None
    if not _lead_home(said, units) or _RANGE.search(said):
        return False
    last = units[-1] == "" or _LAST_DOOR.search(said) or any(unit in _ROOM for unit in units)
    room = (len(units) >= _DOORS and bool(last)) or "-" in units
    house = room or any(unit in _BUILDING | _ROOM for unit in units)
    street = named and len(units) >= 2 and _STREET.search(said) is not None
    if any_of("thing_cues").search(before(text, start + 1, 6) + said[:6]):
        return False
    around = before(text, start, NEAR) + " " + text[end : end + 6].partition(BREAK)[0]
    home = text[start - 1 : start] == "住" or any_of("home").search(around) is not None
    home = home or PHONE.search(before(text, start, BESIDE)) is not None  # 138… 前马庄村2组
    if not (_DORM.search(said) or (home and room)) and is_shop(text, start, end):
        return False
    if _shops().match(text, end) or _NO_DOOR.match(text, end):  # 3号楼2单元教室, 3室2厅
        return False
    return (
        _ANNEX.search(said) is not None
        or (
            named
            and (
                room
                or (home and (house or street or _STREET_NUMBER.search(said) is not None))
                or _VILLAGE.search(said) is not None
                or _LANE.search(said) is not None
                or (home and _HAMLET.search(said) is not None)
            )
        )
    ) or (house and room and (home or len(units) > _DOORS or _ROOM_LAST.search(said) is not None))


def _lead_home(said: str, units: list[str]) -> bool:
    """Whether bare numbers are as long as those of rooms: not 市区10-12, 5w-30, 美孚1号020."""
    if units in (["-"], ["号", "-"]):
        numbers = re.findall(r"\d+", _DASHES.findall(said)[-1])
        return len(numbers) > _ENOUGH or len(numbers[-1]) > _ENOUGH
    return units != ["号", ""] or _NUMBERED_PLACE.search(said) is not None


def is_shop(text: str, start: int, end: int) -> bool:
    """Whether words in or beside an address make it a shop or a public place."""
    earlier = any_of("shops_before").search(before(text, start, NEAR))
    return bool(earlier or _shop().search(text, start, end) or _shop_after().match(text, end))


@cache
def _shops() -> re.Pattern[str]:
    return re.compile(either("shops"))


@cache
def _shop() -> re.Pattern[str]:
    """A word of a shop that is no part of the name of a street or an estate: 学院路, 医院家属院."""
    streets = "|".join(words()["address_levels"]["road"])
    listed = "|".join(shop for shop in words()["shops"] if len(shop) > 1)
    return re.compile(f"(?:{listed})(?!{streets}|宿舍|家属|小区|公寓|新村|社区)")


@cache
def _shop_after() -> re.Pattern[str]:
    firms = "(?:公司|工作室|事务所|机构|培训班)(?!前台|代收|收|门口|同事)"
    return re.compile(f"(?:的|那家|这家| )?[{HAN}a-z]{{0,5}}?(?:{either('shops')}|{firms})")


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
