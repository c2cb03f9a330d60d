"""Whether an address no word announces is a home, in folded text: and no shop, hotel or public place."""

from __future__ import annotations

import re
from functools import cache

from voc_lib.clean.codepoints import HAN
from voc_lib.clean.doors import DASHES, NUMBER, NUMERALS, chain, doors
from voc_lib.clean.vicinity import BREAK, before
from voc_lib.clean.vocabulary import any_of, either, words

PHONE = re.compile(r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
BESIDE = 16  # characters beside an address in which a telephone says that it is somebody's
NEAR = 10  # characters beside an address that say whose it is
_BUILDING = frozenset(words()["buildings"])
_ROOM = frozenset(words()["rooms"])
_STREET_NUMBER = re.compile(r"(?:[路街巷弄道]|胡同)[甲乙丙丁]?\d{1,4}号(?:之[0-9一二三四五六七八九])?\Z")
_NUMBERED_PLACE = re.compile(
    r"[路街巷道弄村庄屯镇乡里苑园区寓府城湾厦楼坊][甲乙丙丁]?[\d零〇一二三四五六七八九十]{1,5}号"
)
_STREET = re.compile(r"[路街巷道弄村庄屯镇乡]")
# 胡家巷子23号, 西柳胡同丙8号, 建设巷5号附3号2楼: few but those who live there have such a door
LANE = re.compile(rf"(?:巷子?|胡同|里弄|弄堂|支弄|(?<=\d)弄)(?:[甲乙丙丁]?\d{{1,4}}|[{NUMERALS}]{{1,4}})号")
# 14号附5号, 61号楼附1号, 31号之二, 别墅区28号
_ANNEX = re.compile(r"(?:\d号?|号楼|单元)附\d{1,3}号|\d号之[\d一二三四五六七八九]|别墅区?\d{1,3}号\Z")
_LETTERED = re.compile(r"(?:\d[楼层]|号楼|[栋幢座]|单元)[a-z]户\Z")  # 8楼B户
_VILLAGE = re.compile(
    rf"[村庄屯寨湾沟坝](?!大街|大道)[{HAN}0-9]{{0,8}}?{NUMBER}号|[{HAN}](?:社区|村)[{HAN}]{{0,3}}?{NUMBER}[组社队]{NUMBER}号"
)
_HAMLET = re.compile(rf"[村庄屯寨湾沟坝][{HAN}]{{0,4}}?{NUMBER}(?:村民)?小?[组社队]\Z")  # 向阳村四组
# 大洼镇前进村六组: named from the town on
_TOWN_HAMLET = re.compile(
    rf"(?:[镇乡县]|街道|苏木)[{HAN}]{{1,6}}?(?:村|庄|屯|寨|嘎查)[{HAN}]{{0,4}}?{NUMBER}(?:村民)?小?[组社队]\Z"
)
_AREA = re.compile("附近|旁边|周边|境内")
_ROWED = rf"(?:\d{{1,3}}|[{NUMERALS}]{{1,3}})"  # 七排三号
_LAST_DOOR = re.compile(
    rf"[东西南北中左右]边?户\Z|号[甲乙丙丁]户\Z|(?:小区|新村|平房区?|宿舍|[园村屯庄里坊院苑连场队]){_ROWED}排{_ROWED}[号户]\Z|"
    rf"(?:[栋幢]|联排|独栋|别墅区?)\d{{1,3}}号\Z|[楼层](?:\d{{1,3}}|[{NUMERALS}]{{1,3}})号\Z"
)  # 7号楼东户, 11排3号
_ROOM_LAST = re.compile(
    r"(?:[栋幢座梯#]|号楼|单元)-?\d{1,2}(?:0[1-9]|1[0-9])[房室]?\Z|\d#-?\d-?\d{1,2}(?:0[1-9]|1[0-2])\Z|"
    r"[栋幢座]-\d{1,2}-\d{2,4}\Z|\At\d{1,2}-\d{4}\Z"
)  # 19座801, 2梯803房
# 学校梅园3舍B座509, 大学城桃李园6栋218
_DORM = re.compile(r"宿舍|寝|\d舍|[园苑斋]([a-z]区)?\d{1,2}(?:号楼|[栋幢])\d{3}\Z")
_RANGE = re.compile(r"(\d+)号?[-—~](\d{1,4})号\Z")  # 长乐路5号-9号
_LABEL = re.compile("楼号:?\\Z")  # 楼号26号楼
_LONG = 2  # digits of a number, or numbers, more than which tell a room
_DOORS = 2  # parts of a house that lead to a room
# 3室2厅, 5号-9号, 3组到7组
_NO_DOOR = re.compile(rf"(?:\d|[{NUMERALS}])?[厅卫]|[到至~—-](?:\d|[{NUMERALS}])")


def is_somebodys(text: str, start: int, end: int) -> bool:
    """Whether an address without a cue is where somebody lives, and no shop, hotel or public place."""
    said = text[start:end]
    units, named = doors(said), chain().match(said) is None
    if not _lead_home(said, units) or _is_range(said):
        return False
    last = units[-1] == "" or _LAST_DOOR.search(said) or any(unit in _ROOM for unit in units)
    labelled = _LABEL.search(before(text, start, len("楼号:"))) is not None
    room = (len(units) >= _DOORS and bool(last)) or "-" in units or labelled
    house = room or any(unit in _BUILDING | _ROOM for unit in units)
    street = named and len(units) >= 2 and _STREET.search(said) is not None
    if any_of("thing_cues").search(before(text, start + 1, 6) + said[:6]):
        return False
    around = before(text, start, NEAR) + " " + text[end : end + 6].partition(BREAK)[0]
    home = text[start - 1 : start] == "住" or any_of("home").search(around) is not None
    home = home or PHONE.search(before(text, start, BESIDE)) is not None  # 138… 前马庄村2组
    if not (_DORM.search(said) or (home and room)) and is_shop(text, start, end):
        return False
    if shops().match(text, end) or _NO_DOOR.match(text, end):  # 3号楼2单元教室, 3室2厅
        return False
    return (
        _ANNEX.search(said) is not None
        or _LETTERED.search(said) is not None
        or (
            named
            and (
                room
                or (home and (house or street or _STREET_NUMBER.search(said) is not None))
                or _VILLAGE.search(said) is not None
                or LANE.search(said) is not None
                or (home and _HAMLET.search(said) is not None)
                or (_TOWN_HAMLET.search(said) is not None and not _AREA.match(text, end))
            )
        )
    ) or (house and room and (home or len(units) > _DOORS or _ROOM_LAST.search(said) is not None))


def _is_range(said: str) -> bool:
    """Whether numbers run from one house to another: 长乐路5号-9号; not 石桥头23-1号."""
    match = _RANGE.search(said)
    return match is not None and int(match[1]) < int(match[2])


def _lead_home(said: str, units: list[str]) -> bool:
    """Whether bare numbers are as long as those of rooms: not 市区10-12, 5w-30, 美孚1号020."""
    if units in (["-"], ["号", "-"]):
        numbers = re.findall(r"\d+", DASHES.findall(said)[-1])
        return len(numbers) > _LONG or len(numbers[-1]) > _LONG
    return units != ["号", ""] or _NUMBERED_PLACE.search(said) is not None


def is_shop(text: str, start: int, end: int) -> bool:
    """Whether words in or beside an address make it a shop or a public place."""
    earlier = any_of("shops_before").search(before(text, start, NEAR))
    return bool(earlier or _shop().search(text, start, end) or _shop_after().match(text, end))


@cache
def shops() -> re.Pattern[str]:
    return re.compile(either("shops"))


@cache
def _shop() -> re.Pattern[str]:
    """A word of a shop that is no part of the name of a street or an estate: 学院路, 医院家属院."""
    streets = "|".join(words()["address_levels"]["road"])
    listed = "|".join(shop for shop in words()["shops"] if len(shop) > 1)
    return re.compile(f"(?:{listed})(?![东西南北中]?(?:{streets})|宿舍|家属|小区|公寓|新村|社区)")


@cache
def _shop_after() -> re.Pattern[str]:
    firms = "(?:公司|工作室|事务所|机构|培训班)(?!前台|代收|收|门口|同事)"
    return re.compile(f"(?:的|那家|这家| )?[{HAN}a-z]{{0,5}}?(?:{either('shops')}|{firms})")
