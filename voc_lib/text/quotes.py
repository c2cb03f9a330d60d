"""Verbatims that stand for many: close to the middle of their category, readable, and unlike each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = ["category", "feedback_id", "created_at", "channel", "text"]
READ = ["primary_tag", *COLUMNS[1:], "vague"]
SAMPLE = 2_000  # rows per category that are compared; drawn with the seed where there are more
READABLE = (10, 120)  # characters of a text that reads well on paper
SAME = 0.8  # cosine from which a text says what a chosen quote says: only where no other is left
LIKENESS = 0.5  # how much being like a chosen quote counts against a text (maximal marginal relevance)


def representative(issues: pd.DataFrame, *, top: int = 3, seed: int = 0) -> pd.DataFrame:
    """Up to `top` quotes per primary_tag: columns category, feedback_id, created_at, channel, text.

    Chosen by cosine to the category's mean of TF-IDF character bigrams, less likeness to quotes already
    chosen (Carbonell & Goldstein 1998); no two say the same while there are others, whatever their numbers;
    vague, very short and very long texts come last. Categories sorted; same rows and seed, same quotes.
    """
    rows = issues[[name for name in READ if name in issues]].dropna(subset=["text", "primary_tag"])
    rows = rows.sort_values(["created_at", "feedback_id"]).drop_duplicates(["primary_tag", "text"])
    rng = np.random.default_rng(seed)
    parts = [_choose(_thin(part, rng), top) for _, part in rows.groupby("primary_tag", sort=True)]
    chosen = pd.concat(parts) if parts else rows.head(0)
    return chosen.rename(columns={"primary_tag": "category"})[COLUMNS].reset_index(drop=True)


def _thin(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    if len(rows) <= SAMPLE:
        return rows
    return rows.iloc[np.sort(rng.choice(len(rows), SAMPLE, replace=False))]


def _choose(rows: pd.DataFrame, top: int) -> pd.DataFrame:
    if len(rows) <= 1:
        return rows
    vectors = _vectors(rows["text"])
    worth = _centrality(vectors) * _readability(rows)
    chosen: list[int] = []
    likeness = np.zeros(len(rows))
    for _ in range(min(top, len(rows))):
        merit = np.round(worth - LIKENESS * likeness - (likeness >= SAME), 9)
        merit[chosen] = -np.inf
        chosen.append(int(np.argmax(merit)))
        likeness = np.maximum(likeness, (vectors @ vectors[chosen[-1]].T).toarray().ravel())
    return rows.iloc[chosen]


def _vectors(texts: pd.Series) -> csr_matrix:
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    return model.fit_transform(texts.str.slice(0, 500).str.replace(r"\d+", "0", regex=True).tolist())


def _centrality(vectors: csr_matrix) -> NDArray[np.float64]:
    middle = np.asarray(vectors.mean(axis=0)).ravel()
    return vectors @ (middle / max(np.linalg.norm(middle), 1e-12))


def _readability(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Factor 0..1: full for texts of readable length, less outside it and for vague ones."""
    size = rows["text"].str.len().to_numpy("float64")
    low, high = READABLE
    factor = np.minimum(np.minimum(size / low, 1), np.sqrt(high / np.maximum(size, high)))
    vague = rows["vague"].fillna(False).to_numpy(bool) if "vague" in rows else np.zeros(len(rows), dtype=bool)
    return np.where(vague, factor * 0.5, factor)
