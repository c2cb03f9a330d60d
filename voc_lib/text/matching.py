"""Many words in many texts: one folded string per chunk, one automaton, hits as numpy arrays.

Folding keeps every position (one character stays one character): a hit's span is valid in the original text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, pairwise

import ahocorasick_rs
import numpy as np
import pandas as pd
import polars as pl

CHUNK_CHARS = 1_000_000
DFA_WORDS = 5_000  # the fastest automaton grows too big beyond
HITS = ("word", "start", "end")
_BREAKS = ",。!?;…~\n"
_CODED = "utf-16-be"  # two bytes for a character: half the steps, and places need no counting
_CODES = 0x110000
_BREAK, _BETWEEN, _HAN = 1, 2, 4  # kinds of characters: ends a clause, ends one beside Han characters


@dataclass(frozen=True)
class Corpus:
    """A chunk of texts as one string: `raw` as written, `folded` for matching, both of equal length.

    `first` is the position of the first text in the whole series, `starts` where each text begins (last: the
    end), `clauses` where each clause begins.
    """

    raw: str
    folded: str
    first: int
    starts: np.ndarray
    clauses: np.ndarray

    def rows(self, positions: np.ndarray) -> np.ndarray:
        """Number of the text (within the chunk) each position lies in."""
        return self._texts_at[positions].astype(np.int64)

    def clause(self, positions: np.ndarray) -> np.ndarray:
        """Number of the clause (within the chunk) each position lies in."""
        return self._clauses_at[positions].astype(np.int64)

    @cached_property
    def _texts_at(self) -> np.ndarray:
        return self._numbered(self.starts)

    @cached_property
    def _clauses_at(self) -> np.ndarray:
        return self._numbered(self.clauses)

    def _numbered(self, begins: np.ndarray) -> np.ndarray:
        """Per position how many parts begin at or before it, less one: asked so often that a table pays."""
        return np.cumsum(np.bincount(begins, minlength=len(self.folded) + 2), dtype=np.int32) - 1

    def texts(self) -> list[str]:
        """The folded texts."""
        return [self.folded[a : b - 1] for a, b in pairwise(self.starts.tolist())]

    @property
    def clause_rows(self) -> np.ndarray:
        """Number of the text each clause belongs to."""
        return self.rows(self.clauses)

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Hits:
    """Where words stand: `word` (number in the lexicon), `start`, `end`; ordered by start, then end."""

    word: np.ndarray
    start: np.ndarray
    end: np.ndarray

    def where(self, keep: np.ndarray) -> Hits:
        """The hits a mask keeps."""
        return Hits(self.word[keep], self.start[keep], self.end[keep])

    def __len__(self) -> int:
        return len(self.word)


def corpora(texts: pd.Series, *, clauses: bool = True) -> Iterator[Corpus]:
    """The texts in chunks of bounded size, in order, cut into clauses or not; missing ones count as empty."""
    values = pl.from_pandas(texts.fillna("").astype("str"))
    sizes = values.str.len_chars().to_numpy().astype(np.int64)
    chunk = (np.cumsum(sizes + 1) - sizes - 1) // CHUNK_CHARS
    edges = np.flatnonzero(np.diff(chunk, prepend=-1, append=-1)).tolist()
    for first, last in pairwise(edges):
        yield _chunk(values[first:last].str.join("\n").item(), sizes[first:last], first, clauses=clauses)


def corpus(texts: Sequence[str]) -> Corpus:
    """One chunk of texts, folded and cut into clauses."""
    return _chunk("\n".join(texts), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)), 0)


def _chunk(raw: str, sizes: np.ndarray, first: int, *, clauses: bool = True) -> Corpus:
    """The chunk of texts of these sizes, joined by line breaks."""
    starts = np.concatenate([[0], np.cumsum(sizes + 1)])
    codes = np.frombuffer(raw.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    folded = _folding()[codes]
    text = folded.tobytes().decode("utf-32-le")
    begins = _clause_starts(folded, starts) if clauses else starts[:-1]
    return Corpus(raw, text, first, starts, begins)


def taken(part: Corpus, wanted: np.ndarray) -> tuple[Corpus, np.ndarray]:
    """The clauses of a mask as a chunk of their own; how far each clause of `part` has moved."""
    kept = np.flatnonzero(wanted)
    edges = np.append(part.clauses, part.starts[-1])
    first, last = edges[kept], edges[kept + 1]
    joined = np.flatnonzero(first[1:] == last[:-1])
    runs = zip(np.delete(first, joined + 1).tolist(), np.delete(last, joined).tolist(), strict=True)
    text = "".join([part.folded[a:b] for a, b in runs])
    ends = np.cumsum(last - first)
    begins = ends - (last - first)
    shift = np.zeros(len(part.clauses), dtype=np.int64)
    shift[kept] = begins - first
    starts = begins[np.flatnonzero(np.diff(part.rows(first), prepend=-1))]
    return Corpus(text, text, 0, np.append(starts, ends[-1:] if len(ends) else 0), begins), shift


def fold(text: str) -> str:
    """The text in the form it is matched in, position by position.

    >>> fold("ＡＰＰ總是閃退，Ｎo")
    'app总是闪退,no'
    """
    return corpus([text]).folded


def _folded(words: Sequence[str]) -> list[str]:
    """The words folded, all at once: much faster than one by one."""
    return corpus(words).texts()


def clauses(text: str) -> list[str]:
    """The clauses of one text.

    >>> clauses("物流很快，就是客服慢 包装也破了")
    ['物流很快，', '就是客服慢 ', '包装也破了']
    """
    part = corpus([text])
    edges = [*part.clauses.tolist(), len(text)]
    return [text[a:b] for a, b in pairwise(edges) if b > a]


@cache
def _folding() -> np.ndarray:
    """Code point to code point: lower case, half width, simplified; only one-to-one changes."""
    from opencc import OpenCC

    table = np.arange(_CODES, dtype=np.uint32)
    table[0xFF01:0xFF5F] -= 0xFEE0
    table[0x3000] = ord(" ")
    for blank in "\t\r\u00a0":
        table[ord(blank)] = ord(" ")
    upper = (table >= ord("A")) & (table <= ord("Z"))
    table[upper] += 32
    convert = OpenCC("t2s").convert
    for block in (range(0x3400, 0x4DC0), range(0x4E00, 0xA000)):
        simple = convert("\n".join(map(chr, block))).split("\n")
        table[block.start : block.stop] = [
            ord(s) if len(s) == 1 else c for s, c in zip(simple, block, strict=True)
        ]
    return table


def _clause_starts(codes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Where clauses begin: after punctuation, an emoji, a space between Han characters, a stop after one."""
    kinds = np.append(_kinds()[codes], np.uint8(0))  # the last one stands before the first and after the last
    begins = np.zeros(len(codes) + 2, dtype=bool)
    begins[1:] = kinds & _BREAK
    at = np.flatnonzero((kinds & _BETWEEN) > 0)
    before, after = kinds[at - 1] & _HAN > 0, kinds[at + 1] & _HAN > 0
    begins[at + 1] = np.where(codes[at] == ord(" "), before & after, before | after)
    begins[starts[:-1]] = True
    return np.flatnonzero(begins[: max(starts[-1], 1)])


@cache
def _kinds() -> np.ndarray:
    """What each code point is to clauses, as bits."""
    table = np.zeros(_CODES, dtype=np.uint8)
    table[[ord(c) for c in _BREAKS]] = _BREAK
    table[[ord(" "), ord(".")]] = _BETWEEN
    table[0x2E80:] |= _HAN
    table[0x1F000:] |= _BREAK
    return table


class Lexicon:
    """A set of words found together; `words` gives the numbers their order."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(dict.fromkeys(_folded(list(words))))
        self.number = {word: i for i, word in enumerate(self.words)}
        kind = ahocorasick_rs.Implementation
        fast = kind.DFA if len(self.words) <= DFA_WORDS else kind.ContiguousNFA
        coded = [word.encode(_CODED) for word in self.words]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(coded, implementation=fast)

    def hits(self, part: Corpus) -> Hits:
        """Every occurrence of every word, overlapping ones too."""
        coded = part.folded.encode(_CODED)
        found = self._automaton.find_matches_as_indexes(coded, overlapping=True)
        flat = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=3 * len(found)).reshape(-1, 3)
        word, start, end = flat[flat[:, 1] % 2 == 0].T  # an odd one lies across two characters
        seconds = _seconds(coded, len(part.folded))
        start, end = (at // 2 - np.searchsorted(seconds, at // 2) for at in (start, end))
        order = np.lexsort((end, start))
        return Hits(word[order], start[order], end[order])

    def at(self, words: Iterable[str]) -> list[int]:
        """The number of each of `words`, which all are in the lexicon."""
        return [self.number[word] for word in _folded(list(words))]

    def mask(self, words: Iterable[str]) -> np.ndarray:
        """Per word of the lexicon, whether it is one of `words`."""
        chosen = np.zeros(len(self.words), dtype=bool)
        chosen[self.at(words)] = True
        return chosen

    def __len__(self) -> int:
        return len(self.words)


def _seconds(coded: bytes, characters: int) -> np.ndarray:
    """Where the second halves of characters of two code units stand, in units."""
    if len(coded) == 2 * characters:
        return np.zeros(0, dtype=np.int64)
    units = np.frombuffer(coded, dtype=">u2")
    return np.flatnonzero((units >= 0xDC00) & (units < 0xE000))


def covered(start: np.ndarray, end: np.ndarray, by: Hits) -> np.ndarray:
    """Which spans lie inside one of the hits."""
    if not len(by):
        return np.zeros(len(start), dtype=bool)
    reach = np.maximum.accumulate(by.end)
    last = np.searchsorted(by.start, start, "right") - 1
    return (last >= 0) & (reach[np.maximum(last, 0)] >= end)


def both(one: Hits, other: Hits) -> Hits:
    """The hits of both, in order."""
    word, start, end = (np.concatenate([getattr(hits, n) for hits in (one, other)]) for n in HITS)
    order = np.lexsort((end, start))
    return Hits(word[order], start[order], end[order])


def inside_longer(hits: Hits) -> np.ndarray:
    """Which hits lie inside another, longer hit."""
    order = np.lexsort((-hits.end, hits.start))
    end = hits.end[order]
    before = np.concatenate([[-1], np.maximum.accumulate(end)[:-1]]) if len(end) else end
    inside = np.zeros(len(end), dtype=bool)
    inside[order] = before >= end
    return inside


def distance_back(start: np.ndarray, part: Corpus, to: Hits) -> np.ndarray:
    """Characters from the nearest hit ending before each position, in its clause; -1 where there is none."""
    if not len(to):
        return np.full(len(start), -1)
    order = np.argsort(to.end, kind="stable")
    ends, begins = to.end[order], to.start[order]
    last = np.searchsorted(ends, start, "right") - 1
    near = np.maximum(last, 0)
    same = (last >= 0) & (begins[near] >= part.clauses[part.clause(start)]) if len(start) else last >= 0
    return np.where(same, start - ends[near], -1)
