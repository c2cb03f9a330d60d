"""Whether two texts say the same thing in the same words: alike enough, and agreeing in every fact.

Figures, Latin words (models), negations and opposites are facts; so is a word exchanged for another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise, permutations

import numpy as np
import rjieba
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cpdist

from voc_lib.clean.cues import words

Change = tuple[int, int, int, int]
FEW = 20  # characters below which two slips may change the meaning, so that texts must be
CLOSE = 0.9  # this similar at least
FILLED = 3  # places a form letter is filled in at
GAP = 1  # common characters that do not part two changes
PASSAGE = 6  # characters put into the middle that make another text
REWRITTEN = 6  # characters exchanged, of both texts together and none of them common, that are no slip


def alike(first: Sequence[str], second: Sequence[str], *, similarity: float) -> np.ndarray:
    """Which pairs of keys (`duplicates.keys`) are copies of each other."""
    if not len(first):
        return np.zeros(0, dtype=bool)
    scores = cpdist(first, second, scorer=ratio, score_cutoff=100 * similarity, dtype=np.float32, workers=-1)
    found = scores > 0
    for place in np.flatnonzero(found & (scores < 100)).tolist():
        one, other = first[place], second[place]
        enough = scores[place] >= 100 * CLOSE or min(len(one), len(other)) >= FEW
        found[place] = enough and agree(one, other)
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
    texts = (first, second, _changes(first, second))
    return not (_rewritten(*texts) or _opposed(*texts) or _reworded(*texts))


@cache
def fact_characters() -> frozenset[str]:
    """The characters that make a fact: figures, Latin letters, written numerals, negations."""
    return _tokens() | frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


def _facts(text: str) -> list[str]:
    return _fact_pattern().findall(text)


@cache
def _fact_pattern() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(fact_characters())))}]")


def _changes(first: str, second: str) -> list[Change]:
    """Spans (start, end, start, end) in which the texts differ; a single common character parts none."""
    found: list[Change] = []
    for op in Levenshtein.opcodes(first, second):
        if op.tag == "equal":
            continue
        here = (op.src_start, op.src_end, op.dest_start, op.dest_end)
        if found and here[0] - found[-1][1] <= GAP:
            here = (found[-1][0], here[1], found.pop()[2], here[3])
        found.append(here)
    return found


def _opposed(first: str, second: str, changes: list[Change]) -> bool:
    """Whether opposites stand in each other's place: 买 and 卖."""
    return any(
        pair in _opposites()
        for a, b, c, d in changes
        if b - a == d - c
        for pair in zip(first[a:b], second[c:d], strict=True)
    )


def _rewritten(first: str, second: str, changes: list[Change]) -> bool:
    """Whether a passage was put in the middle, or exchanged for one with little in common: no slips."""
    for a, b, c, d in changes:
        inside = bool(a and c) and not (b == len(first) and d == len(second))
        short, long = sorted((b - a, d - c))
        if inside and short == 0 and long >= PASSAGE:
            return True
        if short >= 2 and long >= 3:
            common = LCSseq.similarity(first[a:b], second[c:d])
            if (common == 0 and short + long >= REWRITTEN) or (short >= 4 and 4 * common < long):
                return True
    return False


def _reworded(first: str, second: str, changes: list[Change]) -> bool:
    """Whether words of the dictionary stand where the other text has other words: no slip, another thing.

    One character makes another word of two too easily (今天, 今后), so a single one counts in longer words
    only; and a text with many changes was typed badly, not filled in anew.
    """
    if not 1 <= len(changes) <= FILLED:
        return False
    cuts_first, cuts_second = _cuts(first), _cuts(second)
    for change in changes:
        a, b, c, d = _level(first, second, change)
        sizes = (b - a, d - c)
        slip = max(sizes) <= 3 and set(first[a:b]) & set(second[c:d])
        if slip or min(sizes) < 1:
            continue
        least = 3 if sizes == (1, 1) else 2
        a, b, c, d = _widened(first, second, cuts_first, cuts_second, (a, b, c, d))
        left, right = _words(first, cuts_first, a, b), _words(second, cuts_second, c, d)
        if _mostly_words(left - right, least) and _mostly_words(right - left, least):
            return True
    return False


def _widened(
    first: str, second: str, cuts_first: list[int], cuts_second: list[int], change: Change
) -> Change:
    """The change widened to where words begin and end in both texts: 交通|银行, 农业|银行."""
    a, b, c, d = change
    while a and c and first[a - 1] == second[c - 1] and (a not in cuts_first or c not in cuts_second):
        a, c = a - 1, c - 1
    while (
        b < len(first)
        and d < len(second)
        and first[b] == second[d]
        and (b not in cuts_first or d not in cuts_second)
    ):
        b, d = b + 1, d + 1
    return a, b, c, d


def _level(first: str, second: str, change: Change) -> Change:
    """A change at the end of both texts without what is only added there: 处理, 处里求回复 -> 处理, 处里."""
    a, b, c, d = change
    size = min(b - a, d - c)
    if size > 1:
        return change
    if b == len(first) and d == len(second):
        return a, a + size, c, c + size
    return (b - size, b, d - size, d) if not a and not c else change


def _words(text: str, cuts: list[int], start: int, end: int) -> set[str]:
    """The words a span is made of."""
    return {text[a:b] for a, b in pairwise(cut for cut in cuts if start <= cut <= end)}


def _mostly_words(words: set[str], least: int) -> bool:
    """Whether more than half of the characters belong to words of that many characters or more."""
    return 2 * sum(len(word) for word in words if len(word) >= least) > sum(map(len, words))


@lru_cache(100_000)
def _cuts(text: str) -> list[int]:
    """Where words of the dictionary begin, and the end of the text."""
    return list(accumulate(map(len, _dictionary().cut(text, hmm=False)), initial=0))


@cache
def _dictionary() -> rjieba.Jieba:
    return rjieba.Jieba()


@cache
def _tokens() -> frozenset[str]:
    return frozenset(words()["negations"] + words()["numerals"])


@cache
def _opposites() -> frozenset[tuple[str, str]]:
    """Every two characters of one group, in both orders."""
    return frozenset(pair for group in words()["opposites"] for pair in permutations(group, 2))
