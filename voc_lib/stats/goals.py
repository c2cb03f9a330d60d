"""The project plan in tables: goals with their baselines, team, milestones, channels."""

from __future__ import annotations

import pandas as pd

from voc_lib import intervals, schema
from voc_lib.params import Goal, Params
from voc_lib.period import Period
from voc_lib.stats import metrics
from voc_lib.stats.basis import Evidence

SOON_DAYS = 14
HEARD = ["source", "channel", "created_at", "file"]  # of single feedbacks, for `channels`
GIVEN = "项目约定"  # where a baseline comes from
ITSELF = "上期没有数据，取本期"


def table(params: Params, evidence: Evidence, period: Period) -> pd.DataFrame:
    """schema.GOALS: each goal with its baseline: given, else of the previous period, else of this one."""
    return schema.shape(pd.DataFrame([_goal(goal, evidence, period) for goal in params.goals]), schema.GOALS)


def team(params: Params) -> pd.DataFrame:
    """schema.TEAM, the lead first."""
    members = [member.model_dump() for member in sorted(params.team, key=lambda member: not member.lead)]
    return schema.shape(pd.DataFrame(members, columns=schema.TEAM.names), schema.TEAM)


def milestones(params: Params, period: Period) -> pd.DataFrame:
    """schema.MILESTONES by date; the state is relative to the end of the period."""
    rows = [
        {"milestone": m.name, "due": m.due, "owner": m.owner, "state": _state((m.due - period.end).days)}
        for m in sorted(params.milestones, key=lambda m: (m.due, m.name))
    ]
    return schema.shape(pd.DataFrame(rows, columns=schema.MILESTONES.names), schema.MILESTONES)


def channels(tagged: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.CHANNELS: feedback of the period per source and channel with its files; silent sources too."""
    inside = period.mask(tagged["created_at"])
    keys = ["source", "channel"]
    grouped = tagged.assign(n=inside.astype("int64")).groupby(keys, sort=True, observed=True)
    frame = grouped["n"].sum().reset_index()
    names = (
        tagged[inside]
        .drop_duplicates([*keys, "file"])
        .sort_values("file")
        .groupby(keys, observed=True)["file"]
    )
    frame = frame.merge(names.agg("、".join).reset_index(), on=keys, how="left")
    frame["share"] = intervals.ratio(frame["n"], frame["n"].sum())
    frame = frame.sort_values(["n", *keys], ascending=[False, True, True]).reset_index(drop=True)
    return schema.shape(frame, schema.CHANNELS)


def _goal(goal: Goal, evidence: Evidence, period: Period) -> dict:
    line = {
        "goal": goal.name,
        "metric": metrics.describe(goal.metric),
        "target": goal.target,
        "unit": metrics.unit(goal.metric),
    }
    data = _data(goal, evidence, period)
    if goal.baseline is not None:
        return {**line, **data, "baseline": goal.baseline, "source": GIVEN}
    if data:
        found = {"baseline": data["baseline_data"], "n": data["n"], "source": data["baseline_from"]}
        return {**line, **data, **found}
    told = ["上期与本期都没有数据，无法计算", *metrics.absent(goal.metric, evidence)]
    return {**line, "n": 0, "source": "；".join(told)}


def _data(goal: Goal, evidence: Evidence, period: Period) -> dict:
    """The baseline by the data: of the period written, else the one before, else this one; empty without."""
    windows = [(period.previous(), "上期"), (period, ITSELF)]
    if goal.baseline_period:
        windows = [(Period.parse(goal.baseline_period), "基线期")]
    for window, words in windows:
        found = metrics.measure(goal.metric, evidence, window.start, window.end)
        if found.n:
            return {
                "baseline_data": found.value,
                "baseline_low": found.low,
                "baseline_high": found.high,
                "baseline_from": f"{words} {window.title}",
                "n": found.n,
            }
    return {}


def _state(days: int) -> str:
    """What a milestone's distance to the period's end says.

    >>> _state(-1), _state(10), _state(40)
    ('已到期', '即将到期', '未到期')
    """
    return "已到期" if days <= 0 else "即将到期" if days <= SOON_DAYS else "未到期"
