"""Denominators: orders and KPI totals per month, read without counting a total and its parts twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from voc_lib.period import Period

PER = 1_000  # orders a rate is given for
PARTS = ("region", "product")  # orders may be given by
FEW = 0.05  # share of a month's problems that may lack orders; with more the month's are unknown


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


def together(
    rows: pd.DataFrame,
    exposure: pd.DataFrame | None,
    where: Mapping[str, str] | None = None,
    *,
    last: Collection[str] = (),
) -> tuple[pd.Series, pd.Series]:
    """Orders per month, and which rows (month and PARTS, a problem each) are of the parts they are of.

    Where a month's orders are a sum of parts, some may be missing. A part missing in one of the `last` months
    is left out of all of them, so that they are of the same parts; a month that lacks another is unknown.

    >>> cells = [("2026-08", "华东"), ("2026-08", "东北"), ("2026-09", "华东")]
    >>> known = pd.DataFrame(cells, columns=["month", "region"]).assign(orders=50.0)
    >>> rows = pd.DataFrame([*cells, ("2026-09", "东北")], columns=["month", "region"])
    >>> base, kept = together(rows, known, last=["2026-09"])
    >>> base.to_dict(), kept.tolist()
    ({'2026-08': 50.0, '2026-09': 50.0}, [True, False, True, False])
    """
    kept = pd.Series(True, index=rows.index)
    for part in PARTS if last else ():
        gone = rows.loc[_lacking(rows, exposure, where, part) & rows["month"].isin(list(last))]
        if exposure is not None and len(gone):
            known = exposure[part].notna() & ~exposure[part].isin(gone[part])
            exposure, kept = exposure[known], kept & ~rows[part].isin(gone[part])
    some = rows[kept]
    lacking = pd.concat([_lacking(some, exposure, where, part) for part in PARTS], axis=1).any(axis=1)
    share = lacking.groupby(some["month"]).mean()
    base = orders(exposure, where).drop(share.index[share > FEW], errors="ignore")
    return base, kept & ~lacking.reindex(rows.index, fill_value=False)


def _lacking(
    rows: pd.DataFrame, exposure: pd.DataFrame | None, where: Mapping[str, str] | None, part: str
) -> pd.Series:
    """Which rows are of a part without orders, or with fewer than rows, in a month given by parts."""
    given = select(exposure, where, dimensions=PARTS)
    if given is None or part not in given or part not in rows:
        return pd.Series(False, index=rows.index)
    given = given[given[part].notna()]
    cells = given.assign(**{part: given[part].astype("str")}).groupby(["month", part])["orders"].sum()
    places = pd.MultiIndex.from_arrays([rows["month"].astype("str"), rows[part].astype("str")])
    number = pd.Series(1, index=places).groupby(level=[0, 1]).sum().reindex(places).to_numpy()
    few = number > cells.reindex(places).fillna(0).to_numpy()
    return rows[part].notna() & rows["month"].isin(given["month"]) & few


def covered(month: str, period: Period) -> float:
    """Share of a month's days that lie in the period.

    >>> covered("2026-09", Period.parse("2026-09-16..2026-10-31"))
    0.5
    """
    whole = Period.parse(month)
    days = (min(whole.end, period.end) - max(whole.start, period.start)).days + 1
    return max(days, 0) / whole.days
