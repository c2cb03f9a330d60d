"""Which end of a scale of numbers is the good one, as headers and the words beside the numbers say it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from voc_lib.collect import ranges, wordscales
from voc_lib.collect.marks import Mark

FEELINGS = wordscales.feelings() | {"最好": 1.0, "最满意": 1.0, "best": 1.0, "最差": -1.0, "worst": -1.0}
ENDS = (0, 1, 5, 7, 10, 100)
QUESTION = re.compile(r"^\s*(?:第\s*)?[Qq]?\d+\s*(?:题\s*)?[、.．:：)）]\s*")
WORDS = sorted(map(re.escape, FEELINGS), key=len, reverse=True)
PAIR = re.compile(rf"(\d+)\s*分?\s*[-–—.、:：=＝为是表示代]*\s*({'|'.join(WORDS)})(?!度)")

LETTER = re.compile(rf"(?<![a-z])([ade])\s*[-–—.、:：=＝为是表示代]*\s*({'|'.join(WORDS)})")


def falling(header: str) -> bool:
    """Whether a header says that low numbers are the good ones.

    >>> falling("评分（1=非常满意 5=非常不满意）"), falling("满意度（5非常满意 1非常不满意）")
    (True, False)
    >>> falling("评分（1最好）"), falling("1、满意度")
    (True, False)
    """
    pairs = PAIR.findall(QUESTION.sub("", header).lower())
    said = [FEELINGS[word] * (1 if int(n) <= 1 else -1) for n, word in pairs if int(n) in ENDS]
    return sum(said) > 0


def of_letters(header: str) -> int:
    """Which end of A–E a header says is the good one: 1 for A, −1 for E, 0 where it says nothing.

    >>> of_letters("满意度（A优 E差）"), of_letters("满意度（A差 E优）"), of_letters("等级")
    (1, -1, 0)
    """
    said = [FEELINGS[word] * (1 if letter == "a" else -1) for letter, word in LETTER.findall(header.lower())]
    return int(sum(said) > 0) - int(sum(said) < 0)


def backward(marks: Mapping[str, Mark | None], header: str, scale: str) -> bool:
    """Whether low numbers are the good ones: by the words beside the numbers, else by the header.

    >>> cells = {"1（非常满意）": Mark(1, word="非常满意"), "2": Mark(2)}
    >>> backward(cells, "满意度", "1–5"), backward({"5": Mark(5)}, "满意度", "1–5")
    (True, False)
    """
    middle = sum(ranges.SCALES[scale]) / 2
    worded = [mark for mark in marks.values() if mark and mark.word in FEELINGS and pd.notna(mark.number)]
    said = [FEELINGS[mark.word] * (mark.number - middle) for mark in worded]
    return sum(said) < 0 if said else falling(header)
