"""Who uses the system: active employees of those employed, by department and role, month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.intervals import wilson

ALL = "全体"
DIMENSIONS = {"department": "部门", "role": "岗位"}
UNKNOWN = "未填写"


def table(events: pd.DataFrame, people: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """schema.USAGE_ADOPTION: employees employed in the month, those of them with an event, their days.

    Accounts that are not on the list count nowhere here. A group nobody of which was active stands with 0.
    """
    if people.empty or not months:
        return schema.empty(schema.USAGE_ADOPTION)
    days = active_days(events)
    first = days.groupby("user_id")["month"].min()
    parts = [_month(month, days[days["month"] == month], people, first) for month in months]
    return schema.shape(pd.concat(parts, ignore_index=True), schema.USAGE_ADOPTION)


def active_days(events: pd.DataFrame) -> pd.DataFrame:
    """Days with an event per user and month: user_id, month, days."""
    user = events["user_id"].cat.codes.to_numpy().astype("int64")
    day = events["at"].to_numpy().astype("datetime64[D]").astype("int64")
    fresh = np.r_[True, (np.diff(user) != 0) | (np.diff(day) != 0)] if len(day) else np.zeros(0, bool)
    month = day[fresh].astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    keys, n = np.unique(user[fresh] * 100_000 + month, return_counts=True)
    ids = events["user_id"].cat.categories.astype("str")[keys // 100_000]
    months = np.datetime_as_string((keys % 100_000).astype("datetime64[M]"))
    return pd.DataFrame({"user_id": ids, "month": pd.Series(months, dtype="str"), "days": n})


def employed(people: pd.DataFrame, start: pd.Timestamp, after: pd.Timestamp) -> pd.DataFrame:
    """The people employed on some day from `start` to before `after`."""
    left = people["left_at"].notna() & (people["left_at"] < start)
    return people[~left & ~(people["joined_at"].notna() & (people["joined_at"] >= after))]


def _month(month: str, days: pd.DataFrame, people: pd.DataFrame, first: pd.Series) -> pd.DataFrame:
    start = pd.Timestamp(f"{month}-01")
    there = employed(people, start, start + pd.offsets.MonthBegin(1))
    spent = there["user_id"].map(days.set_index("user_id")["days"])
    begun = there["user_id"].map(first)
    rows = there.assign(active=spent.notna(), days=spent, ever=begun.notna() & (begun <= month), everyone=ALL)
    groups = [("everyone", ALL), *DIMENSIONS.items()]
    return pd.concat(
        [_group(rows, column, said) for column, said in groups if rows[column].notna().any()]
    ).assign(month=month)


def _group(rows: pd.DataFrame, column: str, said: str) -> pd.DataFrame:
    groups = rows.assign(group=rows[column].fillna(UNKNOWN)).groupby("group", sort=True)
    counted = groups.agg(
        employees=("active", "size"), active=("active", "sum"), days=("days", "mean"), ever=("ever", "sum")
    )
    rate = wilson(counted["active"], counted["employees"])
    counted = counted.assign(share=rate.value, low=rate.low, high=rate.high, dimension=said)
    return counted.reset_index()
