"""Where words begin and end: spans that cut through another word say nothing (凉 in 凉菜, 动车 in 电动车)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from voc_lib.text.matching import Corpus
from voc_lib.text.phrases import negators
from voc_lib.text.segmentation import Segmenter, paired, pairs, plain
from voc_lib.text.sentiment import degrees, feelings
from voc_lib.yamlfile import shipped

LONG = 3  # a span of so many characters is told by them, whatever the dictionary reads at its start


def broken(
    start: np.ndarray, end: np.ndarray, part: Corpus, *, segmenter: Segmenter | None = None
) -> np.ndarray:
    """Which spans of a chunk begin or end inside a word that says something else.

    A number goes on beside the span, or a Latin word before it; or the dictionary reads a Chinese word there
    that does not fall into two at the end of the span (动车 in 电动车, not 服务 in 售后服务). Words that are
    bad themselves (差劲) say what the span says.

    >>> from voc_lib.text.matching import corpus
    >>> broken(np.array([0, 5]), np.array([1, 7]), corpus(["凉菜不错，凉了"])).tolist()
    [True, False]
    """
    codes = np.frombuffer(f" {part.folded} ".encode("utf-32-le", errors="replace"), dtype=np.uint32)
    before, first, last, after = (codes[at] for at in (start, start + 1, end, end + 1))
    result = _digit(before) & _digit(first) | _digit(last) & _digit(after)
    result |= (_digit(before) | _letter(before)) & (_digit(first) | _letter(first))
    opens, closes = paired(before, first), paired(last, after)
    cutter = plain() if segmenter is None else segmenter
    asked = np.isin(closes, _good()) | (end - start < LONG) & (cutter.joins(opens) | cutter.joins(closes))
    asked &= ~result
    result[asked] = _cutting(start[asked], end[asked], part, cutter)
    return result


def _digit(codes: np.ndarray) -> np.ndarray:
    return (codes >= ord("0")) & (codes <= ord("9"))


def _letter(codes: np.ndarray) -> np.ndarray:
    return (codes >= ord("a")) & (codes <= ord("z"))


def _cutting(start: np.ndarray, end: np.ndarray, part: Corpus, segmenter: Segmenter) -> np.ndarray:
    """Which spans cut a Chinese word of their clause; every distinct clause is read once."""
    clause = part.clause(start)
    edges = np.append(part.clauses, len(part.folded))
    spans = zip(start.tolist(), end.tolist(), edges[clause].tolist(), edges[clause + 1].tolist(), strict=True)
    read: dict[str, list[int]] = {}
    result = np.zeros(len(start), dtype=bool)
    for number, (first, last, begin, stop) in enumerate(spans):
        text = part.folded[begin : max(stop, last)]
        if text not in read:
            read[text] = [0, *accumulate(map(len, segmenter.pieces(text)))]
        result[number] = _cuts(text, read[text], first - begin, last - begin, segmenter)
    return result


def _cuts(text: str, edges: Sequence[int], first: int, last: int, segmenter: Segmenter) -> bool:
    """Whether a span of a text, read in words between `edges`, cuts one of them."""
    size = last - first
    for at in (first, last):
        after = bisect_left(edges, at)
        if edges[after] != at:
            a, b = edges[after - 1], edges[after]
            if foreign(text[a:b], max(first - a, 0), min(last, b) - a, size, segmenter):
                return True
    return False


def foreign(word: str, begin: int, end: int, size: int, segmenter: Segmenter) -> bool:
    """Whether a word has nothing to do with a span of `size` that holds its characters `begin` to `end`.

    >>> cuts = ("电动车", 1, 3, 2), ("售后服务", 2, 4, 3), ("内脏", 1, 2, 1), ("打破", 1, 2, 2)
    >>> [foreign(*cut, plain()) for cut in cuts]
    [True, False, True, False]
    """
    middle = segmenter.parted(word)
    if feelings().get(word, 0) < 0:
        return False  # 差劲
    if len(word) > LONG and middle:
        return any(foreign(*half, size, segmenter) for half in _halves(word, begin, end, middle))
    if end - begin > 1:
        return size < LONG and {begin or end, end if end < len(word) else begin} != {middle}
    return _foreign_letter(word, begin, size, said=begin > 1 and begin == middle)


def _halves(word: str, begin: int, end: int, middle: int) -> Iterator[tuple[str, int, int]]:
    """The halves of a word of which a span holds a part and not all, each with the part it holds."""
    for half, a, b in (
        (word[:middle], begin, min(end, middle)),
        (word[middle:], max(begin - middle, 0), end - middle),
    ):
        if a < b and b - a < len(half):
            yield half, a, b


def _foreign_letter(word: str, at: int, size: int, *, said: bool) -> bool:
    """`foreign` of a span that holds one character of a word; `said`: of a thing before it (速度慢)."""
    values, around = feelings(), _words()
    before, letter, after = word[:at], word[at], word[at + 1 :]
    if word in around["adverbs"] and size > 1:
        return True
    if (said and values.get(letter, 0) < 0) or {before, after} <= around["beside"]:
        return False  # 速度慢, 太晚, 打破, 丢失
    if size == 1:
        return at > 0 or letter not in negators() or values.get(word, 0) > 0  # not 没 in 没有
    if at:
        return size < LONG and values.get(letter, 0) >= 0 and not around["numerals"].issuperset(before)
    return values.get(word, 0) > 0  # 也不 in 也不错, not 没送 in 没送到


@cache
def _good() -> np.ndarray:
    """The pairs of characters, as codes, that good words begin with."""
    return pairs("\n".join(word[:2] for word, value in feelings().items() if value > 0))


@cache
def _words() -> dict[str, frozenset[str]]:
    raw = shipped("voc_lib.text", "boundaries.yaml")
    beside = frozenset(["", *raw["before"], *raw["after"], *degrees()])
    return {"beside": beside, **{name: frozenset(raw[name]) for name in ("numerals", "adverbs")}}
