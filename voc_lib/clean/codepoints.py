"""What each code point may be a part of, by tables: names, numbers, addresses."""

from __future__ import annotations

from functools import cache
from string import ascii_lowercase

import numpy as np

from voc_lib.clean.numerals import NUMERALS, SOUNDS
from voc_lib.clean.vocabulary import words

HAN = "\u4e00-\u9fff"  # inside a class of a pattern
CODES = 0x110000
LETTERS, NUMERIC, DIGITS = 1, 2, 3  # kinds of figures
LETTER, DIGIT, FAMILY, BEFORE_NAME, NO_PLACE, INSIDE, NUMERAL, TWICE = 1, 2, 4, 8, 16, 32, 64, 128


@cache
def kinds() -> np.ndarray:
    """What each code point may be a part of, as bits."""
    table = np.zeros(CODES, dtype=np.uint32)
    rare = (
        words()["surnames_rare"]
        + words()["surnames_wordy"]
        + "".join(part[0] for part in words()["name_parts"])
    )
    family = words()["surnames"] + rare + "".join(name[0] for name in words()["surnames_two"])
    nicks = "".join(word[0] for word in words()["nick_words"])
    places = set(words()["address_not"]) - set("写填改成是为在了到")
    for bit, chars in (
        (LETTER, ascii_lowercase),
        (DIGIT, "0123456789"),
        (
            NUMERAL,
            "abcdefghijklmnopqrstuvwxyz 零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾甲乙丙丁东西南北",
        ),
        (FAMILY, family),
        (BEFORE_NAME, f"是为叫均都写填登签的一:= \"“‘'([【「小老阿{nicks}{words()['given']}"),
        (NO_PLACE, "".join(places)),
    ):
        table[[ord(char) for char in chars]] |= bit
    table[0x4E00:0xA000] |= INSIDE
    return table


@cache
def sounds() -> np.ndarray:
    """Which code points are digits or sound like one."""
    table = np.zeros(CODES, dtype=np.uint32)
    table[list(map(ord, (*SOUNDS, *"0123456789")))] = 1
    return table


@cache
def figure() -> np.ndarray:
    """Which code points are digits and numerals, or small letters."""
    table = np.zeros(CODES, dtype=np.uint8)
    table[[ord(char) for char in ascii_lowercase]] = LETTERS
    table[list(map(ord, NUMERALS))] = NUMERIC
    table[list(map(ord, "0123456789"))] = DIGITS
    return table
