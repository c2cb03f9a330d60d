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

from voc_lib.text.keywords import WORD, Tokens, tokens
from voc_lib.text.segmentation import Segmenter, stopwords

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
    source: Tokens
    starts: tuple[Ints, ...]  # per phrase some occurrences: first token
    ends: tuple[Ints, ...]  # and last token

    def __len__(self) -> int:
        return len(self.length)

    def texts(self, phrase: int) -> Ints:
        """Positions of the texts that hold a phrase."""
        low, high = np.searchsorted(self.phrase, [phrase, phrase + 1])
        return self.text[low:high]

    def name(self, phrase: int) -> str:
        """The usual wording, stop words inside included."""
        spans = zip(self.starts[phrase], self.ends[phrase], strict=True)
        wordings = Counter(_wording(self.source, int(a), int(b)) for a, b in spans)
        return min(wordings, key=lambda words: (-wordings[words], len(words), words))


def phrases(
    texts: pd.Series,
    *,
    minimum: int,
    segmenter: Segmenter | None = None,
    longest: int = LONGEST,
) -> Phrases:
    """Every word and phrase (up to `longest` content words) that at least `minimum` texts hold.

    A phrase stays inside one clause. Words that say nothing are passed over (积分被清零 and 积分清零 are
    one phrase), words that deny are not (没有发货 is not 发货).
    """
    source = tokens(texts, segmenter=segmenter)
    place, clause = _content(source)
    row, code = source.row[place], source.code[place]
    found: list[tuple[Ints, Ints, Ints]] = []  # per level: id at each start (−1 none), text, phrase
    level, size = code, max(len(source.terms), 1)
    for n in range(1, longest + 1):
        if n > 1:
            level = _extend(level, code, clause, n, size)
        level, text, phrase = _frequent(level, row, minimum)
        found.append((level, text, phrase))
        if not len(text):
            break
    return _collect(found, source, place)


def _content(source: Tokens) -> tuple[Ints, Ints]:
    """Positions of content tokens and the clause each stands in."""
    silent = stopwords() - negators()
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
    names, ids = np.unique(keys, return_inverse=True)
    texts = int(row.max()) + 1 if len(row) else 1
    pairs = np.unique(ids * texts + row)
    phrase, text = pairs // texts, pairs % texts
    count = np.bincount(phrase, minlength=len(names))
    keep = (count >= minimum) & (names >= 0)
    renumber = np.where(keep, np.cumsum(keep) - 1, -1)
    kept = keep[phrase]
    return renumber[ids], text[kept], renumber[phrase[kept]]


def _collect(found: list[tuple[Ints, Ints, Ints]], source: Tokens, place: Ints) -> Phrases:
    """The levels in one numbering, without single characters and runs that are or end in a denial."""
    text, phrase, length, starts, ends = [], [], [], [], []
    total = 0
    for n, (level, texts, ids) in enumerate(found, start=1):
        first, occurrences = _occurrences(level)
        spans = [place[o] for o in occurrences], [place[o + n - 1] for o in occurrences]
        good = np.array([_says(source, place[o : o + n]) for o in first], dtype=bool)
        renumber = np.cumsum(good) - 1 + total
        keep = good[ids] if len(ids) else np.zeros(0, dtype=bool)
        text.append(texts[keep])
        phrase.append(renumber[ids[keep]])
        length.append(np.full(int(good.sum()), n))
        starts += [s for s, g in zip(spans[0], good, strict=True) if g]
        ends += [e for e, g in zip(spans[1], good, strict=True) if g]
        total += int(good.sum())
    return Phrases(
        np.concatenate(text).astype("int64"),
        np.concatenate(phrase).astype("int64"),
        np.concatenate(length).astype("int64"),
        source,
        tuple(starts),
        tuple(ends),
    )


def _occurrences(level: Ints) -> tuple[Ints, list[Ints]]:
    """Per id the first occurrence, and up to NAMED of them."""
    known = np.flatnonzero(level >= 0)
    order = known[np.argsort(level[known], kind="stable")]
    if not len(order):
        return order, []
    edges = np.flatnonzero(np.diff(level[order], prepend=-1))
    parts = [order[a:b][:NAMED] for a, b in zip(edges, [*edges[1:], len(order)], strict=True)]
    return order[edges], parts


def _says(source: Tokens, places: Ints) -> bool:
    """Whether a run can stand as a phrase: a word alone, or several of which one is more than a denial."""
    found = [source.terms[c] for c in source.code[places]]
    if len(found) == 1:
        return bool(WORD.fullmatch(found[0])) and found[0] not in negators()
    return any(word not in negators() for word in found) and found[-1] not in negators()


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
