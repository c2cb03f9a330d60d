"""Problems per 1,000 orders: held against the level of the months before, and region against region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats import trends, voices, windows
from voc_lib.stats.exposure import PER, orders
from voc_lib.stats.raised import complaints, order

ALL = "全部"
HIGHER, LOWER, ALIKE, UNKNOWN = "偏高", "偏低", "相当", "无法比较"
RATE = 0.03  # share of false ones among the claims; with those of `changes` a stable report stays below 5 %
HISTORY = 6  # periods before this one that a level is of, at least
TELLING = 10.0  # problems counted or expected, at what they are worth, below which nothing is claimed
LEVEL_MONTHS = 12  # months before the period that say whether a region differed already


def table(trend: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.RATES: all problems and each category per 1,000 orders, held against the level before.

    In: schema.TREND. n are the problems of the parts its orders are of, `left_out` the others. The level is
    that of all periods before with known orders, weighted by orders; how much they vary beyond chance widens
    the interval (quasi-Poisson, Student's t); one false-discovery rate over all rows. Nothing where the
    period is no whole months, its orders are unknown or fewer than its problems, or fewer than HISTORY
    periods precede it.
    """
    counts, base = _blocks(trend, len(period.months), period.months)
    if len(base) <= HISTORY or counts[ALL].iloc[-1] > base.iloc[-1]:
        return schema.empty(schema.RATES)
    counts = counts[[ALL, *order(counts.iloc[-1].drop(ALL))]]
    x, e = counts.to_numpy("float64"), base.to_numpy("float64")[:, None]
    rows = pd.DataFrame({"category": counts.columns, "n": x[-1], "orders": e[-1, 0]})
    here = trend[trend["month"].isin(list(period.months))]
    every = here.groupby("category", observed=True)["n"].sum()
    every[ALL] = every.sum()
    rows["left_out"] = every.reindex(rows["category"]).to_numpy() - rows["n"]
    rows["previous"] = PER * x[-2] / e[-2]
    year = 12 // len(period.months)
    rows["last_year"] = PER * x[-1 - year] / e[-1 - year] if len(x) > year else np.nan
    rows["level"] = PER * x[:-1].sum(axis=0) / e[:-1].sum()
    rows["periods"], rows["dispersion"] = len(x) - 1, _excess(x[:-1], e[:-1])
    against = (x[:-1].sum(axis=0), np.full(len(rows), e[:-1].sum()))
    freedom = np.full(len(rows), len(x) - 2.0)
    return schema.shape(
        _claimed(rows, against, rows["dispersion"].to_numpy("float64"), freedom), schema.RATES
    )


def firm(
    trend: pd.DataFrame, issues: pd.DataFrame, exposure: pd.DataFrame | None, period: Period
) -> pd.DataFrame:
    """`table` of the trend of the issues; 无法比较 where a claim stands on sources that joined or left alone.

    Their problems come and go with no order more or less.
    """
    found = table(trend, period)
    lasting = windows.lasting(issues, period)
    if len(lasting) == len(issues) or found.empty:
        return found
    months = trend["month"].nunique()
    others = table(trends.monthly(lasting, until=period, months=months, exposure=exposure), period)
    claims, without = (rows.set_index("category")["claim"].astype("str") for rows in (found, others))
    falls = claims.isin((HIGHER, LOWER)) & (claims != without.reindex(claims.index))
    return schema.shape(found.assign(claim=claims.mask(falls, UNKNOWN).to_numpy()), schema.RATES)


def regions(issues: pd.DataFrame, exposure: pd.DataFrame | None, period: Period) -> pd.DataFrame:
    """schema.REGION_RATES: all problems and each category per 1,000 orders of a region, against all others.

    `before` is the same ratio in the LEVEL_MONTHS months before: what was so already is no news. A region
    without orders, or fewer than problems (not all entered), has no rate and is no part of the others.
    """
    if exposure is None or "region" not in exposure or "region" not in issues:
        return schema.empty(schema.REGION_RATES)
    months = _months(period)
    base = _by_region(exposure, months)
    here = base.index.intersection(list(period.months))
    if len(here) < len(period.months) or base.shape[1] < 2:
        return schema.empty(schema.REGION_RATES)
    counts = _counted(issues, months)
    counts = counts.reindex(columns=counts.columns.union(base.columns), fill_value=0)
    short = _short(counts, base.loc[here].reindex(columns=counts.columns))
    known = base.drop(columns=short["region"], errors="ignore").dropna(axis=1, subset=here).dropna()
    if known.shape[1] < 2:
        return schema.shape(short, schema.REGION_RATES)
    parts = [_against_rest(counts[known.columns], known, here, region) for region in known.columns]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["n"] + rows["others"] > 0].reset_index(drop=True)
    against = (rows["others"].to_numpy("float64"), rows["other_orders"].to_numpy("float64"))
    found = _claimed(rows, against, np.ones(len(rows)), np.full(len(rows), np.inf))
    return schema.shape(pd.concat([found, short], ignore_index=True), schema.REGION_RATES)


def _short(counts: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """A row of all problems, without rate, of each region with no or fewer orders than them in the period."""
    whole = counts.loc[[ALL]] if ALL in counts.index.get_level_values(0) else counts.iloc[:0]
    n, orders_now = _summed(whole, base.index).sum(), base.sum(skipna=False)
    few = n.index[(n > orders_now.fillna(0)).to_numpy()]
    rows = pd.DataFrame({"category": ALL, "region": few, "n": n[few].to_numpy()})
    return rows.assign(orders=orders_now[few].to_numpy(), claim=UNKNOWN)


def _claimed(
    rows: pd.DataFrame, against: tuple[Floats, Floats], excess: Floats, freedom: Floats
) -> pd.DataFrame:
    """The rows with their rate, its ratio to `against` (problems, orders), p over all rows and a claim."""
    from scipy import stats

    x, e, (y, f) = rows["n"].to_numpy("float64"), rows["orders"].to_numpy("float64"), against
    now, then = np.sqrt((x + 3 / 8) / e), np.sqrt((y + 3 / 8) / f)  # roots of counts vary alike at any level
    error = np.sqrt(excess * (1 / e + 1 / f)) / 2
    telling = np.maximum(x, y * e / f) >= TELLING * excess
    p = np.where(telling, 2 * stats.t.sf(np.abs(now - then) / error, freedom), np.nan)
    adjusted = intervals.benjamini_hochberg(p)
    sure = adjusted < RATE
    level = RATE * max(int(sure.sum()), 1) / max(int(telling.sum()), 1)
    half = stats.t.ppf(1 - level / 2, freedom) * error
    rate, low, high = intervals.poisson(x, e / PER)
    return rows.assign(
        rate=rate,
        low=low,
        high=high,
        ratio=intervals.ratio(x * f, y * e),
        ratio_low=np.where(telling, (np.maximum(now - half, 0) / then) ** 2, np.nan),
        ratio_high=np.where(telling, ((now + half) / then) ** 2, np.nan),
        p_adjusted=adjusted,
        claim=np.select([~telling, sure & (now > then), sure], [UNKNOWN, HIGHER, LOWER], ALIKE),
    )


def _excess(counts: Floats, base: Floats) -> Floats:
    """How much more the periods vary than Poisson counts at one level, 1 or more (Pearson)."""
    expected = base * counts.sum(axis=0) / base.sum()
    squares = np.divide((counts - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0)
    return np.maximum(squares.sum(axis=0) / (len(counts) - 1), 1.0)


def _blocks(trend: pd.DataFrame, size: int, last: Sequence[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Counts (periods × all and categories) and orders of the period and those as long before it."""
    known = trend[trend["rate"].notna()]
    known = known.assign(n=(known["rate"] * known["exposure"] / PER).round().astype("int64"))
    wide = known.pivot_table(index="month", columns="category", values="n", aggfunc="sum", observed=True)
    base = known.groupby("month", observed=True)["exposure"].first()
    wide.insert(0, ALL, wide.sum(axis=1))
    whole = len(wide) // size * size
    if not whole or list(wide.index[-size:]) != list(last) or (base <= 0).any():
        return wide.iloc[:0], base.iloc[:0]
    block = np.arange(whole) // size
    return wide.iloc[-whole:].groupby(block).sum(), base.iloc[-whole:].groupby(block).sum()


def _months(period: Period) -> list[str]:
    before = pd.period_range(end=pd.Period(period.months[0]) - 1, periods=LEVEL_MONTHS, freq="M")
    return [*map(str, before), *period.months]


def _by_region(exposure: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """Orders per month and region."""
    names = sorted(exposure["region"].dropna().astype(str).unique())
    base = pd.DataFrame({name: orders(exposure, {"region": name}) for name in names})
    return base.reindex([month for month in months if month in base.index])


def _counted(issues: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """Problems per month (index), category (with ALL) and region (columns)."""
    rows = complaints(issues).reset_index(drop=True)
    rows = rows[rows["region"].notna()]
    month = voices.by_month(rows)
    rows = rows.loc[month.index, ["primary_tag", "region"]].astype("str").assign(month=month.to_numpy())
    rows = rows[rows["month"].isin(months)]
    rows = pd.concat([rows.assign(primary_tag=ALL), rows])
    return pd.crosstab([rows["primary_tag"], rows["month"]], rows["region"])


def _against_rest(counts: pd.DataFrame, base: pd.DataFrame, here: pd.Index, region: str) -> pd.DataFrame:
    """A region's rows: its problems and orders in the period, those of the others, the ratio before."""
    now, then = (_summed(counts, months) for months in (here, base.index.difference(here)))
    orders_now, orders_then = base.loc[here].sum(), base.drop(here).sum()
    rows = pd.DataFrame({"category": now.index, "region": region, "n": now[region].to_numpy()})
    rows["orders"], rows["other_orders"] = orders_now[region], orders_now.drop(region).sum()
    rows["others"] = now.drop(columns=region).sum(axis=1).to_numpy()
    earlier = then.reindex(now.index, fill_value=0)
    rest = earlier.drop(columns=region).sum(axis=1).to_numpy() * orders_then[region]
    rows["before"] = intervals.ratio(earlier[region].to_numpy() * orders_then.drop(region).sum(), rest)
    return rows


def _summed(counts: pd.DataFrame, months: pd.Index) -> pd.DataFrame:
    chosen = counts[counts.index.get_level_values("month").isin(months)]
    return chosen.groupby(level=0).sum()
