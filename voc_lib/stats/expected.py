"""What orders are worth: one of a region (or product) that always brings more problems lets expect more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from voc_lib.stats import voices
from voc_lib.stats.exposure import orders
from voc_lib.stats.raised import complaints

ALL = "全部"
DRAWN = 10.0  # problems by which a category's own differences are drawn towards those of all problems


def worth(
    issues: pd.DataFrame, exposure: pd.DataFrame | None, months: Sequence[str], last: Sequence[str], part: str
) -> pd.DataFrame | None:
    """Per month and category (and ALL) the problems its orders let expect, over what as many average ones do.

    Every value of `part` keeps the level it had in the months but the `last`. None without orders of two
    values in every month.

    >>> cells = [("2026-08", "甲", 50), ("2026-08", "乙", 50), ("2026-09", "甲", 90), ("2026-09", "乙", 10)]
    >>> base = pd.DataFrame(cells, columns=["month", "region", "orders"])
    >>> rows = pd.DataFrame({"created_at": pd.Timestamp("2026-08-09"), "region": ["甲"] * 3 + ["乙"]})
    >>> rows = rows.assign(again_at=None, intent="抱怨", problem=True, primary_tag="物流延迟")
    >>> worth(rows, base, ["2026-08", "2026-09"], ["2026-09"], "region")["全部"].round(2).tolist()
    [1.0, 1.4]
    """
    if exposure is None or part not in exposure or part not in issues:
        return None
    names = sorted(exposure[part].dropna().astype("str").unique())
    base = pd.DataFrame({name: orders(exposure, {part: name}) for name in names}).reindex(list(months))
    before = base.drop(index=list(last))
    if base.shape[1] < 2 or base.isna().any(axis=None) or not (before.sum() > 0).all():
        return None
    seen = _seen(issues, before.index, part).reindex(columns=names, fill_value=0)
    if seen.empty:
        return None
    level = seen.sum(axis=1).to_numpy("float64")[:, None] / before.to_numpy().sum()
    own = _times(seen.to_numpy("float64"), level * before.sum().to_numpy())
    share = base.to_numpy() / base.to_numpy().sum(axis=1, keepdims=True)
    return pd.DataFrame(share @ own.T, index=base.index, columns=seen.index)


def _times(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """How many times the common level each part has, category by category; the first line is ALL."""
    whole = seen[:1] / expected[:1]
    return np.concatenate([whole, (seen[1:] + DRAWN * whole) / (expected[1:] + DRAWN)])


def _seen(issues: pd.DataFrame, months: pd.Index, part: str) -> pd.DataFrame:
    """Problems by category, ALL first, and value of the part."""
    rows = complaints(issues).reset_index(drop=True)
    month = voices.by_month(rows)
    rows = rows.loc[month.index, ["primary_tag", part]].astype("str")[month.isin(months).to_numpy()]
    counts = pd.crosstab(rows["primary_tag"], rows[part])
    return pd.concat([counts.sum().to_frame(ALL).T, counts]) if len(counts) else counts
