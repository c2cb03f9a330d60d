"""Whom to tell of a measure: who will notice the change before it, who asked for it what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, cast

import pandas as pd

from voc_lib import schema
from voc_lib.improve import followup, rounds, verdict
from voc_lib.improve.followup import WISH
from voc_lib.improve.watch import BACK, slipped
from voc_lib.knowledge import Knowledge, Measure, Message, Progress
from voc_lib.schema.words import AFTER, BEFORE, TO_TELL, TOLD_STATES

AHEAD_DAYS = 14  # before a measure begins that customers are told of it
NEEDED = ["issue_id", "customer_id", "feedback_ids", "created_at", "text", "urgency", "intent"]
CAME = {
    verdict.MET: "数据表明有效",
    verdict.MISSED: "但还没有达到目标，请先致歉，说明正在另想办法",
    BACK: "曾经见效、近来又变差，请先致歉，说明正在重新处理",
}
Said = dict[str, Any]


def table(knowledge: Knowledge, issues: pd.DataFrame, effects: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """客户沟通名单: schema.TELLING, a row per measure, phase and customer, as of a day.

    改前: of a measure under way or beginning within AHEAD_DAYS, every known customer with its problem.
    改后: of a measure done, who suggested something about it or was told before. To tell first, then who
    suggested, the most urgent, the latest.
    """
    came = dict(zip(effects["measure_id"], effects["verdict"], strict=True))
    came |= dict.fromkeys(slipped(effects), BACK)
    parts = []
    for measure in rounds.current(knowledge, as_of).measures:
        if measure.cancelled or measure.start > as_of + timedelta(days=AHEAD_DAYS):
            continue
        done = measure.done is not None and measure.done <= as_of
        news = (
            _outcome(measure, came.get(measure.id, "")) if done else _plan(measure, knowledge.progress, as_of)
        )
        told = [one for one in knowledge.messages if rounds.about(one, measure)]
        reported = followup.reported(knowledge, measure, issues)
        parts += list(_rows(measure, reported, told, AFTER if done else BEFORE, news))
    return schema.shape(pd.DataFrame(parts, columns=schema.TELLING.names), schema.TELLING)


def _rows(
    measure: Measure, reported: pd.DataFrame, told: Sequence[Message], phase: str, news: str
) -> Iterator[Said]:
    """Plain records, grouped in Python: a frame per customer would take minutes for a large shop."""
    rows = reported.dropna(subset=["customer_id"]).sort_values(["created_at", "issue_id"])[NEEDED]
    customers: dict[str, list[Said]] = {}
    for row in cast("list[Said]", rows.to_dict("records")):
        customers.setdefault(row["customer_id"], []).append(row)
    found = [_row(measure, said, told, phase, news) for said in customers.values()]
    yield from sorted((row for row in found if row), key=lambda row: row["order"])


def _row(measure: Measure, said: list[Said], told: Sequence[Message], phase: str, news: str) -> Said | None:
    """One customer; `said` is what they reported, oldest first. None where there is nothing to tell them."""
    last, wished = said[-1], any(row["intent"] == WISH for row in said)
    ids = [ident for row in said for ident in row["feedback_ids"].split("、")]
    theirs = [one for one in told if one.feedback_id in ids]
    if phase == AFTER and not wished and not theirs:
        return None
    now = max((one for one in theirs if one.phase == phase), key=_far, default=None)
    urgency = min(str(row["urgency"]) for row in said)
    state = now.state if now else TO_TELL
    return {
        "measure_id": measure.id,
        "phase": phase,
        "customer_id": last["customer_id"],
        "feedback_ids": "、".join(ids),
        "created_at": last["created_at"],
        "text": last["text"],
        "message": f"{'您的建议已采纳，' if wished else f'您反映的{measure.problem}'}{news}",
        "state": state,
        "told_at": now.at if now else None,
        "note": now.note or None if now else None,
        "order": (TOLD_STATES.index(state), not wished, urgency, -last["created_at"].value, ids[0]),
    }


def _far(one: Message) -> tuple[int, date]:
    return TOLD_STATES.index(one.state), one.at or date.min


def _plan(measure: Measure, progress: Sequence[Progress], as_of: date) -> str:
    """What is to be said of a measure that is not done: what will be done, until when, how far it is."""
    known = [one for one in progress if one.measure == measure.id and measure.start <= one.at <= as_of]
    last = max(known, key=lambda one: one.at, default=None)
    far = f"，已完成 {last.percent:g}%" if last and last.percent is not None else ""
    begun = "正在改进" if measure.start <= as_of else f"将从 {measure.start} 起改进"
    return f"{begun}：{measure.action}，预计 {measure.due} 完成{far}；请告知会有什么变化，并征求意见"


def _outcome(measure: Measure, judged_as: str) -> str:
    came = CAME.get(judged_as, "效果还在看")
    return f"已有结果：{measure.action}（{measure.done} 完成），{came}"
