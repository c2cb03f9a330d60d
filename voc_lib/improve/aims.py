"""The project's goals against what came out: value now, how far it has come, where it will be when due."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.improve import monthly, track, verdict
from voc_lib.improve.track import Floats, Track
from voc_lib.intervals import Interval
from voc_lib.metric import RANGES, Direction, Metric, resolved
from voc_lib.params import Goal, Params
from voc_lib.period import Period
from voc_lib.stats import goals, metrics
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import Estimate

FEWEST = 6  # months a forecast rests on
BACK = 24  # months at most
SEASON = 18  # months from which the year's wave is in the forecast
AHEAD = 12  # months a forecast may reach
LEVEL = 3  # months on each side of a jump at least
JUMP = 0.5  # share of what the months vary around the trend, under which a jump explains them better
REACHED, SHORT, OPEN, PAST = "可达", "达不到", "分不出", "已到期"


def table(params: Params, evidence: Evidence, period: Period) -> pd.DataFrame:
    """schema.GOALS with current value, attainment, verdict, forecast and what to mind, as of the period."""
    base = goals.table(params, evidence, period).to_dict("records")
    rows = [
        {**row, **_progress(goal, row, params, evidence, period)}
        for goal, row in zip(params.goals, base, strict=True)
    ]
    return schema.shape(pd.DataFrame(rows, columns=schema.GOALS.names), schema.GOALS)


def _progress(
    goal: Goal, row: dict[Any, Any], params: Params, evidence: Evidence, period: Period
) -> dict[str, Any]:
    metric = resolved(goal.metric, params.metrics)
    towards = metric.towards
    now = metrics.measure(metric, replace(evidence, known=period.end), period.start, period.end)
    said = {"current": now.value, "low": now.low, "high": now.high, "n_current": now.n}
    told = {**said, "owner": goal.owner or None, "due": goal.due}
    if towards is None or not now.n:
        return {**told, "verdict": verdict.UNKNOWN, "caution": _silent(now, metric, evidence, towards)}
    told["verdict"] = _verdict(now, goal.target, towards)
    told |= _outlook(goal, metric, evidence, period, towards)
    cautions = _shared(goal, row, period)
    if not cautions or row["source"] == goals.GIVEN:
        told["attainment"] = verdict.attainment(row["baseline"], now.value, goal.target, towards)
        cautions += _cautions(row, towards, now, data=not cautions)
    return {**told, "caution": "；".join(cautions) or None}


def _shared(goal: Goal, row: dict[Any, Any], period: Period) -> list[str]:
    """What to say of a baseline that is not wholly before the period it is held against."""
    if pd.isna(row["baseline_data"]):
        return []
    if goal.baseline_period is None:
        alone = row["baseline_from"].startswith(goals.ITSELF)
        return [f"{goals.ITSELF}，只能与自己相比，看不出变化"] if alone else []
    base = Period.parse(goal.baseline_period)
    if base.end < period.start:
        return []
    told = "晚于" if base.start > period.end else "含有"
    return [f"基线期 {base.title} {told}本期的日子，看不出变化；请改写 baseline_period"]


def _verdict(now: Estimate, target: float, towards: Direction) -> str:
    """达标 where the whole interval reaches the target, 未达标 where none does; small bases are open."""
    if now.n < verdict.SMALL or isnan(now.low):
        return verdict.UNKNOWN
    side = verdict.against(_interval(now.value, now.low, now.high), target, towards)
    return {"reached": verdict.MET, "missed": verdict.MISSED}.get(side, verdict.UNKNOWN)


def _silent(now: Estimate, metric: Metric, evidence: Evidence, towards: Direction | None) -> str:
    if towards is None:
        return "没有说明这个指标越高越好还是越低越好（metrics 中的 better），无法比较"
    return "；".join(["本期没有数据", *metrics.absent(metric, evidence)])


def _cautions(row: dict[Any, Any], towards: Direction, now: Estimate, *, data: bool) -> list[str]:
    """What does not fit: a baseline beside the data, a target it had met already, a change for the worse.

    `data`: those of the baseline are wholly before the period, so that they tell something.
    """
    target, base, seen = row["target"], row["baseline"], row["baseline_data"] if data else None
    told = []
    if pd.notna(seen) and not row["baseline_low"] <= base <= row["baseline_high"]:
        told.append(f"给定的基线不在{row['baseline_from']} 数据的区间内，请核对")
    if pd.notna(seen) and towards * (seen - target) >= 0:
        told.append(f"{row['baseline_from']} 的数据已达到目标，目标可能定低了")
    if (now.high < base) if towards > 0 else (now.low > base):
        told.append("比基线差，方向相反")
    return told


def _outlook(
    goal: Goal, metric: Metric, evidence: Evidence, period: Period, towards: Direction
) -> dict[str, Any]:
    """forecast with its interval for the month due, and what it says of the target."""
    last = pd.Period(period.end, freq="M")
    if goal.due is None:
        return {"outlook": "没有写期限（due）"}
    due = pd.Period(goal.due, freq="M")
    if due <= last:
        return {"outlook": PAST}
    if due.ordinal - last.ordinal > AHEAD:
        return {"outlook": f"期限在 {AHEAD} 个月以后，不外推"}
    months = monthly.months(last - (BACK - 1), last)
    months[-1] = Period(months[-1].label, months[-1].start, min(months[-1].end, period.end))
    found = monthly.track(metric, replace(evidence, known=period.end), months)
    seen = forecast(found, 12 * goal.due.year + goal.due.month - 1)
    if seen is None:
        return {"outlook": f"只有 {len(found)} 个月的数据，不足 {FEWEST} 个月，不外推"}
    value, low, high = _shown(metric, seen)
    side = verdict.against(_interval(value, low, high), goal.target, towards)
    words = {"reached": REACHED, "missed": SHORT}.get(side, OPEN)
    return {"forecast": value, "forecast_low": low, "forecast_high": high, "outlook": words}


def forecast(months: Track, month: int) -> tuple[float, float, float] | None:
    """The value of a month to come with its 95 % prediction interval; None with too few months.

    By the trend so far, least squares weighted by the base, the year's wave with it from 18 months on; after
    a jump that explains far more than a trend, by the level since. The months vary as much as they did
    around that line, never less than by chance.
    """
    if len(months) < FEWEST:
        return None
    wave = len(months) >= SEASON
    line = _foretold(months, month, trend=True, wave=wave)
    jump = min(range(LEVEL, len(months) - LEVEL + 1), key=lambda cut: _spread(months, cut))
    if _spread(months, jump) < JUMP * line.rest:
        line = _foretold(months[jump:], month, trend=False, wave=False)
    return line.value, line.value - line.reach, line.value + line.reach


class _Line(NamedTuple):
    """A value foretold, how far its interval reaches, and what the months vary around the line."""

    value: float
    reach: float
    rest: float


def _foretold(months: Track, month: int, *, trend: bool, wave: bool) -> _Line:
    whole = np.append(months.month, month)
    design = track.design(Track(months.kind, whole, whole * 0.0, whole * 0.0), trend=trend, wave=wave)
    known, new = design[:-1], design[-1]
    freedom = len(months) - known.shape[1]
    inverse = np.linalg.inv(known.T @ (known * months.n[:, None]))
    found = inverse @ known.T @ (months.n * months.value)
    rest = float((months.n * (months.value - known @ found) ** 2).sum())
    phi = max(1.0, rest / months.unit / freedom) if months.unit > 0 else 1.0
    spread = phi * months.unit * (float(new @ inverse @ new) + 1 / float(months.n.mean()))
    return _Line(float(new @ found), track.quantile(freedom) * spread**0.5, rest)


def _spread(months: Track, cut: int) -> float:
    """What the months vary around two levels, one up to `cut` and one from it."""
    return sum(float((part.n * (part.value - part.mean) ** 2).sum()) for part in (months[:cut], months[cut:]))


def _shown(metric: Metric, seen: tuple[float, float, float]) -> Floats:
    """The forecast in the metric's unit and inside what it can be."""
    values = [monthly.plain(metric, bound) for bound in seen]
    low, high, _ = RANGES[metric.kind]
    return np.asarray(np.clip(values, low, high), dtype="float64")


def _interval(value: float, low: float, high: float) -> Interval:
    return Interval(*(np.asarray(x, dtype="float64") for x in (value, low, high)))
