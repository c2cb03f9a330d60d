"""Where words begin and end: spans that cut through another word say nothing (凉 in 凉菜, 动车 in 电动车)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

import numpy as np

from voc_lib.text.matching import Corpus
from voc_lib.text.numbers import among, distinct
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
    asked = among(closes, _good()) | (end - start < LONG) & (cutter.joins(opens) | cutter.joins(closes))
    asked &= ~result
    result[asked] = _cutting(start[asked], end[asked], part, cutter)
    return result


def _digit(codes: np.ndarray) -> np.ndarray:
    return (codes >= ord("0")) & (codes <= ord("9"))


def _letter(codes: np.ndarray) -> np.ndarray:
    return (codes >= ord("a")) & (codes <= ord("z"))


def _cutting(start: np.ndarray, end: np.ndarray, part: Corpus, segmenter: Segmenter) -> np.ndarray:
    """Which spans cut a Chinese word of their clause; every clause is read once."""
    clause = part.clause(start)
    edges = np.append(part.clauses, len(part.folded))
    begin, stop = edges[clause], edges[clause + 1]
    result = np.zeros(len(start), dtype=bool)
    inside = np.flatnonzero(end <= stop)
    words = _edges(distinct(clause[inside]), edges, part.folded, segmenter)
    spans = np.stack([start, end])
    for at in spans[:, inside]:
        result[inside] |= _foreign(words, at, spans[:, inside], part.folded, segmenter)
    for one in np.flatnonzero(end > stop):  # a span that goes on into the next clause is read with its own
        own, where = part.folded[begin[one] : end[one]], spans[:, one] - begin[one]
        words = np.cumsum((0, *segmenter.sizes(own)))
        result[one] = _foreign(words, where, np.stack([where, where], axis=1), own, segmenter).any()
    return result


def _edges(clauses: np.ndarray, edges: np.ndarray, text: str, segmenter: Segmenter) -> np.ndarray:
    """Where the words of these clauses begin and end, in order."""
    begin, stop = edges[clauses], edges[clauses + 1]
    sizes = [segmenter.sizes(text[a:b]) for a, b in zip(begin.tolist(), stop.tolist(), strict=True)]
    counts = np.fromiter(map(len, sizes), dtype=np.int64, count=len(sizes))
    ends = np.cumsum(np.fromiter(chain.from_iterable(sizes), dtype=np.int64, count=counts.sum()))
    before = np.cumsum(stop - begin) - (stop - begin)
    return np.sort(np.concatenate([begin, ends + np.repeat(begin - before, counts)]))


def _foreign(
    words: np.ndarray, at: np.ndarray, spans: np.ndarray, text: str, segmenter: Segmenter
) -> np.ndarray:
    """Which places lie inside a word, of those between `words`, that says something else than their span."""
    start, end = spans
    after = np.searchsorted(words, at)
    cut = np.flatnonzero(words[after] != at)
    last, first = words[after[cut]], words[after[cut] - 1]
    held = np.stack([np.maximum(start[cut], first) - first, np.minimum(end[cut], last) - first])
    lines = zip(first.tolist(), last.tolist(), *held.tolist(), (end - start)[cut].tolist(), strict=True)
    result = np.zeros(len(at), dtype=bool)
    result[cut] = [foreign(text[a:b], *span, segmenter) for a, b, *span in lines]
    return result


@lru_cache(1 << 14)
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
