"""Functions as they are used: visits, people, dwell, errors; those nobody uses are told by the list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.intervals import ratio, wilson
from voc_lib.period import Period
from voc_lib.usage.quantiles import by_group

IN_USE, RARE, NOT_NOW, NEVER = "在用", "少用", "本期未用", "从未使用"


def table(
    events: pd.DataFrame,
    seen: pd.DataFrame,
    listed: pd.DataFrame,
    people: pd.DataFrame,
    *,
    period: Period,
    rare_share: float,
) -> pd.DataFrame:
    """schema.USAGE_FUNCTIONS of the period, the functions of the list that nobody used among them.

    `seen`: visits; `last_used` is told from the whole log. Without a list only functions of the log can be
    told as not used in the period.
    """
    names = pd.Index(events["function"].cat.categories)
    now, shown = events[period.mask(events["at"]).to_numpy()], seen[period.mask(seen["at"]).to_numpy()]
    counted = _counted(now, shown, people, len(names)).set_axis(names)
    counted = counted.assign(last_used=events.groupby("function", observed=False)["at"].max())
    counted = counted[counted["last_used"].notna()]
    everything = counted.index.union(pd.Index(listed["function"].dropna()), sort=False)
    active = max(now["user_id"].nunique(), 1)
    rows = counted.reindex(everything).rename_axis("function").reset_index()
    filled = rows.assign(**rows[["visits", "users", "departments", "judged", "errors"]].fillna(0))
    rate = wilson(filled["errors"], filled["judged"])
    module = filled["function"].map(listed.drop_duplicates("function").set_index("function")["module"])
    told = filled.assign(
        module=module.astype("str"),
        user_share=ratio(filled["users"], active),
        error_rate=rate.value,
        low=rate.low,
        high=rate.high,
        listed=filled["function"].isin(listed["function"]),
    )
    shaped = told.assign(state=_states(told, rare_share))
    order = shaped.sort_values(["visits", "function"], ascending=[False, True], ignore_index=True)
    return schema.shape(order, schema.USAGE_FUNCTIONS)


def _counted(now: pd.DataFrame, shown: pd.DataFrame, people: pd.DataFrame, size: int) -> pd.DataFrame:
    """Per function, by code: visits, users, departments, dwell, judged, errors."""
    function = now["function"].cat.codes.to_numpy().astype("int64")
    users = now["user_id"].cat.categories
    pairs = np.unique(function * len(users) + now["user_id"].cat.codes.to_numpy())
    home = pd.Series(users).map(people.drop_duplicates("user_id").set_index("user_id")["department"])
    place, groups = pd.factorize(home)
    where = pairs // len(users) * (len(groups) + 1) + place[pairs % len(users)] + 1
    departments = np.unique(where[where % (len(groups) + 1) > 0])
    visited = shown["function"].cat.codes.to_numpy()
    median, p90 = by_group(shown["dwell"], visited, size, 0.5, 0.9)
    failed = now["failed"].to_numpy()
    told = ~np.isnan(failed)
    return pd.DataFrame(
        {
            "visits": np.bincount(visited, minlength=size),
            "users": np.bincount(pairs // len(users), minlength=size),
            "departments": np.bincount(departments // (len(groups) + 1), minlength=size),
            "dwell_median": median,
            "dwell_p90": p90,
            "judged": np.bincount(function[told], minlength=size),
            "errors": np.bincount(function[told], weights=failed[told], minlength=size),
        }
    )


def _states(rows: pd.DataFrame, rare_share: float) -> np.ndarray:
    return np.select(
        [rows["last_used"].isna(), rows["visits"] == 0, rows["user_share"] < rare_share],
        [NEVER, NOT_NOW, RARE],
        IN_USE,
    )
