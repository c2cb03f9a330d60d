"""Whom to call about which fix, and who has been called already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve import verdict
from voc_lib.knowledge import Knowledge, Measure, Revisit
from voc_lib.period import Period
from voc_lib.rootcause import evidence
from voc_lib.stats import metrics

LOOK_BACK_DAYS = 90  # before the start of a measure without a before window
HIGH_VALUE = "高价值客户"
WISH = "需求"


def table(
    knowledge: Knowledge, issues: pd.DataFrame, effects: pd.DataFrame, *, as_of: date | None = None
) -> pd.DataFrame:
    """客户回访名单: schema.FOLLOWUPS, one row per done measure and customer; those not yet called first.

    Customers are those who reported the measure's problem from its before window until it was done; then come
    high-value customers, then the most urgent, then the latest. `as_of`: measures done later are left out.
    """
    verdicts = dict(zip(effects["measure_id"], effects["verdict"], strict=True))
    done = [
        m for m in knowledge.measures if m.done and not m.cancelled and (as_of is None or m.done <= as_of)
    ]
    parts = [_calls(m, issues, knowledge.revisits, verdicts.get(m.id, verdict.UNKNOWN)) for m in done]
    rows = [row for part in parts for row in part]
    return schema.shape(pd.DataFrame(rows, columns=schema.FOLLOWUPS.names), schema.FOLLOWUPS)


def reported(measure: Measure, issues: pd.DataFrame) -> pd.DataFrame:
    """The problems a measure was to solve: of its category and place, until it was done."""
    end = measure.done or measure.due
    earliest = measure.start - timedelta(days=LOOK_BACK_DAYS)
    start = min(measure.trial.before.start if measure.trial else earliest, end)
    rows = evidence.problems(issues, Period(f"{start}..{end}", start, end))
    rows = rows[rows["primary_tag"].eq(measure.problem).fillna(False).astype(bool)]
    return metrics.where(rows, measure.metric.where) if measure.metric else rows


def _calls(
    measure: Measure, issues: pd.DataFrame, revisits: list[Revisit], verdict_: str
) -> Iterator[dict[str, Any]]:
    rows = reported(measure, issues)
    called = {revisit.feedback_id: revisit for revisit in revisits if revisit.measure == measure.id}
    who = rows["customer_id"].where(rows["customer_id"].notna(), "#" + rows["issue_id"])
    calls = [_call(measure, part, called, verdict_) for _, part in rows.groupby(who, sort=True)]
    for call in sorted(calls, key=lambda call: call["order"]):
        yield {name: call[name] for name in schema.FOLLOWUPS.names}


def _call(measure: Measure, part: pd.DataFrame, called: dict[str, Revisit], verdict_: str) -> dict[str, Any]:
    part = part.sort_values(["created_at", "issue_id"])
    last = part.iloc[-1]
    ids = [id_ for joined in part["feedback_ids"] for id_ in str(joined).split("、")]
    visits = [called[id_] for id_ in ids if id_ in called]
    scores = [visit.score for visit in visits if visit.score is not None]
    unknown = pd.isna(last["customer_id"])
    not_high = not part["customer_type"].eq(HIGH_VALUE).fillna(False).any()
    return {
        "measure_id": measure.id,
        "customer_id": last["customer_id"],
        "feedback_ids": "、".join(ids),
        "created_at": last["created_at"],
        "category": measure.problem,
        "text": last["text"],
        "reason": _reason(measure, part, visits, verdict_),
        "csat": sum(scores) / len(scores) if scores else None,
        "order": (bool(visits), unknown, not_high, part["urgency"].min(), -last["created_at"].value, ids[0]),
    }


def _reason(measure: Measure, part: pd.DataFrame, visits: list[Revisit], verdict_: str) -> str:
    if visits:
        days = [str(visit.at) for visit in visits if visit.at]
        notes = [visit.note for visit in visits if visit.note]
        return "；".join([f"已回访{'（' + '、'.join(days) + '）' if days else ''}", *notes])
    wished = part["intent"].eq(WISH).fillna(False).any()
    news = (
        f"您的建议已采纳：{measure.action}"
        if wished
        else f"您反映的{measure.problem}已改进：{measure.action}"
    )
    if verdict_ == verdict.MISSED:
        return f"待回访：{measure.action}已于 {measure.done} 完成，但指标未达标，请先致歉并了解仍存在的问题"
    return f"待回访：告知进展并请评分。{news}（{measure.done} 完成）"
