"""Whom to call about which fix, and who has been called already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast

import pandas as pd

from voc_lib import schema
from voc_lib.improve import rounds, verdict
from voc_lib.improve.watch import BACK, slipped
from voc_lib.knowledge import Knowledge, Measure, Revisit
from voc_lib.period import Period
from voc_lib.rootcause import causes, evidence
from voc_lib.stats import basis

LOOK_BACK_DAYS = 90  # before the start of a measure without a before window
HIGH_VALUE = "高价值客户"
WISH = "需求"
CALLED = "已回访"  # how the reason of a call begins that was made
NEEDED = [
    "issue_id",
    "customer_id",
    "feedback_ids",
    "created_at",
    "text",
    "customer_type",
    "urgency",
    "intent",
]


def table(
    knowledge: Knowledge, issues: pd.DataFrame, effects: pd.DataFrame, *, as_of: date | None = None
) -> pd.DataFrame:
    """客户回访名单: schema.FOLLOWUPS, one row per done measure and customer who reported its problem.

    Per measure in this order: not yet called, customer known, of high value, most urgent, latest.
    `as_of`: measures done later are left out.
    """
    verdicts = dict(zip(effects["measure_id"], effects["verdict"], strict=True))
    back = slipped(effects)
    verdicts |= dict.fromkeys(back, BACK)
    now = rounds.current(knowledge, as_of or date.max).measures
    done = [m for m in now if m.done and not m.cancelled and (as_of is None or m.done <= as_of)]
    rows = [
        row
        for m in done
        for row in _calls(knowledge, m, issues, verdicts.get(m.id, verdict.UNKNOWN), back.get(m.id))
    ]
    return schema.shape(pd.DataFrame(rows, columns=schema.FOLLOWUPS.names), schema.FOLLOWUPS)


def reported(knowledge: Knowledge, measure: Measure, issues: pd.DataFrame) -> pd.DataFrame:
    """The problems a measure was to solve, of its category and place, until it was done: NEEDED and more.

    Where its metric counts no problems, only those that speak of its cause, and whom somebody talked to.
    """
    end = measure.done or measure.due
    earliest = measure.start - timedelta(days=LOOK_BACK_DAYS)
    start = min(measure.trial.before.start if measure.trial else earliest, end)
    about = causes.spoken(knowledge, measure.problem, measure.cause)
    read = {*NEEDED, *basis.RAISED, *measure.part, *(about.where if about else ())}
    rows = basis.narrowed(issues, read)
    rows = rows[rows["primary_tag"].eq(measure.problem).fillna(False).astype(bool)]
    rows = basis.where(evidence.problems(rows, Period(f"{start}..{end}", start, end)), measure.part)
    if about is None or (measure.metric and measure.metric.category):
        return rows
    placed = rows.index.isin(basis.where(rows, about.where).index)
    return rows[
        evidence.contains(rows["text"], about.contains) & placed | _talked_to(knowledge, measure, rows)
    ]


def _talked_to(knowledge: Knowledge, measure: Measure, rows: pd.DataFrame) -> pd.Series:
    """Of which rows a customer was called or told about the measure."""
    known = {one.feedback_id for one in knowledge.revisits if one.measure == measure.id}
    known |= {one.feedback_id for one in knowledge.messages if one.measure == measure.id}
    return rows["feedback_ids"].map(lambda ids: not known.isdisjoint(ids.split("、"))).astype(bool)


def _calls(
    knowledge: Knowledge, measure: Measure, issues: pd.DataFrame, judged_as: str, back: str | None
) -> Iterator[dict[str, Any]]:
    """Plain records, grouped in Python: a frame per customer would take minutes for a large shop."""
    rows = reported(knowledge, measure, issues).sort_values(["created_at", "issue_id"])[NEEDED]
    reached = [
        revisit for revisit in knowledge.revisits if revisit.reached and rounds.about(revisit, measure)
    ]
    called = {revisit.feedback_id: revisit for revisit in reached}
    customers: dict[str, list[dict[str, Any]]] = {}
    for row in cast("list[dict[str, Any]]", rows.to_dict("records")):
        known = isinstance(row["customer_id"], str)
        customers.setdefault(row["customer_id"] if known else f"#{row['issue_id']}", []).append(row)
    calls = [_call(measure, said, called, judged_as, back) for said in customers.values()]
    yield from sorted(calls, key=lambda call: call["order"])


def _call(
    measure: Measure, said: list[dict[str, Any]], called: dict[str, Revisit], judged_as: str, back: str | None
) -> dict[str, Any]:
    """One call; `said` is what the customer reported, oldest first."""
    last = said[-1]
    ids = [id_ for row in said for id_ in row["feedback_ids"].split("、")]
    visits = [called[id_] for id_ in ids if id_ in called]
    scores = [visit.score for visit in visits if visit.score is not None]
    unknown, high = (
        not isinstance(last["customer_id"], str),
        any(r["customer_type"] == HIGH_VALUE for r in said),
    )
    urgency = min(str(row["urgency"]) for row in said)
    settled = any(rounds.holds(visit, measure, back) for visit in visits)
    return {
        "measure_id": measure.id,
        "customer_id": None if unknown else last["customer_id"],
        "feedback_ids": "、".join(ids),
        "created_at": last["created_at"],
        "category": measure.problem,
        "text": last["text"],
        "reason": _reason(measure, said, visits, judged_as, settled=settled),
        "csat": sum(scores) / len(scores) if scores else None,
        "order": (settled, unknown, not high, urgency, -last["created_at"].value, ids[0]),
    }


def _reason(
    measure: Measure, said: list[dict[str, Any]], visits: list[Revisit], judged_as: str, *, settled: bool
) -> str:
    if visits:
        days = [str(visit.at) for visit in visits if visit.at]
        notes = [visit.note for visit in visits if visit.note]
        again = [] if settled else ["此后复发，需再次说明"]
        return "；".join([f"{CALLED}{'（' + '、'.join(days) + '）' if days else ''}", *notes, *again])
    if judged_as == BACK:
        return (
            f"待回访：{measure.action}于 {measure.done} 完成后曾见效，近来又变差，措施已重新打开；"
            "请先致歉、说明正在重新处理，不要说问题已解决"
        )
    if judged_as == verdict.MISSED:
        return f"待回访：{measure.action}已于 {measure.done} 完成，但指标未达标，请先致歉并了解仍存在的问题"
    wished = any(row["intent"] == WISH for row in said)
    news = (
        f"您的建议已采纳：{measure.action}"
        if wished
        else f"您反映的{measure.problem}已改进：{measure.action}"
        if judged_as == verdict.MET
        else f"针对您反映的{measure.problem}已做了：{measure.action}"
    )
    open_ = "" if judged_as == verdict.MET else "；效果还没有定论，不要说问题已解决，请问是否好转"
    return f"待回访：告知进展并请评分。{news}（{measure.done} 完成）{open_}"
