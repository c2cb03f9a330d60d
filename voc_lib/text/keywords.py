"""The words that set one group of texts apart from the others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from voc_lib.text.names import INNER
from voc_lib.text.numbers import distinct
from voc_lib.text.segmentation import Segmenter, plain
from voc_lib.text.segmentation import stopwords as house_stopwords

PRIOR = 500.0  # size of the prior in words; Monroe, Colaresi & Quinn 2008, section 3.5
WORD = re.compile(r"[\u3400-\u9fff]{2,}|(?=.*[A-Za-z])[A-Za-z0-9+#.-]{2,}")
COLUMNS = ["group", "term", "n", "score"]
MASK = r"\[[^\[\]\s]{1,6}\]"  # [手机号] of a masked text, [裂开] of a chat: nobody's words
LOOSE = re.compile("[的了着过得地个不没很太会就都还也把被给让这那全刚像成]")  # of no word nobody listed
CHUNK = 50_000


@dataclass(frozen=True)
class Tokens:
    """Tokens of many texts, flat: `code` indexes `terms`, `row` is the text's position."""

    row: NDArray[np.int64]
    code: NDArray[np.int64]
    terms: tuple[str, ...]


def keywords(
    texts: pd.Series,
    groups: pd.Series,
    *,
    top: int = 8,
    stopwords: Iterable[str] | None = None,
    segmenter: Segmenter | None = None,
) -> pd.DataFrame:
    """Columns group, term, n (texts of the group with the term) and score, best first within a sorted group.

    Score: z of the log-odds ratio, group against all other groups, with an informative Dirichlet prior
    (Monroe, Colaresi & Quinn 2008). A term counts once per text. Only terms the group favours (score > 0)
    that two texts hold (one, in a group of one text); a single group is ranked by n.
    """
    known = texts.notna() & groups.notna()
    texts, groups = texts[known].str.replace(MASK, " ", regex=True), groups[known]
    group, names = pd.factorize(groups, sort=True)
    found = words(texts, stopwords=stopwords, segmenter=segmenter)
    if not len(found.row):
        return _shape(pd.DataFrame(columns=COLUMNS))
    pairs = distinct(found.row * len(found.terms) + found.code)
    cell = group[pairs // len(found.terms)] * len(found.terms) + pairs % len(found.terms)
    counts = np.bincount(cell, minlength=len(names) * len(found.terms)).reshape(len(names), -1)
    score = log_odds(counts) if len(names) > 1 else counts.astype("float64")
    enough = counts >= np.minimum(np.bincount(group), 2)[:, None]
    return _best(counts, np.where(enough, score, 0), [str(n) for n in names], found.terms, top)


def log_odds(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """z scores of groups × terms counts, each group against the sum of the others."""
    inside = counts.astype("float64")
    outside = inside.sum(axis=0) - inside
    prior = PRIOR * inside.sum(axis=0) / max(inside.sum(), 1)
    a, b = inside + prior, outside + prior
    rest_a = inside.sum(axis=1, keepdims=True) + PRIOR - a
    rest_b = outside.sum(axis=1, keepdims=True) + PRIOR - b
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (np.log(a / rest_a) - np.log(b / rest_b)) / np.sqrt(1 / a + 1 / b)
    return np.nan_to_num(z, nan=0.0, posinf=0.0, neginf=0.0)


def words(
    texts: pd.Series, *, stopwords: Iterable[str] | None = None, segmenter: Segmenter | None = None
) -> Tokens:
    """The words that can be keywords: two Han characters, a Latin word or one's own, not a stop word.

    What the segmenter guessed out of the words of grammar (全没, 日刚) is no word.
    """
    banned = house_stopwords() if stopwords is None else frozenset(stopwords)
    segmenter = plain() if segmenter is None else segmenter
    listed, own = segmenter.known, segmenter.own
    found = tokens(texts, segmenter=segmenter)
    said = [t not in banned and (listed(t) or t in own or not LOOSE.search(t)) for t in found.terms]
    useful = whole(found.terms, segmenter) & np.array(said, dtype=bool)
    keep = useful[found.code] if len(found.code) else np.zeros(0, dtype=bool)
    renumber = np.cumsum(useful) - 1
    terms = tuple(t for t, good in zip(found.terms, useful, strict=True) if good)
    return Tokens(found.row[keep], renumber[found.code[keep]].astype("int64"), terms)


def whole(terms: tuple[str, ...], segmenter: Segmenter | None) -> NDArray[np.bool_]:
    """Per term, whether it says something by itself: words of one's own dictionary whatever their letters."""
    own = frozenset() if segmenter is None else segmenter.own
    return np.array([bool(WORD.fullmatch(term)) or term in own for term in terms], dtype=bool)


def tokens(texts: pd.Series, *, segmenter: Segmenter | None = None) -> Tokens:
    """Every token of every text in order, Latin letters in lower case, terms sorted."""
    segmenter = plain() if segmenter is None else segmenter
    rows, parts = [], []
    for start in range(0, len(texts), CHUNK):
        joined = segmenter.joined(texts.iloc[start : start + CHUNK].fillna("").str.lower())
        split = pc.split_pattern(pa.array(joined, type=pa.large_string()), " ")
        rows.append(pc.list_parent_indices(split).to_numpy() + start)
        parts.append(pc.list_flatten(split))
    if not parts:
        return Tokens(np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64"), ())
    coded = pa.chunked_array(parts).combine_chunks().dictionary_encode()
    found = [term.replace(INNER, " ") for term in coded.dictionary.to_pylist()]
    rank = np.argsort(np.argsort(np.array(found, dtype=object), kind="stable"), kind="stable")
    code = rank[coded.indices.to_numpy()].astype("int64")
    return Tokens(np.concatenate(rows).astype("int64"), code, tuple(sorted(found)))


def _best(
    counts: NDArray, score: NDArray, names: list[str], terms: tuple[str, ...], top: int
) -> pd.DataFrame:
    rows = []
    for i, name in enumerate(names):
        best = np.lexsort((np.arange(len(terms)), -counts[i], -score[i]))[:top]
        rows += [(name, terms[j], counts[i, j], score[i, j]) for j in best if score[i, j] > 0]
    return _shape(pd.DataFrame(rows, columns=COLUMNS))


def _shape(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({"group": "str", "term": "str", "n": "int64", "score": "float64"})
