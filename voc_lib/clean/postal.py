"""Addresses as on a parcel, in a block of folded texts: from the province to the door."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_lib.clean import doors, flats, homes, places, rooms, wards
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span, around, before
from voc_lib.clean.vocabulary import any_of

# “浙江省 杭州市余杭区”, “重庆市渝北区”, “内蒙古呼伦贝尔市海拉尔区”
_LEVEL = rf"[{HAN}]{{1,9}}?(?:自治州|自治县|地区|林区|新区|开发区|[市州盟区县旗]) ?"
_REGION = re.compile(
    rf"(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区)? ?{_LEVEL}(?:{_LEVEL})?(?:{_LEVEL})?"
)
# what is left of it; a comma only before another part of the house: “星光花园7栋，2单元，1502”
_REST = re.compile(
    rf"(?:(?![的年月了在我们把被])[{HAN}a-z#·—\-() ]|\d{{1,5}}(?!\d)|"
    rf",(?= ?[{HAN}]{{0,6}}\d{{1,4}}(?:号楼|[栋幢座室]|单元)|\d{{3,4}}(?![\d年月]))){{2,60}}"
)
_UNIT = "号楼|号院|号房|号|栋|幢|座|单元|室|房|楼|层|户|组|(?:村民)?小?组|社|队|弄|门(?!口)|梯"
_LAST = re.compile(
    rf"(?:\d{{1,5}}(?:[-—#]\d{{1,4}})*[a-z]?|[{doors.NUMERALS}]{{3,6}}|"
    rf"[{doors.NUMERALS}]{{1,6}}(?= ?(?:{_UNIT})))"
    rf"(?![\da-z天次个元块年月日点分秒小多%])(?: ?(?:{_UNIT}))?(?:之[\d一二三四五六七八九])?"
    rf"(?:[左右东西南北]边?[手户])?"
)
_SUFFIXED = re.compile(r"\d号之[\d一二三四五六七八九]")  # 31号之二
_DOORS = 2  # parts of a house that lead to a room


def addresses(block: Block) -> Iterator[Span]:
    """Addresses after a cue, down to the room, and as on a parcel; those that overlap as one."""
    found = (
        *places.announced(block),
        *places.doors_of(block),
        *wards.beds(block),
        *flats.flats(block),
        *rooms.rooms(block),
        *_written(block),
    )
    return places.joined(found)


def _written(block: Block) -> Iterator[Span]:
    """Addresses from the province to a number, if they are down to the room or beside a telephone."""
    for _, start, end in block.cues["province"]:
        region = _REGION.match(block.text, end)
        rest = region and _REST.match(block.text, region.end())
        if not rest:
            continue
        numbers = list(_LAST.finditer(block.text, rest.start(), rest.end()))
        if numbers and _is_somebodys(block.text, start, numbers[-1].end()):
            yield start, numbers[-1].end()


def _is_somebodys(text: str, start: int, end: int) -> bool:
    """Whether a room, a word of somebody who lives there or a telephone beside it tells a home."""
    left, right = around(text, start, end, homes.BESIDE, homes.BESIDE)
    if homes.PHONE.search(text, left, start) or homes.PHONE.search(text, end, right):
        return True
    if homes.is_shop(text, start, end):
        return False
    units = doors.doors(text[start:end])
    room = len(units) >= _DOORS or "-" in units or _SUFFIXED.search(text, start, end) is not None
    return room or (bool(units) and any_of("home").search(before(text, start, homes.NEAR)) is not None)
