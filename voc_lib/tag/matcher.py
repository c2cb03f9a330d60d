"""Finds the rules of a taxonomy in chunks of texts, each hit with the mood of its clause."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import polars as pl

from voc_lib.tag import clauses, trouble, worded
from voc_lib.tag.found import Found
from voc_lib.tag.rulebook import WEAK, Rulebook
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.tag.trouble import Told
from voc_lib.text.boundaries import broken
from voc_lib.text.matching import Corpus, Hits, covered, inside_longer
from voc_lib.text.segmentation import Segmenter

NEAR = 0.5  # what a thing counts that is only near where something went wrong
ALONE = 0.75  # … where the text praises nothing and denies no trouble
NO_KEY = -1


class Matcher:
    """Finds the rules of a taxonomy in chunks of text; make it with `matcher(taxonomy)`."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.book = Rulebook(taxonomy)

    def find(self, part: Corpus, segmenter: Segmenter | None = None) -> Found:
        """Every hit of every rule in the chunk, with the mood of its clause.

        Excluded hits are gone, and so are those that cut through another word (凉 in 凉菜).
        """
        hits = self._whole(self.book.lexicon.hits(part), part, segmenter)
        kinds = [self._in_phrases(hits), self._in_pairs(hits, part), self._in_patterns(hits, part)]
        words = np.concatenate(kinds, axis=1)
        things = hits.start[self.book.subject_of.counts[hits.word] > 0]
        named = np.concatenate([words[1][self._only_names(words[0])], things])
        said = trouble.told(part, part.rows(named), segmenter)
        groups = [words, self._in_subjects(hits, part, said, words)]
        touched = part.rows(np.concatenate([spans[1] for spans in groups]))
        groups = [spans[:, ~self._excluded(spans, hits, part)] for spans in groups]
        # apart, for a thing named leaves open whether its clause is about a fault
        mood = np.concatenate([clauses.judged(a, b, part, keys=key) for _, a, b, key in groups])
        spans = np.concatenate(groups, axis=1)
        keep = ~self._praised(spans, part, said) | (mood == clauses.SOLVED)
        mood, (rule, start, end, _) = mood[keep], spans[:, keep]
        over = (self.book.weights[rule] < 1) & (
            mood == clauses.SOLVED
        )  # “退款已到账” is no complaint about 退款
        mood[~self.book.negatable[rule] & np.isin(mood, clauses.NEGATED) & ~over] = clauses.STATED
        row = part.rows(start)
        begin = part.starts[row]
        there = ~np.isin(rule, self.book.subject_of.values) | said.ill[part.clause(start)]
        share = np.where(there, 1, np.where(said.open[row], ALONE, NEAR)).astype(np.float32)
        found = Found(
            row=row + part.first,
            tag=self.book.tags[rule],
            rule=rule,
            start=start - begin,
            end=end - begin,
            clause=part.clause(start) - part.clause(begin),
            mood=mood,
            weight=np.minimum(self.book.weights[rule] * share, self._said_of(rule, end, hits)),
            evidence=[part.raw[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)],
        )
        return worded.weighed(self.book, found, part, touched=touched, said=said, segmenter=segmenter)

    def _whole(self, hits: Hits, part: Corpus, segmenter: Segmenter | None) -> Hits:
        """The hits without those that cut through another word: of phrases and of what pairs say of a thing.

        The things of pairs, their first words, may be part of a word: 肉 of 牛肉. What is said of none is not
        looked into.
        """
        clause = part.clause(hits.start)
        named = np.zeros(len(part.clauses) + 1, dtype=bool)
        named[clause[self.book.things[hits.word]]] = True
        asked = np.flatnonzero(self.book.spoken[hits.word] | self.book.said[hits.word] & named[clause])
        cut = broken(hits.start[asked], hits.end[asked], part, segmenter=segmenter)
        keep = np.ones(len(hits), dtype=bool)
        keep[asked[cut]] = False
        return hits.where(keep)

    def _excluded(self, spans: np.ndarray, hits: Hits, part: Corpus) -> np.ndarray:
        """Which spans stand in a clause that holds an exclusion of their tag."""
        if not self.book.exclusions:
            return np.zeros(spans.shape[1], dtype=bool)
        at, tag = self.book.excluded_of.expand(hits.word)
        banned = np.zeros((len(part.clauses) + 1, self.book.size), dtype=bool)
        banned[part.clause(hits.start[at]), tag] = True
        return banned[part.clause(spans[1]), self.book.tags[spans[0]]]

    def _said_of(self, rule: np.ndarray, end: np.ndarray, hits: Hits) -> np.ndarray:
        """What a name can count at most: right before “旁边”, “期间” it is only where or when it was."""
        place = np.isin(end, hits.start[self.book.beside[hits.word]]) & ~self.book.negatable[rule]
        return np.where(place, WEAK, 1).astype(np.float32)

    def _only_names(self, rule: np.ndarray) -> np.ndarray:
        """Which rules name a matter and say nothing of a fault."""
        return (self.book.weights[rule] < 1) | ~self.book.negatable[rule]

    def _praised(self, spans: np.ndarray, part: Corpus, said: Told) -> np.ndarray:
        """Which spans only name a matter, in a clause or a text that speaks well and of no trouble; weak ones
        in a text that praises as much as it complains."""
        rule, row = spans[0], part.rows(spans[1])
        weak = (self.book.weights[rule] < 1) & said.content[row]
        return weak | self._only_names(rule) & (said.well[part.clause(spans[1])] | said.praised[row])

    def _in_subjects(self, hits: Hits, part: Corpus, said: Told, spans: np.ndarray) -> np.ndarray:
        """Things named where something went wrong or near it, or in an open text, as (rule, start, end, key),
        but those inside one of `spans`, which has told them."""
        hits = hits.where(self.book.subject_of.counts[hits.word] > 0)
        rule, start, end, _ = spans[:, np.argsort(spans[1], kind="stable")]
        hits = hits.where(~covered(hits.start, hits.end, Hits(rule, start, end)))
        clause, row = part.clause(hits.start), part.rows(hits.start)
        alone = said.open[row] & ~np.isin(row, part.rows(start)) & ~self.book.foreign[hits.word]
        hits = hits.where(said.ill[clause] | (said.near[clause] | alone) & (hits.end - hits.start > 1))
        at, rule = self.book.subject_of.expand(hits.word)
        return np.stack([rule, hits.start[at], hits.end[at], np.full(len(at), NO_KEY)])

    def _in_phrases(self, hits: Hits) -> np.ndarray:
        """Phrase hits as (rule, start, end, key); a hit inside a longer phrase's hit is that phrase's."""
        hits = hits.where(self.book.phrase_of.counts[hits.word] > 0)
        hits = hits.where(~inside_longer(hits))
        at, rule = self.book.phrase_of.expand(hits.word)
        return np.stack([rule, hits.start[at], hits.end[at], np.full(len(at), NO_KEY)])

    def _in_pairs(self, hits: Hits, part: Corpus) -> np.ndarray:
        """Word-pair hits as (rule, start, end, key); the key is the later word, open to negation too."""
        if not self.book.pairs or not len(hits):
            return np.zeros((4, 0), dtype=np.int64)
        by_word, clause = _Groups(hits.word, len(self.book.lexicon)), part.clause(hits.start)
        found = []
        for (pair, rule), (first, second) in zip(self.book.pairs, self.book.pair_words, strict=True):
            a, b = by_word.members(first), by_word.members(second)
            if len(a) and len(b):
                words = hits.where(a), hits.where(b)
                found.append(_paired(*words, clause[a], clause[b], within=pair.within, rule=rule))
        return np.concatenate(found, axis=1) if found else np.zeros((4, 0), dtype=np.int64)

    def _in_patterns(self, hits: Hits, part: Corpus) -> np.ndarray:
        """Pattern hits as (rule, start, end, key); the key is the group named `key`, if there is one."""
        by_word, row = _Groups(hits.word, len(self.book.lexicon)), part.rows(hits.start)
        texts: pl.Series | None = None
        found = []
        for pattern, rule, sets in self.book.patterns:
            if sets:
                holds = [np.bincount(row[by_word.members(words)], minlength=len(part)) > 0 for words in sets]
                rows = np.flatnonzero(np.logical_and.reduce(holds))
            else:
                texts = _texts(part) if texts is None else texts
                rows = texts.str.contains(f"(?m){pattern.pattern}").arg_true().to_numpy()
            found += _matches(pattern, rule, part, rows)
        return np.array(found, dtype=np.int64).reshape(-1, 4).T


def _texts(part: Corpus) -> pl.Series:
    return pl.Series(part.texts(), dtype=pl.String)


def _matches(
    pattern: re.Pattern[str], rule: int, part: Corpus, rows: np.ndarray
) -> list[tuple[int, int, int, int]]:
    """The matches of a pattern in some texts as (rule, start, end, key)."""
    keyed = "key" in pattern.groupindex
    edges = zip(part.starts[rows].tolist(), (part.starts[rows + 1] - 1).tolist(), strict=True)
    return [
        (rule, match.start(), match.end(), match.start("key") if keyed and match["key"] else NO_KEY)
        for first, last in edges
        for match in pattern.finditer(part.folded, first, last)
    ]


class _Groups:
    """Positions of each number in an array."""

    def __init__(self, numbers: np.ndarray, size: int) -> None:
        self._order = np.argsort(numbers, kind="stable")
        self._edges = np.searchsorted(numbers[self._order], np.arange(size + 1))

    def members(self, wanted: np.ndarray) -> np.ndarray:
        """Positions holding one of the wanted numbers, in order."""
        parts = [self._order[self._edges[n] : self._edges[n + 1]] for n in wanted]
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)


def _paired(
    a: Hits, b: Hits, clause_a: np.ndarray, clause_b: np.ndarray, *, within: int, rule: int
) -> np.ndarray:
    """For each `a` the nearest `b` after it, else before it, in its clause, at most `within` apart."""
    after = np.minimum(np.searchsorted(b.start, a.end), len(b) - 1)
    gap = b.start[after] - a.end
    good = (gap >= 0) & (gap <= within) & (clause_b[after] == clause_a)
    ends = np.argsort(b.end, kind="stable")
    before = ends[np.maximum(np.searchsorted(b.end[ends], a.start, "right") - 1, 0)]
    gap = a.start - b.end[before]
    good_before = ~good & (gap >= 0) & (gap <= within) & (clause_b[before] == clause_a)
    other = np.where(good, after, before)
    hit = good | good_before
    start = np.minimum(a.start, b.start[other])[hit]
    end = np.maximum(a.end, b.end[other])[hit]
    key = np.maximum(a.start, b.start[other])[hit]
    return np.stack([np.full(len(start), rule), start, end, key])


@lru_cache(maxsize=16)
def matcher(taxonomy: Taxonomy) -> Matcher:
    """The taxonomy compiled, once per taxonomy."""
    return Matcher(taxonomy)
