"""A taxonomy compiled for matching: all its words in one automaton, its patterns in one filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import polars as pl

from voc_lib.tag import clauses, trouble, wording
from voc_lib.tag.patterns import compiled, required
from voc_lib.tag.taxonomy import Pair, Tag, Taxonomy
from voc_lib.tag.trouble import Told
from voc_lib.text.boundaries import broken
from voc_lib.text.matching import Corpus, Hits, Lexicon, covered, fold, inside_longer
from voc_lib.text.segmentation import Segmenter

GIVEN = "原始分类"
STOPS = "，。！？；：…～,.!?;:~ \n"
WEAK, SUBJECT = 0.5, 0.4  # what naming the matter counts; a thing where something went wrong
NEAR = 0.5  # … of that, where it is only near
ALONE = 0.75  # … of that, where the text praises nothing and denies no trouble
NO_KEY = -1


@dataclass(frozen=True)
class Rule:
    """One rule of one tag: what it is called in evidence, its weight, whether its clause can deny it."""

    tag: int
    label: str
    weight: float
    negatable: bool


@dataclass(frozen=True)
class Found:
    """Hits of rules in a chunk, as parallel arrays; `evidence` are the words as written."""

    NUMBERS: ClassVar = ("row", "tag", "rule", "start", "end", "clause", "mood", "weight")
    row: np.ndarray
    tag: np.ndarray
    rule: np.ndarray
    start: np.ndarray
    end: np.ndarray
    clause: np.ndarray
    mood: np.ndarray
    weight: np.ndarray
    evidence: list[str]

    @classmethod
    def empty(cls) -> Found:
        """No hit at all."""
        none = np.zeros(0, dtype=np.int64)
        return cls.given(none, none, 0, [])

    @classmethod
    def given(cls, rows: np.ndarray, tags: np.ndarray, rule: int, words: list[str]) -> Found:
        """Votes that have no place in the text."""
        nowhere = np.full(len(rows), -1)
        mood, weight = np.zeros(len(rows), dtype=np.int8), np.ones(len(rows), dtype=np.float32)
        return cls(rows, tags, np.full(len(rows), rule), nowhere, nowhere, nowhere, mood, weight, words)

    def where(self, keep: np.ndarray) -> Found:
        """The hits to keep."""
        numbers = {name: getattr(self, name)[keep] for name in self.NUMBERS}
        return Found(**numbers, evidence=[self.evidence[i] for i in np.flatnonzero(keep).tolist()])

    def joined(self, other: Found) -> Found:
        """The hits of both."""
        numbers = {name: np.concatenate([getattr(f, name) for f in (self, other)]) for name in self.NUMBERS}
        return Found(**numbers, evidence=[*self.evidence, *other.evidence])


class Matcher:
    """Finds the rules of a taxonomy in chunks of text; make it with `matcher(taxonomy)`."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.rules: list[Rule] = []
        self._phrases: list[tuple[str, int]] = []
        self._pairs: list[tuple[Pair, int]] = []
        self._regexes: list[tuple[re.Pattern[str], int]] = []
        self._exclusions: list[tuple[str, int]] = []
        self._subjects: list[tuple[str, int]] = []
        for number, tag in enumerate(taxonomy.tags):
            self._add(number, tag)
        self._wording = wording.learned(taxonomy)
        self._taught = self._wording.tags if self._wording else np.zeros(0, dtype=np.int64)
        self._worded = {
            number: self._rule(number, f"说法像“{taxonomy.tags[number].name}”", wording.BEST, False)
            for number in self._taught.tolist()
        }
        self.labels = _distinct([rule.label for rule in self.rules])
        self._tags = np.array([rule.tag for rule in self.rules], dtype=np.int64)
        self._weights = np.array([rule.weight for rule in self.rules], dtype=np.float32)
        self._negatable = np.array([rule.negatable for rule in self.rules], dtype=bool)
        self._is_pair = np.zeros(len(self.rules), dtype=bool)
        self._is_pair[[rule for _, rule in self._pairs]] = True
        self._compile(len(taxonomy.tags))

    def _add(self, number: int, tag: Tag) -> None:
        for words, weight, negatable in ((tag.phrases, 1.0, tag.negatable), (tag.weak, WEAK, False)):
            for word in words:
                self._phrases.append((fold(word), self._rule(number, word, weight, negatable)))
        for word in tag.subjects:
            self._subjects.append((fold(word), self._rule(number, word, SUBJECT, False)))
        for pair in tag.pairs:
            self._pairs.append((pair, self._rule(number, pair.label, 1.0, tag.negatable)))
        for pattern in tag.patterns:
            rule = self._rule(number, f"/{pattern}/", 1.0, tag.negatable)
            self._regexes.append((compiled(pattern), rule))
        self._exclusions += [(fold(word), number) for word in tag.exclusions]

    def _rule(self, tag: int, label: str, weight: float, negatable: bool) -> int:
        self.rules.append(Rule(tag, label, weight, negatable))
        return len(self.rules) - 1

    def _compile(self, tags: int) -> None:
        pair_words = [word for pair, _ in self._pairs for word in (*pair.first, *pair.second)]
        needed = [word for p, _ in self._regexes for words in required(p.pattern) for word in words]
        words = [w for w, _ in (*self._phrases, *self._exclusions, *self._subjects)]
        self._lexicon = Lexicon([*words, *pair_words, *needed, *clauses.beside()])
        self._phrase_of = _Many(
            [(self._lexicon.number[w], rule) for w, rule in self._phrases], len(self._lexicon)
        )
        self._excluded_of = _Many(
            [(self._lexicon.number[w], tag) for w, tag in self._exclusions], len(self._lexicon)
        )
        number = self._lexicon.number
        self._subject_of = _Many([(number[w], rule) for w, rule in self._subjects], len(self._lexicon))
        self._foreign = self._lexicon.mask([w for w, _ in self._subjects if w.isascii()])
        self._spoken = self._lexicon.mask([w for w, _ in self._phrases])
        self._said = self._lexicon.mask([word for pair, _ in self._pairs for word in pair.second])
        self._things = self._lexicon.mask([word for pair, _ in self._pairs for word in pair.first])
        self._pair_words = [
            (
                np.unique([number[fold(w)] for w in pair.first]),
                np.unique([number[fold(w)] for w in pair.second]),
            )
            for pair, _ in self._pairs
        ]
        self._patterns = [
            (pattern, rule, [np.array([number[w] for w in words]) for words in required(pattern.pattern)])
            for pattern, rule in self._regexes
        ]
        self._beside = self._lexicon.mask(clauses.beside())
        self._size = tags

    def find(self, part: Corpus, segmenter: Segmenter | None = None) -> Found:
        """Every hit of every rule in the chunk, with the mood of its clause.

        Excluded hits are gone, and so are those that cut through another word (凉 in 凉菜).
        """
        hits = self._whole(self._lexicon.hits(part), part, segmenter)
        kinds = [self._in_phrases(hits), self._in_pairs(hits, part), self._in_patterns(hits, part)]
        words = np.concatenate(kinds, axis=1)
        things = hits.start[self._subject_of.counts[hits.word] > 0]
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
        over = (self._weights[rule] < 1) & (mood == clauses.SOLVED)  # “退款已到账” is no complaint about 退款
        mood[~self._negatable[rule] & np.isin(mood, clauses.NEGATED) & ~over] = clauses.STATED
        row = part.rows(start)
        begin = part.starts[row]
        there = ~np.isin(rule, self._subject_of.values) | said.ill[part.clause(start)]
        share = np.where(there, 1, np.where(said.open[row], ALONE, NEAR)).astype(np.float32)
        found = Found(
            row=row + part.first,
            tag=self._tags[rule],
            rule=rule,
            start=start - begin,
            end=end - begin,
            clause=part.clause(start) - part.clause(begin),
            mood=mood,
            weight=np.minimum(self._weights[rule] * share, self._said_of(rule, end, hits)),
            evidence=[part.raw[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)],
        )
        if not self._wording:
            return found
        alike = self._wording.alike(part)
        found = found.where(~self._void(found, alike, part, segmenter))
        return found.joined(self._alike(part, found, touched, said, alike))

    def _void(
        self, found: Found, alike: wording.Alike, part: Corpus, segmenter: Segmenter | None
    ) -> np.ndarray:
        """Which votes state a problem in a text worded as if nothing were wrong.

        It must be more so where a word pair speaks, or a clause speaks ill.
        """
        row, stated = found.row - part.first, ~np.isin(found.mood, clauses.NEGATED)
        void = stated & (alike.calm[row] > wording.SURELY)
        said = trouble.told(part, np.unique(row[void]), segmenter)
        ill = said.content & ~said.praised
        ill[part.clause_rows[said.ill[:-1]]] = True
        ill[row[void & self._is_pair[found.rule]]] = True
        return void & (~ill[row] | (alike.calm[row] > wording.AGAINST))

    def _alike(
        self, part: Corpus, found: Found, touched: np.ndarray, said: Told, alike: wording.Alike
    ) -> Found:
        """Votes of the wording: of the likeliest tag and others the rules name.

        Where rules say nothing it must be sure that something is wrong, in texts not `touched` by rules that
        were denied or excluded; that nothing is wrong counts only where no clause speaks ill. Where a phrase
        holds it must be far ahead of all the phrases name. None where a tag speaks that takes no part in it.
        """
        taught, size = self._taught, self._size
        silent, apart, ill = np.ones(len(part), dtype=bool), *np.zeros((2, len(part)), dtype=bool)
        stated = ~np.isin(found.mood, clauses.NEGATED)
        named = (found.row - part.first)[stated] * size + found.tag[stated]
        silent[touched] = False
        phrased, foreign = stated & (found.weight >= 1), ~np.isin(found.tag, taught[:-1])
        apart[(found.row - part.first)[phrased | foreign]] = True
        ill[part.clause_rows[said.ill[:-1]]] = True
        keep = (alike.sure & silent[alike.row] | np.isin(alike.row, named // size)) & ~apart[alike.row]
        keep &= (alike.weight >= wording.BEST) | np.isin(alike.row * size + alike.tag, named)
        keep &= (alike.tag != taught[-1]) | ~ill[alike.row]
        others = np.isin(alike.row, (found.row - part.first)[foreign]) | (alike.tag == taught[-1])
        leads = alike.leading(np.unique((found.row - part.first)[phrased] * size + found.tag[phrased]), size)
        leads &= ~others
        keep |= leads
        weight = np.where(leads, wording.LEADS, alike.weight).astype(np.float32)
        row, tag, start = alike.row[keep], alike.tag[keep], alike.start[keep]
        words = [
            part.raw[a:b].rstrip(STOPS) for a, b in zip(start.tolist(), alike.end[keep].tolist(), strict=True)
        ]
        begin = part.starts[row]
        return Found(
            row=row + part.first,
            tag=tag,
            rule=np.array([self._worded[number] for number in tag.tolist()], dtype=np.int64),
            start=start - begin,
            end=start - begin + np.fromiter(map(len, words), dtype=np.int64, count=len(words)),
            clause=part.clause(start) - part.clause(begin),
            mood=np.full(len(row), clauses.STATED, dtype=np.int8),
            weight=weight[keep],
            evidence=words,
        )

    def _whole(self, hits: Hits, part: Corpus, segmenter: Segmenter | None) -> Hits:
        """The hits without those that cut through another word: of phrases and of what pairs say of a thing.

        The things of pairs, their first words, may be part of a word: 肉 of 牛肉. What is said of none is not
        looked into.
        """
        clause = part.clause(hits.start)
        named = np.zeros(len(part.clauses) + 1, dtype=bool)
        named[clause[self._things[hits.word]]] = True
        asked = np.flatnonzero(self._spoken[hits.word] | self._said[hits.word] & named[clause])
        cut = broken(hits.start[asked], hits.end[asked], part, segmenter=segmenter)
        keep = np.ones(len(hits), dtype=bool)
        keep[asked[cut]] = False
        return hits.where(keep)

    def _excluded(self, spans: np.ndarray, hits: Hits, part: Corpus) -> np.ndarray:
        """Which spans stand in a clause that holds an exclusion of their tag."""
        if not self._exclusions:
            return np.zeros(spans.shape[1], dtype=bool)
        at, tag = self._excluded_of.expand(hits.word)
        banned = np.zeros((len(part.clauses) + 1, self._size), dtype=bool)
        banned[part.clause(hits.start[at]), tag] = True
        return banned[part.clause(spans[1]), self._tags[spans[0]]]

    def _said_of(self, rule: np.ndarray, end: np.ndarray, hits: Hits) -> np.ndarray:
        """What a name can count at most: right before “旁边”, “期间” it is only where or when it was."""
        place = np.isin(end, hits.start[self._beside[hits.word]]) & ~self._negatable[rule]
        return np.where(place, WEAK, 1).astype(np.float32)

    def _only_names(self, rule: np.ndarray) -> np.ndarray:
        """Which rules name a matter and say nothing of a fault."""
        return (self._weights[rule] < 1) | ~self._negatable[rule]

    def _praised(self, spans: np.ndarray, part: Corpus, said: Told) -> np.ndarray:
        """Which spans only name a matter, in a clause or a text that speaks well and of no trouble; weak ones
        in a text that praises as much as it complains."""
        rule, row = spans[0], part.rows(spans[1])
        weak = (self._weights[rule] < 1) & said.content[row]
        return weak | self._only_names(rule) & (said.well[part.clause(spans[1])] | said.praised[row])

    def _in_subjects(self, hits: Hits, part: Corpus, said: Told, spans: np.ndarray) -> np.ndarray:
        """Things named where something went wrong or near it, or in an open text, as (rule, start, end, key),
        but those inside one of `spans`, which has told them."""
        hits = hits.where(self._subject_of.counts[hits.word] > 0)
        rule, start, end, _ = spans[:, np.argsort(spans[1], kind="stable")]
        hits = hits.where(~covered(hits.start, hits.end, Hits(rule, start, end)))
        clause, row = part.clause(hits.start), part.rows(hits.start)
        alone = said.open[row] & ~np.isin(row, part.rows(start)) & ~self._foreign[hits.word]
        hits = hits.where(said.ill[clause] | (said.near[clause] | alone) & (hits.end - hits.start > 1))
        at, rule = self._subject_of.expand(hits.word)
        return np.stack([rule, hits.start[at], hits.end[at], np.full(len(at), NO_KEY)])

    def _in_phrases(self, hits: Hits) -> np.ndarray:
        """Phrase hits as (rule, start, end, key); a hit inside a longer phrase's hit is that phrase's."""
        hits = hits.where(self._phrase_of.counts[hits.word] > 0)
        hits = hits.where(~inside_longer(hits))
        at, rule = self._phrase_of.expand(hits.word)
        return np.stack([rule, hits.start[at], hits.end[at], np.full(len(at), NO_KEY)])

    def _in_pairs(self, hits: Hits, part: Corpus) -> np.ndarray:
        """Word-pair hits as (rule, start, end, key); the key is the later word, open to negation too."""
        if not self._pairs or not len(hits):
            return np.zeros((4, 0), dtype=np.int64)
        by_word, clause = _Groups(hits.word, len(self._lexicon)), part.clause(hits.start)
        found = []
        for (pair, rule), (first, second) in zip(self._pairs, self._pair_words, strict=True):
            a, b = by_word.members(first), by_word.members(second)
            if len(a) and len(b):
                words = hits.where(a), hits.where(b)
                found.append(_paired(*words, clause[a], clause[b], within=pair.within, rule=rule))
        return np.concatenate(found, axis=1) if found else np.zeros((4, 0), dtype=np.int64)

    def _in_patterns(self, hits: Hits, part: Corpus) -> np.ndarray:
        """Pattern hits as (rule, start, end, key); the key is the group named `key`, if there is one."""
        by_word, row = _Groups(hits.word, len(self._lexicon)), part.rows(hits.start)
        texts: pl.Series | None = None
        found = []
        for pattern, rule, sets in self._patterns:
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


class _Many:
    """Number -> several numbers, as arrays."""

    def __init__(self, links: list[tuple[int, int]], size: int) -> None:
        table = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
        self.counts = np.bincount(table[:, 0], minlength=size) if size else np.zeros(0, dtype=np.int64)
        self.values = table[:, 1]
        self._first = np.cumsum(self.counts) - self.counts

    def expand(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each linked value: the position of its number in `numbers`, and the value."""
        counts = self.counts[numbers]
        at = np.repeat(np.arange(len(numbers)), counts)
        within = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        return at, self.values[self._first[numbers][at] + within]


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


def _distinct(labels: list[str]) -> list[str]:
    """The labels, made distinct by a number where two rules are called the same."""
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        result.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
    return result


@lru_cache(maxsize=16)
def matcher(taxonomy: Taxonomy) -> Matcher:
    """The taxonomy compiled, once per taxonomy."""
    return Matcher(taxonomy)
