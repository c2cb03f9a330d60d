"""The metrics goals, measures and promises are judged by: their value, their interval, their change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.stats import exposure as denominators
from voc_lib.stats import handling, intervals, satisfaction, voices
from voc_lib.stats.intervals import Interval
from voc_lib.stats.shares import counted, opened, problems

PER = 1_000  # orders a rate is given for
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
NAMES = {
    "handling_hours": "平均处理时长",
    "first_response_hours": "平均首次响应时间",
    "sla": "SLA达成率",
    "csat": "满意度均分",
    "nps": "NPS",
    "fcr": "一次解决率",
}
PROPORTIONS = ("share", "kpi", "sla", "fcr")


@dataclass(frozen=True)
class Evidence:
    """The data metrics are read from: merged issues of all time, orders per month, KPIs per month.

    `ratings` (schema.TAGGED): single feedbacks of all time, so that csat and nps count every score, those of
    repeats too; without it they read the issues.
    """

    issues: pd.DataFrame
    exposure: pd.DataFrame
    kpis: pd.DataFrame
    ratings: pd.DataFrame | None = None


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; `n` is the base (issues, answers, orders or KPI total), 0 gives NaN."""

    value: float
    low: float
    high: float
    n: int
    unit: str


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

    Handling is taken as known at the end of `end`: what was answered or closed later counts as still open.
    Shares: Wilson; rates per 1,000 orders: exact Poisson; means: Student's t; NPS: adjusted Wald.
    """
    window = _window(start, end)
    if metric.kind in PROPORTIONS:
        kept, total = _proportion(metric, evidence, window)
        return _estimate(metric, intervals.wilson(kept, total), total)
    if metric.kind == "rate":
        count, orders = _rate(metric, evidence, window)
        return _estimate(metric, intervals.poisson(count, orders / PER), round(orders))
    values = _values(metric, evidence, window)
    by_kind = {"csat": satisfaction.csat, "nps": satisfaction.nps}
    return _estimate(metric, by_kind.get(metric.kind, intervals.mean)(values), len(values))


def compare(metric: Metric, evidence: Evidence, before: Period, after: Period) -> Difference:
    """How the metric changed between two periods.

    Proportions: Newcombe's interval and the score test; rates: MOVER interval and the score test of two
    Poisson rates; means: Welch; NPS: adjusted Wald of both. Nothing known on one side: NaN.
    """
    first = measure(metric, evidence, before.start, before.end)
    second = measure(metric, evidence, after.start, after.end)
    change, p = _change(metric, evidence, before, after)
    value, low, high = (float(x) for x in change)
    return Difference(first, second, value, low, high, float(p))


def describe(metric: Metric) -> str:
    """The metric as a reader says it.

    >>> describe(Metric(kind="share", category="物流延迟", where={"region": "华东"}))
    '物流延迟占比（华东）'
    """
    name = {"share": f"{metric.category}占比", "rate": f"{metric.category}每千单件数", "kpi": metric.name}
    said = name.get(metric.kind) or NAMES[metric.kind]
    return f"{said}（{'、'.join(metric.where.values())}）" if metric.where else said


def unit(metric: Metric) -> str:
    """The unit of the metric's values."""
    return UNITS[metric.kind]


def where(rows: pd.DataFrame, conditions: dict[str, str]) -> pd.DataFrame:
    """The rows that meet every condition; ParamsError names an unknown column and lists the known ones."""
    for column, value in conditions.items():
        if column not in rows:
            raise ParamsError(f"where 中的 “{column}” 不是数据的列。{did_you_mean(column, rows.columns)}")
        rows = rows[(rows[column].astype("str") == str(value)).fillna(False)]
    return rows


def _change(metric: Metric, evidence: Evidence, before: Period, after: Period) -> tuple[Interval, float]:
    if metric.kind in PROPORTIONS:
        old, new = (_proportion(metric, evidence, p) for p in (before, after))
        return intervals.newcombe(*new, *old), float(intervals.score_test(*new, *old))
    if metric.kind == "rate":
        (x0, e0), (x1, e1) = (_rate(metric, evidence, p) for p in (before, after))
        rates = intervals.poisson(x1, e1 / PER), intervals.poisson(x0, e0 / PER)
        return intervals.mover(*rates), float(intervals.rate_test(x1, e1, x0, e0))
    a, b = (_values(metric, evidence, p) for p in (after, before))
    return _nps_change(a, b) if metric.kind == "nps" else intervals.welch(a, b)


def _nps_change(now: pd.Series, before: pd.Series) -> tuple[Interval, float]:
    from scipy.special import ndtr

    value = satisfaction.nps(now).value - satisfaction.nps(before).value
    (a, error_a), (b, error_b) = (satisfaction.nps_adjusted(s) for s in (now, before))
    error = np.hypot(error_a, error_b) + 0 * value
    half = intervals.Z * error
    p = 2 * ndtr(-abs((a - b) / error)) + 0 * value
    return Interval(value, a - b - half, a - b + half), float(p)


def _proportion(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, int]:
    """How many of how many."""
    if metric.kind == "kpi":
        return _kpi(metric, evidence.kpis, window)
    if metric.kind == "share":
        rows = where(problems(evidence.issues, window), metric.where)
        return int((rows["primary_tag"] == metric.category).sum()), len(rows)
    end = handling.end_of(window)
    rows = where(opened(evidence.issues, window), metric.where)
    rows = handling.known_at(rows, end)
    kept = handling.sla_kept(rows, end) if metric.kind == "sla" else handling.solved_first(rows)
    known = kept.dropna()
    return int(known.sum()), len(known)


def _kpi(metric: Metric, kpis: pd.DataFrame, window: Period) -> tuple[int, int]:
    """Kept and total over the months wholly inside the window, else over the months it touches."""
    named = kpis[(kpis["kpi"] == metric.name).fillna(False)]
    rows = denominators.select(named, metric.where, dimensions=("region",))
    if rows is None:
        return 0, 0
    whole = [m for m in window.months if denominators.covered(m, window) == 1]
    rows = rows[rows["month"].isin(whole or window.months)]
    return int(rows["kept"].sum()), int(rows["total"].sum())


def _rate(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, float]:
    """Problems of the category and orders, over months with known orders; a cut month counts by its days."""
    orders = denominators.orders(evidence.exposure, metric.where)
    known = [m for m in window.months if m in orders.index]
    rows = where(problems(evidence.issues, window), metric.where)
    rows = rows[(rows["primary_tag"] == metric.category).fillna(False)]
    raised = voices.by_month(rows.reset_index(drop=True))
    inside = [month for month in known if month in window.months]
    count = raised[raised.isin(inside)].index.nunique()
    return int(count), float(sum(orders[m] * denominators.covered(m, window) for m in known))


def _values(metric: Metric, evidence: Evidence, window: Period) -> pd.Series:
    """The single hours or scores behind a mean."""
    if metric.kind in ("csat", "nps"):
        scored = evidence.issues if evidence.ratings is None else evidence.ratings
        scored = satisfaction.fine(scored) if metric.kind == "csat" else scored
        scored = counted(scored[window.mask(scored["created_at"])])
        return where(scored, metric.where)[metric.kind].dropna()
    rows = where(opened(evidence.issues, window), metric.where)
    rows = handling.known_at(rows, handling.end_of(window))
    hours = handling.handling_hours if metric.kind == "handling_hours" else handling.response_hours
    return hours(rows).dropna()


def _estimate(metric: Metric, interval: Interval, n: int) -> Estimate:
    value, low, high = (float(x) for x in interval)
    return Estimate(value, low, high, n, UNITS[metric.kind])


def _window(start: date, end: date) -> Period:
    return Period(f"{start}..{end}", start, end)
