"""Words and phrases of many texts, counted by text: runs of content words, stop words passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib.text.keywords import Tokens, tokens, whole
from voc_lib.text.numbers import distinct
from voc_lib.text.segmentation import Segmenter
from voc_lib.text.segmentation import stopwords as house_stopwords

LONGEST = 4  # content words of a phrase
NAMED = 200  # occurrences looked at to find a phrase's usual wording
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Phrases:
    """Which texts hold which phrases: `text` and `phrase` are parallel, sorted by phrase, a pair stands once.

    `length` is the number of content words per phrase.
    """

    text: Ints
    phrase: Ints
    length: Ints
    _source: Tokens
    _place: Ints  # content tokens among all tokens
    _starts: tuple[Ints, ...]  # per number of words: phrase starting at each content token, −1 none

    def __len__(self) -> int:
        return len(self.length)

    def texts(self, phrase: int) -> Ints:
        """Positions of the texts that hold a phrase."""
        low, high = np.searchsorted(self.phrase, [phrase, phrase + 1])
        return self.text[low:high]

    def name(self, phrase: int) -> str:
        """The usual wording, stop words inside included."""
        words = int(self.length[phrase])
        starts = np.flatnonzero(self._starts[words - 1] == phrase)[:NAMED]
        spans = zip(self._place[starts], self._place[starts + words - 1], strict=True)
        wordings = Counter(_wording(self._source, int(a), int(b)) for a, b in spans)
        return min(wordings, key=lambda wording: (-wordings[wording], len(wording), wording))


def phrases(
    texts: pd.Series,
    *,
    minimum: int,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
    longest: int = LONGEST,
) -> Phrases:
    """Every word and phrase (up to `longest` content words) that at least `minimum` texts hold.

    A phrase stays inside one clause. Words that say nothing are passed over (积分被清零 and 积分清零 are
    one phrase), words that deny are not (没有发货 is not 发货).
    """
    source = tokens(texts, segmenter=segmenter)
    place, clause = _content(source, house_stopwords() if stopwords is None else frozenset(stopwords))
    row, code = source.row[place], source.code[place]
    first, last = _edges(source.terms, segmenter)
    starts, pairs, total = [], [], 0
    level, size = code, max(len(source.terms), 1)
    for words in range(1, longest + 1):
        if words > 1:
            level = _extend(level, code, clause, words, size)
        level, texts_of, ids = _frequent(level, row, minimum)
        ends = np.append(code[words - 1 :], np.zeros(min(words - 1, len(code)), dtype="int64"))
        number, total = _numbered(level, (first if words == 1 else last)[ends], total)
        renamed = number[ids]
        pairs.append((texts_of[renamed >= 0], renamed[renamed >= 0], np.full(total, words)))
        starts.append(np.where(level >= 0, number[level], -1) if len(number) else level)
    length = _lengths([p[2] for p in pairs])
    text, phrase = (np.concatenate([p[i] for p in pairs]).astype("int64") for i in (0, 1))
    return Phrases(text, phrase, length, source, place, tuple(starts))


def _edges(
    terms: tuple[str, ...], segmenter: Segmenter | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Per term, whether it can stand alone, and whether it can end a phrase."""
    ends = np.array([term not in negators() for term in terms], dtype=bool)
    return whole(terms, segmenter) & ends, ends


def _numbered(level: Ints, good: NDArray[np.bool_], total: int) -> tuple[Ints, int]:
    """The final number of each id of a level (−1: cannot be a phrase), and how many numbers are given."""
    known = distinct(level[(level >= 0) & good])
    number = np.full(int(level.max(initial=-1)) + 1, -1, dtype="int64")
    number[known] = np.arange(total, total + len(known))
    return number, total + len(known)


def _lengths(filled: list[Ints]) -> Ints:
    """Words per phrase, from the running totals of each level."""
    length = np.zeros(len(filled[-1]), dtype="int64")
    for part in reversed(filled):
        length[: len(part)] = part
    return length


def _content(source: Tokens, stopwords: frozenset[str]) -> tuple[Ints, Ints]:
    """Positions of content tokens and the clause each stands in."""
    silent = stopwords - negators()
    breaks = np.array([not any(c.isalnum() for c in t) for t in source.terms], dtype=bool)
    passed = np.array([t in silent or t.isdigit() for t in source.terms], dtype=bool)
    if not len(source.code):
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    clause = np.cumsum(breaks[source.code] | (np.diff(source.row, prepend=-1) != 0))
    place = np.flatnonzero(~(breaks | passed)[source.code])
    return place, clause[place].astype("int64")


def _extend(level: Ints, code: Ints, clause: Ints, n: int, size: int) -> Ints:
    """Keys of n-word runs from the ids of (n − 1)-word runs; −1 where the run leaves its clause."""
    longer = np.full(len(level), -1, dtype="int64")
    last = len(level) - n + 1
    if last > 0:
        fits = (level[:last] >= 0) & (clause[:last] == clause[n - 1 :])
        longer[:last] = np.where(fits, level[:last] * size + code[n - 1 :], -1)
    return longer


def _frequent(keys: Ints, row: Ints, minimum: int) -> tuple[Ints, Ints, Ints]:
    """New ids at each start (−1 for runs too rare), and the sorted distinct (text, id) pairs."""
    ids, names = pd.factorize(keys, sort=True)
    texts = int(row.max(initial=0)) + 1
    pairs = distinct(ids * texts + row)
    phrase, text = pairs // texts, pairs % texts
    keep = (np.bincount(phrase, minlength=len(names)) >= minimum) & (names >= 0)
    renumber = np.where(keep, np.cumsum(keep) - 1, -1)
    kept = keep[phrase]
    return renumber[ids], text[kept], renumber[phrase[kept]]


def _wording(source: Tokens, first: int, last: int) -> str:
    words = [source.terms[c] for c in source.code[first : last + 1]]
    return "".join(_spaced(words))


def _spaced(words: Iterable[str]) -> Iterable[str]:
    before = ""
    for word in words:
        if before and before[-1].isascii() and word[0].isascii():
            yield " "
        yield word
        before = word


@cache
def negators() -> frozenset[str]:
    """Words that deny what follows."""
    text = files("voc_lib.text").joinpath("negators.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
