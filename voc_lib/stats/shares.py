"""How often each kind of problem was raised, by how many customers, and how that changed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.stats import changes, clusters
from voc_lib.stats.raised import order, problems
from voc_lib.text.keywords import keywords
from voc_lib.text.numbers import distinct
from voc_lib.text.segmentation import Segmenter

KEYWORD_ROWS = 5_000  # texts per category that keywords are read from; more changes them hardly at all


def table(
    issues: pd.DataFrame,
    period: Period,
    *,
    moved: pd.DataFrame | None = None,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
    top_words: int = 8,
) -> pd.DataFrame:
    """《客户反馈问题分类统计表》 schema.CATEGORY_STATS, most frequent first, 其他 last.

    Share with Wilson's interval at what its rows are worth (customers who speak often: `clusters`). The
    change is the row of `moved` (`changes.table` of the whole report), else of the categories alone. A
    category of the previous period that is gone stands with n = 0. Customers are the distinct known ones: a
    lower bound.
    """
    now, before = problems(issues, period), problems(issues, period.previous())
    if now.empty:
        return schema.empty(schema.CATEGORY_STATS)
    counts, counts_before = (rows["primary_tag"].value_counts() for rows in (now, before))
    names = order(counts.reindex(counts.index.union(counts_before.index), fill_value=0))
    n = counts.reindex(names, fill_value=0).to_numpy("int64")
    share = _shares(now, names)
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
            "previous_n": counts_before.reindex(names, fill_value=0).to_numpy("int64"),
        }
    )
    moved = changes.table(changes.Evidence(issues), period)[0] if moved is None else moved
    return schema.shape(frame.merge(_moved(moved), on="category", how="left"), schema.CATEGORY_STATS)


def _shares(rows: pd.DataFrame, names: list[str]) -> intervals.Interval:
    part = pd.Index(names).get_indexer(pd.Index(rows["primary_tag"])).astype("int64")
    one = np.zeros(len(rows), dtype="int64")
    n, worth = clusters.effective(one, part, clusters.people(rows), (1, len(names)))
    share = n[0] / len(rows)
    found = intervals.wilson(share * worth[0], worth[0])
    return intervals.Interval(share, found.low, found.high)


def _moved(moved: pd.DataFrame) -> pd.DataFrame:
    names = {"indicator": "category", "low": "change_low", "high": "change_high"}
    rows = moved[moved["kind"] == changes.CATEGORY].rename(columns=names)
    return rows[["category", "change", "change_low", "change_high", "p_adjusted", "caution"]]


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
