"""Whether customers come back: cohorts, repurchase, the risk that they are gone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.schema.loyalty import VALUES
from voc_lib.stats import handling

COHORTS, FOLLOWED = 12, 12  # months
AGAIN_DAYS = 90
BACK_DAYS = 180  # how long the back-test looks ahead, and who is silent for so long and comes back is new
BANDS = {
    "30 天以内": 30,
    "31–60 天": 60,
    "61–90 天": 90,
    "91–180 天": 180,
    "181–360 天": 360,
    "超过 360 天": np.inf,
}


def cohorts(orders: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.COHORTS: of the customers of each first month, the share who order in each month after it.

    The last 13 first months, whole months only, up to twelve months on; Wilson's interval. Who is first seen
    in the first BACK_DAYS days of the orders may have bought before, and is of no cohort.
    """
    known = _known(orders, period)
    months = _months(known)
    last = pd.Timestamp(handling.end_of(period)).to_period("M").ordinal - 1
    first = months.groupby("customer_id")["month"].min()
    rows = months.assign(first=months["customer_id"].map(first)).drop_duplicates(["customer_id", "month"])
    sizes = first.value_counts()
    active = rows.groupby(["first", "month"]).size()
    told = [
        (cohort, month - cohort, int(sizes[cohort]), int(active.get((cohort, month), 0)))
        for cohort in sorted(sizes.index)
        if cohort >= max(last - COHORTS, _from(known).ordinal)
        for month in range(cohort + 1, min(last, cohort + FOLLOWED) + 1)
    ]
    frame = pd.DataFrame(told, columns=["cohort", "month", "customers", "active"])
    frame["cohort"] = [f"{1970 + each // 12}-{each % 12 + 1:02d}" for each in frame["cohort"]]
    return schema.shape(_shared(frame, "active", "customers"), schema.COHORTS)


def _known(orders: pd.DataFrame, period: Period) -> pd.DataFrame:
    """When each order was made, and a number for its customer, which is grouped by in a third of the time."""
    rows = orders.loc[orders["ordered_at"] < handling.end_of(period), ["customer_id", "ordered_at"]]
    rows = rows.dropna(subset=["customer_id"])
    return rows.assign(customer_id=pd.factorize(rows["customer_id"])[0])


def _from(orders: pd.DataFrame, unit: str = "M") -> pd.Period:
    """The first month (or quarter) whose first orders are those of new customers."""
    since = orders["ordered_at"].min() + pd.Timedelta(days=BACK_DAYS - 1)
    return since.to_period(unit) + 1


def _months(orders: pd.DataFrame) -> pd.DataFrame:
    at = orders["ordered_at"].dt
    return pd.DataFrame({"customer_id": orders["customer_id"], "month": (at.year - 1970) * 12 + at.month - 1})


def _shared(frame: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    found = intervals.wilson(frame[part].to_numpy("float64"), frame[whole].to_numpy("float64"))
    return frame.assign(share=found.value, low=found.low, high=found.high)


def repurchase(orders: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.REPURCHASE: new customers of each of the last eight quarters who ordered again within 90 days.

    Only quarters whose customers have all had their 90 days, and that begin BACK_DAYS days or more after the
    first of all orders (before, they may be customers of old); orders of one day are one purchase.
    """
    rows = _known(orders, period).assign(day=lambda part: part["ordered_at"].dt.normalize())
    days = rows.drop_duplicates(["customer_id", "day"]).sort_values(["customer_id", "day"], kind="stable")
    nth = days.groupby("customer_id").cumcount()
    first = days[nth == 0].set_index("customer_id")["day"]
    second = days[nth == 1].set_index("customer_id")["day"].reindex(first.index)
    ends = first.dt.to_period("Q").dt.end_time
    over = ends + pd.Timedelta(days=AGAIN_DAYS) < handling.end_of(period)
    again = (second - first).dt.days <= AGAIN_DAYS
    quarters = first.dt.to_period("Q")
    if len(rows):
        over &= quarters >= _from(rows, "Q")
    quarter = quarters[over]
    frame = again[over].groupby(quarter).agg(["size", "sum"]).tail(8).reset_index()
    frame.columns = pd.Index(["cohort", "customers", "again"])
    names = [f"{each.year}-Q{each.quarter}" for each in frame["cohort"]]
    return schema.shape(_shared(frame.assign(cohort=names), "again", "customers"), schema.REPURCHASE)


def churn(orders: pd.DataFrame, labelled: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.CHURN: who had been silent how long half a year ago and never ordered since, and who is so now.

    The back-test stands 180 days before the end of the period; `expected` is its share of those of now.
    """
    end = handling.end_of(period)
    start = end - pd.Timedelta(days=BACK_DAYS)
    rows = _known(orders, period)
    before = rows[rows["ordered_at"] < start].groupby("customer_id")["ordered_at"].max()
    since = rows.loc[rows["ordered_at"] >= start, "customer_id"].unique()
    then = pd.DataFrame({"band": _band((start - before).dt.days), "lost": ~before.index.isin(since)})
    frame = then.groupby("band", observed=False)["lost"].agg(["size", "sum"])
    frame.columns = pd.Index(["was", "lost"])
    now = pd.DataFrame({"band": _band(labelled["recency_days"]), "high": labelled["value"] == VALUES[0]})
    counts = now.groupby("band", observed=False)["high"].agg(["size", "sum"])
    frame = frame.assign(customers=counts["size"], high_value=counts["sum"]).reset_index()
    frame = _shared(frame.assign(band=frame["band"].astype("str")), "lost", "was")
    return schema.shape(frame.assign(expected=frame["share"] * frame["customers"]), schema.CHURN)


def _band(days: pd.Series) -> pd.Series:
    return pd.cut(days.astype("float64"), [-np.inf, *BANDS.values()], labels=list(BANDS))
