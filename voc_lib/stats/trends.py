"""Month by month: how often each kind of problem was raised, its share and its rate per 1,000 orders."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.stats import voices
from voc_lib.stats.exposure import PARTS, PER, together
from voc_lib.stats.raised import complaints, order


def monthly(
    issues: pd.DataFrame, *, until: Period, months: int = 24, exposure: pd.DataFrame | None = None
) -> pd.DataFrame:
    """schema.TREND: every month × every category of the last `months` months up to the end of `until`.

    An issue counts once in every month in which it was raised.

    A month without problems has n = 0 and no share. The rate (per 1,000 orders) is missing where orders are,
    in months before the first feedback, and in a last month the period cuts off. It counts the problems of
    the parts the orders are of alone (`exposure.together`), which may be fewer than n.
    """
    names = _months(until, months)
    window = Period(f"{names[0]}-01..{until.end}", pd.Period(names[0]).start_time.date(), until.end)
    needed = ["created_at", "again_at", "intent", "problem", "primary_tag", "counted", *PARTS]
    rows = complaints(issues.reindex(columns=needed).reset_index(drop=True))
    rows = rows[voices.spoke(rows, window)]
    if rows.empty:
        return schema.empty(schema.TREND)
    month = voices.by_month(rows)
    month = month[month.isin(names)]
    tags = rows["primary_tag"].loc[month.index]
    categories = order(tags.value_counts())
    counts = pd.crosstab(month.to_numpy(), tags.to_numpy())
    counts = counts.reindex(index=names, columns=categories, fill_value=0)
    frame = pd.DataFrame(
        {
            "month": np.repeat(np.array(names, dtype=object), len(categories)),
            "category": np.tile(np.array(categories, dtype=object), len(names)),
            "n": counts.to_numpy().ravel(),
            "total": np.repeat(counts.sum(axis=1).to_numpy(), len(categories)),
        }
    )
    frame["share"], frame["low"], frame["high"] = intervals.wilson(frame["n"], frame["total"])
    lines = rows.loc[month.index, list(PARTS)].assign(month=month.to_numpy()).reset_index(drop=True)
    base, kept = together(lines, exposure, last=until.months)
    of_them = pd.crosstab(lines["month"][kept], tags.reset_index(drop=True)[kept])
    of_them = of_them.reindex(index=names, columns=categories, fill_value=0)
    frame["exposure"] = frame["month"].map(base)
    known = (frame["month"] >= month.min()) & (_whole_month(until) | (frame["month"] < names[-1]))
    frame["rate"] = PER * intervals.ratio(of_them.to_numpy().ravel(), frame["exposure"].where(known))
    return schema.shape(frame, schema.TREND)


def _months(until: Period, months: int) -> list[str]:
    return [
        str(m) for m in pd.period_range(end=pd.Period(until.months[-1], freq="M"), periods=months, freq="M")
    ]


def _whole_month(until: Period) -> bool:
    return pd.Timestamp(until.end).is_month_end
