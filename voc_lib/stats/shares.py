"""How often each kind of problem was raised, by how many customers, and how that changed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import intervals, voices
from voc_lib.tag.problem import problems as are_problems
from voc_lib.text.keywords import distinct, keywords
from voc_lib.text.segmentation import Segmenter

OTHER = "其他"
KEYWORD_ROWS = 5_000  # texts per category that keywords are read from; more changes them hardly at all


def problems(issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The issues raised in the period, for the first time or again, that are problems and count.

    The base of every category statistic; `created_at` is when they were first raised within the period.
    """
    return voices.dated(complaints(issues), period)


def opened(issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The problems raised for the first time in the period: the base of how they were handled."""
    rows = complaints(issues)
    return rows[period.mask(rows["created_at"])]


def complaints(issues: pd.DataFrame) -> pd.DataFrame:
    """The rows that are problems, without copies the params leave out of statistics (`counted`)."""
    return counted(issues[are_problems(issues)])


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without copies the params leave out of statistics."""
    return rows[rows["counted"].fillna(True).astype(bool)] if "counted" in rows else rows


def table(
    issues: pd.DataFrame,
    period: Period,
    *,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
    top_words: int = 8,
) -> pd.DataFrame:
    """《客户反馈问题分类统计表》 schema.CATEGORY_STATS, most frequent first, 其他 last.

    Share with Wilson's interval; change against the previous period in percentage points with Newcombe's
    interval; p of the score test, adjusted over the categories (Benjamini–Hochberg). A category of the
    previous period that is gone stands with n = 0. Customers are the distinct known ones: a lower bound.
    """
    now, before = problems(issues, period), problems(issues, period.previous())
    if now.empty:
        return schema.empty(schema.CATEGORY_STATS)
    counts = now["primary_tag"].value_counts()
    counts_before = before["primary_tag"].value_counts()
    names = order(counts.reindex(counts.index.union(counts_before.index), fill_value=0))
    n = counts.reindex(names, fill_value=0).to_numpy("int64")
    m = counts_before.reindex(names, fill_value=0).to_numpy("int64")
    share = intervals.wilson(n, len(now))
    change = intervals.newcombe(n, len(now), m, len(before))
    p = intervals.score_test(n, len(now), m, len(before))
    words = _words(now, segmenter=segmenter, stopwords=stopwords, top=top_words)
    frame = pd.DataFrame(
        {
            "category": names,
            "n": n,
            "share": share.value,
            "keywords": words.reindex(names).to_numpy(),
            "customers": customers(now).reindex(names, fill_value=0).to_numpy(),
            "low": share.low,
            "high": share.high,
            "cumulative": np.cumsum(n) / len(now),
            "previous_n": m,
            "change": 100 * change.value,
            "change_low": 100 * change.low,
            "change_high": 100 * change.high,
            "p_adjusted": intervals.benjamini_hochberg(p),
        }
    )
    return schema.shape(frame, schema.CATEGORY_STATS)


def order(counts: pd.Series) -> list[str]:
    """Category names by falling count, then by name, 其他 last.

    >>> order(pd.Series({"其他": 9, "乙": 2, "甲": 2, "丙": 5}))
    ['丙', '乙', '甲', '其他']
    """
    return sorted(counts.index, key=lambda name: (name == OTHER, -counts[name], name))


def customers(rows: pd.DataFrame) -> pd.Series:
    """Distinct known customers per primary_tag, all those of a merged issue; who gave no id is nobody."""
    everyone = rows["customer_ids"].where(rows["customer_ids"].notna(), rows["customer_id"])
    known = rows.loc[everyone.notna(), ["primary_tag"]].assign(customer_id=everyone.str.split("、"))
    known = known.explode("customer_id").dropna()
    tag, names = pd.factorize(known["primary_tag"])
    person, people = pd.factorize(known["customer_id"])
    pairs = distinct(tag.astype("int64") * max(len(people), 1) + person)
    return pd.Series(np.bincount(pairs // max(len(people), 1), minlength=len(names)), index=names)


def _words(
    rows: pd.DataFrame, *, segmenter: Segmenter | None, stopwords: Iterable[str] | None, top: int
) -> pd.Series:
    """Contrast words per category joined by 、."""
    place = rows.groupby("primary_tag", sort=False).cumcount()
    size = rows["primary_tag"].map(rows["primary_tag"].value_counts())
    step = -(-size // KEYWORD_ROWS)
    some = rows[(place % step == 0).to_numpy(bool)]
    found = keywords(some["text"], some["primary_tag"], top=top, stopwords=stopwords, segmenter=segmenter)
    return found.groupby("group", sort=True)["term"].agg("、".join)
