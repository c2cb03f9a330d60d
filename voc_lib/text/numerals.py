"""Written numerals and grouped amounts as plain figures, only where nothing else can be meant."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from voc_lib.text.blocks import WIDE, codes_of, spliced, words

# “1,280元”, “￥3,999.00”: a comma only groups digits where a currency says it is an amount
AMOUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
CURRENCY = re.compile(r"(?:\.[0-9]+)?(?:元|块)")


def numerals(block: str) -> str:
    """“二十四小时” -> “24小时”, “1,280元” -> “1280元”; only where nothing else can be meant."""
    matches = (_numeral().match(block, start) for start in _numeral_starts(codes_of(block)))
    block = spliced(block, ((match.start(), match.end(), _figure(match)) for match in matches if match))
    amounts = (AMOUNT.match(block, start) for start in _amount_starts(codes_of(block)))
    return spliced(block, ((match.start(), match.end(), _amount(match)) for match in amounts if match))


def _amount_starts(codes: np.ndarray) -> list[int]:
    """Where the digits before a comma that has digits on both sides begin, three digits back at most."""
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    comma = np.flatnonzero((codes[1:-1] == ord(",")) & digit[:-2] & digit[2:])
    second = comma - (digit[comma - 1] & (comma >= 1))
    third = second - ((second < comma) & digit[second - 1] & (second >= 1))
    return third.tolist()


def _numeral_starts(codes: np.ndarray) -> list[int]:
    """Where runs of Chinese numerals begin that a unit may follow."""
    kinds = _numeral_kinds()[np.minimum(codes, WIDE - 1)]
    edges = np.flatnonzero(np.diff(kinds == 1, prepend=False, append=False))
    starts, stops = edges[::2], edges[1::2]
    return starts[kinds[np.minimum(stops, len(kinds) - 1)] == 2].tolist()


@cache
def _numeral_kinds() -> np.ndarray:
    """1 for a numeral, 2 for a character a unit begins with."""
    kinds = np.zeros(WIDE, dtype=np.uint8)
    spec = words()["numerals"]
    kinds[[ord(unit[0]) for unit in (*spec["units"], *spec["units_long"])]] = 2
    kinds[[ord(figure) for figure in _FIGURES]] = 1
    return kinds


@cache
def _numeral() -> re.Pattern[str]:
    """Numeral and unit: “十五天”, not “星期三天气”."""
    spec = words()["numerals"]
    long = "|".join(_guarded(unit, spec["not_after"]) for unit in spec["units_long"])
    short = "|".join(_guarded(unit, spec["not_after"]) for unit in spec["units"])
    return re.compile(f"[{_FIGURES}]{{2,9}}(?={long}|{short})|[{_FIGURES[1:]}](?={short})")


def _amount(match: re.Match[str]) -> str:
    """The amount without commas where a currency stands before or after it."""
    block, start = match.string, match.start()
    before = block[start - 1 : start]
    if before in ("¥", "￥") or (before not in _NUMERIC and CURRENCY.match(block, match.end())):
        return match[0].replace(",", "")
    return match[0]


def _guarded(unit: str, not_after: dict[str, str]) -> str:
    return f"{unit}(?![{not_after[unit]}])" if unit in not_after else unit


def _figure(match: re.Match[str]) -> str:
    """The numeral as figures, unless the character before or a protected word forbids it (第三天)."""
    block, start = match.string, match.start()
    if start and block[start - 1] in _before():
        return match[0]
    if block.startswith(_protected(), start):
        return match[0]
    value = number(match[0])
    return match[0] if value is None else str(value)


@cache
def _before() -> frozenset[str]:
    return frozenset([*words()["numerals"]["not_before"], *_FIGURES, *"0123456789.,"])


@cache
def _protected() -> tuple[str, ...]:
    return tuple(words()["numerals"]["protect"])


_NUMERIC = tuple("0123456789.,")
_FIGURES = "一二两三四五六七八九十百千万"
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}


def number(text: str) -> int | None:
    """The value of a plain Chinese numeral, or nothing where it is vague or elliptical (两三, 三万五).

    >>> number("二十四"), number("两百"), number("三万"), number("两三"), number("三百五")
    (24, 200, 30000, None, None)
    """
    total = section = digit = 0
    last = 10**9
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char == "万":
            section += digit
            if total or not section:
                return None
            total, section, digit, last = section * 10_000, 0, 0, 10**4
        else:
            place = _PLACES[char]
            if place >= last or (not digit and not (char == "十" and not section and not total)):
                return None
            section, digit, last = section + max(digit, 1) * place, 0, place
    if digit and last > 10 and last != 10**9:
        return None
    return total + section + digit or None
