"""Numbers by which staff are known, in a block of folded texts: 工号30725, 柜员B0619, 8806号客服."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_lib.clean import wordlike
from voc_lib.clean.block import PLACES, Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.numerals import NUMERALS
from voc_lib.clean.vicinity import BREAK, Span

_CODE = rf"[{PLACES}]?[a-z]{{0,4}}-?\d{{2,8}}(?![\d.%])"
# “工号：KF0231”, “工牌 0391”, “胸牌号是055”
_SAID = "(?:号码|编号|号)?(?:上?[写印刻标]着?的?)?"
LABELLED = re.compile(rf"{_SAID}[是为:#\s(]{{0,3}}({_CODE})(?![元个次天分年月日块张点])")
# “工号是六六二零三”
SPELT = re.compile(rf"{_SAID}[是为:\s]{{0,3}}([{''.join(NUMERALS)}]{{3,8}})(?![{HAN}])")
_AND = re.compile(rf"[转和、,/与及]({_CODE})")  # 坐席60218转60233
_HOTLINE = r"(?!95\d{3}|96\d{3}|10\d{3}|12\d{3}|400)"
# “营业员（CS-1187）”, “柜员（01873）”
BRACKETED = re.compile(rf" ?\({_HOTLINE}({_CODE})\)")
# “柜员B0619”, “客服1029号说”, “话务员 3052”; not “客服95588”, “客服vip88”
CODED = re.compile(r" ?(?!vip|vx|wx|qq|app|ios|tel|ip|win)([a-z]{1,3}[-_]?\d{2,6})(?![\da-z.%])")
COUNTED = re.compile(rf" ?({_HOTLINE}\d{{3,6}})(?=号(?![线楼店桌门窗柜台床房车院机口栋]))")
BARE = re.compile(rf" ?({_HOTLINE}\d{{4,6}})(?![\d.%元个次天分年月日块张点秒人条多-])")
# “8806号客服”, “88号技师”
NUMBERED = re.compile(rf"(?<![\d.a-z\-第])({_HOTLINE}[a-z]{{0,2}}\d{{2,6}})\Z")
# “0429号小伙子”; not “15号师傅”
OF_ANYONE = re.compile(rf"(?<![\d.a-z\-第])({_HOTLINE}\d{{3,6}})\Z")
_REACH = 9  # characters before 号客服 in which such a number begins


def badges(block: Block) -> Iterator[Span]:
    """Work numbers behind 工号, behind or before the work of who bears them."""
    for listed, _, end in block.cues["badge"]:
        patterns = _PATTERNS[listed]
        match = next(filter(None, (pattern.match(block.text, end) for pattern in patterns)), None)
        if match is None and listed == "badge_work":  # 客服06927说
            bare = BARE.match(block.text, end)
            match = bare if bare and wordlike.does(block.text, bare.end()) else None
        if match:
            yield match.span(1)
            yield from _others(block.text, match)
    for listed, start, _ in block.cues["numbered"]:
        begin = max(block.text.rfind(BREAK, 0, start) + 1, start - _REACH)
        pattern = NUMBERED if listed == "badge_after" else OF_ANYONE
        if match := pattern.search(block.text, begin, start):
            yield match.span(1)


def _others(text: str, first: re.Match[str]) -> Iterator[Span]:
    """Numbers as long as the first that follow it."""
    match = _AND.match(text, first.end(1))
    while match and len(match[1]) == len(first[1]):
        yield match.span(1)
        match = _AND.match(text, match.end())


_PATTERNS = {
    "badge_cues": (LABELLED, SPELT),
    "badge_counters": (CODED, COUNTED, BARE, BRACKETED),
    "badge_work": (CODED, COUNTED, BRACKETED),
}
