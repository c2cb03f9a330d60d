"""Whether two texts say the same thing in the same words: alike enough, and agreeing in every fact.

Figures, Latin words (models), negations and opposites are facts; so is a word exchanged for another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import rjieba

from voc_lib.clean.detectors import words

FACT = re.compile(r"[0-9]+|[a-z]+|[\u3400-\u9fff]")


def alike(first: Sequence[str], second: Sequence[str], *, similarity: float) -> np.ndarray:
    """Which pairs of keys (`duplicates.keys`) are copies of each other."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import cpdist

    if not len(first):
        return np.zeros(0, dtype=bool)
    scores = cpdist(first, second, scorer=ratio, score_cutoff=100 * similarity, dtype=np.float32, workers=-1)
    found = scores > 0
    for place in np.flatnonzero(found & (scores < 100)).tolist():
        found[place] = agree(first[place], second[place])
    return found


def agree(first: str, second: str) -> bool:
    """Whether two similar texts differ in no fact.

    >>> agree("等了三天还没有发货太慢了", "等了三天还没有发货太慢啦"), agree("三天没有发货", "五天没有发货")
    (True, False)
    >>> agree("客服能解决我的问题", "客服不能解决我的问题"), agree("订单23没到", "订单24没到")
    (False, False)
    >>> agree("北京的仓库不发货", "上海的仓库不发货"), agree("北京的仓库不发货", "北京的仓厍不发货")
    (False, True)
    """
    if _facts(first) != _facts(second):
        return False
    changes = _exchanges(first, second)
    return not (
        any(_opposed(first[a:b], second[c:d]) for a, b, c, d in changes) or _reworded(first, second, changes)
    )


def _facts(text: str) -> list[str]:
    """Figures, Latin words, written numerals and negations in order."""
    return [found for found in FACT.findall(text) if found[0].isascii() or found in _tokens()]


def _exchanges(first: str, second: str) -> list[tuple[int, int, int, int]]:
    """Spans (start, end, start, end) of either text in the other's place and about as long."""
    from rapidfuzz.distance import Levenshtein

    found: list[list[int]] = []
    for op in Levenshtein.opcodes(first, second):
        if op.tag == "equal":
            continue
        if found and (op.src_start, op.dest_start) == (found[-1][1], found[-1][3]):
            found[-1][1], found[-1][3] = op.src_end, op.dest_end
        else:
            found.append([op.src_start, op.src_end, op.dest_start, op.dest_end])
    return [(a, b, c, d) for a, b, c, d in found if b > a and d > c and abs((b - a) - (d - c)) <= 1]


def _opposed(one: str, other: str) -> bool:
    """Whether a character of one span and another of the other span are opposites: 买 and 卖."""
    return any(set(one) & group and (set(other) & group) - set(one) for group in _opposites())


def _reworded(first: str, second: str, changes: list[tuple[int, int, int, int]]) -> bool:
    """Whether a word of the dictionary stands where the other text has another: no slip, another thing."""
    if not changes:
        return False
    words_first, words_second = _words(first), _words(second)
    return any(_covering(words_first, a, b) and _covering(words_second, c, d) for a, b, c, d in changes)


def _covering(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a word of two characters or more touches the span."""
    return any(a < end and b > start and b - a > 1 for a, b in spans)


def _words(text: str) -> list[tuple[int, int]]:
    spans, position = [], 0
    for word in _dictionary().cut(text, hmm=False):
        spans.append((position, position + len(word)))
        position += len(word)
    return spans


@cache
def _dictionary() -> rjieba.Jieba:
    return rjieba.Jieba()


@cache
def _tokens() -> frozenset[str]:
    return frozenset(words()["negations"] + words()["numerals"])


@cache
def _opposites() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group) for group in words()["opposites"])
