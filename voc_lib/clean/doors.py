"""Parts of a house, in folded text: their numbers, how they join, and which lead to a room."""

from __future__ import annotations

import re
from functools import cache

from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vocabulary import either

NUMERALS = "零〇一二两三四五六七八九十百壹贰叁肆伍陆柒捌玖拾"
NUMBER = (
    rf"(?:第?[甲乙丙丁]?\d{{1,5}}(?:[a-z]|-\d{{1,2}}(?=号(?!楼)))?|[{NUMERALS}](?: [{NUMERALS}]){{1,4}}|"
    rf"[a-z]\d{{0,4}}|第?[{NUMERALS}]{{1,6}}|[甲乙丙丁东西南北中](?=[座栋幢楼塔区户]|单元|门洞)|[甲乙丙丁](?=门))"
)
# “402”, “1708”, “四零一” at the end of an address; not “3个”, “十多户”
LAST = (
    r"(?:\d{1,5}[a-z]?(?![\d元块个次分秒年月日点米平人%件条多.]|天(?!天))|"
    rf"[{NUMERALS}](?: ?[{NUMERALS}]){{1,4}}(?![个次天年月多块元])|"
    rf"[东西南北中左右](?:户|手边?|边户)(?![{HAN}]?[型外籍])|(?<=楼)[左右中](?![{HAN}])|[a-z]\d{{3,4}}(?![\da-z]))"
)
DASHES = re.compile(
    r"(?:(?<![a-z])[a-z]|[东南西北](?=\d{1,2}-\d{3}))?\d{1,4}[a-z]?(?:(?:[-—–/#]|之)-?(?:\d{1,4}[a-z]?|[a-z](?=[-—–/])))(?:(?:[-—–/#]|之)-?\d{1,4}[a-z]?){0,3}(?![\d:])"
)
_NUMBER_BACK = re.compile(
    r"第?(?:[甲乙丙丁]?(?:[0-9a-z]+ ?|"
    rf"[{NUMERALS}](?: ?[{NUMERALS}])* ?|[甲乙丙丁东西南北中]))\Z"
)
_DOOR_BACK = re.compile(rf"[0-9]{{1,4}}-[0-9]{{1,2}}\Z|{_NUMBER_BACK.pattern}")  # 23-1号


@cache
def chain() -> re.Pattern[str]:
    """Numbers with parts of a house, and the room: 27栋2单元9楼902, 5#1204, 3-2-1101."""
    unit = f"(?!{either('not_doors')})(?:{either('door_units')})"
    gap = r"[ \-—–·之]{0,2}"
    one = rf"附?{NUMBER} ?{unit}(?:之{NUMBER})?(?:{either('door_joins')})?"
    return re.compile(rf"(?:(?:{one}{gap})*{one}(?:[ \-]?(?:{DASHES.pattern}|{LAST}))?|{DASHES.pattern})")


@cache
def chain_back() -> re.Pattern[str]:
    return re.compile(rf"(?P<number>{NUMBER} ?(?:{either('door_units')})[ \-,]?)\Z")


@cache
def _door() -> re.Pattern[str]:
    """One number with its part of a house, or the room that stands last."""
    unit = f"(?!{either('not_doors')})({either('door_units')})"
    return re.compile(rf"{NUMBER} ?{unit}|({DASHES.pattern})|({LAST})")


def doors(said: str) -> list[str]:
    """The parts of a house an address names, in order; “-” for numbers joined, "" for a bare one."""
    return [unit or "-" * bool(dashes) for unit, dashes, _ in _door().findall(said)]


def number_before(text: str, end: int) -> int:
    """Where the number before a part of a house begins."""
    pattern = _DOOR_BACK if text[end : end + 1] == "号" else _NUMBER_BACK
    match = pattern.search(text, max(0, end - 8), end)
    return match.start() if match else end
