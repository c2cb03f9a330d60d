"""Whether a measure worked: its metric before and after, interval, verdict, and what else may explain it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from math import nan
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve import (
    caution,
    control_charts,
    decisions,
    monthly,
    rounds,
    stages,
    track,
    trials,
    verdict,
    visits,
    watch,
)
from voc_lib.improve.change import LEVEL
from voc_lib.improve.plan import finished
from voc_lib.improve.track import FEWEST
from voc_lib.improve.verdict import Judgement
from voc_lib.improve.watch import Watch
from voc_lib.knowledge import Knowledge, Measure, Revisit, Trial, filters
from voc_lib.metric import HOURS
from voc_lib.period import Period
from voc_lib.stats import basis, metrics
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import Difference, Estimate

_SERIES = {
    "month": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n": "Int64",
    "phase": "str",
}
UNMEASURED = {
    "metric": "未写指标",
    "verdict": verdict.UNKNOWN,
    "note": "措施没有写 metric、target、before、after，无法判断效果",
    "next_step": "补充指标",
}
ROLL_OUT = "定是否推广"  # what follows a pilot that met its target
UNDECLARED = {
    "verdict": verdict.UNKNOWN,
    "note": "没有说明这个指标越高越好还是越低越好（metrics 中的 better），无法判断效果",
    "next_step": "补充指标",
}


def judged(knowledge: Knowledge, *, as_of: date) -> list[Measure]:
    """The measures that can be judged on a day, by the round then at work: not cancelled, with a metric."""
    return [measure for measure in rounds.current(knowledge, as_of).measures if measure.trial]


def table(
    knowledge: Knowledge, evidence: Evidence, *, as_of: date, quiet: int = trials.QUIET
) -> pd.DataFrame:
    """改进效果跟踪表: schema.EFFECTS as known at the end of `as_of`; cancelled measures left out.

    Of a measure with several rounds, that of the one then at work; of one in pilot, its scope against the
    comparison group. `quiet`: months without a relapse from which an effect has held.
    """
    knowledge, lost = visits.counted(rounds.current(knowledge, as_of), evidence.ratings)
    rows = [_row(measure, evidence, as_of, quiet) for measure in knowledge.measures if not measure.cancelled]
    filled = [{**row, **_known(knowledge, row, as_of, lost)} for row in rows]
    return schema.shape(pd.DataFrame(filled, columns=schema.EFFECTS.names), schema.EFFECTS)


def of_rounds(
    knowledge: Knowledge, evidence: Evidence, *, as_of: date, quiet: int = trials.QUIET
) -> pd.DataFrame:
    """措施历轮效果: schema.ROUNDS of the measures with several, each as known when the next began."""
    rows = [
        {
            **_row(measure, evidence, last, quiet),
            **{"round": measure.round, "start": measure.start, "until": last, "failure": why or None},
        }
        for measure, last, why in rounds.repeated(knowledge, as_of)
        if measure.start <= as_of and not measure.cancelled
    ]
    return schema.shape(pd.DataFrame(rows, columns=schema.ROUNDS.names), schema.ROUNDS)


def _known(
    knowledge: Knowledge, row: dict[str, Any], as_of: date, lost: Collection[Revisit]
) -> dict[str, Any]:
    """What people know besides: round and stage, the score of the revisits, incidents in the windows."""
    measure = knowledge.measure(row["measure_id"])
    told = decisions.meanwhile(knowledge.incidents, measure.problem, measure.trial) if measure.trial else []
    told += [*_beside(knowledge, measure, as_of), *visits.told(lost, measure, as_of)]
    again = [f"第 {measure.round} 轮；上一轮没有成：{measure.failure}"] if measure.round > 1 else []
    more = {"note": [*told, *again], "caution": told}
    return {
        "round": measure.round,
        "stage": stages.stage(measure, as_of),
        "revisit_csat": revisit_score(knowledge, measure, as_of),
        **{name: "；".join(filter(None, [row.get(name), *words])) or None for name, words in more.items()},
    }


def _beside(knowledge: Knowledge, measure: Measure, as_of: date) -> list[str]:
    """A sentence about measures on the same problem that began after the months compared with."""
    trial = measure.trial
    if trial is None:
        return []
    last = min(trial.after.end, as_of)
    others = [
        f"{one.id}（{one.start} 开始）"
        for one in knowledge.measures
        if one.id != measure.id and one.problem == measure.problem and not one.cancelled
        if trial.before.end < one.start <= last
    ]
    return [f"同一问题还有措施 {'、'.join(others)}，各自的作用分不开"] if others else []


def compare(trial: Trial, evidence: Evidence, *, as_of: date) -> Difference:
    """The metric in the two windows, both cut at `as_of`; NaN where the after window lies ahead."""
    evidence = replace(basis.slim(evidence, trial.metric), known=as_of)
    past = trial.until(as_of)
    if past:
        return metrics.compare(past.metric, evidence, past.before, past.after)
    unknown = Estimate(nan, nan, nan, 0, metrics.unit(trial.metric))
    known = trial.before.end <= as_of
    before = (
        metrics.measure(trial.metric, evidence, trial.before.start, trial.before.end) if known else unknown
    )
    return Difference(before, unknown, nan, nan, nan, nan)


def series(measure: Measure, evidence: Evidence, *, until: date | Period) -> pd.DataFrame:
    """The metric by month: month, value, low, high, n, phase.

    phase is 更早 (up to 36 months before the window, from the first with data), 改进前, 实施中 or 改进后;
    center, lower, upper, signal are its control chart (NaN: too few).
    A month that `until` cuts is counted as far as it goes.
    """
    last, trial = until.end if isinstance(until, Period) else until, measure.trial
    if trial is None or trial.before.start > last:
        return control_charts.limits(pd.DataFrame(columns=list(_SERIES)).astype(_SERIES), kind="mean")
    windows = monthly.months(
        pd.Period(trial.before.start, freq="M") - trials.MONTHS, pd.Period(last, freq="M")
    )
    windows[-1] = Period(windows[-1].label, windows[-1].start, min(windows[-1].end, last))
    found = monthly.estimates(trial.metric, replace(evidence, known=last), windows)
    rows = [
        {**vars(estimate), "month": window.label, "phase": phase(trial, window)}
        for window, estimate in zip(windows, found, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(_SERIES)).astype(_SERIES)
    table = table[table["value"].notna().cummax() | table["phase"].ne(control_charts.EARLIER)]
    return control_charts.limits(table.reset_index(drop=True), kind=_scale(trial))


def months(knowledge: Knowledge, evidence: Evidence, *, until: Period) -> pd.DataFrame:
    """schema.EFFECT_MONTHS: the metric of every judged measure by month, as `series` gives it."""
    parts = [
        series(measure, evidence, until=until).assign(
            measure_id=measure.id, metric=metrics.describe(trial.metric), unit=metrics.unit(trial.metric)
        )
        for measure in judged(knowledge, as_of=until.end)
        if (trial := measure.trial)
    ]
    if not parts:
        return schema.empty(schema.EFFECT_MONTHS)
    return schema.shape(pd.concat(parts, ignore_index=True), schema.EFFECT_MONTHS)


def _scale(trial: Trial) -> str:
    return "hours" if trial.metric.kind in HOURS else track.kind(trial.metric.kind)


def phase(trial: Trial, month: Period) -> str:
    """更早 and 改进前 up to the end of the before window, 改进后 from the start of the after, else 实施中."""
    if month.end < trial.before.start:
        return control_charts.EARLIER
    if month.start <= trial.before.end:
        return "改进前"
    return "改进后" if month.end >= trial.after.start else "实施中"


def _row(measure: Measure, evidence: Evidence, as_of: date, quiet: int) -> dict[str, Any]:
    named = {"measure_id": measure.id, "action": measure.action, "document": measure.document or None}
    trial = measure.trial
    if trial is None:
        return {**named, **UNMEASURED}
    if trial.metric.towards is None:
        return {**named, **UNDECLARED, "metric": metrics.describe(trial.metric), "target": trial.target}
    change = compare(trial, evidence, as_of=as_of)
    outcome = trials.outcome(trial, evidence, as_of=as_of, quiet=quiet)
    found = outcome.found
    cautions = caution.cautions(trial, replace(evidence, known=as_of), change, as_of=as_of)
    doubts = [each.text for each in cautions if each.blocks]
    held = found.verdict == verdict.MET and bool(doubts)
    reason = f"达到目标，但{doubts[0]}" if held else found.reason
    told = [
        reason,
        *_basis(trial, found),
        *_progress(measure, trial, as_of),
        *metrics.absent(trial.metric, evidence),
    ]
    told += [each.text for each in cautions if not held or each.text != doubts[0]]
    judged_as = verdict.UNKNOWN if held else found.verdict
    return {
        **named,
        **_figures(trial, change, found),
        "verdict": judged_as,
        "note": "；".join(told),
        "next_step": next_step(judged_as, pilot=trial.pilot),
        "reason": reason,
        **({} if doubts or not outcome.since else _watched(outcome.since, measure, quiet)),
        "caution": "；".join([*(doubts[1:] if held else []), *_progress(measure, trial, as_of)]) or None,
    }


def next_step(judged_as: str, *, pilot: bool) -> str:
    """What follows a verdict; a pilot that met its target is not rolled out by itself.

    >>> next_step("达标", pilot=True), next_step("达标", pilot=False)
    ('定是否推广', '继续看守')
    """
    return ROLL_OUT if pilot and judged_as == verdict.MET else verdict.NEXT_STEPS[judged_as]


def _watched(since: Watch, measure: Measure, quiet: int) -> dict[str, Any]:
    """The columns of the watch; what comes next of a target that is still met."""
    row = {"watch": since.state, "quiet_months": since.quiet, "watch_note": _guard(since, quiet)}
    if since.alarm:
        row |= {"slipped": since.alarm.label, "slipped_to": since.alarm.value}
    if since.state != watch.BACK and not measure.stages.on_trial:
        row["next_step"] = watch.next_step(since, measure.document)
    return row


def _guard(since: Watch, quiet: int) -> str:
    """What the watch has seen.

    >>> _guard(Watch(2, 2, None, "看守中"), 6)
    '达标后看守了 2 个月，没有复发；满 6 个月才算稳住'
    >>> _guard(Watch(7, 7, None, "已稳住", under=True), 6)
    '达标后看守了 7 个月，没有复发；最近一个月差于目标，先不固化'
    """
    if since.state == watch.HELD and since.under:
        return f"{_guard(replace(since, under=False), quiet)}；最近一个月差于目标，先不固化"
    if not since.watched and since.alarm is None:
        return f"改进后窗口之后还没有数据，从下个月起看守；满 {quiet} 个月没有复发才算稳住"
    if since.alarm is None:
        told = f"达标后看守了 {since.watched} 个月，没有复发"
        return told if since.state == watch.HELD else f"{told}；满 {quiet} 个月才算稳住"
    told = f"{since.alarm.label} {since.alarm.rule}，此后 {since.quiet} 个月没有再越界"
    return (
        f"{told}，已恢复" if since.state == watch.HELD else f"{told}；满 {quiet} 个月才算恢复，措施已重新打开"
    )


def _figures(trial: Trial, change: Difference, found: Judgement) -> dict[str, Any]:
    """The columns of numbers; the change is the one the verdict rests on, where there is a history."""
    before, after = change.before, change.after
    figures = {
        "metric": metrics.describe(trial.metric),
        "unit": after.unit,
        "target": trial.target,
        "before": before.value,
        "after": after.value,
        "n_before": before.n,
        "n_after": after.n,
        "difference": change.difference,
        "low": change.low,
        "high": change.high,
        "p_value": change.p_value,
        "needed": found.needed,
        **trials.expected(trial, change, found),
    }
    base = figures.get("baseline", before.value)
    way = verdict.attainment(base, after.value, trial.target, trial.metric.towards or 1)
    return {**figures, "attainment": way}


def _basis(trial: Trial, found: Judgement) -> list[str]:
    """What the change was held against."""
    seen = found.change
    if seen is None or seen.months < FEWEST:
        return []
    with_ = "改进前两年内的同月" if seen.seasonal else f"改进前 {min(seen.months, LEVEL)} 个月"
    told = f"变化以{with_}为基线（历史 {seen.months} 个月"
    return [told + (f"，月间波动是随机的 {seen.dispersion:.1f} 倍，已计入区间）" if seen.freedom else "）")]


def _progress(measure: Measure, trial: Trial, as_of: date) -> list[str]:
    """What the dates say: not done yet, the after window ahead or cut."""
    told = [] if finished(measure, as_of) else ["措施尚未完成"]
    told += [f"试点：只看 {filters.said(trial.metric.where)}"] if trial.pilot else []
    if trial.before.end >= measure.start:
        told.append(f"改进前窗口含 {measure.start} 开始实施后的日子，效果可能被低估")
    if trial.after.start < measure.start:
        told.append(f"改进后窗口含 {measure.start} 开始实施以前的日子，效果可能被低估")
    if measure.done and trial.after.start < measure.done:
        told.append(f"改进后窗口在 {measure.done} 完成前就开始，效果可能被低估")
    if trial.after.start > as_of:
        return [*told, f"改进后窗口 {trial.after.start} 才开始"]
    if trial.after.end > as_of:
        return [*told, f"改进后窗口截至 {as_of}（原定至 {trial.after.end}）"]
    return told


def revisit_score(knowledge: Knowledge, measure: Measure, as_of: date) -> float:
    """Mean score of the revisits about a round of a measure up to `as_of`; NaN where there is none."""
    about = [visit for visit in knowledge.revisits if rounds.about(visit, measure)]
    past = [visit for visit in about if visit.at is None or visit.at <= as_of]
    scores = [visit.score for visit in past if visit.score is not None]
    return sum(scores) / len(scores) if scores else nan
