"""What a short text is worded like: the examples and words of a tag, or those in which nothing is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
import pandas as pd

from voc_lib.tag.taxonomy import OTHER, Tag, Taxonomy
from voc_lib.tag.trouble import SHORT
from voc_lib.text.matching import Corpus, corpora, taken
from voc_lib.text.ngrams import Ngrams, ngrams
from voc_lib.yamlfile import listed, shipped

LEAST = 8  # examples from which on a tag takes part
SMOOTHING = 0.3  # added to every count of an n-gram
FEW = 4  # n-grams; fewer say nothing
OWN = 4  # times the plain complaints of the taxonomy itself count among those of all trades
BEST = 0.95  # what the likeliest tag counts: less than a phrase
AHEAD, LEADS = 0.9, 2.0  # so far before all tags that phrases name the likeliest stands before them
BEHIND = 2.6  # so far behind the likeliest a tag counts nothing (log odds over the root of the n-grams)
CALM, TROUBLED = -0.8, -2.2  # above: nothing is wrong; below: something is, even where no rule says so
SURELY, AGAINST = 0.2, 1.3  # above: nothing is wrong though a rule says so; … and a word of trouble too


@dataclass(frozen=True)
class Alike:
    """Tags that texts of a chunk are worded like, as parallel arrays.

    `start`, `end`: the clause most like it; `sure`: something is wrong, even where no rule says so.
    `calm`: per text of the chunk the odds that nothing is wrong; minus infinity where nothing is known.
    """

    row: np.ndarray
    tag: np.ndarray
    start: np.ndarray
    end: np.ndarray
    weight: np.ndarray
    sure: np.ndarray
    calm: np.ndarray

    def leading(self, named: np.ndarray, size: int) -> np.ndarray:
        """Which lines are the likeliest tag of a text and far before every tag `named` in it, if one is.

        `named`: number of the text times `size` plus that of the tag. Never 其他, the last of the tags.
        """
        order = np.argsort(self.row * size + self.tag)
        keys = (self.row * size + self.tag)[order]
        place = np.minimum(np.searchsorted(keys, named), max(len(keys) - 1, 0))
        worth = np.where(keys[place] == named, self.weight[order][place], 0.0) if len(keys) else 0.0
        best = np.full(len(self.calm), np.inf)
        best[named // size] = 0.0
        np.maximum.at(best, named // size, worth)
        return (self.weight >= BEST) & (self.weight - best[self.row] >= AHEAD)


@dataclass(frozen=True)
class Wording:
    """What n-grams (rows of `odds`) say for each of `tags`; the last, 其他, is for nothing wrong."""

    tags: np.ndarray
    ngrams: Ngrams
    odds: np.ndarray

    def alike(self, part: Corpus) -> Alike:
        """What the short texts of a chunk are worded like."""
        owners = part.clause_rows
        at = np.flatnonzero((np.bincount(owners, minlength=len(part)) <= SHORT)[owners])
        scores, seen = self._scores(taken(part, np.isin(np.arange(len(owners)), at))[0])
        row, first, place = np.unique(owners[at], return_index=True, return_inverse=True)
        many = _summed(seen, first)
        odds = _summed(scores, first) / np.sqrt(np.maximum(many, 1))[:, None]
        calm = np.full(len(part), -np.inf)
        calm[row] = np.where(many >= FEW, odds[:, -1], -np.inf)
        weights = _weights(odds)
        line, column = np.nonzero(weights * (many >= FEW)[:, None])
        clause = at[first[line] + _most_like(scores, first, place)[line, :, column].argmax(axis=1)]
        edges = np.append(part.clauses, part.starts[-1])
        return Alike(
            row=row[line],
            tag=self.tags[column],
            start=edges[clause],
            end=np.minimum(edges[clause + 1], part.starts[row[line] + 1] - 1),
            weight=weights[line, column],
            sure=odds[line, -1] < TROUBLED,
            calm=calm,
        )

    def _scores(self, clauses: Corpus) -> tuple[np.ndarray, np.ndarray]:
        """Per clause of a chunk what its n-grams say for each tag, and how many they are."""
        edges = np.append(clauses.clauses, clauses.starts[-1])
        counts = self.ngrams.counts(Corpus(clauses.raw, clauses.folded, 0, edges, clauses.clauses))
        return counts @ self.odds, counts.sum(axis=1)


def _summed(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    return np.add.reduceat(values, first) if len(first) else values


def _weights(odds: np.ndarray) -> np.ndarray:
    """What each tag counts for each text: 其他 alone where nothing is wrong, else the others."""
    likely, calm = odds[:, :-1], odds[:, -1:] > CALM
    near = likely - likely.max(axis=1, keepdims=True, initial=-np.inf) + BEHIND
    return BEST * np.hstack([np.where(calm, 0, np.maximum(near, 0) / BEHIND), calm])


def _most_like(scores: np.ndarray, first: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The scores by text, clause and tag."""
    table = np.full((len(first), SHORT, scores.shape[1]), -np.inf)
    table[place, np.arange(len(place)) - first[place]] = scores
    return table


def learned(taxonomy: Taxonomy) -> Wording | None:
    """What the examples of a `complete` taxonomy teach; None where fewer than two tags have enough.

    Naive Bayes on characters and pairs of them, each counted once a text: per tag against the mean of all
    (words of its rules are texts too), and texts without a problem against those with one, of all trades.
    """
    tags = [number for number, tag in enumerate(taxonomy.tags) if len(tag.examples) >= LEAST]
    if len(tags) < 2 or not taxonomy.complete:
        return None
    ill, well = _told()
    ill = [*ill, *(text for tag in taxonomy.tags for text in tag.include * OWN)]
    groups = [*(_texts(taxonomy.tags[number]) for number in tags), ill, well]
    grams = ngrams(pd.Series(list(chain.from_iterable(groups)), dtype="str"))
    chances = np.stack([_chances(grams, group) for group in groups], axis=1)
    likely, (wrong, calm) = chances[:, :-2], chances[:, -2:].T
    odds = np.column_stack([likely - likely.mean(axis=1, keepdims=True), calm - wrong])
    numbers = np.array([*tags, taxonomy.names.index(OTHER)])
    return Wording(numbers, grams, odds.astype(np.float32))


def _texts(tag: Tag) -> list[str]:
    return [*tag.examples, *tag.include, *tag.phrases, *tag.subjects]


def _chances(grams: Ngrams, texts: Sequence[str]) -> np.ndarray:
    """Log of the smoothed share of each n-gram among those of the texts."""
    count = np.full(len(grams.codes), SMOOTHING)
    for part in corpora(pd.Series(texts, dtype="str")):
        count += np.bincount(grams.counts(part).indices, minlength=len(count))
    return np.log(count / count.sum())


@cache
def _told() -> tuple[list[str], list[str]]:
    """What is said in all trades where something is wrong, in `include` and examples, and where not."""
    told = [examples(name) for name in _trades()]
    wrong = [text for said in told for tag, texts in said.items() if tag != OTHER for text in texts]
    packs = [shipped("voc_lib.tag", f"packs/{name}.yaml") for name in listed("voc_lib.tag", "packs")]
    wrong += [text for pack in packs for tag in pack["tags"] for text in tag.get("include", [])]
    return wrong, [text for said in told for text in said.get(OTHER, [])]


@cache
def _trades() -> list[str]:
    return listed("voc_lib.tag", "examples")


def examples(trade: str) -> dict[str, list[str]]:
    """Per tag of a built-in taxonomy what people say of it; under 其他 where nothing is wrong."""
    return shipped("voc_lib.tag", f"examples/{trade}.yaml") if trade in _trades() else {}
