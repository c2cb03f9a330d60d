"""Customer types from recency, frequency and money: 流失风险客户, 高价值客户, 新客, 老客, 未知."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from voc_lib.params import CustomerRules
from voc_lib.yamlfile import shipped


def customer_types(
    customer_ids: pd.Series,
    *,
    customers: pd.DataFrame,
    orders: pd.DataFrame,
    rules: CustomerRules,
    as_of: date,
) -> pd.Series:
    """The type of the customer behind each row at the end of `as_of`; 未知 where no table knows the customer.

    In this order: 流失风险客户 has not ordered for `churn_days`; 高价值客户 is among the `high_value_share`
    who spent most (by level where no amounts are known; fewer where several spent alike at the limit);
    新客 came within `new_days`; 老客 are the rest.
    """
    table = rfm(customers, orders, as_of=as_of)
    if table.empty:
        return pd.Series("未知", index=customer_ids.index, name="customer_type", dtype="str")
    types = customer_ids.map(types_of(table, rules))
    return types.fillna("未知").astype("str").rename("customer_type")


def rfm(customers: pd.DataFrame, orders: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Per customer known by `as_of`: `age_days, recency_days, frequency, monetary, level`.

    Index `customer_id`; `age_days` since the first order or the registration, whichever is earlier.
    """
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    bought = orders[orders["ordered_at"] < end].groupby("customer_id")
    sums = bought.agg(
        first=("ordered_at", "min"), last=("ordered_at", "max"), frequency=("order_id", "nunique")
    ).assign(monetary=bought["amount"].sum(min_count=1))
    known = customers[~(customers["registered_at"] >= end)].drop_duplicates("customer_id")
    known = known.set_index("customer_id")[["registered_at", "level"]]
    both = sums.join(known, how="outer")
    began = both[["first", "registered_at"]].min(axis=1)
    return pd.DataFrame(
        {
            "age_days": (end - began).dt.days,
            "recency_days": (end - both["last"]).dt.days,
            "frequency": both["frequency"].fillna(0).astype("int64"),
            "monetary": both["monetary"].astype("float64"),
            "level": both["level"].astype("str"),
        },
        index=both.index,
    ).sort_index()


def types_of(table: pd.DataFrame, rules: CustomerRules) -> pd.Series:
    """The type of each customer of an `rfm` table.

    >>> days = {"age_days": [5, 900, 900, 900], "recency_days": [5, 9, 400, 9]}
    >>> sums = {"frequency": [1, 9, 2, 2], "monetary": [10.0, 900.0, 50.0, 20.0], "level": [None] * 4}
    >>> table = pd.DataFrame({**days, **sums})
    >>> types_of(table, CustomerRules(high_value_share=0.25)).tolist()
    ['新客', '高价值客户', '流失风险客户', '老客']
    """
    types = pd.Series("老客", index=table.index, dtype="str")
    types = types.mask(table["age_days"].isna(), "未知")
    types = types.mask(table["age_days"] <= rules.new_days, "新客")
    types = types.mask(high_value(table, rules.high_value_share), "高价值客户")
    buys = (table["frequency"] > 0).any()
    silent = table["recency_days"].fillna(table["age_days"] if buys else -1) > rules.churn_days
    return types.mask(silent, "流失风险客户")


def high_value(table: pd.DataFrame, share: float) -> pd.Series:
    """The `share` of buyers who spent most, at most: of those who spent alike none is picked out; without
    amounts, those of a high level."""
    spent = table["monetary"]
    if spent.notna().any():
        bought = spent > 0
        place = spent.rank(ascending=False, method="max")  # of customers who spent alike, the last of them
        return bought & (place <= max(round(int(bought.sum()) * share), 1))
    return table["level"].str.strip().str.lower().isin(_high_levels())


@cache
def _high_levels() -> frozenset[str]:
    return frozenset(shipped("voc_lib.tag", "customers.yaml")["high_levels"])
