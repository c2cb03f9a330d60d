"""Measures on paper: the plan, the solutions, how far each is, what is late, what nobody works on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve import rounds, stages
from voc_lib.improve.watch import BACK, slipped
from voc_lib.knowledge import Knowledge, Measure
from voc_lib.rootcause import causes

SOON = 7  # days before the due date from which a measure is called


def table(knowledge: Knowledge) -> pd.DataFrame:
    """客户反馈改进计划表: schema.PLAN, one row per round of a measure; the cause is its whole 5 Why chain."""
    rows = [
        {
            **measure.model_dump(),
            "measure_id": measure.id,
            "cause": " → ".join(causes.chain(knowledge, measure.problem, measure.cause)),
        }
        for measure in knowledge.measures
    ]
    return _shape(rows, schema.PLAN)


def solutions(knowledge: Knowledge) -> pd.DataFrame:
    """客户服务优化方案表: schema.SOLUTIONS, one row per round of a measure."""
    rows = [
        {
            **measure.model_dump(),
            "measure_id": measure.id,
            "action": _action(measure),
            "resources": "；".join(filter(None, (measure.resources, measure.review.resources))),
            "risks": measure.review.risks,
            "expected": measure.review.expected,
            "reviewed": measure.review.verdict,
        }
        for measure in knowledge.measures
    ]
    return _shape(rows, schema.SOLUTIONS)


def tracking(knowledge: Knowledge, effects: pd.DataFrame | None = None, *, as_of: date) -> pd.DataFrame:
    """优化方案执行跟踪表: schema.TRACKING as it stood at the end of `as_of`, of the rounds then at work.

    A measure that has slipped by `effects` (schema.EFFECTS) is open again: 复发.
    """
    back = {} if effects is None else slipped(effects)
    rows = [
        {
            **measure.model_dump(),
            "measure_id": measure.id,
            "action": _action(measure),
            "done": measure.done if finished(measure, as_of) else None,
            "state": BACK if measure.id in back else state(measure, as_of),
            "progress": progress(knowledge, measure, as_of),
            "stage": stages.stage(measure, as_of),
        }
        for measure in rounds.current(knowledge, as_of).measures
    ]
    return _shape(rows, schema.TRACKING)


def progress(knowledge: Knowledge, measure: Measure, as_of: date) -> str:
    """The last thing written by that day about how far a round is, with its day; "" where nothing was."""
    first = measure.start if measure.round > 1 else date.min
    entries = [e for e in knowledge.progress if e.measure == measure.id and first <= e.at <= as_of]
    if not entries:
        return ""
    last = max(entries, key=lambda entry: entry.at)
    share = "" if last.percent is None else f"{last.percent:g}%"
    return f"{last.at} {'，'.join(filter(None, (share, last.note)))}"


def finished(measure: Measure, as_of: date) -> bool:
    """Whether the measure was done by that day."""
    return measure.done is not None and measure.done <= as_of


def state(measure: Measure, as_of: date) -> str:
    """取消, 按期, 延期, 已逾期, 未开始 or 进行中, by the dates alone; the due day itself is still in time."""
    if measure.cancelled:
        return "取消"
    if measure.done is not None and measure.done <= as_of:
        return "按期" if measure.done <= measure.due else "延期"
    if as_of > measure.due:
        return "已逾期"
    return "未开始" if as_of < measure.start else "进行中"


def alerts(knowledge: Knowledge, *, as_of: date) -> list[str]:
    """One sentence per measure that is late, or due within a week; the latest first."""
    now = rounds.current(knowledge, as_of).measures
    open_ = [m for m in now if state(m, as_of) in ("已逾期", "进行中", "未开始")]
    left = sorted((m.due - as_of).days for m in open_)
    ordered = sorted(open_, key=lambda m: (m.due, m.id))
    return [_alert(m, days) for m, days in zip(ordered, left, strict=True) if days <= SOON]


def _alert(measure: Measure, days: int) -> str:
    when = f"已逾期 {-days} 天" if days < 0 else f"还剩 {days} 天"
    return f"{measure.id} {measure.action}：{when}（应于 {measure.due} 完成，责任人 {measure.owner}）"


def gaps(knowledge: Knowledge, quadrants: pd.DataFrame, *, top: int = 5) -> list[str]:
    """One sentence per problem among the top ones that no running or finished measure works on."""
    covered = {measure.problem for measure in knowledge.measures if not measure.cancelled}
    first = quadrants.sort_values("rank").head(top)
    return [
        f"第 {row['rank']} 位 {row['problem']}（{row['quadrant']}）：请指定负责人和完成日期"
        for _, row in first.iterrows()
        if row["problem"] not in covered
    ]


def _action(measure: Measure) -> str:
    steps = "；".join(f"{number}. {step}" for number, step in enumerate(measure.steps, 1))
    return f"{measure.action}（{steps}）" if steps else measure.action


def _shape(rows: Iterable[dict[str, Any]], spec: schema.Table) -> pd.DataFrame:
    """Rows as a table; what was left empty is missing."""
    filled = [{name: row.get(name) or None for name in spec.names} for row in rows]
    return schema.shape(pd.DataFrame(filled, columns=spec.names), spec)
