"""Whether two texts are one text copied: alike enough once particles and synonyms are set aside, and agreeing
in every fact.

Figures, Latin words (models), negations and opposites are facts; so are words that changed places, and a word
exchanged for another unless both praise.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise, permutations

import ahocorasick_rs
import numpy as np
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cpdist

from voc_lib.clean.vocabulary import words
from voc_lib.text.segmentation import house
from voc_lib.text.sentiment import polarity
from voc_lib.yamlfile import shipped

Texts = Sequence[str] | np.ndarray
Change = tuple[int, int, int, int]
FEW = 20  # characters below which two slips may change the meaning, so that texts must be
CLOSE = 0.9  # this similar at least
FILLED = 3  # places a form letter is filled in at
GAP = 1  # common characters that do not part two changes
PASSAGE = 6  # characters put into the middle that make another text
LIGHT = "一个可又真还再却才只"  # characters that stand anywhere
BESIDE = 3  # characters beside a change that may belong to the word it stands in
MANY = 1_000  # pairs from which threads are worth their start
PART = 100_000  # pairs compared at a time
REWRITTEN = 5  # characters exchanged, of both texts together and none of them common, that are no slip


def alike(first: Texts, second: Texts, *, similarity: float) -> np.ndarray:
    """Which pairs of keys (`duplicates.keys`) are copies of each other, as they stand or made `plain`."""
    texts = np.concatenate([np.asarray(side, dtype=object) for side in (first, second)])
    return paired(texts, plain(texts), np.arange(len(texts)).reshape(2, -1).T, similarity=similarity)


def paired(texts: np.ndarray, made: np.ndarray, pairs: np.ndarray, *, similarity: float) -> np.ndarray:
    """Which pairs of places in `texts` are of copies; `made` are the texts made `plain`.

    A slip inside a particle or a synonym keeps it from being set aside: such a pair agrees as it stands.
    """
    found = _similar(made, pairs, similarity)
    rest = np.flatnonzero(~found & (made != texts)[pairs].any(axis=1))
    found[rest] = _similar(texts, pairs[rest], similarity)
    return found


def plain(keys: Texts) -> np.ndarray:
    """The keys without particles, with one word for all of a meaning: what copies of one text share.

    >>> plain(["物流也很快包装严实呀", "快递快包装牢固"]).tolist()
    ['快递快包装严实', '快递快包装严实']
    """
    import polars as pl

    found, by = _wording()
    given = pl.Series(list(keys), dtype=pl.String)
    made = given.str.replace_many(found, by, leftmost=True)
    nothing_left = made.str.len_chars() < 2
    return np.array(made.zip_with(~nothing_left, given).to_list(), dtype=object)


def _similar(texts: np.ndarray, pairs: np.ndarray, similarity: float) -> np.ndarray:
    parts = [pairs[at : at + PART] for at in range(0, len(pairs), PART)]
    found = [_copied(texts[part[:, 0]], texts[part[:, 1]], similarity) for part in parts]
    return np.concatenate([np.zeros(0, dtype=bool), *found])


def _copied(first: np.ndarray, second: np.ndarray, similarity: float) -> np.ndarray:
    workers = -1 if len(first) > MANY else 1
    scores = cpdist(
        first, second, scorer=ratio, score_cutoff=100 * similarity, dtype=np.float32, workers=workers
    )
    found = scores > 0
    for place in np.flatnonzero(found & (scores < 100)).tolist():
        one, other = first[place], second[place]
        enough = scores[place] >= 100 * CLOSE or min(len(one), len(other)) >= FEW
        found[place] = enough and agree(one, other)
    return found


def agree(first: str, second: str) -> bool:
    """Whether two similar texts differ in no fact.

    >>> agree("等三天还没发货太慢", "等三天还没发货太漫"), agree("三天没发货", "五天没发货")
    (True, False)
    >>> agree("客服能解决我问题", "客服不能解决我问题"), agree("退7元扣77元", "退77元扣7元")
    (False, False)
    >>> agree("北京仓库不发货", "上海仓库不发货"), agree("北京仓库不发货", "北京仓厍不发货")
    (False, True)
    >>> agree("从江州寄到湖州", "从湖州寄到江州")
    False
    """
    edits = [
        (op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in Levenshtein.opcodes(first, second)
        if op.tag != "equal"
    ]
    changes = _changes(edits)
    # what is quickly told first
    if _rewritten(first, second, changes) or _opposed(first, second, changes):
        return False
    if _moved(first, second, edits, least=1 + (len(changes) > FILLED)) or _facts(first) != _facts(second):
        return False
    if any(_turned(first, second, change) for change in changes):
        return False
    # a text with many changes was typed badly, not filled in anew
    return len(changes) > FILLED or not any(_other_thing(first, second, change) for change in changes)


@cache
def fact_characters() -> frozenset[str]:
    """The characters that make a fact wherever they stand: figures, Latin letters, numerals and negations.

    Not those of words that `plain` sets aside or exchanges: a slip there (特别, 别) is no other fact.
    """
    found, _ = _wording()
    return _tokens().difference(*found) | frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


def _facts(text: str) -> list[str]:
    """Figures and Latin words whole, numerals and negations one by one."""
    return _fact_pattern().findall(text)


@cache
def _fact_pattern() -> re.Pattern[str]:
    return re.compile(f"[0-9]+|[a-z]+|[{re.escape(''.join(sorted(_tokens())))}]")


def _moved(first: str, second: str, edits: list[Change], *, least: int) -> bool:
    """Whether something left one place and stands in another: 从江州寄到湖州, 从湖州寄到江州.

    Two characters typed in the wrong order are a slip, fewer than `least` a chance.
    """
    gone = "".join([first[a:b] for a, b, _, _ in edits])
    if set(gone).isdisjoint("".join([second[c:d] for _, _, c, d in edits])):
        return False
    left = [(first[i], i) for a, b, _, _ in edits for i in range(a, b)]
    came = [(second[k], k - c + a) for a, _, c, d in edits for k in range(c, d)]
    steps = [abs(i - k) for one, i in left for other, k in came if one == other and one not in LIGHT]
    return len(steps) > 2 or (len(steps) >= least and any(step > 3 - len(steps) for step in steps))


def _changes(edits: list[Change]) -> list[Change]:
    """Spans in which the texts differ; a single common character parts none."""
    found: list[Change] = []
    for a, b, c, d in edits:
        joins = found and a - found[-1][1] <= GAP
        start, _, other, _ = found.pop() if joins else (a, b, c, d)
        found.append((start, b, other, d))
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


def _exchange(first: str, second: str, change: Change) -> tuple[set[str], set[str]]:
    """The words that one text has in the place of the change and the other has not, and the other way."""
    cuts_first, cuts_second = _cuts(first), _cuts(second)
    change = _level(first, second, change)
    a, b, c, d = _widened(first, second, cuts_first, cuts_second, change)
    left, right = _words(first, cuts_first, a, b), _words(second, cuts_second, c, d)
    return left - right, right - left


def _turned(first: str, second: str, change: Change) -> bool:
    """Whether a word stands for its opposite."""
    a, b, c, d = change
    here = first[max(a - BESIDE, 0) : b + BESIDE]
    there = second[max(c - BESIDE, 0) : d + BESIDE]
    find = _turn_finder().find_matches_as_strings
    left, right = (set(find(side, overlapping=True)) for side in (here, there))
    turns = _turns()
    return any(other in turns[one] for one in left - right for other in right - left)


def _feeling(words: set[str]) -> float:
    return sum(map(polarity, words))


def _other_thing(first: str, second: str, change: Change) -> bool:
    """Whether words of the dictionary stand where the other text has other words: no slip, another thing.

    Praise for blame is one, and one place for another. One character makes another word of two too easily
    (今天, 今后), so a single one counts in longer words only. Words that praise alike say the same; faults
    (变形, 褪色) do not.
    """
    a, b, c, d = change
    sizes = (b - a, d - c)
    if min(sizes) < 1:
        return False
    left, right = _exchange(first, second, change)
    here, there = _feeling(left), _feeling(right)
    if here > 0 and there > 0:
        return False
    places = any(map(_place, left)) + any(map(_place, right))
    if here * there < 0 or places == 2 or (places and min(sizes) > 1):
        return True
    least = 3 if sizes == (1, 1) else 2
    return _mostly_words(left, least) and _mostly_words(right, least)


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
    inside = cuts[bisect_left(cuts, start) : bisect_right(cuts, end)]
    return {text[a:b] for a, b in pairwise(inside)}


def _mostly_words(words: set[str], least: int) -> bool:
    """Whether more than half of the characters belong to words of that many characters or more."""
    return 2 * sum(len(word) for word in words if len(word) >= least) > sum(map(len, words))


@lru_cache(100_000)
def _cuts(text: str) -> list[int]:
    """Where words of the dictionary begin, and the end of the text."""
    return list(accumulate(map(len, house().cut(text, hmm=False)), initial=0))


@lru_cache(100_000)
def _place(word: str) -> bool:
    """Whether a word names a place."""
    return [kind for _, kind in house().tag(word)] == ["ns"]


@cache
def _tokens() -> frozenset[str]:
    return frozenset(words()["negations"] + words()["numerals"])


@cache
def _opposites() -> frozenset[tuple[str, str]]:
    """Every two characters of one group, in both orders."""
    return frozenset(pair for group in words()["opposites"] for pair in permutations(group, 2))


@cache
def _turns() -> dict[str, frozenset[str]]:
    """What turns a sentence round when it stands for the word."""
    listed = _listed()
    same = {word: frozenset(group) for group in listed["same"] for word in group}
    groups = [[same.get(word, frozenset([word])) for word in group] for group in listed["opposed"]]
    turns: dict[str, frozenset[str]] = {}
    for group in groups:
        for one, other in permutations(group, 2):
            turns |= {word: turns.get(word, frozenset()) | other for word in one}
    return turns


@cache
def _turn_finder() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(list(_turns()))


@cache
def _wording() -> tuple[list[str], list[str]]:
    """What is set aside before texts are compared, longest first, and what stands for it."""
    listed = _listed()
    by = {word: word for group in [*listed["opposed"], listed["whole"]] for word in group}
    by |= dict.fromkeys(listed["particles"], "")
    by |= {word: group[0] for group in listed["same"] for word in group}
    found = sorted(by, key=lambda word: (-len(word), word))
    return found, [by[word] for word in found]


@cache
def _listed() -> dict[str, list]:
    return shipped("voc_lib.clean", "likeness.yaml")
