"""Who the customers are: value and state of each, what each group is worth in a year, and whom to call."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.params import CustomerRules
from voc_lib.period import Period
from voc_lib.schema.loyalty import STATES, VALUES
from voc_lib.stats import handling, means, raised
from voc_lib.stats.contrast import RATE
from voc_lib.tag import customers

YEAR = 365
HIGH, PLAIN = VALUES
NEW, ACTIVE, QUIET = STATES
SMALL = 30
NAMES = {HIGH: "高价值客户", PLAIN: "一般客户", NEW: "新客", ACTIVE: "活跃客户", QUIET: "流失风险客户"}
ADVICE = {
    (HIGH, QUIET): "专人致电挽回，先说明问题的处理结果",
    (HIGH, NEW): "首月专人跟进，确认问题已解决",
    (HIGH, ACTIVE): "专人处理并回访",
    (PLAIN, QUIET): "处理后回访，附复购优惠",
    (PLAIN, NEW): "处理后回访，说明使用与售后",
    (PLAIN, ACTIVE): "按时限处理",
}


def rfm(known: pd.DataFrame, orders: pd.DataFrame, period: Period, rules: CustomerRules) -> pd.DataFrame:
    """schema.RFM: every customer who ever ordered, at the end of the period, with both labels.

    `value`: 高价值 for the `high_value_share` of buyers who spent most, else 一般. `state`: 新客 within
    `new_days` of the first order, 流失风险 after `churn_days` without one, else 活跃. R, F, M are fifths.
    """
    table = customers.rfm(known, orders, as_of=period.end)
    return _labelled(table[table["frequency"] > 0], rules)


def _labelled(table: pd.DataFrame, rules: CustomerRules) -> pd.DataFrame:
    high = customers.high_value(table, rules.high_value_share)
    state = pd.Series(ACTIVE, index=table.index).mask(table["age_days"] <= rules.new_days, NEW)
    frame = table.assign(
        value=np.where(high, HIGH, PLAIN),
        state=state.mask(table["recency_days"] > rules.churn_days, QUIET),
        r=_fifths(-table["recency_days"]),
        f=_fifths(table["frequency"]),
        m=_fifths(table["monetary"]),
    )
    return schema.shape(frame.rename_axis("customer_id").reset_index(), schema.RFM)


def _fifths(values: pd.Series) -> pd.Series:
    """1 to 5 by rank; equal values get an equal score.

    >>> _fifths(pd.Series([10.0, 20, 30, 40, 50])).tolist(), _fifths(pd.Series([7.0, 7.0])).tolist()
    ([1.0, 2.0, 3.0, 4.0, 5.0], [3.0, 3.0])
    """
    place = (values.rank(method="average") - 0.5) / max(values.notna().sum(), 1)
    return (place * 5 // 1).clip(0, 4) + 1


def table(
    known: pd.DataFrame,
    orders: pd.DataFrame,
    issues: pd.DataFrame,
    period: Period,
    rules: CustomerRules,
    *,
    labelled: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """schema.SEGMENTS: customers, spending and speakers of each value and state; `labelled`: `rfm` of these.

    `next_year` is what customers who were in the same group a year ago spent in the twelve months since,
    with a bootstrap-t interval: no model, no discount, cost not counted; missing below 30 customers then.
    """
    now = rfm(known, orders, period, rules) if labelled is None else labelled
    speakers = raised.problems(issues, period)["customer_id"].dropna().unique()
    now = now.assign(speaks=now["customer_id"].isin(speakers))
    groups = now.groupby(["value", "state"], sort=False)
    frame = groups.agg(
        customers=("customer_id", "size"),
        amount=("monetary", "sum"),
        recency_days=("recency_days", "median"),
        frequency=("frequency", "mean"),
        monetary=("monetary", "mean"),
        speakers=("speaks", "sum"),
    ).reset_index()
    frame["share"] = intervals.ratio(frame["customers"], frame["customers"].sum())
    frame["amount_share"] = intervals.ratio(frame["amount"], frame["amount"].sum())
    frame = frame.merge(_next_year(known, orders, period, rules), on=["value", "state"], how="left")
    order = frame["value"].map(VALUES.index) * len(STATES) + frame["state"].map(STATES.index)
    return schema.shape(frame.iloc[order.argsort(kind="stable")].reset_index(drop=True), schema.SEGMENTS)


def _next_year(
    known: pd.DataFrame, orders: pd.DataFrame, period: Period, rules: CustomerRules
) -> pd.DataFrame:
    """Mean spending in the last twelve months of those in each group before them."""
    end = handling.end_of(period)
    start = end - pd.Timedelta(days=YEAR)
    then = customers.rfm(known, orders, as_of=(start - timedelta(days=1)).date())
    then = _labelled(then[then["frequency"] > 0], rules)
    since = orders[(orders["ordered_at"] >= start) & (orders["ordered_at"] < end)]
    then["spent"] = then["customer_id"].map(since.groupby("customer_id")["amount"].sum()).fillna(0)
    rows = [
        dict(zip(("next_year", "next_low", "next_high"), map(float, means.hours(part["spent"])), strict=True))
        | {"value": value, "state": state}
        for (value, state), part in then.groupby(["value", "state"], sort=False)
        if len(part) >= SMALL and orders["amount"].notna().any()
    ]
    return pd.DataFrame(rows, columns=["value", "state", "next_year", "next_low", "next_high"])


def needs(issues: pd.DataFrame, labelled: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.NEEDS: what each group of customers speaks of, held against all other known customers.

    A group is a value or a state (a customer belongs to both). Score test of two shares, adjusted over all
    rows (Benjamini–Hochberg); groups below 30 problems are not judged.
    """
    rows = raised.problems(issues, period)[["customer_id", "primary_tag"]].dropna()
    rows = rows.merge(labelled[["customer_id", "value", "state"]], on="customer_id")
    parts = [
        _spoken(rows, column, name) for column in ("value", "state") for name in sorted(rows[column].unique())
    ]
    if not parts:
        return schema.empty(schema.NEEDS)
    frame = pd.concat(parts, ignore_index=True)
    frame["p_adjusted"] = intervals.benjamini_hochberg(frame["p"].to_numpy("float64"))
    higher = frame["share"] > frame["rest"]
    sure = np.where(frame["p_adjusted"] >= RATE, "相当", np.where(higher, "更高", "更低"))
    return schema.shape(frame.assign(claim=np.where(frame["p"].isna(), "样本太少", sure)), schema.NEEDS)


def _spoken(rows: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    mine = rows[column] == name
    counts = (
        rows.groupby("primary_tag")
        .agg(n=("primary_tag", "size"))
        .assign(mine=rows[mine].groupby("primary_tag").size())
    )
    n, rest = counts["mine"].fillna(0), counts["n"] - counts["mine"].fillna(0)
    base, others = int(mine.sum()), int((~mine).sum())
    found = intervals.wilson(n, base)
    judged = min(base, others) >= SMALL
    return pd.DataFrame(
        {
            "segment": NAMES[name],
            "category": counts.index.astype("str"),
            "n": n.astype("int64").to_numpy(),
            "base": base,
            "share": found.value,
            "low": found.low,
            "high": found.high,
            "rest": intervals.ratio(rest, others),
            "p": intervals.score_test(n, base, rest, others) if judged else np.nan,
        }
    )


def care(issues: pd.DataFrame, labelled: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.CARE: customers with a problem in the period, the most to lose first, with what to do for each.

    Both labels stand: 高价值客户 who stopped ordering are 流失风险 too. High value first, then those at risk,
    then by what is not closed and by spending.
    """
    rows = raised.problems(issues, period)
    rows = handling.known_at(rows[rows["customer_id"].notna()], handling.end_of(period))
    rows = rows.assign(waits=~handling.closed(rows) & handling.tracked(rows))
    if rows.empty:
        return schema.empty(schema.CARE)
    told = (
        rows.sort_values("created_at", kind="stable")
        .groupby("customer_id", sort=True)
        .agg(
            problems=("primary_tag", lambda tags: "、".join(dict.fromkeys(tags))),
            n=("repeat_count", "sum"),
            open=("waits", "sum"),
            csat=("csat", "last"),
            feedback_ids=("feedback_ids", "、".join),
        )
    )
    frame = labelled.merge(told.reset_index(), on="customer_id")
    both = [(value, state) for value, state in zip(frame["value"], frame["state"], strict=True)]
    frame["labels"] = ["、".join(NAMES[label] for label in labels if label != PLAIN) for labels in both]
    frame["advice"] = [ADVICE[labels] for labels in both]
    frame = frame.assign(first=frame["value"] != HIGH, then=frame["state"] != QUIET)
    keys = ["first", "then", "open", "monetary", "customer_id"]
    frame = frame.sort_values(keys, ascending=[True, True, False, False, True], ignore_index=True)
    return schema.shape(frame.assign(rank=range(1, len(frame) + 1)), schema.CARE)
