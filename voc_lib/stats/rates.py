"""Problems per 1,000 orders: held against the level of the months before, and region against region."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats import expected, level, mix, trends, voices, windows
from voc_lib.stats.expected import ALL
from voc_lib.stats.exposure import PER, orders
from voc_lib.stats.raised import complaints, order

HIGHER, LOWER, ALIKE, UNKNOWN = "偏高", "偏低", "相当", "无法比较"
RATE = 0.03  # share of false ones among the claims; with those of `changes` a stable report stays below 5 %
HISTORY = 6  # periods before this one that a level is of, at least
TELLING = 10.0  # problems counted or expected, at what they are worth, below which nothing is claimed
LEVEL_MONTHS = 12  # months before the period that say whether a region differed already
Sides = tuple[Floats, Floats]  # problems and orders, or the bounds of a ratio
PARTED = {"region": "地区", "product": "产品"}  # what orders are given by


def table(trend: pd.DataFrame, period: Period, *, worth: pd.DataFrame | None = None) -> pd.DataFrame:
    """schema.RATES: all problems and each category per 1,000 orders, held against the level before.

    In: schema.TREND. n are the problems of the parts its orders are of, `left_out` the others. The level is
    that of all periods before with known orders, weighted by orders, or of those since it `moved` for good
    (`level.since`); how much they vary beyond chance widens the interval (quasi-Poisson, Student's t); one
    false-discovery rate over all rows. Nothing where the period is no whole months, its orders are unknown or
    fewer than its problems, or fewer than HISTORY periods precede it. `worth`: what the orders of a month
    count for each category (`expected.worth`).
    """
    counts, base = _blocks(trend, len(period.months), period.months, worth)
    if len(base) <= HISTORY or counts[ALL].iloc[-1] > base[ALL].iloc[-1]:
        return schema.empty(schema.RATES)
    counts = counts[[ALL, *order(counts.iloc[-1].drop(ALL))]]
    x, e = counts.to_numpy("float64"), base[counts.columns].to_numpy("float64")
    rows = pd.DataFrame({"category": counts.columns, "n": x[-1], "orders": e[-1]})
    here = trend[trend["month"].isin(list(period.months))]
    every = here.groupby("category", observed=True)["n"].sum()
    every[ALL] = every.sum()
    rows["left_out"] = every.reindex(rows["category"]).to_numpy() - rows["n"]
    rows["previous"] = PER * x[-2] / e[-2]
    year = 12 // len(period.months)
    rows["last_year"] = PER * x[-1 - year] / e[-1 - year] if len(x) > year else np.nan
    start = np.array([level.since(*column, year) for column in zip(x[:-1].T, e[:-1].T, strict=True)])
    recent = np.arange(len(x) - 1)[:, None] >= start
    past, given = np.where(recent, x[:-1], 0.0), np.where(recent, e[:-1], 0.0)
    against = past.sum(axis=0), given.sum(axis=0)
    rows["level"] = PER * against[0] / against[1]
    rows["periods"], rows["moved"] = recent.sum(axis=0), start > 0
    rows["dispersion"] = excess = _excess(past, given, recent.sum(axis=0))
    test = _rooted((x[-1], e[-1]), against, excess, recent.sum(axis=0) - 1.0)
    return schema.shape(_claimed(rows, against, test), schema.RATES)


def firm(
    trend: pd.DataFrame, issues: pd.DataFrame, exposure: pd.DataFrame | None, period: Period
) -> pd.DataFrame:
    """`table` of the trend of the issues, with what its parts say against it in `caution`.

    无法比较 where a claim stands on sources that joined or left alone, whose problems come and go with no
    order more or less; a caution where their coming or going hides one. A caution also where regions (or
    products), each held against its own level, contradict the whole: it rose because the orders moved to
    where there are always more problems, or stands still although they moved away from there.
    """
    found = table(trend, period)
    if found.empty:
        return found
    months = trend["month"].drop_duplicates().tolist()
    found = _without_movers(found, issues, exposure, period, months)
    for part, label in PARTED.items():
        worth = expected.worth(issues, exposure, months, period.months, part)
        if worth is not None:
            found = _held_apart(found, table(trend, period, worth=worth), label)
    return schema.shape(found, schema.RATES)


def _without_movers(
    found: pd.DataFrame,
    issues: pd.DataFrame,
    exposure: pd.DataFrame | None,
    period: Period,
    months: Sequence[str],
) -> pd.DataFrame:
    lasting = windows.lasting(issues, period)
    if len(lasting) == len(issues):
        return found
    trend = trends.monthly(lasting, until=period, months=len(months), exposure=exposure)
    own = _aligned(table(trend, period), found)
    claims = found["claim"].astype("str")
    hidden = (claims == ALIKE) & _hides(found, own)
    falls = claims.isin((HIGHER, LOWER)) & (claims != own["claim"])
    words = [_steady(row) if hides else None for (_, row), hides in zip(own.iterrows(), hidden, strict=True)]
    caution = pd.Series(words, index=found.index, dtype="object")
    return found.assign(claim=claims.mask(falls, UNKNOWN), caution=caution)


def _held_apart(found: pd.DataFrame, own: pd.DataFrame, label: str) -> pd.DataFrame:
    own = _aligned(own, found)
    claims = found["claim"].astype("str")
    against = claims.isin((HIGHER, LOWER)) & _half(found, own)
    hidden = (claims == ALIKE) & _hides(found, own)
    caution = found["caution"].astype("object")
    told = [
        _of_mix(whole, inside, label) if tell else None
        for (_, whole), (_, inside), tell in zip(
            found.iterrows(), own.iterrows(), against | hidden, strict=True
        )
    ]
    return found.assign(caution=caution.where(caution.notna(), pd.Series(told, index=found.index)))


def _aligned(own: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The rows of the same categories, missing where there is none."""
    mine = own.set_index(own["category"].astype("str")).reindex(found["category"].astype("str"))
    return mine.assign(claim=mine["claim"].astype("str")).set_index(found.index)


def _hides(found: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """Where the parts changed beyond chance, the whole by less than half of that."""
    return own["claim"].isin((HIGHER, LOWER)) & _half(own, found)


def _half(some: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Where the ratio of the others is less than half the change of some, or turns the other way."""
    sides = (np.log(rows["ratio"].where(rows["ratio"] > 0)) for rows in (some, others))
    return pd.Series([mix.contradicted(one, other) for one, other in zip(*sides, strict=True)], some.index)


def _steady(own: pd.Series) -> str:
    return (
        f"有来源接入或退出；只看一直在的来源，每千单 {own['rate']:.1f} 件，是它们以往水平 {own['level']:.1f} "
        f"的 {own['ratio']:.2f} 倍（校正后区间 {own['ratio_low']:.2f}–{own['ratio_high']:.2f}）："
        "合计被来源的增减盖住，也可能是改道而来"
    )


def _of_mix(whole: pd.Series, own: pd.Series, label: str) -> str:
    due = own["n"] / own["ratio"]
    still = whole["claim"] == ALIKE
    most = f"合计的变化大半来自{label}构成的变化，各{label}自己也{own['claim']}"
    by = f"这个变化被{label}构成的变化盖住" if still else f"合计的变化来自{label}构成的变化"
    by = most if own["claim"] == whole["claim"] and not still else by
    told = f"各{label}都按自己以往的水平算，应有 {due:.0f} 件，实际 {own['n']:.0f} 件"
    return f"{told}，是它的 {own['ratio']:.2f} 倍：{by}"


def regions(issues: pd.DataFrame, exposure: pd.DataFrame | None, period: Period) -> pd.DataFrame:
    """schema.REGION_RATES: all problems and each category per 1,000 orders of a region, against all others.

    `before` is the same ratio in the LEVEL_MONTHS months before: what was so already is no news. A region
    without orders, or fewer than problems (not all entered), has no rate and is no part of the others. Tested
    given all problems of a category (exact conditional test, Clopper–Pearson), each counting for less where
    the region's part of them varied more than by chance in those months (`dispersion`).
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
    now = rows["n"].to_numpy("float64"), rows["orders"].to_numpy("float64")
    rows["dispersion"] = excess = _shared(rows.pop("own").to_numpy("float64"), _telling(now, against))
    found = _claimed(rows, against, _conditional(now, against, excess))
    return schema.shape(pd.concat([found, short], ignore_index=True), schema.REGION_RATES)


def _short(counts: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """A row of all problems, without rate, of each region with no or fewer orders than them in the period."""
    whole = counts.loc[[ALL]] if ALL in counts.index.get_level_values(0) else counts.iloc[:0]
    n, orders_now = _summed(whole, base.index).sum(), base.sum(skipna=False)
    few = n.index[(n > orders_now.fillna(0)).to_numpy()]
    rows = pd.DataFrame({"category": ALL, "region": few, "n": n[few].to_numpy()})
    return rows.assign(orders=orders_now[few].to_numpy(), claim=UNKNOWN)


class Test(NamedTuple):
    """What was tested: where counts tell enough, p of each row, and the bounds of the ratio at a level."""

    telling: np.ndarray
    p: Floats
    bounds: Callable[[float], Sides]


def _rooted(now: Sides, then: Sides, excess: Floats, freedom: Floats) -> Test:
    """Rates held against each other by their roots, which vary alike at any level."""
    from scipy import stats

    roots = [np.sqrt((x + 3 / 8) / e) for x, e in (now, then)]
    error = np.sqrt(excess * (1 / now[1] + 1 / then[1])) / 2
    telling = _telling(now, then) >= TELLING * excess
    p = 2 * stats.t.sf(np.abs(roots[0] - roots[1]) / error, freedom)

    def bounds(alpha: float) -> Sides:
        half = stats.t.ppf(1 - alpha / 2, freedom) * error
        return (np.maximum(roots[0] - half, 0) / roots[1]) ** 2, ((roots[0] + half) / roots[1]) ** 2

    return Test(telling, np.where(telling, p, np.nan), bounds)


def _conditional(now: Sides, then: Sides, excess: Floats) -> Test:
    """Two counts at what they are worth, given their sum: exact, twice the smaller tail."""
    from scipy.special import betaincinv

    (x, e), (y, f) = (now[0] / excess, now[1]), (then[0] / excess, then[1])
    part, telling = e / (e + f), _telling((x, e), (y, f)) >= TELLING
    p = 2 * np.minimum(windows.upper(x, y, part), windows.upper(y, x, 1 - part))

    def bounds(alpha: float) -> Sides:
        low = np.where(x > 0, betaincinv(np.maximum(x, 1e-9), y + 1, alpha / 2), 0.0)
        high = np.where(y > 0, betaincinv(x + 1, np.maximum(y, 1e-9), 1 - alpha / 2), np.nan)
        return low / (1 - low) * f / e, high / (1 - high) * f / e

    return Test(telling, np.where(telling, np.minimum(p, 1.0), np.nan), bounds)


def _telling(now: Sides, then: Sides) -> Floats:
    """Problems counted, or expected by the other side."""
    return np.maximum(now[0], then[0] * now[1] / then[1])


def _claimed(rows: pd.DataFrame, against: Sides, test: Test) -> pd.DataFrame:
    """The rows with their rate, its ratio to `against` (problems, orders), p over all rows and a claim."""
    x, e, (y, f) = rows["n"].to_numpy("float64"), rows["orders"].to_numpy("float64"), against
    adjusted = intervals.benjamini_hochberg(test.p)
    sure = adjusted < RATE
    low, high = test.bounds(RATE * max(int(sure.sum()), 1) / max(int(test.telling.sum()), 1))
    rate = intervals.poisson(x, e / PER)
    return rows.assign(
        rate=rate.value,
        low=rate.low,
        high=rate.high,
        ratio=intervals.ratio(x * f, y * e),
        ratio_low=np.where(test.telling, low, np.nan),
        ratio_high=np.where(test.telling, high, np.nan),
        p_adjusted=adjusted,
        claim=np.select([~test.telling, sure & (x * f > y * e), sure], [UNKNOWN, HIGHER, LOWER], ALIKE),
    )


def _excess(counts: Floats, base: Floats, periods: Floats) -> Floats:
    """How much more so many periods vary than Poisson counts at one level, 1 or more (Pearson)."""
    mean = base * counts.sum(axis=0) / base.sum(axis=0)
    squares = np.divide((counts - mean) ** 2, mean, out=np.zeros_like(mean), where=mean > 0)
    return np.maximum(squares.sum(axis=0) / (periods - 1), 1.0)


def _blocks(
    trend: pd.DataFrame, size: int, last: Sequence[str], worth: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts and orders (periods × all and categories) of the period and those as long before it."""
    known = trend[trend["rate"].notna()]
    known = known.assign(n=(known["rate"] * known["exposure"] / PER).round().astype("int64"))
    wide = known.pivot_table(index="month", columns="category", values="n", aggfunc="sum", observed=True)
    orders_of = known.groupby("month", observed=True)["exposure"].first()
    wide.insert(0, ALL, wide.sum(axis=1))
    base = pd.DataFrame(dict.fromkeys(wide.columns, orders_of), index=wide.index)
    if worth is not None:
        base *= worth.reindex(index=base.index, columns=base.columns).fillna(1.0)
    whole = len(wide) // size * size
    if not whole or list(wide.index[-size:]) != list(last) or (base <= 0).any(axis=None):
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
    rows["own"] = _unsteady(counts, base.drop(here), region).reindex(now.index).to_numpy()
    return rows


def _unsteady(counts: pd.DataFrame, base: pd.DataFrame, region: str) -> pd.Series:
    """How many times as much as by chance (Pearson) a region's part of a category varies over months."""
    sides = counts[region], counts.drop(columns=region).sum(axis=1)
    x, y = (_spread_out(side, base.index) for side in sides)
    e, f = base[region], base.drop(columns=region).sum(axis=1)
    mine, rest = (np.outer(intervals.ratio(n.sum(axis=1), size.sum()), size) for n, size in ((x, e), (y, f)))
    part = intervals.ratio(mine, mine + rest)
    mean = (x + y) * part
    squares = ((x - mean) ** 2 / (mean * (1 - part))).where(mean * (1 - part) > 0, 0.0)
    return squares.sum(axis=1) / max(len(base) - 1, 1)


def _spread_out(counts: pd.Series, months: pd.Index) -> pd.DataFrame:
    """Counts by category and month as a table of the two."""
    wide = counts.rename("n").reset_index().pivot_table("n", "primary_tag", "month", aggfunc="sum")
    return wide.reindex(columns=months).fillna(0.0)


def _shared(own: Floats, size: Floats) -> Floats:
    """What the rows vary more than by chance, each at least as all of some size do in the mean; 1 or more."""
    large = own[size >= TELLING]
    return np.fmax(own, max(float(np.mean(large)) if len(large) else 1.0, 1.0))


def _summed(counts: pd.DataFrame, months: pd.Index) -> pd.DataFrame:
    chosen = counts[counts.index.get_level_values("month").isin(months)]
    return chosen.groupby(level=0).sum()
