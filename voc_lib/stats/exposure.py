"""Denominators: orders and KPI totals per month, read without counting a total and its parts twice."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from voc_lib.period import Period

PER = 1_000  # orders a rate is given for
PARTS = ("region", "product")  # orders may be given by


def orders(exposure: pd.DataFrame | None, where: Mapping[str, str] | None = None) -> pd.Series:
    """Orders per month (index month) for the whole business or one region/product.

    Rows with neither region nor product are totals and win over sums of parts. Filters other than region and
    product do not apply: complaints by phone are counted against all orders.

    >>> frame = pd.DataFrame({"month": ["2026-09"] * 2, "orders": [70.0, 30.0], "region": ["华东", "华南"]})
    >>> orders(frame).to_dict(), orders(frame, {"region": "华东"}).to_dict()
    ({'2026-09': 100.0}, {'2026-09': 70.0})
    """
    rows = select(exposure, where, dimensions=PARTS)
    if rows is None:
        return pd.Series(dtype="float64")
    return rows.groupby("month", sort=True)["orders"].sum().astype("float64")


def select(
    frame: pd.DataFrame | None, where: Mapping[str, str] | None, *, dimensions: tuple[str, ...]
) -> pd.DataFrame | None:
    """The rows of each month that answer the filter at the coarsest level given; None when there are none."""
    if frame is None or frame.empty:
        return None
    present = [d for d in dimensions if d in frame]
    wanted = {d: v for d, v in (where or {}).items() if d in dimensions}
    rows = frame[frame["month"].notna()]
    for dimension, value in wanted.items():
        rows = rows[rows[dimension] == value] if dimension in present else rows.head(0)
    free = [d for d in present if d not in wanted]
    detail = pd.Series(0, index=rows.index)
    for rank, dimension in enumerate(free):
        detail += rows[dimension].notna().astype("int64") * 2**rank
    coarsest = detail.groupby(rows["month"]).transform("min")
    return rows[detail == coarsest]


def covered(month: str, period: Period) -> float:
    """Share of a month's days that lie in the period.

    >>> covered("2026-09", Period.parse("2026-09-16..2026-10-31"))
    0.5
    """
    whole = Period.parse(month)
    days = (min(whole.end, period.end) - max(whole.start, period.start)).days + 1
    return max(days, 0) / whole.days
