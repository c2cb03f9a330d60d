"""How healthy the programme is: are problems worked on, in time, to the end, and do customers hear of it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import dropwhile
from math import nan
from typing import NamedTuple

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.improve import followup, rounds, verdict
from voc_lib.improve.plan import finished
from voc_lib.knowledge import Knowledge, Measure
from voc_lib.period import Period
from voc_lib.stats import basis, raised

MONTHS = 6  # of the trend
YEAR = 365  # days in which wishes are counted
DECIDED = (verdict.MET, verdict.MISSED)
SHARE, DAYS = "比例", "天"


class Health(NamedTuple):
    """One indicator on a day."""

    indicator: str
    unit: str
    value: float
    n: int
    note: str


def table(
    knowledge: Knowledge, issues: pd.DataFrame, effects: pd.DataFrame, calls: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """schema.PROGRAMME at the end of a day; `trend`: the ends of the last MONTHS months, the oldest first.

    `effects` and `calls` (schema.FOLLOWUPS) are of that day; what rests on them has no trend.
    """
    ends = [
        month.end_time.date()
        for month in pd.period_range(end=pd.Period(as_of, "M"), periods=MONTHS, freq="M")
    ]
    days = [min(day, as_of) for day in ends]
    waits = _waits(_live(knowledge), raised.complaints(issues))
    told = [{found.indicator: found for found in _dated(knowledge, issues, waits, day)} for day in days]
    rows = [
        {**found._asdict(), "previous": told[-2][name].value, "trend": _trend([each[name] for each in told])}
        for name, found in told[-1].items()
    ]
    rows += [found._asdict() for found in (*_loop(knowledge, effects, calls, as_of), _called(calls))]
    return schema.shape(pd.DataFrame(rows, columns=schema.PROGRAMME.names), schema.PROGRAMME)


def _dated(
    knowledge: Knowledge, issues: pd.DataFrame, waits: dict[str, float], day: date
) -> Iterator[Health]:
    live = _live(knowledge)
    yield _covered(live, issues, day)
    due = [measure for measure in live if measure.due <= day]
    kept = [finished(measure, day) and measure.done <= measure.due for measure in due]  # type: ignore[operator]
    yield Health("措施按期完成率", SHARE, _mean(kept), len(due), "到期的措施中按期完成的占比，不含取消的")
    known = [waits[m.id] for m in live if m.start <= day and m.round == 1 and m.id in waits]
    note = "从数据里同类问题的首条反馈到措施开始"
    yield Health("首条反馈到措施开始（中位数）", DAYS, _median(known), len(known), note)
    yield _taken_up(knowledge, issues, day)


def _live(knowledge: Knowledge) -> list[Measure]:
    return [measure for measure in knowledge.measures if not measure.cancelled]


def _covered(live: list[Measure], issues: pd.DataFrame, day: date) -> Health:
    month = Period.parse(str(pd.Period(day, "M")))
    rows = raised.problems(issues, month)
    problems = {measure.problem for measure in live if measure.start <= day}
    share = float(rows["primary_tag"].isin(problems).mean()) if len(rows) else nan
    return Health(
        "有措施的问题占比", SHARE, share, len(rows), "期末当月的问题中，所属类型有已开始的措施的占比"
    )


def _waits(measures: list[Measure], complaints: pd.DataFrame) -> dict[str, float]:
    """Days from the first feedback about a measure's problem to its start, where there is any."""
    found = ((measure.id, _first(measure, complaints)) for measure in measures if measure.round == 1)
    return {name: days for name, days in found if days is not None}


def _first(measure: Measure, rows: pd.DataFrame) -> float | None:
    start = pd.Timestamp(measure.start)
    rows = rows[rows["primary_tag"].eq(measure.problem).fillna(False).astype(bool)]
    rows = basis.where(rows, measure.metric.where) if measure.metric else rows
    days = (start - rows["created_at"]).dt.total_seconds() / 86_400
    days = days[days >= 0]
    return float(days.max()) if len(days) else None


def _taken_up(knowledge: Knowledge, issues: pd.DataFrame, day: date) -> Health:
    """Wishes of the year that a finished measure answers."""
    age = (pd.Timestamp(day) + pd.Timedelta(days=1) - issues["created_at"]).dt.total_seconds() / 86_400
    wishes = issues[issues["intent"].eq(followup.WISH) & (age > 0) & (age <= YEAR)]
    done = [
        followup.reported(knowledge, measure.until(day), issues)["issue_id"]
        for measure in _live(knowledge)
        if finished(measure, day)
    ]
    taken = wishes["issue_id"].isin(pd.concat(done)) if done else pd.Series(False, index=wishes.index)
    share = float(taken.mean()) if len(wishes) else nan
    return Health(
        "客户建议采纳率", SHARE, share, len(wishes), "一年内的需求类问题中，已由完成的措施回应的占比"
    )


def _loop(knowledge: Knowledge, effects: pd.DataFrame, calls: pd.DataFrame, as_of: date) -> Iterator[Health]:
    """How many measures went all the way, and how long the way to a verdict was."""
    now = rounds.current(knowledge, as_of).measures
    done = [measure for measure in now if not measure.cancelled and finished(measure, as_of)]
    verdicts = dict(zip(effects["measure_id"], effects["verdict"], strict=True))
    decided = [measure for measure in done if verdicts.get(measure.id) in DECIDED]
    called = set(calls.loc[calls["reason"].str.startswith(followup.CALLED), "measure_id"])
    whole = called.intersection(measure.id for measure in decided)
    note = "完成的措施中，效果已有结论（达标或未达标）并回访过客户的占比"
    yield Health("闭环率", SHARE, _mean([measure.id in whole for measure in done]), len(done), note)
    days = [(min(m.trial.after.end, as_of) - m.start).days for m in decided if m.trial]
    note = "从措施开始到效果有结论，取改进后窗口的末日"
    yield Health("措施开始到效果有结论（中位数）", DAYS, _median(days), len(days), note)


def _called(calls: pd.DataFrame) -> Health:
    known = calls[calls["customer_id"].notna()]
    share = float(known["reason"].str.startswith(followup.CALLED).mean()) if len(known) else nan
    return Health("回访率", SHARE, share, len(known), "回访名单上有客户编号的客户中已回访的占比")


def _mean(values: list[bool]) -> float:
    return float(np.mean(values)) if values else nan


def _median(values: list[float] | list[int]) -> float:
    return float(np.median(values)) if values else nan


def _trend(found: list[Health]) -> str:
    """The values one after the other, from the first that is known.

    >>> known, unknown = Health("a", "比例", 0.5, 4, ""), Health("a", "比例", float("nan"), 0, "")
    >>> _trend([unknown, known, unknown]), _trend([unknown, unknown])
    ('50% → —', '')
    """
    form = "{:.0%}" if found[-1].unit == SHARE else "{:.0f}"
    found = [*dropwhile(lambda each: np.isnan(each.value), found)]
    return " → ".join("—" if np.isnan(each.value) else form.format(each.value) for each in found)
