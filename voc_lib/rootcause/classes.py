"""Which class of cause a system's users name for each problem: design, configuration, habit or training."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.intervals import benjamini_hochberg, wilson
from voc_lib.period import Period
from voc_lib.rootcause import evidence
from voc_lib.schema.words import CAUSE_CLASSES, NO_CAUSE_CLASS
from voc_lib.stats.rates import ALIKE, HIGHER, LOWER
from voc_lib.tag import cause_classes

ALL = "全部"
DIMENSIONS = ("primary_tag", "region", "product")
SURE = 0.05
SUBJECT = "crm"  # the classes are those of a system people work with
WORDS = 5


def tagged(issues: pd.DataFrame, period: Period, *, subject: str) -> pd.DataFrame:
    """schema.CAUSE_TAGS: the class of each problem of the period with its words; empty for customers.

    Without words it is that of the problem's dimension, if that says one.
    """
    if subject != SUBJECT:
        return schema.empty(schema.CAUSE_TAGS)
    rows = evidence.problems(issues, period).reset_index(drop=True)
    named = cause_classes.told(rows["text"])
    classes = cause_classes.inferred(named["cause_class"], rows["primary_tag"], rows["text"])
    named = named.assign(cause_class=classes)
    return schema.shape(pd.concat([rows, named], axis=1), schema.CAUSE_TAGS)


def table(tags: pd.DataFrame) -> pd.DataFrame:
    """schema.CAUSE_CLASS_STATS: per problem the classes named, the most frequent first; 未判明 counts in.

    `share` is that of the problem's issues, with its 95 % Wilson interval; schema.CAUSE_TAGS in.
    """
    if tags.empty:
        return schema.empty(schema.CAUSE_CLASS_STATS)
    guessed = tags["evidence"].isna() & (tags["cause_class"] != NO_CAUSE_CLASS)
    groups = tags.assign(inferred=guessed).groupby(["primary_tag", "cause_class"], sort=True)
    rows = groups.agg(
        n=("issue_id", "size"),
        inferred=("inferred", "sum"),
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


def shares(tags: pd.DataFrame) -> pd.DataFrame:
    """schema.CAUSE_SHARES: each class among all problems and in each group of problem, department and role.

    By words alone: what is inferred from a problem counts as 未判明. `share` is of the group's issues, 未判明
    among them. `claim`: Fisher's exact test against all other issues
    of the dimension, p adjusted over all rows (Benjamini–Hochberg); schema.CAUSE_TAGS in.
    """
    if tags.empty:
        return schema.empty(schema.CAUSE_SHARES)
    silent = tags["evidence"].isna()
    named = tags.assign(cause_class=tags["cause_class"].astype("str").mask(silent, NO_CAUSE_CLASS))
    named = named[["cause_class", "evidence", "text"]]
    parts = [_within(named, pd.Series(ALL, index=tags.index), ALL)]
    parts += [_within(named, tags[name], schema.ISSUES.labels[name]) for name in DIMENSIONS]
    rows = pd.concat(parts, ignore_index=True)
    share = wilson(rows["n"], rows["base"])
    p = benjamini_hochberg(_exact(rows))
    higher = rows["n"] * (rows["whole"] - rows["base"]) > (rows["named"] - rows["n"]) * rows["base"]
    claim = pd.Series(np.where(higher, HIGHER, LOWER)).where(p < SURE, ALIKE).mask(np.isnan(p))
    told = rows.assign(share=share.value, low=share.low, high=share.high, p_adjusted=p, claim=claim)
    return schema.shape(told, schema.CAUSE_SHARES)


def leading(table: pd.DataFrame) -> pd.DataFrame:
    """Of each group the class named most, and every other that is surely named more there than elsewhere."""
    groups = table[(table["dimension"] != ALL) & (table["cause_class"] != NO_CAUSE_CLASS) & (table["n"] > 0)]
    most = (
        groups.groupby(["dimension", "group"], observed=True)["n"].rank(method="first", ascending=False) == 1
    )
    return groups[most | groups["claim"].eq(HIGHER).fillna(False)]


def _within(named: pd.DataFrame, group: pd.Series, dimension: str) -> pd.DataFrame:
    """Every class of every group, the largest group first; `whole` and `named` are of the whole dimension."""
    held = group.notna()
    by = named[held].groupby([group[held].astype("str"), named.loc[held, "cause_class"].astype("str")])
    rows = by.agg(n=("text", "size"), words=("evidence", _frequent), example=("text", "first"))
    names = group[held].astype("str").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    every = pd.MultiIndex.from_product([names.index, (*CAUSE_CLASSES, NO_CAUSE_CLASS)])
    rows = rows.reindex(every).rename_axis(["group", "cause_class"]).reset_index().fillna({"n": 0})
    base, of_class = rows["group"].map(names), rows.groupby("cause_class")["n"].transform("sum")
    return rows.assign(dimension=dimension, base=base, whole=int(held.sum()), named=of_class)


def _exact(rows: pd.DataFrame) -> np.ndarray:
    """Fisher's two-sided p of each class in its group against the rest; NaN where there is no rest."""
    from scipy.stats import fisher_exact

    rest = rows["whole"] - rows["base"]
    asked = (rest > 0) & (rows["cause_class"] != NO_CAUSE_CLASS)
    found = np.full(len(rows), np.nan)
    for at in np.flatnonzero(asked):
        n, base, named = (int(rows[name].iloc[at]) for name in ("n", "base", "named"))
        found[at] = fisher_exact([[n, base - n], [named - n, int(rest.iloc[at]) - named + n]]).pvalue
    return found


def _frequent(words: pd.Series) -> str | None:
    """The words said most often, joined by 、."""
    counts = words.dropna().str.split("、").explode().value_counts()
    often = counts.sort_index().sort_values(ascending=False, kind="stable").index[:WORDS]
    return "、".join(often) or None
