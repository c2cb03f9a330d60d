"""A text classifier of character pairs: a logistic regression per class, trained in seconds, none shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from voc_lib.text.matching import corpora
from voc_lib.text.ngrams import Ngrams, ngrams

STRENGTH = 30.0
MOST = 20_000  # rows to learn from; more make it slow, not better
ALWAYS = 5.0  # log odds of a class every row, or none, belongs to


@dataclass(frozen=True)
class Classifier:
    """What was learned: the classes, the n-grams and their weights, a column of coefficients per class."""

    names: tuple[str, ...]
    ngrams: Ngrams
    weights: Any
    coefficients: np.ndarray
    intercepts: np.ndarray

    def scores(self, texts: pd.Series) -> np.ndarray:
        """Log odds of each class (columns) for each text (rows); classes do not exclude each other."""
        features = (self.weights.transform(self.ngrams.counts(part)) for part in corpora(texts))
        rows = [table @ self.coefficients for table in features]
        empty = np.zeros((0, len(self.names)))
        return np.concatenate([empty, *rows]) + self.intercepts

    def held_against(self, seen: Counted) -> np.ndarray:
        """`scores` of texts that are counted already."""
        return self.weights.transform(seen.of(self.ngrams).table) @ self.coefficients + self.intercepts

    def probabilities(self, texts: pd.Series) -> np.ndarray:
        """Probability of each class for each text."""
        return 1 / (1 + np.exp(-self.scores(texts)))


def fit(
    texts: pd.Series, targets: np.ndarray, names: Sequence[str], *, seed: int, strength: float = STRENGTH
) -> Classifier:
    """The classifier of `names` learned from `targets` (bool, a row per text, a column per name).

    `strength` is the inverse of the penalty; a smaller one suits many rows and few classes.
    """
    some = _sample(len(texts), seed)
    return learned(counted(texts.iloc[some]), targets[some], names, seed=seed, strength=strength)


@dataclass(frozen=True)
class Counted:
    """How often each of the n-grams (columns of `table`) stands in each text (rows)."""

    ngrams: Ngrams
    table: Any

    def rows(self, wanted: np.ndarray) -> Counted:
        """Those of some texts."""
        return Counted(self.ngrams, self.table[wanted])

    def frequent(self) -> Counted:
        """The n-grams of two texts at least, of few texts all they hold."""
        least = 2 if self.table.shape[0] > 100 else 1
        often = np.bincount(self.table.indices, minlength=self.table.shape[1])
        return self.of(Ngrams(self.ngrams.codes[often >= least]))

    def of(self, known: Ngrams) -> Counted:
        """These n-grams alone, all of them counted here."""
        return Counted(known, self.table[:, np.searchsorted(self.ngrams.codes, known.codes)])


def counted(texts: pd.Series) -> Counted:
    """The texts in numbers, for several classifiers to learn from parts of them."""
    from scipy.sparse import vstack

    grams = ngrams(texts)
    return Counted(grams, vstack([grams.counts(part) for part in corpora(texts)], format="csr"))


def learned(
    seen: Counted, targets: np.ndarray, names: Sequence[str], *, seed: int, strength: float = STRENGTH
) -> Classifier:
    """`fit` of texts that are counted already, all of them."""
    from sklearn.feature_extraction.text import TfidfTransformer

    used = seen.frequent()
    weights = TfidfTransformer(sublinear_tf=True)
    features = weights.fit_transform(used.table)
    lines = [_line(features, targets[:, column], seed, strength) for column in range(len(names))]
    coefficients = np.stack([line for line, _ in lines], axis=1).astype(np.float32)
    starts = np.array([start for _, start in lines])
    return Classifier(tuple(names), used.ngrams, weights, coefficients, starts)


def _line(features: Any, target: np.ndarray, seed: int, strength: float) -> tuple[np.ndarray, float]:
    """Coefficients and intercept of one class; constant where all rows say the same."""
    from sklearn.linear_model import LogisticRegression

    if target.all() or not target.any():
        return np.zeros(features.shape[1]), ALWAYS if target.all() else -ALWAYS
    model = LogisticRegression(
        C=strength,
        class_weight="balanced",
        solver="liblinear",
        dual=True,
        tol=0.01,
        max_iter=2000,
        random_state=seed,
    )
    model.fit(features, target)
    return model.coef_[0], float(model.intercept_[0])


def _sample(n: int, seed: int) -> np.ndarray:
    if n <= MOST:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MOST, replace=False))


def folds(n: int, k: int, seed: int) -> np.ndarray:
    """Number of the fold (0..k-1) of each of `n` rows, at random, sizes equal.

    >>> np.bincount(folds(7, 3, 1)).tolist()
    [3, 2, 2]
    """
    return np.random.default_rng(seed).permutation(np.arange(n) % k)
