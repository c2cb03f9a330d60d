"""What else may explain a change: a comparison group, an extreme start, the season, the year before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import isnan, nan

import numpy as np
import pandas as pd

from voc_lib import intervals
from voc_lib.improve import interrupted, monthly, strata
from voc_lib.improve.verdict import SMALL
from voc_lib.intervals import Interval, signed
from voc_lib.knowledge import Trial
from voc_lib.metric import HOURS, Metric
from voc_lib.period import Period
from voc_lib.stats import basis, metrics
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import Difference, Estimate
from voc_lib.stats.mix import POINTS

EARLIER = 12  # months before the before window it is held against
FEWEST = 6  # earlier months with data, for “extreme” to mean anything
TREND = 36  # months up to the end of the before window whose trend is taken off
COARSE = ("handling_hours", "first_response_hours", "nps")  # one digit is enough
FOLLOWED = 30  # days an issue counts for at most in a mean of hours
UNTOLD = 0.1  # share of a window without a usable time from which a median proves nothing
SOLVED = ("handling_hours", "sla", "fcr")  # rest on when issues were closed
ABSENT = 0.5  # share of the months after without a figure from which a met target is no proof
MISSING = {"kpi": "数", "rate": "订单量"}
SHORT = 3  # a before window of more months is not called extreme


@dataclass(frozen=True)
class Caution:
    """One sentence; where it `blocks`, a met target is no proof yet."""

    text: str
    blocks: bool = False


def cautions(trial: Trial, evidence: Evidence, change: Difference, *, as_of: date) -> list[Caution]:
    """Every caution that applies to the change seen in a trial up to `as_of`."""
    past = trial.until(as_of)
    if past is None:
        return []
    evidence = basis.slim(evidence, trial.metric, also={*trial.comparison, *strata.COLUMNS})
    checks = [_gaps, _strata, _untold, _reopened, _longest]
    if not isnan(change.difference):
        checks = [_comparison, _mixture, _trend, _extreme, _season, *checks]
    return [found for check in checks for found in check(past, evidence, change)]


def beyond_chance(change: Difference) -> bool:
    """Whether the 95 % interval between the two windows leaves zero out."""
    return change.low > 0 or change.high < 0


def difference_in_differences(change: Difference, control: Difference) -> Interval:
    """The change less the comparison group's, with a 95 % interval from both (MOVER, Zou & Donner 2008)."""
    return intervals.mover(_interval(change), _interval(control))


def _interval(change: Difference) -> Interval:
    return Interval(*(np.asarray(x, dtype="float64") for x in (change.difference, change.low, change.high)))


def _comparison(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    if not trial.comparison:
        if trial.pilot:
            yield Caution("试点没有写对照组，不能排除同期的其他原因", blocks=True)
        return
    elsewhere = trial.metric.model_copy(update={"where": {**trial.metric.where, **trial.comparison}})
    control = metrics.compare(elsewhere, evidence, trial.before, trial.after)
    name = "、".join(trial.comparison.values())
    if min(control.before.n, control.after.n) < SMALL or isnan(control.low):
        yield Caution(f"对照组（{name}）样本不足，不能排除其他原因", blocks=True)
        return
    net, low, high = (float(x) for x in difference_in_differences(change, control))
    told = f"同期对照组（{name}）变化 {points(trial.metric, control.difference)}，扣除后 "
    told += points(trial.metric, net) + _range(trial.metric, low, high)
    towards = trial.metric.towards or 0
    if not (low > 0 if towards > 0 else high < 0):
        yield Caution(f"{told}，不能排除与措施无关的共同变化", blocks=True)
    else:
        yield Caution(told)


def _mixture(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """A share can fall because other problems grow: fewer per cent of more."""
    if trial.metric.kind != "share" or change.difference >= 0:
        return
    before, after = change.before, change.after
    daily = [e.value * e.n / w.days for e, w in ((before, trial.before), (after, trial.after))]
    if daily[1] >= daily[0]:
        told = (
            f"占比下降，但条数没有减少（日均 {daily[0]:.1f} 条 → {daily[1]:.1f} 条），可能是其他问题增多所致"
        )
        yield Caution(told, blocks=True)


def _trend(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """The step over and above trend and season of up to three years before, months in between left out:
    told beside the verdict, which takes a trend off by itself."""
    last, first_after = (pd.Period(day, freq="M") for day in (trial.before.end, trial.after.start))
    windows = monthly.months(last - (TREND - 1), pd.Period(trial.after.end, freq="M"))
    order = pd.period_range(last - (TREND - 1), periods=len(windows), freq="M")
    used = (order <= last) | (order >= first_after)
    windows = [*windows[:-1], _until(windows[-1], trial.after.end)]
    found = monthly.estimates(trial.metric, evidence, windows)
    values = pd.Series([estimate.value if estimate.n >= SMALL else nan for estimate in found])
    n = pd.Series([float(estimate.n) for estimate in found])
    step = interrupted.step(values.where(used), pd.Series(order >= first_after), n)
    if step is None:
        return
    told = f"扣除此前 {step.before} 个月的趋势后，水平变化 {points(trial.metric, step.level)}"
    yield Caution(told + _range(trial.metric, step.low, step.high) + "（容许相邻月份相关）")


def _until(month: Period, end: date) -> Period:
    return Period(month.label, month.start, min(month.end, end))


def _known(trial: Trial, evidence: Evidence, windows: list[Period]) -> list[float]:
    """The metric in each window; NaN where the base is small."""
    found = monthly.estimates(trial.metric, evidence, windows)
    return [estimate.value if estimate.n >= SMALL else nan for estimate in found]


def _strata(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """Held against the window before and against the same days a year before, which a verdict rests on."""
    pairs, year_ago = [(trial, change)], year_earlier(trial.after)
    if year_ago.start <= trial.before.end:
        past = replace(trial, before=_until(year_ago, min(year_ago.end, trial.before.end)))
        pairs.append((past, metrics.compare(trial.metric, evidence, past.before, past.after)))
    parted = [(strata.Sides(past, evidence), moved) for past, moved in pairs if beyond_chance(moved)]
    told = [strata.contradiction(*pair) for pair in parted]
    yield from (Caution(words, blocks=True) for words in list(filter(None, told))[:1])
    staff = [strata.of_staff(*pair) for pair in parted]
    yield from (Caution(f"{words}；换人若就是措施，可以不计") for words in list(filter(None, staff))[:1])


def _gaps(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """Months of a window without a figure; where they are many of those after, the rest prove nothing."""
    for name, window in (("改进前", trial.before), ("改进后", trial.after)):
        found = _whole(trial.metric, evidence, window)
        without = [month for month, estimate in found.items() if not estimate.n]
        if 0 < len(without) < len(found):
            missing = MISSING.get(trial.metric.kind, "样本")
            told = f"{name}的 {len(found)} 个月里 {'、'.join(without)} 没有{missing}"
            many = window is trial.after and len(without) > ABSENT * len(found)
            yield Caution(told + ("，缺的月份太多，其余月份不能代表" if many else "，没有计入"), blocks=many)


def _whole(metric: Metric, evidence: Evidence, window: Period) -> dict[str, Estimate]:
    """The metric in each whole month a window touches."""
    months = [Period.parse(month) for month in window.months]
    found = monthly.estimates(metric, evidence, months)
    return {month.label: estimate for month, estimate in zip(months, found, strict=True)}


def _extreme(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """Regression to the mean: a short before window that was worse than every month before it."""
    if len(trial.before.months) > SHORT:
        return
    first = pd.Period(trial.before.start, freq="M")
    found = _known(trial, evidence, monthly.months(first - EARLIER, first - 1))
    values = [value for value in found if not isnan(value)]
    towards = trial.metric.towards or 0
    if len(values) >= FEWEST and all(towards * (value - change.before.value) > 0 for value in values):
        yield Caution(f"改进前窗口比此前 {len(values)} 个月都差，部分变化可能是向均值回归")


def _untold(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """Issues that ended before they were raised, after three years or nobody knows when."""
    if trial.metric.kind not in HOURS:
        return
    sides = (("改进前", trial.before), ("改进后", trial.after))
    found = [(name, *basis.left_out(trial.metric, evidence, window)) for name, window in sides]
    told = [f"{name} {lost} 件（共 {n} 件）" for name, lost, n in found if lost]
    if told:
        words = f"{'、'.join(told)}的时间早于反馈、超过三年或没有记录，没有计入"
        yield Caution(words, blocks=any(lost > UNTOLD * n for _, lost, n in found))


def _reopened(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """More issues than before that were closed and are open again: no quicker solution."""
    if trial.metric.kind not in SOLVED:
        return
    sides = [basis.reopened(trial.metric, evidence, window) for window in (trial.before, trial.after)]
    early, late = (open_ / n if n else 0.0 for open_, n in sides)
    if late - early > UNTOLD:
        told = "改进后 {} 件（有完成时间的共 {} 件）状态仍是未办结，可能办结后又打开".format(*sides[1])
        yield Caution(told, blocks=True)


def _longest(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """The mean beside the median, which says nothing of the slow half; every issue followed equally long."""
    if trial.metric.kind not in HOURS:
        return
    days = min(FOLLOWED, ((evidence.known or trial.after.end) - trial.after.start).days // 2 + 1)
    before, after = (
        metrics.restricted(trial.metric, evidence, w, 24 * days) for w in (trial.before, trial.after)
    )
    moved = intervals.mover(after, before)
    if isnan(moved.low):
        return
    value, low, high = (float(bound) for bound in moved)
    name = metrics.describe(trial.metric).replace("中位数", "均值")
    told = f"{name}（每件至多计 {days} 天，未办完的也计）{before.value:.1f} → {after.value:.1f} 小时，"
    told += f"变化 {points(trial.metric, value)}{_range(trial.metric, low, high)}"
    longer = change.difference < 0 < low
    yield Caution(told + "，中位数缩短而慢的更慢" if longer else told, blocks=longer)


def _season(trial: Trial, evidence: Evidence, change: Difference) -> Iterator[Caution]:
    """Different calendar months; with the change from the year before where there is data."""
    if set(_calendar(trial.before)) == set(_calendar(trial.after)):
        return
    told = f"改进前后所含月份不同（{_months(trial.before)} 与 {_months(trial.after)}），可能有季节影响"
    year_ago = year_earlier(trial.after)
    if year_ago.end <= trial.before.end:
        yearly = metrics.compare(trial.metric, evidence, year_ago, trial.after)
        if min(yearly.before.n, yearly.after.n) >= SMALL and not isnan(yearly.low):
            told += f"；与上年同期相比 {points(trial.metric, yearly.difference)}"
            told += _range(trial.metric, yearly.low, yearly.high)
    yield Caution(told)


def _calendar(period: Period) -> list[int]:
    return [int(month[-2:]) for month in period.months]


def _months(period: Period) -> str:
    months = _calendar(period)
    return f"{months[0]}月" if len(months) == 1 else f"{months[0]}–{months[-1]}月"


def year_earlier(period: Period) -> Period:
    """The same days a year before.

    >>> year_earlier(Period.parse("2026-Q3")).label
    '2025-07-01..2025-09-30'
    """
    start, end = ((pd.Timestamp(day) - pd.DateOffset(years=1)).date() for day in (period.start, period.end))
    return Period(f"{start}..{end}", start, end)


def points(metric: Metric, difference: float) -> str:
    """A change as a reader says it.

    >>> points(Metric(kind="fcr"), -0.1234), points(Metric(kind="csat"), 0.5)
    ('−12.3 个百分点', '+0.50 分')
    """
    unit = POINTS if metric.kind in metrics.PROPORTIONS else metrics.unit(metric)
    return f"{_signed(metric, difference)} {unit}"


def _signed(metric: Metric, difference: float) -> str:
    if metric.kind in metrics.PROPORTIONS:
        return signed(difference * 100)
    return signed(difference, 1 if metric.kind in COARSE else 2)


def _range(metric: Metric, low: float, high: float) -> str:
    return f"（95% 区间 {_signed(metric, low)} 至 {_signed(metric, high)}）"
