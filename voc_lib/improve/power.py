"""How many cases or weeks a change of some size takes to be seen, and the smallest change that can be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import ceil, inf, isfinite, nan
from typing import Any

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.improve import monthly, rounds, track
from voc_lib.improve.track import Track
from voc_lib.knowledge import Knowledge, Measure, Trial
from voc_lib.metric import HOURS, RANGES, Metric
from voc_lib.stats import metrics
from voc_lib.stats.basis import Evidence

POWER, ALPHA = 0.8, 0.05
BACK = 24  # months the present level and its variation are told from
LEVEL = 12  # months of the present level
WEEKS = 365.25 / 7 / 12  # in a month
DIGITS = 9  # of .95 + .05 that is 1, not more
FLAT = 1e-9  # variance under which values do not vary
CONSTANT = "改进前的值没有波动，算不出要多少样本"
MOST = 1e9  # cases; more are said as “not to be seen”


@dataclass(frozen=True)
class Present:
    """Where a metric stands: level (hours as logarithms), base before, base a month, variance, dispersion."""

    kind: str
    level: float
    before: float
    monthly: float
    unit: float
    dispersion: float

    @classmethod
    def of(cls, months: Track) -> Present:
        """The present of a track; NaN without months."""
        year = months[months.month > months.month[-1] - LEVEL] if len(months) else months
        excess = max(1.0, track.dispersion(months)[0]) if len(months) else nan
        each = year.base / len(year) if len(year) else nan
        return cls(months.kind, year.mean, year.base, each, year.unit if len(year) else nan, excess)


def needed(now: Present, change: float) -> float:
    """Cases after the change, so that it is seen with 80 % power at 5 % (two-sided); inf where none suffice.

    >>> share = Present("proportion", 0.2, 1e9, 100, 0.16, 1.0)
    >>> round(needed(share, -0.05), -1), needed(Present("proportion", 0.2, 20, 100, 0.16, 1.0), -0.05)
    (450.0, inf)
    """
    from scipy.optimize import brentq

    effect = _effect(now, now.level + change)
    if not (isfinite(effect) and effect > 0 and now.before > 0):
        return inf

    def short(log_cases: float) -> float:
        return _power(effect, now, float(np.exp(log_cases))) - POWER

    top = float(np.log(MOST))
    return inf if short(top) < 0 else float(np.exp(brentq(short, 0.0, top))) if short(0.0) < 0 else 1.0


def detectable(now: Present, months: float, towards: int) -> float:
    """The smallest change in the good direction seen with 80 % power after so many months; NaN if none."""
    from statsmodels.stats.power import NormalIndPower

    before, after = now.before / now.dispersion, now.monthly * months / now.dispersion
    if not (before > 0 and after > 0):
        return nan
    effect = NormalIndPower().solve_power(nobs1=after, alpha=ALPHA, power=POWER, ratio=before / after)
    return _moved(now, towards * float(effect)) - now.level


def _power(effect: float, now: Present, cases: float) -> float:
    from statsmodels.stats.power import NormalIndPower

    after, before = cases / now.dispersion, now.before / now.dispersion
    return float(NormalIndPower().power(effect, after, ALPHA, ratio=before / after))


def _effect(now: Present, level: float) -> float:
    """The standardised size of a move to `level`: Cohen's h, square roots of rates, standard deviations."""
    from statsmodels.stats.proportion import proportion_effectsize

    if now.kind == "proportion":
        return abs(float(proportion_effectsize(now.level, level))) if 0 <= level <= 1 else nan
    if now.kind == "rate":
        return 2 * abs(level**0.5 - now.level**0.5) if level >= 0 else nan
    return abs(level - now.level) / now.unit**0.5 if now.unit > 0 else nan


def _moved(now: Present, effect: float) -> float:
    """The level a standardised move leads to; NaN beyond what the metric can be."""
    if now.kind == "proportion":
        angle = np.arcsin(now.level**0.5) + effect / 2
        return float(np.sin(angle) ** 2) if 0 <= angle <= np.pi / 2 else nan
    if now.kind == "rate":
        root = now.level**0.5 + effect / 2
        return root**2 if root >= 0 else nan
    return now.level + effect * now.unit**0.5


def table(
    knowledge: Knowledge, evidence: Evidence, *, as_of: date, change: float | None = None
) -> pd.DataFrame:
    """schema.POWER: what it takes to see `change`, by default the way to the target, a row a measure.

    `change` is in the metric's unit, its sign that of the good direction; the level is that of the last
    months before the measure.
    """
    rows = [
        _row(measure, trial, evidence, as_of, change)
        for measure in rounds.current(knowledge, as_of).measures
        if (trial := measure.trial) and trial.metric.towards
    ]
    return schema.shape(pd.DataFrame(rows, columns=schema.POWER.names), schema.POWER)


def _row(
    measure: Measure, trial: Trial, evidence: Evidence, as_of: date, change: float | None
) -> dict[str, Any]:
    metric, towards = trial.metric, trial.metric.towards or 1
    now = Present.of(_past(metric, evidence, min(trial.before.end, as_of)))
    level = monthly.plain(metric, now.level)
    aim = round(level + towards * abs(change), DIGITS) if change is not None else trial.target
    way = towards * (aim - level)
    gap = _gap(metric, now, level, aim)
    cases = needed(now, monthly.scaled(metric, aim) - now.level) if way > 0 and not gap else nan
    months = cases / now.monthly if isfinite(cases) else nan
    window = (trial.after.end - trial.after.start).days / 365.25 * 12
    seen = monthly.plain(metric, now.level + detectable(now, window, towards)) - level
    return {
        "measure_id": measure.id,
        "metric": metrics.describe(metric),
        "unit": metrics.unit(metric),
        "level": level,
        "size": aim - level,
        "monthly": now.monthly,
        "cases": ceil(cases) if isfinite(cases) else None,
        "weeks": ceil(months * WEEKS) if isfinite(months) else None,
        "detectable": nan if gap == CONSTANT else seen,
        "note": gap or _note(way, cases, towards * seen, window),
    }


def _past(metric: Metric, evidence: Evidence, end: date) -> Track:
    last = pd.Period(end, freq="M")
    return monthly.track(metric, replace(evidence, known=end), monthly.months(last - (BACK - 1), last))


def _gap(metric: Metric, now: Present, level: float, aim: float) -> str:
    """Why no number of cases can be told for the way to `aim`; "" where one can."""
    if not isfinite(level):
        return "没有数据或每月太少，算不出"
    if now.kind == "mean" and not now.unit > FLAT:
        return CONSTANT
    low, high, _ = RANGES[metric.kind]
    if not low <= aim <= high or (metric.kind in HOURS and aim <= 0):
        now_at, wanted = _shown(metric, level), _shown(metric, aim)
        return f"现在是 {now_at}，变到 {wanted} 超出了这个指标能有的值；请改要看的变化或目标"
    return ""


def _shown(metric: Metric, value: float) -> str:
    """A level as the table shows it: shares in percent.

    >>> _shown(Metric(kind="share", category="退款"), 0.2503), _shown(Metric(kind="csat"), 4.25)
    ('25.0%', '4.25 分')
    """
    share = metric.kind in metrics.PROPORTIONS
    return (f"{value:.1%}" if share else f"{value:.4g} {metrics.unit(metric)}").replace("-", "−")


def _note(way: float, cases: float, seen: float, window: float) -> str:
    """What the figures say."""
    if not way > 0:
        return "现在的水平已达到目标，没有要看出的变化"
    if not isfinite(cases):
        return "改进前的样本太少，再等也看不出这样大的变化"
    if seen <= way:
        return f"改进后窗口约 {window:.0f} 个月，够看出"
    return f"改进后窗口约 {window:.0f} 个月，不够看出，需延长或看更大的变化"
