"""Which class of cause a system's users name for each problem: design, configuration, habit or training."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.intervals import wilson
from voc_lib.period import Period
from voc_lib.rootcause import evidence
from voc_lib.schema.words import CAUSE_CLASSES, NO_CAUSE_CLASS
from voc_lib.tag import cause_classes

SUBJECT = "crm"  # the classes are those of a system people work with
WORDS = 5


def tagged(issues: pd.DataFrame, period: Period, *, subject: str) -> pd.DataFrame:
    """schema.CAUSE_TAGS: the class of each problem of the period with its words; empty for customers."""
    if subject != SUBJECT:
        return schema.empty(schema.CAUSE_TAGS)
    rows = evidence.problems(issues, period).reset_index(drop=True)
    named = cause_classes.told(rows["text"])
    return schema.shape(pd.concat([rows, named], axis=1), schema.CAUSE_TAGS)


def table(tags: pd.DataFrame) -> pd.DataFrame:
    """schema.CAUSE_CLASS_STATS: per problem the classes named, the most frequent first; 未判明 counts in.

    `share` is that of the problem's issues, with its 95 % Wilson interval; schema.CAUSE_TAGS in.
    """
    if tags.empty:
        return schema.empty(schema.CAUSE_CLASS_STATS)
    groups = tags.groupby(["primary_tag", "cause_class"], sort=True)
    rows = groups.agg(
        n=("issue_id", "size"),
        departments=("region", "nunique"),
        words=("evidence", _frequent),
        example=("text", "first"),
    ).reset_index()
    base = rows.groupby("primary_tag")["n"].transform("sum")
    share = wilson(rows["n"], base)
    place = rows["cause_class"].map({name: n for n, name in enumerate((*CAUSE_CLASSES, NO_CAUSE_CLASS))})
    rows = rows.assign(
        problem=rows["primary_tag"], base=base, share=share.value, low=share.low, high=share.high, place=place
    )
    order = rows.assign(quiet=rows["cause_class"] == NO_CAUSE_CLASS)
    order = order.sort_values(
        ["base", "problem", "quiet", "n", "place"], ascending=[False, True, True, False, True]
    )
    return schema.shape(order.reset_index(drop=True), schema.CAUSE_CLASS_STATS)


def _frequent(words: pd.Series) -> str | None:
    """The words said most often, joined by 、."""
    counts = words.dropna().str.split("、").explode().value_counts()
    often = counts.sort_index().sort_values(ascending=False, kind="stable").index[:WORDS]
    return "、".join(often) or None
