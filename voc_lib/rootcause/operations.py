"""A cause tried on data of how the work went: waits and scores beside other problems', KPIs by month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import pandas as pd

from voc_lib import intervals
from voc_lib.intervals import Interval
from voc_lib.metric import Definition, Metric, resolved
from voc_lib.period import Period
from voc_lib.stats import metrics, trends
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import Estimate

MONTHS = 24
FEWEST = 8  # changes from month to month a correlation rests on
KINDS = ("handling_hours", "first_response_hours", "sla", "csat", "fcr")


@dataclass(frozen=True)
class Trial:
    """What came out, as a reader says it; `speaks` for the cause, against chance; None: too little data."""

    found: str
    speaks: bool | None


def choices(definitions: list[Definition]) -> list[Metric]:
    """The metrics a cause can be tried on: of handling and scores, and the KPIs of the dictionary."""
    built_in = [Metric.model_validate({"kind": kind}) for kind in KINDS]
    return [*built_in, *(resolved(Metric(kind="kpi", name=d.name), definitions) for d in definitions)]


def tried(metric: Metric, problem: str, evidence: Evidence, period: Period) -> Trial:
    """The metric tried on a problem: a KPI month by month, others beside the other problems of the period."""
    if metric.kind == "kpi":
        return _together(metric, problem, evidence, period)
    return _beside(metric, problem, evidence, period)


def _beside(metric: Metric, problem: str, evidence: Evidence, period: Period) -> Trial:
    """The problem's waits or scores beside those of the others; the difference with its interval (MOVER)."""
    name = metrics.describe(metric)
    mine, others = (_measured(metric, problem, evidence, period, own=own) for own in (True, False))
    if not mine.n or not others.n or not isfinite(mine.value - others.value):
        return Trial(f"{name}：{problem}或其他问题没有数据，无法比较", None)
    gap = intervals.mover(_interval(mine), _interval(others))
    told = f"{name}：{problem} {_shown(mine)}，其他问题 {_shown(others)}"
    told += f"；相差 {_value(float(gap.value), mine.unit)}"
    told += f"（95% 区间 {_value(float(gap.low), mine.unit)} 至 {_value(float(gap.high), mine.unit)}）"
    worse = (gap.high < 0) if (metric.towards or 1) > 0 else (gap.low > 0)
    return Trial(told, bool(worse))


def _measured(metric: Metric, problem: str, evidence: Evidence, period: Period, *, own: bool) -> Estimate:
    def part(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["primary_tag"].eq(problem).fillna(False).astype(bool) == own]

    rated = None if evidence.ratings is None else part(evidence.ratings)
    some = replace(evidence, issues=part(evidence.issues), ratings=rated, known=period.end, seen={})
    return metrics.measure(metric, some, period.start, period.end)


def _together(metric: Metric, problem: str, evidence: Evidence, period: Period) -> Trial:
    """Spearman's correlation of the changes from month to month of the KPI and of the problem's share.

    Changes, so that two things that merely rise together prove nothing. Interval: Bonett & Wright 2000.
    """
    months = trends.monthly(evidence.issues, until=period, months=MONTHS)
    shares = months[months["category"] == problem].set_index("month")["share"]
    kpi = pd.Series({str(m): _month(metric, evidence, str(m)) for m in shares.index}, dtype="float64")
    both = pd.DataFrame({"share": shares.astype("float64"), "kpi": kpi}).diff().dropna()
    name = metrics.describe(metric)
    if len(both) < FEWEST or (both.nunique() < 2).any():
        return Trial(f"{name}：只有 {len(both)} 次逐月变化，不足 {FEWEST} 次，无法检验", None)
    found = intervals.spearman(both["share"], both["kpi"])
    told = f"{name}与{problem}占比逐月变化的秩相关 {intervals.signed(float(found.value), 2)}"
    bounds = " 至 ".join(intervals.signed(float(bound), 2) for bound in (found.low, found.high))
    told += f"（{len(both)} 次变化，95% 区间 {bounds}）"
    return Trial(told, bool(found.high < 0 if (metric.towards or 1) > 0 else found.low > 0))


def _month(metric: Metric, evidence: Evidence, month: str) -> float:
    window = Period.parse(month)
    return metrics.measure(metric, evidence, window.start, window.end).value


def _interval(seen: Estimate) -> Interval:
    return Interval(*(np.asarray(x, dtype="float64") for x in (seen.value, seen.low, seen.high)))


def _shown(seen: Estimate) -> str:
    low, high = _value(seen.low, seen.unit), _value(seen.high, seen.unit)
    return f"{_value(seen.value, seen.unit)}（95% 区间 {low}–{high}，n = {seen.n:,}）"


def _value(value: float, unit: str) -> str:
    return f"{value:.1%}" if unit == "比例" else f"{value:.1f} {unit}"
