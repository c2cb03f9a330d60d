"""The metrics goals, measures and promises are judged by: their value, their interval, their change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import nan

import numpy as np
import pandas as pd

from voc_lib import intervals
from voc_lib.collect import lapses
from voc_lib.errors import did_you_mean
from voc_lib.intervals import Interval
from voc_lib.metric import HOURS, NAMES, PROPORTIONS, Metric
from voc_lib.period import Period
from voc_lib.stats import basis, clusters, contrast, means, satisfaction, voices
from voc_lib.stats import exposure as denominators
from voc_lib.stats.basis import Evidence
from voc_lib.stats.exposure import PER
from voc_lib.stats.raised import complaints

UNITS = {
    "share": "比例",
    "rate": "件/千单",
    "kpi": "比例",
    "handling_hours": "小时",
    "first_response_hours": "小时",
    "sla": "比例",
    "csat": "分",
    "nps": "点",
    "fcr": "比例",
}


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; `n` is the base (issues, answers, orders or KPI total), 0 gives NaN.

    `variance` of scores and points, and of the logarithm of hours, is that of the value (sampling only);
    `middle` of hours is `intervals.survival_middle`.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    variance: float = field(default=nan, repr=False, compare=False)
    middle: tuple[float, float] = field(default=(nan, nan), repr=False, compare=False)


@dataclass(frozen=True)
class Difference:
    """after − before, with its 95 % interval and the p value that nothing changed."""

    before: Estimate
    after: Estimate
    difference: float
    low: float
    high: float
    p_value: float


def measure(metric: Metric, evidence: Evidence, start: date, end: date) -> Estimate:
    """The metric over the days start..end, both included.

    Handling is taken as known at the end of `end`, or of `evidence.known`: what was answered or closed later
    still waited. Shares: Wilson; rates per 1,000 orders: exact Poisson; scores: Wilson's at what they are
    worth; NPS: adjusted Wald; hours: Kaplan–Meier median, so that what still waits counts too.
    """
    window = _window(start, end)
    if metric.kind in PROPORTIONS:
        kept, total = basis.proportion(metric, evidence, window)
        return _estimate(metric, intervals.wilson(kept, total), total)
    if metric.kind == "rate":
        return rates(metric, evidence, [window])[0]
    if metric.kind in HOURS:
        return median(metric, basis.waits(metric, evidence, window))
    rows = basis.rated(metric, evidence, window)
    values = rows[metric.kind]
    csat = metric.kind == "csat"
    found = satisfaction.csat(values, clusters.people(rows)) if csat else satisfaction.nps(values)
    estimate = _estimate(metric, found, len(values))
    return replace(estimate, variance=_variance(metric, values, estimate))


def shares(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[Estimate]:
    """`measure` of a share in each of the windows, the problems sorted once."""
    rows = basis.where(complaints(evidence.issues), metric.where)
    of_it = (rows["primary_tag"] == metric.category).fillna(False).to_numpy(bool)
    found = [(int(of_it[places].sum()), len(places)) for places in voices.each(rows, windows)]
    return [_estimate(metric, intervals.wilson(kept, n), n) for kept, n in found]


def rates(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[Estimate]:
    """`measure` of a rate in each of the windows, the problems sorted out once."""
    found = basis.rates(metric, evidence, windows)
    return [
        _estimate(metric, intervals.poisson(count, orders / PER), round(orders)) for count, orders in found
    ]


def kpis(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[Estimate]:
    """`measure` of a KPI in each of the windows, its rows chosen once."""
    given = basis.kpi_rows(metric, evidence.kpis)
    found = [basis.within(given, window) for window in windows]
    sums = [(int(rows["kept"].sum()), int(rows["total"].sum())) for rows in found]
    return [_estimate(metric, intervals.wilson(kept, total), total) for kept, total in sums]


def compare(metric: Metric, evidence: Evidence, before: Period, after: Period) -> Difference:
    """How the metric changed between two periods.

    Proportions: Newcombe's interval and the score test; rates: MOVER interval and the score test of two
    Poisson rates; scores: MOVER of both; NPS: adjusted Wald of both; medians of hours: MOVER and the normal
    test of their logarithms. Nothing known on one side: NaN.
    """
    if metric.kind in PROPORTIONS:
        old, new = (basis.proportion(metric, evidence, period) for period in (before, after))
        first, second = (_estimate(metric, intervals.wilson(*part), part[1]) for part in (old, new))
        change, p = intervals.newcombe(*new, *old), float(intervals.score_test(*new, *old))
    else:
        first, second = (measure(metric, evidence, period.start, period.end) for period in (before, after))
        hours = metric.kind in HOURS
        change, p = _hours_change(second, first) if hours else _change(metric, evidence, before, after)
    value, low, high = (float(x) for x in change)
    return Difference(first, second, value, low, high, float(p))


def restricted(metric: Metric, evidence: Evidence, window: Period, until: float) -> Interval:
    """Mean hours of the issues of a window, each counted for `until` hours at most, what still waits too."""
    waits = basis.waits(metric, evidence, window)
    return intervals.survival_mean(waits["hours"], waits["ended"], until)


def describe(metric: Metric) -> str:
    """The metric as a reader says it.

    >>> describe(Metric(kind="share", category="物流延迟", where={"region": "华东"}))
    '物流延迟占比（华东）'
    """
    name = {"share": f"{metric.category}占比", "rate": f"{metric.category}每千单件数", "kpi": metric.name}
    said = name.get(metric.kind) or NAMES[metric.kind]
    return f"{said}（{'、'.join(metric.where.values())}）" if metric.where else said


def absent(metric: Metric, evidence: Evidence) -> list[str]:
    """A sentence about orders nobody gave, or a KPI the table has not (or no more); else nothing."""
    if metric.kind == "rate" and denominators.orders(evidence.exposure, metric.where).empty:
        return ["没有订单量，算不出每千单件数"]
    names = evidence.kpis["kpi"].dropna().unique()
    if metric.kind != "kpi":
        return []
    if metric.name in names:
        return lapses.renamed(str(metric.name), evidence.kpis)
    hint = did_you_mean(str(metric.name), names) if len(names) else "表里没有任何指标。"
    return [f"KPI 表里没有 “{metric.name}”。{hint}若改了名，请写成同样的名称"]


def unit(metric: Metric) -> str:
    """The unit of the metric's values."""
    return UNITS[metric.kind]


def _change(metric: Metric, evidence: Evidence, before: Period, after: Period) -> tuple[Interval, float]:
    if metric.kind == "rate":
        (x0, e0), (x1, e1) = (basis.rate(metric, evidence, p) for p in (before, after))
        rates = intervals.poisson(x1, e1 / PER), intervals.poisson(x0, e0 / PER)
        return intervals.mover(*rates), float(intervals.rate_test(x1, e1, x0, e0))
    a, b = (basis.values(metric, evidence, p) for p in (after, before))
    return _nps_change(a, b) if metric.kind == "nps" else _csat_change(a, b)


def _hours_change(now: Estimate, before: Estimate) -> tuple[Interval, float]:
    from scipy.special import ndtr

    change = intervals.mover(*(Interval(*np.array([e.value, e.low, e.high])) for e in (now, before)))
    spread = now.variance + before.variance
    if not now.value > 0 or not before.value > 0 or not spread > 0:
        return change, nan
    z = np.log(now.value / before.value) / np.sqrt(spread)
    return change, float(2 * ndtr(-abs(z)))


def _csat_change(now: pd.Series, before: pd.Series) -> tuple[Interval, float]:
    """Scores are places on the scale, so equal ones are no certainty."""
    a, b = (contrast.side([means.standing(scores, *satisfaction.RANGE)]) for scores in (now, before))
    lowest, highest = satisfaction.RANGE
    found = contrast.difference(a, b, np.array([intervals.Z]))
    p = contrast.p_values(a, b, np.array([np.inf]))
    return Interval(*((highest - lowest) * part[0] for part in found)), float(p[0])


def _nps_change(now: pd.Series, before: pd.Series) -> tuple[Interval, float]:
    from scipy.special import ndtr

    value = satisfaction.nps(now).value - satisfaction.nps(before).value
    (a, error_a), (b, error_b) = (satisfaction.nps_adjusted(s) for s in (now, before))
    error = np.hypot(error_a, error_b) + 0 * value
    half = intervals.Z * error
    p = 2 * ndtr(-abs((a - b) / error)) + 0 * value
    return Interval(value, a - b - half, a - b + half), float(p)


def median(metric: Metric, waits: pd.DataFrame) -> Estimate:
    """The median of `handling.waiting_hours` (hours, ended), with the variance of its logarithm."""
    found = intervals.survival_median(waits["hours"], waits["ended"])
    estimate = _estimate(metric, found, len(waits))
    if not (estimate.low > 0 and np.isfinite(estimate.high)):
        return estimate
    variance = float(np.log(estimate.high / estimate.low) / 2 / intervals.Z) ** 2
    return replace(
        estimate, variance=variance, middle=intervals.survival_middle(waits["hours"], waits["ended"])
    )


def _variance(metric: Metric, values: pd.Series, found: Estimate) -> float:
    """The sampling variance of the mean score or of the points; equal scores are no certainty."""
    if len(values) < 2:
        return nan
    if metric.kind == "nps":
        return float(satisfaction.nps_adjusted(values)[1]) ** 2
    scores = values.to_numpy(dtype="float64")
    if (scores == scores[0]).all() and found.high > found.low:
        return ((found.high - found.low) / 2 / intervals.Z) ** 2
    return float(scores.var(ddof=1)) / len(scores)


def _estimate(metric: Metric, interval: Interval, n: int) -> Estimate:
    value, low, high = (float(x) for x in interval)
    return Estimate(value, low, high, n, UNITS[metric.kind])


def _window(start: date, end: date) -> Period:
    return Period(f"{start}..{end}", start, end)
