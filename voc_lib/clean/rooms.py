"""Rooms told by whoever lives there, in a block of folded texts: 我家1803, 楼下703, 外卖放1604门口."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span, around
from voc_lib.clean.vocabulary import any_of, either

# a floor and a door: 703, 1803; no emergency call, day of sales, steel or year, nothing counted
_NO_ROOM = r"11[02](?!\d)|(?:711|1111|1212)(?!室|的)|304不|20\d\d[装买入搬交建换开]"
_ROOM = rf"(?!{_NO_ROOM})((?:[1-9]|[12]\d|3[0-5])(?:0[1-9]|1[0-2]))"
_AFTER = "[元块年月号线个多平米人次路条张件斤克度分秒点升兆伏瓦页班夜万亿届厘毫公里位岁台辆套道]|天(?!天)"
_LIVED = re.compile(rf"(?:门牌)?(?:的|就?是|在|就?住)?:? ?{_ROOM}(?![\da-z.%:/~\-]|{_AFTER})")
_BROUGHT = re.compile(rf" ?{_ROOM}(?=室|门口|鞋柜|[,。!\n{BREAK}]|\Z|的(?![{HAN}])|的?门)")
_GUESTS = 30  # characters beside a room in which a hotel makes it one of its own


def rooms(block: Block) -> Iterator[Span]:
    """The numbers of rooms behind words for one's own home, neighbours or where parcels are put."""
    for listed, _, end in block.cues["lived"]:
        match = (_LIVED if listed == "room_lived" else _BROUGHT).match(block.text, end)
        if match and not _thing().match(block.text, match.end()):
            left, right = around(block.text, *match.span(1), _GUESTS, _GUESTS)
            if not any_of("room_guests").search(block.text, left, right):
                yield match.span(1)


@cache
def _thing() -> re.Pattern[str]:
    """What a number belongs to that is no room: 楼下711便利店, 我家502胶水."""
    return re.compile(f"的?(?:{either('shops')}|{either('room_things')})")
