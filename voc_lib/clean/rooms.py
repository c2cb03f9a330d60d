"""Rooms told by whoever lives there, in a block of folded texts: 我家1803, 楼下703, 外卖放1604门口."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span, around
from voc_lib.clean.vocabulary import any_of, either

# a floor and a door: 703, 1803; no emergency call, day of sales, steel or year, nothing counted
_NO_ROOM = r"11[02](?!\d)|(?:711|1111|1212)(?!室|的)|304不|20\d\d[装买入搬交建换开]"
_ROOM = rf"(?!{_NO_ROOM})((?:[1-9]|[12]\d|3[0-5])(?:0[1-9]|1[0-2]))"
_AFTER = "[元块年月号线个多平米人次路条张件斤克度分秒点升兆伏瓦页班夜万亿届厘毫公里位岁台辆套道]|天(?!天)"
_LIVED = re.compile(
    rf"(?:门牌)?(?:的|就?是|在|就?住)?:? ?"
    rf"(?:{_ROOM}(?![\da-z.%:/~\-]|{_AFTER})|(\d{{3,4}})(?=室(?!内|友|外|温)))"
)
_BROUGHT = re.compile(rf" ?{_ROOM}(?=室|门口|鞋柜|[,。!\n{BREAK}]|\Z|的(?![{HAN}])|的?门)")
_TOLD = re.compile(r"(?<!\d)\d{0,2}(?:0[1-9]|1[0-2])(?:室|号|房)?\Z")
_DOOR, _SAME = 5, r"(?:[1-9]|[12]\d|3[0-5])"  # characters of a room, floors
_GUESTS = 30  # characters beside a room in which a hotel makes it one of its own


def rooms(block: Block) -> Iterator[Span]:
    """The numbers of rooms behind words for one's own home, neighbours or where parcels are put."""
    for listed, _, end in block.cues["lived"]:
        match = (_LIVED if listed == "room_lived" else _BROUGHT).match(block.text, end)
        if match and not _thing().match(block.text, match.end()):
            left, right = around(block.text, *match.span(match.lastindex or 0), _GUESTS, _GUESTS)
            if not any_of("room_guests").search(block.text, left, right):
                yield match.span(match.lastindex or 0)


def stacked(text: str, hits: Iterable[tuple[int, int, str]]) -> Iterator[Span]:
    """The flats above and below a room that was found in their text: …2507，漏水漏到2407."""
    for start, end, kind in hits:
        room = _TOLD.search(text, max(start, end - _DOOR), end) if kind == "地址" else None
        if room is None or len(number := room[0].rstrip("室号房")) <= len("01"):
            continue
        left, right = around(text, start, end, _GUESTS, _GUESTS)
        flat = re.compile(rf"(?<=[到是在住上下和与跟去从、,]){_SAME}{number[-2:]}(?![\da-z.%:/~\-]|{_AFTER})")
        yield from (
            match.span()
            for match in flat.finditer(text, left, right)
            if match.start() >= end or match.end() <= start
        )


@cache
def _thing() -> re.Pattern[str]:
    """What a number belongs to that is no room: 楼下711便利店, 我家502胶水."""
    return re.compile(f"的?(?:{either('shops')}|{either('room_things')})")
