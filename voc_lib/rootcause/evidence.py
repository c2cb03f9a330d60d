"""The figure behind a cause, and the feedback it was counted from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.errors import DataError, did_you_mean
from voc_lib.knowledge import Query
from voc_lib.period import Period
from voc_lib.stats import raised
from voc_lib.text import channels, matching
from voc_lib.text.matching import Corpus

SHOWN_IDS = 20


@dataclass(frozen=True)
class Finding:
    """`n` of `base` problems (share with its 95 % Wilson interval) and the feedback ids, oldest first."""

    n: int
    base: int
    share: float
    low: float
    high: float
    feedback_ids: tuple[str, ...]

    @property
    def shown_ids(self) -> str | None:
        """The first feedback ids, joined by 、; None where there is none."""
        return "、".join(self.feedback_ids[:SHOWN_IDS]) or None


def problems(issues: pd.DataFrame, period: Period | None = None) -> pd.DataFrame:
    """The issues that are problems (no praise) and count, those raised in the period when one is given."""
    return raised.complaints(issues) if period is None else raised.problems(issues, period)


def find(query: Query, issues: pd.DataFrame) -> Finding:
    """How many problems the query meets; the base is the problems of its category and place."""
    base, hits = _select(query, problems(issues))
    found = hits.sort_values(["created_at", "feedback_id"])
    share, low, high = proportion(len(found), len(base))
    return Finding(len(found), len(base), share, low, high, tuple(found["feedback_id"]))


def rows(query: Query, issues: pd.DataFrame) -> pd.DataFrame:
    """The problems a query meets, oldest first: columns of schema.ISSUES."""
    return _select(query, problems(issues))[1].sort_values(["created_at", "feedback_id"])


def sentence(query: Query, finding: Finding) -> str:
    """The finding as a reader says it: 12 条（占物流延迟 10.0%）提到 分拣、分拨；95% 区间 …"""
    whole = f"{'、'.join(query.where.values())}{query.category or '全部问题'}"
    words = f"提到 {'、'.join(query.contains)}" if query.contains else ""
    if not finding.base:
        return "；".join(filter(None, [f"数据中没有{whole}", query.note]))
    head = f"{finding.n} 条（占{whole} {finding.share:.1%}）{words}"
    interval = f"95% 区间 {finding.low:.1%}–{finding.high:.1%}" if query.contains else ""
    return "；".join(filter(None, [head, interval, query.note]))


def proportion(n: int, base: int) -> tuple[float, float, float]:
    """Share with its 95 % Wilson interval; NaN where there is no base.

    >>> [round(x, 4) for x in proportion(12, 120)]
    [0.1, 0.0581, 0.1667]
    """
    share, low, high = (float(value) for value in intervals.wilson(n, base))
    return share, low, high


def contains(texts: pd.Series, words: list[str]) -> pd.Series:
    """Which texts hold one of the words; width, case and 繁简 do not matter.

    >>> contains(pd.Series(["物流分揀慢", "客服好"], dtype="str"), ["分拣"]).tolist()
    [True, False]
    """
    return pd.Series(spoken(matching.corpora(texts), words, len(texts)), index=texts.index)


def spoken(parts: Iterable[Corpus], words: Sequence[str], size: int) -> np.ndarray:
    """Which of `size` texts, made ready to be searched, hold one of the words."""
    found, lexicon = np.zeros(size, dtype=bool), matching.Lexicon(words)
    for part in parts:
        found[part.first + part.rows(lexicon.hits(part).start)] = True
    return found


def _select(query: Query, issues: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    base = issues
    for column, value in query.where.items():
        if column not in base:
            raise DataError(f"数据中没有列 “{column}”。{did_you_mean(column, schema.ISSUES.names)}")
        base = base[channels.among(base, column, [value])]
    if query.category:
        base = base[base["primary_tag"].eq(query.category).fillna(False).astype(bool)]
    return base, base[contains(base["text"], query.contains)] if query.contains else base
