"""A trial put to the verdict: its months before and after, its latest months, its expected level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from voc_lib.improve import control_charts, monthly, track, verdict, watch
from voc_lib.improve.track import FEWEST, Track
from voc_lib.improve.verdict import Judgement
from voc_lib.improve.watch import Alarm, Watch
from voc_lib.knowledge import Trial
from voc_lib.metric import HOURS, Direction
from voc_lib.period import Period
from voc_lib.stats import basis
from voc_lib.stats.basis import Evidence
from voc_lib.stats.exposure import covered
from voc_lib.stats.metrics import Difference

MONTHS = 36  # before the start that make the history
LATEST = 3  # last months a lasting effect is looked for in
QUIET = 6  # months without an alarm from which an effect has held, where the params say nothing


@dataclass(frozen=True)
class Outcome:
    """The verdict of today, and where the target was met once, how it has been since (`since`)."""

    found: Judgement
    since: Watch | None = None


def outcome(trial: Trial, evidence: Evidence, *, as_of: date, quiet: int = QUIET) -> Outcome:
    """The verdict as known at the end of `as_of`; a target that was reached and is lost again is not met,
    whether or not the measure was proven to be what reached it.

    `quiet`: months without an alarm from which the effect has held.
    """
    past, towards = trial.until(as_of), trial.metric.towards
    if past is None or towards is None:
        return Outcome(Judgement(verdict.UNKNOWN, "改进后没有数据"))
    evidence = replace(basis.slim(evidence, trial.metric), known=as_of)
    history = _track(past, evidence, _months(past.before, as_of, back=MONTHS))
    after = _track(past, evidence, _months(past.after, as_of))
    if not len(after) and (open_ := _unsettled(past, evidence, as_of)):
        return Outcome(Judgement(verdict.UNKNOWN, open_))
    target = monthly.scaled(trial.metric, trial.target)
    found = verdict.judge(history, after, target, towards)
    if not _reached(found, target, towards):
        return Outcome(found)
    whole = _track(past, evidence, _months(Period("", past.after.start, as_of), as_of))
    later = whole[whole.month > after.month[-1]]
    since = watch.watch((history, after), later, target, towards, quiet=quiet)
    latest = whole[-LATEST:]
    fell = None
    if latest.base >= verdict.SMALL and latest.month[0] > after.month[0]:
        fell = relapsed(found, latest, target, towards)
    lost = since.state == watch.BACK or (fell is not None and fell.verdict == verdict.MISSED)
    return _reopened(fell or found, since, latest) if lost or found.verdict == verdict.MET else Outcome(found)


def _reached(found: Judgement, target: float, towards: Direction) -> bool:
    """Whether the whole level of the after window reached the target, by the measure or by anything else."""
    if found.verdict == verdict.MISSED or found.level is None:
        return False
    return verdict.against(found.level, target, towards) == "reached"


def _unsettled(trial: Trial, evidence: Evidence, as_of: date) -> str:
    """Why there is no value of hours although there are issues; empty where there are none."""
    found = monthly.estimates(trial.metric, evidence, _months(trial.after, as_of))
    n = sum(each.n for each in found)
    if not n or trial.metric.kind not in HOURS:
        return ""
    if any(each.value == 0 for each in found):
        return f"改进后的 {n} 件过半在反馈的同一时刻办结，记录看不出时长"
    return f"改进后的 {n} 件还没有过半办结，中位数看不出"


def _reopened(found: Judgement, since: Watch, latest: Track) -> Outcome:
    """One outcome of both: what the latest months lost is an alarm, and an alarm is a target not met."""
    if found.verdict == verdict.MISSED and since.state != watch.BACK:
        last = Alarm(int(latest.month[-1]), float(latest.value[-1]), control_charts.SHIFT)
        since = replace(since, quiet=0, alarm=last, state=watch.BACK)
    if found.verdict != verdict.MISSED and since.state == watch.BACK and since.alarm:
        reason = f"{_once(found)}，{since.alarm.label} 复发（{since.alarm.rule}）"
        found = replace(found, verdict=verdict.MISSED, reason=reason)
    return Outcome(found, since)


def relapsed(found: Judgement, latest: Track, target: float, towards: Direction) -> Judgement | None:
    """The verdict where the latest months lost what the after window reached; None where they hold it."""
    seen = found.change
    if seen is None:
        return None
    level = track.level(latest, verdict.inflation(seen.dispersion, seen.freedom))
    side = verdict.against(level, target, towards)
    said = f"{_once(found)}，最近 {len(latest)} 个月已回落"
    if side == "missed":
        return replace(found, verdict=verdict.MISSED, reason=f"{said}，区间不含目标值")
    if side == "open" and towards * (latest.mean - target) < 0:
        return replace(found, verdict=verdict.UNKNOWN, reason=f"{said}到目标以下，但区间仍含目标值")
    return None


def _once(found: Judgement) -> str:
    """What was so before the latest months: a proven effect, or only a target that was reached."""
    return "曾达标" if found.verdict == verdict.MET else "曾达到目标"


def expected(trial: Trial, change: Difference, found: Judgement) -> dict[str, Any]:
    """baseline, and difference, low, high, p_value against it; empty where the history is too short."""
    from scipy.special import ndtr

    seen = found.change
    if seen is None or seen.months < FEWEST:
        return {} if seen is None else {"history_months": seen.months}
    moved, after = seen.contrast, change.after.value
    bounds = [moved.value, moved.low, moved.high]
    if trial.metric.kind in HOURS:
        bounds = [after * (1 - float(np.exp(-bound))) for bound in bounds]
    chance = 2 * ndtr(-abs(moved.value) / moved.error) if moved.error > 0 else float(moved.value == 0)
    return {
        "baseline": after - bounds[0],
        **dict(zip(("difference", "low", "high"), bounds, strict=True)),
        "p_value": float(chance),
        "history_months": seen.months,
        "dispersion": seen.dispersion,
    }


def _track(trial: Trial, evidence: Evidence, windows: list[Period]) -> Track:
    """The metric over the windows; a KPI, given by month, over whole months where there are any."""
    whole = [month for month in windows if covered(month.label, month) == 1]
    return monthly.track(trial.metric, evidence, whole if trial.metric.kind == "kpi" and whole else windows)


def _months(window: Period, as_of: date, *, back: int = 0) -> list[Period]:
    """The months of a window, cut at its ends; with `back`, those up to its end, so many at most."""
    last = pd.Period(min(window.end, as_of), freq="M")
    first = last - (back - 1) if back else pd.Period(window.start, freq="M")
    start = date.min if back else window.start
    return [
        Period(month.label, max(month.start, start), min(month.end, window.end, as_of))
        for month in monthly.months(first, last)
    ]
