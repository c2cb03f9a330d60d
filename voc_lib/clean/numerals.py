"""Digits spelt out: “一三八零零一三八零零零”, “138零零138零13”, “壹叁捌…”, to get past a filter."""

from __future__ import annotations

import re

NUMERALS = {
    char: str(digit)
    for digit, chars in enumerate(
        ("零〇洞", "一壹幺", "二贰两俩", "三叁仨", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾")
    )
    for char in chars
}
FIGURE = f"[0-9{''.join(NUMERALS)}]"


def figures(text: str) -> str:
    """The digits of a number, spelt out or not.

    >>> figures("一三八-00")
    '13800'
    """
    return "".join(char for char in spelt(text) if char in "0123456789x")


def spelt(text: str) -> str:
    """The characters without blanks, numerals as digits.

    >>> spelt("k 二八5")
    'k285'
    """
    return "".join(NUMERALS.get(char, char) for char in text if char != " ").replace("×", "x")


def digits_of(text: str) -> tuple[str, tuple[int, ...]]:
    """The bare digits (and x) of a number and the sizes of the groups it is written in.

    >>> digits_of("138-0013-8000")
    ('13800138000', (3, 4, 4))
    """
    groups = re.findall(r"[\dx]+", text)
    return "".join(groups), tuple(map(len, groups))
