"""What the words of a question come to while it is typed: count, share, the other problems, three quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from voc_lib import intervals
from voc_lib.intervals import Interval
from voc_lib.knowledge import Query
from voc_lib.period import Period
from voc_lib.rootcause import evidence
from voc_lib.rootcause.evidence import Finding
from voc_lib.stats import raised
from voc_lib.text import channels, matching
from voc_lib.text.matching import Corpus

FILTERS = ("channel", "region", "product", "customer_type")
QUOTES = 3
READABLE = (8, 90)  # characters of a quote that reads well on a screen


@dataclass(frozen=True)
class Ground:
    """The problems of a period (`rows`, newest last) with their texts made ready to be searched again."""

    rows: pd.DataFrame
    parts: tuple[Corpus, ...]

    def holding(self, words: Sequence[str]) -> np.ndarray:
        """Which rows hold one of the words; all of them where there is none."""
        if not words:
            return np.ones(len(self.rows), dtype=bool)
        return evidence.spoken(self.parts, words, len(self.rows))

    def values(self, problem: str) -> dict[str, list[str]]:
        """Filter -> what the problems of a category have there, the most frequent first."""
        mine = self.rows[self.rows["primary_tag"].eq(problem).fillna(False).astype(bool)]
        counts = {name: mine[name].dropna().astype("str").value_counts() for name in FILTERS}
        return {name: sorted(found.index, key=lambda v: (-found[v], v)) for name, found in counts.items()}


@dataclass(frozen=True)
class Preview:
    """A query among the problems of its category, the same among the others, and what lies between."""

    found: Finding
    others: Finding
    gap: Interval
    quotes: tuple[str, ...]

    @property
    def apart(self) -> bool:
        """Whether the interval of the difference of the two shares leaves zero out."""
        return bool(self.gap.low > 0 or self.gap.high < 0)


def ground(issues: pd.DataFrame, period: Period) -> Ground:
    """The problems of a period, ready to be searched."""
    rows = raised.problems(issues, period).sort_values(["created_at", "feedback_id"], kind="stable")
    needed = ["feedback_id", "created_at", "text", "primary_tag", *FILTERS]
    rows = rows[needed].reset_index(drop=True)
    return Ground(rows, tuple(matching.corpora(rows["text"])))


def look(query: Query, on: Ground) -> Preview:
    """What a query with a category comes to."""
    place = _placed(query, on.rows)
    mine = on.rows["primary_tag"].eq(query.category or "").fillna(False).to_numpy(dtype=bool)
    hits = on.holding(query.contains)
    found, others = (_finding(on.rows, base, hits) for base in (place & mine, place & ~mine))
    gap = intervals.newcombe(found.n, found.base, others.n, others.base)
    return Preview(found, others, gap, tuple(quotes(on.rows["text"][place & mine & hits])))


def quotes(texts: pd.Series, top: int = QUOTES) -> list[str]:
    """Up to `top` different texts, those of readable length first, then the newest (last).

    >>> quotes(pd.Series(["慢", "快递三天了还没有动静", "快递三天了还没有动静"], dtype="str"))
    ['快递三天了还没有动静', '慢']
    """
    plain = texts.dropna().drop_duplicates(keep="last").iloc[::-1]
    size = plain.str.len().to_numpy()
    order = np.argsort((size < READABLE[0]) | (size > READABLE[1]), kind="stable")
    return plain.iloc[order[:top]].tolist()


def _placed(query: Query, rows: pd.DataFrame) -> np.ndarray:
    kept = np.ones(len(rows), dtype=bool)
    for column, value in query.where.items():
        kept &= channels.among(rows, column, [value])
    return kept


def _finding(rows: pd.DataFrame, base: np.ndarray, hits: np.ndarray) -> Finding:
    n, whole = int((base & hits).sum()), int(base.sum())
    ids = rows["feedback_id"][base & hits].head(evidence.SHOWN_IDS)
    return Finding(n, whole, *evidence.proportion(n, whole), tuple(ids))
