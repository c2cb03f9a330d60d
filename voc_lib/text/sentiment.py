"""Sentiment of a text by a lexicon, clause by clause: words, degree, negation, and what follows a “but”."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.text.matching import Corpus, Hits, Lexicon, corpora, covered, distance_back, inside_longer
from voc_lib.text.turns import APART, apart, elsewhere, turns
from voc_lib.yamlfile import shipped

NPS = ((0, 6, 7, 8, 9, 10), (-1.0, -0.25, 0.0, 0.0, 0.75, 1.0))  # scores and what they say
SOFTENING = 2.0  # a sum of 2 reads as 0.5
DEGREE_REACH = 2
ROLES = ("guard", "neutral", "turn", "either", "or")
CLAUSES = ["row", "start", "end", "sentiment"]
SOLVING_REACH = 8  # characters between “解决了” and the fault it solved


def sentiment(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> pd.Series:
    """Polarity of each text, −1 (bad) to 1 (good); 0 where no word of the lexicon speaks.

    The sum s over all clauses, as s / (|s| + 2). Pass `parts` (chunks of the same texts) to share them.

    >>> sentiment(pd.Series(["质量很好", "没有问题", "不会卡顿了", "太差了"])).gt(0).tolist()
    [True, True, True, False]
    """
    sums = [_sums(part, *_values(part)) for part in (corpora(texts) if parts is None else parts)]
    return _whole(sums, texts)


def by_clause(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> pd.DataFrame:
    """Polarity of every clause of every text: `row` (position in `texts`), `start`, `end`, `sentiment`.

    >>> by_clause(pd.Series(["物流很快，就是客服态度差"]))["sentiment"].gt(0).tolist()
    [True, False]
    """
    return both(texts, parts=parts)[1]


def both(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> tuple[pd.Series, pd.DataFrame]:
    """`sentiment` and `by_clause` of the same texts, their words looked for once."""
    read = [(part, *_values(part)) for part in (corpora(texts) if parts is None else parts)]
    tables = [_clauses(*found) for found in read] or [pd.DataFrame(columns=CLAUSES)]
    return _whole([_sums(*found) for found in read], texts), pd.concat(tables, ignore_index=True)


def _whole(sums: list[np.ndarray], texts: pd.Series) -> pd.Series:
    total = np.concatenate(sums) if sums else np.zeros(0)
    return pd.Series(_bounded(total), index=texts.index, name="sentiment", dtype="float64")


def from_scores(feedback: pd.DataFrame) -> pd.Series:
    """What the customers' own scores say, −1 to 1: `csat` (1..5), else `nps` (0..10), else missing.

    A `csat` on a scale whose good end is a guess (`csat_scale`) says nothing.

    A detractor (`nps` up to 6) is below 0, a passive (7, 8) at 0, a promoter (9, 10) above.

    >>> scored = pd.DataFrame({"csat": [1.0, None, None, None], "nps": [10.0, 6.0, 8.0, None]})
    >>> from_scores(scored).tolist()
    [-1.0, -0.25, 0.0, nan]
    """
    nothing = pd.Series(np.nan, index=feedback.index)
    csat = feedback.get("csat", nothing).astype("float64").mask(_unsure(feedback))
    nps = feedback.get("nps", nothing).astype("float64")
    values = np.where(csat.notna(), (csat - 3) / 2, np.interp(nps, *NPS))
    return pd.Series(values, index=feedback.index, name="sentiment").clip(-1, 1)


def polarity(word: str) -> float:
    """How good (up to 2) or bad (down to −2) a word is by itself; 0 for what the lexicon does not have.

    >>> polarity("漂亮"), polarity("快递"), polarity("难看") < 0
    (1.0, 0.0, True)
    """
    lexicon, table = _lexicon()
    number = lexicon.number.get(word)
    return 0.0 if number is None else float(table["value"][number])


def _unsure(feedback: pd.DataFrame) -> pd.Series:
    """Which rows have a score of which nobody knows the good end."""
    scale = feedback.get("csat_scale", pd.Series(index=feedback.index, dtype="str"))
    return scale.isin(schema.UNSURE_SCALES)


def mismatches(tagged: pd.DataFrame, *, gap: float = 1.0) -> pd.DataFrame:
    """Rows whose score and words disagree (`feedback_id, csat, nps, score, words, text`), widest gap first.

    Rows without a word of the lexicon or without a score cannot disagree; `gap` is on the scale −1..1.
    """
    table = tagged.reindex(columns=["feedback_id", "csat", "nps", "text"])
    table = table.assign(score=from_scores(tagged), words=sentiment(tagged["text"]))
    apart = (table["score"] - table["words"]).abs()
    opposed = (apart >= gap) & (table["score"] * table["words"] < 0)
    order = apart[opposed].sort_values(ascending=False, kind="stable").index
    columns = ["feedback_id", "csat", "nps", "score", "words", "text"]
    return table.loc[order, columns].reset_index(drop=True)


@cache
def _raw() -> dict[str, Any]:
    return shipped("voc_lib.text", "sentiment.yaml")


@cache
def feelings() -> dict[str, float]:
    """What each word of the lexicon is worth by itself, below 0 what speaks ill."""
    return {word: float(value) for value, words in _raw()["words"].items() for word in words}


@cache
def degrees() -> dict[str, float]:
    """The words that say how much, and their factor."""
    return {word: float(factor) for factor, words in _raw()["degree"].items() for word in words}


@cache
def _lexicon() -> tuple[Lexicon, dict[str, np.ndarray]]:
    """One automaton of all words and, per word, its value, degree, reach of negation and roles."""
    raw = dict(_raw())
    reach = {w: float(v) for v, words in raw["negation"].items() for w in words}
    shared = turns()
    raw["guard"] = raw["guard"] + shared["doubled"]
    raw["neutral"] = raw["neutral"] + shared["relieved"]
    for role in ("resolved", "solving"):
        raw |= {role: shared[role]["words"], f"{role}_guard": shared[role]["guards"]}
    raw |= apart() | {"again": shared["again"]}
    raw["resolved"] = raw["resolved"] + raw["none"]
    relief = ("resolved", "resolved_guard", "solving", "solving_guard", "again")
    roles = {role: dict.fromkeys(raw[role], 1.0) for role in (*ROLES, *relief, *APART)}
    columns = {"value": feelings(), "degree": degrees(), "reach": reach, **roles}
    lexicon = Lexicon(word for column in columns.values() for word in column)
    table = {name: _column(column, lexicon) for name, column in columns.items()}
    return lexicon, table


def _column(numbers: dict[str, float], lexicon: Lexicon) -> np.ndarray:
    column = np.zeros(len(lexicon))
    column[lexicon.at(numbers)] = list(numbers.values())
    return column


def _bounded(total: np.ndarray) -> np.ndarray:
    return total / (np.abs(total) + SOFTENING)


def _sums(part: Corpus, words: Hits, value: np.ndarray) -> np.ndarray:
    """Per text the sum of its words' values."""
    return np.bincount(part.rows(words.start), weights=value, minlength=len(part))[: len(part)]


def _clauses(part: Corpus, words: Hits, value: np.ndarray) -> pd.DataFrame:
    n, row = len(part.clauses), part.clause_rows
    total = np.bincount(part.clause(words.start), weights=value, minlength=n)[:n]
    begin = part.starts[row]
    end = np.minimum(np.append(part.clauses[1:], part.starts[-1]), part.starts[row + 1] - 1)
    edges = {"start": part.clauses - begin, "end": end - begin}
    return pd.DataFrame({"row": row + part.first, **edges, "sentiment": _bounded(total)})


def _values(part: Corpus) -> tuple[Hits, np.ndarray]:
    """The words that speak, and what each is worth where it stands."""
    lexicon, table = _lexicon()
    hits = lexicon.hits(part)
    words = hits.where((table["value"] + table["neutral"])[hits.word] != 0)
    guards = hits.where((table["guard"] + np.abs(table["value"]))[hits.word] != 0)
    words = words.where(~inside_longer(words))
    words = words.where(table["neutral"][words.word] == 0)
    value = table["value"][words.word] * _degree(words, hits, part, table)
    value = np.where(_denied(words, hits, guards, part, table), _turned(value), value)
    value *= _after_turn(words, hits, part, table)
    value[(value < 0) & _relieved(words, hits, part, table)] = 0
    value[elsewhere(words.start, part, lambda role: hits.where(table[role][hits.word] > 0))] = 0
    return words, value


def _turned(value: np.ndarray) -> np.ndarray:
    """What is left of a value denied: “不好” is bad, “没有问题” good, a little less so than said outright."""
    return -0.8 * np.sign(value) * np.minimum(np.abs(value), 1.5)


def _degree(words: Hits, hits: Hits, part: Corpus, table: dict[str, np.ndarray]) -> np.ndarray:
    """Factor of the degree word right before each word, 1 where there is none."""
    degrees = hits.where(table["degree"][hits.word] != 0)
    factor = np.ones(len(words))
    for size in np.unique(table["degree"][degrees.word]):
        gap = distance_back(words.start, part, degrees.where(table["degree"][degrees.word] == size))
        factor[(gap >= 0) & (gap <= DEGREE_REACH)] = size
    return factor


def _denied(words: Hits, hits: Hits, guards: Hits, part: Corpus, table: dict[str, np.ndarray]) -> np.ndarray:
    """Which words stand within the reach of a negating word that is not itself part of another word."""
    reach = table["reach"][hits.word]
    denied = np.zeros(len(words), dtype=bool)
    for size in np.unique(reach[reach > 0]):
        negations = hits.where(reach == size)
        negations = negations.where(~covered(negations.start, negations.end, guards))
        negations = negations.where(~_named(negations, hits, part, table))
        gap = distance_back(words.start, part, negations)
        denied |= (gap >= 0) & (gap <= size)
    return denied


def _named(negations: Hits, hits: Hits, part: Corpus, table: dict[str, np.ndarray]) -> np.ndarray:
    """Which negations only name the first of two things: “不是太咸就是太淡”."""
    either, others = (hits.where(table[name][hits.word] > 0) for name in ("either", "or"))
    beside = np.isin(part.clause(negations.start), part.clause(others.start))
    return np.isin(negations.start, either.start) & beside


def _relieved(words: Hits, hits: Hits, part: Corpus, table: dict[str, np.ndarray]) -> np.ndarray:
    """Words of what is over: “修好了” after them in their clause, or “解决了” shortly before them."""

    def said(role: str) -> Hits:
        found, guards = (hits.where(table[name][hits.word] > 0) for name in (role, f"{role}_guard"))
        return found.where(~covered(found.start, found.end, guards))

    resolved = said("resolved")
    last = np.full(len(part.clauses) + 1, -1)
    np.maximum.at(last, part.clause(resolved.start), resolved.end)
    before = distance_back(words.start, part, said("solving"))
    again = distance_back(words.start, part, hits.where(table["again"][hits.word] > 0))
    solved = (before >= 0) & (before <= SOLVING_REACH) & ~((again >= 0) & (again < before))
    return solved | (last[part.clause(words.start)] >= words.end)


def _after_turn(words: Hits, hits: Hits, part: Corpus, table: dict[str, np.ndarray]) -> np.ndarray:
    """Words after the first “but” of a text count more, words before it less."""
    turns = hits.where(table["turn"][hits.word] > 0)
    if not len(turns):
        return np.ones(len(words))
    first = np.full(len(part), np.iinfo(np.int64).max)
    np.minimum.at(first, part.rows(turns.start), turns.start)
    turn = first[part.rows(words.start)]
    return np.where(turn == np.iinfo(np.int64).max, 1.0, np.where(words.start > turn, 1.3, 0.8))
