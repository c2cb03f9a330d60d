"""Which end of a scale of numbers is the good one, as headers and the words beside the numbers say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pandas as pd

from voc_lib.collect import ranges, wordscales
from voc_lib.collect.marks import Mark

FEELINGS = wordscales.feelings() | {"最好": 1.0, "最满意": 1.0, "best": 1.0, "最差": -1.0, "worst": -1.0}
ENDS = (0, 1, 5, 7, 10, 100)
KEYS = re.compile("按键|按鍵|keypad", re.IGNORECASE)
QUESTION = re.compile(r"^\s*(?:第\s*)?[Qq]?\d+\s*(?:题\s*)?[、.．:：)）]\s*")
WORDS = sorted(map(re.escape, FEELINGS), key=len, reverse=True)
PAIR = re.compile(rf"(\d+)\s*分?\s*[-–—.、:：=＝为是表示代]*\s*({'|'.join(WORDS)})(?!度)")

# What keys stand for, in the brackets of a header: （1非常满意 2满意 3一般）、（非常满意=5，满意=4）
EVERY = sorted(map(re.escape, {*wordscales.every(), *FEELINGS}), key=len, reverse=True)
KEYED = re.compile(rf"(?P<key>\d{{1,2}}|(?<![a-z])[a-e](?![a-z]))|(?P<word>{'|'.join(EVERY)})(?!度)")
BRACKETED = re.compile(r"[\[(（【〔](.*)[\])）】〕]")
LETTER = re.compile(rf"(?<![a-z])([ade])\s*[-–—.、:：=＝为是表示代]*\s*({'|'.join(WORDS)})")


@cache
def legend(header: str) -> dict[str, str]:
    """What each number or letter of a score means, as a header says it in brackets; {} where it does not.

    >>> legend("评议（1满意 2一般 3不满意）"), legend("等级（满意=A，一般=B）"), legend("评分（1-5，5最好）")
    ({'1': '满意', '2': '一般', '3': '不满意'}, {'a': '满意', 'b': '一般'}, {})
    """
    inner = BRACKETED.search(QUESTION.sub("", header).lower())
    said = [*KEYED.finditer(inner[1])] if inner else []
    kinds = [found.lastgroup for found in said]
    if len(said) < 4 or len(said) % 2 or kinds != kinds[:2] * (len(said) // 2) or kinds[0] == kinds[1]:
        return {}
    first, second = ([found[0] for found in said[n::2]] for n in (0, 1))
    return dict(zip(first, second, strict=True) if kinds[0] == "key" else zip(second, first, strict=True))


def explained(header: str) -> bool:
    """Whether a header says which end of its own numbers or letters is the good one, as only scores need.

    >>> [explained(name) for name in ("等次（1非常满意 5非常不满意）", "室温（16-24）", "打分（5最好）/助餐")]
    [True, False, False]
    """
    said = QUESTION.sub("", header).lower()
    said = said if "/" not in BRACKETED.sub("", said) else said.rsplit("/", 1)[-1]
    return bool(legend(said) or PAIR.search(said) or LETTER.search(said))


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


def untold(marks: Mapping[str, Mark | None], header: str) -> bool:
    """Whether numbers are keys that callers press, often 1 for the best, and no words say which it is.

    >>> [untold({"1": Mark(1)}, header) for header in ("满意度按键", "满意度", "按键（1满意 3不满意）")]
    [True, False, False]
    >>> untold({"1-满意": Mark(1, word="满意")}, "满意度按键")
    False
    """
    worded = any(mark and mark.word in FEELINGS for mark in marks.values())
    said = worded or ranges.hinted(header) or PAIR.search(header)
    return bool(KEYS.search(header)) and not said
