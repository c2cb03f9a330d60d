"""Who raises what: the mix of problems inside each channel, customer type, region or product."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.stats.raised import order, problems

DIMENSIONS = ("channel", "customer_type", "region", "product")
GROUPS = 20  # groups per dimension that stand alone; the smaller ones are counted together
MISSING, REST = "（未填写）", "（其余分组）"


def table(
    issues: pd.DataFrame, period: Period, *, dimensions: Sequence[str] = DIMENSIONS, small: int = 30
) -> pd.DataFrame:
    """schema.CROSSTAB: every group × every category of the period, groups by falling size.

    share = n / base inside the group, Wilson's interval; lift = share / share over all problems; small: base
    below `small`. A dimension nobody filled in is left out; rows without a value form the group （未填写）.
    """
    rows = problems(issues, period)
    categories = order(rows["primary_tag"].value_counts())
    parts = [_one(rows, d, categories) for d in dimensions if d in rows and rows[d].notna().any()]
    if not parts:
        return schema.empty(schema.CROSSTAB)
    frame = pd.concat(parts, ignore_index=True)
    frame["share"], frame["low"], frame["high"] = intervals.wilson(frame["n"], frame["base"])
    overall = rows["primary_tag"].value_counts() / len(rows)
    frame["lift"] = intervals.ratio(frame["share"], frame["category"].map(overall))
    frame["small"] = frame["base"] < small
    return schema.shape(frame, schema.CROSSTAB)


def _one(rows: pd.DataFrame, dimension: str, categories: list[str]) -> pd.DataFrame:
    group = rows[dimension].fillna(MISSING)
    sizes = group.value_counts()
    names = sorted(sizes.index, key=lambda g: (g == MISSING, -sizes[g], g))
    if len(names) > GROUPS:
        kept = [g for g in names if g != MISSING][: GROUPS - 1]
        group = group.where(group.isin([*kept, MISSING]), REST)
        names = [*kept, REST, *([MISSING] if MISSING in sizes.index else [])]
    counts = pd.crosstab(group, rows["primary_tag"]).reindex(index=names, columns=categories, fill_value=0)
    return pd.DataFrame(
        {
            "category": np.tile(np.array(categories, dtype=object), len(names)),
            "dimension": schema.ISSUES.labels.get(dimension, dimension),
            "group": np.repeat(np.array(names, dtype=object), len(categories)),
            "n": counts.to_numpy().ravel(),
            "base": np.repeat(counts.sum(axis=1).to_numpy(), len(categories)),
        }
    )
