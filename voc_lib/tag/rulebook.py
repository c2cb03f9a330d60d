"""The rules of a taxonomy by number, ready to be looked for: all words in one automaton."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from voc_lib.tag import clauses, wording
from voc_lib.tag.patterns import compiled, required
from voc_lib.tag.taxonomy import Pair, Tag, Taxonomy
from voc_lib.text.matching import Lexicon, fold

WEAK, SUBJECT = 0.5, 0.4  # what naming the matter counts; a thing where something went wrong


@dataclass(frozen=True)
class Rule:
    """One rule of one tag: what it is called in evidence, its weight, whether its clause can deny it."""

    tag: int
    label: str
    weight: float
    negatable: bool


class Rulebook:
    """What a taxonomy says, as arrays by the number of a rule, of a word of the lexicon, or of a tag."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.rules: list[Rule] = []
        self._phrases: list[tuple[str, int]] = []
        self.pairs: list[tuple[Pair, int]] = []
        self._regexes: list[tuple[re.Pattern[str], int]] = []
        self.exclusions: list[tuple[str, int]] = []
        self._subjects: list[tuple[str, int]] = []
        for number, tag in enumerate(taxonomy.tags):
            self._add(number, tag)
        self.wording = wording.learned(taxonomy)
        self.taught = self.wording.tags if self.wording else np.zeros(0, dtype=np.int64)
        self.worded = {
            number: self._rule(number, f"说法像“{taxonomy.tags[number].name}”", wording.BEST, False)
            for number in self.taught.tolist()
        }
        self.labels = _distinct([rule.label for rule in self.rules])
        self.tags = np.array([rule.tag for rule in self.rules], dtype=np.int64)
        self.weights = np.array([rule.weight for rule in self.rules], dtype=np.float32)
        self.negatable = np.array([rule.negatable for rule in self.rules], dtype=bool)
        self.is_pair = np.zeros(len(self.rules), dtype=bool)
        self.is_pair[[rule for _, rule in self.pairs]] = True
        self._compile(len(taxonomy.tags))

    def _add(self, number: int, tag: Tag) -> None:
        for words, weight, negatable in ((tag.phrases, 1.0, tag.negatable), (tag.weak, WEAK, False)):
            for word in words:
                self._phrases.append((fold(word), self._rule(number, word, weight, negatable)))
        for word in tag.subjects:
            self._subjects.append((fold(word), self._rule(number, word, SUBJECT, False)))
        for pair in tag.pairs:
            self.pairs.append((pair, self._rule(number, pair.label, 1.0, tag.negatable)))
        for pattern in tag.patterns:
            rule = self._rule(number, f"/{pattern}/", 1.0, tag.negatable)
            self._regexes.append((compiled(pattern), rule))
        self.exclusions += [(fold(word), number) for word in tag.exclusions]

    def _rule(self, tag: int, label: str, weight: float, negatable: bool) -> int:
        self.rules.append(Rule(tag, label, weight, negatable))
        return len(self.rules) - 1

    def _compile(self, tags: int) -> None:
        pair_words = [word for pair, _ in self.pairs for word in (*pair.first, *pair.second)]
        needed = [word for p, _ in self._regexes for words in required(p.pattern) for word in words]
        words = [w for w, _ in (*self._phrases, *self.exclusions, *self._subjects)]
        self.lexicon = Lexicon([*words, *pair_words, *needed, *clauses.beside()])
        self.phrase_of = Many(
            [(self.lexicon.number[w], rule) for w, rule in self._phrases], len(self.lexicon)
        )
        self.excluded_of = Many(
            [(self.lexicon.number[w], tag) for w, tag in self.exclusions], len(self.lexicon)
        )
        number = self.lexicon.number
        self.subject_of = Many([(number[w], rule) for w, rule in self._subjects], len(self.lexicon))
        self.foreign = self.lexicon.mask([w for w, _ in self._subjects if w.isascii()])
        self.spoken = self.lexicon.mask([w for w, _ in self._phrases])
        self.said = self.lexicon.mask([word for pair, _ in self.pairs for word in pair.second])
        self.things = self.lexicon.mask([word for pair, _ in self.pairs for word in pair.first])
        self.pair_words = [
            (
                np.unique([number[fold(w)] for w in pair.first]),
                np.unique([number[fold(w)] for w in pair.second]),
            )
            for pair, _ in self.pairs
        ]
        self.patterns = [
            (pattern, rule, [np.array([number[w] for w in words]) for words in required(pattern.pattern)])
            for pattern, rule in self._regexes
        ]
        self.beside = self.lexicon.mask(clauses.beside())
        self.size = tags


class Many:
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


def _distinct(labels: list[str]) -> list[str]:
    """The labels, made distinct by a number where two rules are called the same."""
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        result.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
    return result
