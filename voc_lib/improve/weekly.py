"""The weekly sheet (进度对齐): what is overdue, due soon or blocked, and what is to be decided; one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve import decisions, effect, stages, verdict
from voc_lib.improve.watch import BACK, UNWRITTEN
from voc_lib.knowledge import Decision, Departure
from voc_lib.knowledge.departures import gone
from voc_lib.schema.words import UNFINISHED, WEEKLY_KINDS

LATE, SOON, BLOCKED, DECIDE, AGREED = WEEKLY_KINDS
DAYS = 14
UNDER_WAY = "进行中"


def table(
    tracking: pd.DataFrame,
    effects: pd.DataFrame,
    quadrants: pd.DataFrame,
    plan: pd.DataFrame,
    *,
    as_of: date,
    decided: Sequence[Decision] = (),
    departed: Sequence[Departure] = (),
) -> pd.DataFrame:
    """schema.WEEKLY as of a day: a row per matter, a measure at most once a kind; the most pressing first.

    Of schema.TRACKING, EFFECTS, QUADRANTS and PLAN, what earlier meetings decided, and who has left.
    """
    rows = [*_dated(tracking, as_of), *_blocked(tracking, as_of), *_decisions(tracking, effects, plan)]
    rows += [*_uncovered(quadrants, plan, tracking), *_agreed(decided, as_of, departed)]
    rows += _unmanned(tracking, departed, as_of)
    frame = pd.DataFrame(rows, columns=schema.WEEKLY.names)
    order = frame["kind"].map(WEEKLY_KINDS.index)
    frame = frame.assign(order=order).sort_values(["order", "days"], kind="stable")
    return schema.shape(frame.reset_index(drop=True), schema.WEEKLY)


def _row(kind: str, row: dict[Any, Any], what: str, as_of: date | None = None) -> dict[str, Any]:
    days = (pd.Timestamp(row["due"]).date() - as_of).days if as_of else None
    subject = f"{row['measure_id']} {str(row['action']).split('（1.', maxsplit=1)[0]}"
    named = {"owner": row["owner"], "department": row.get("department"), "due": row["due"]}
    return {"kind": kind, "subject": subject, "what": what, "days": days, **named}


def _dated(tracking: pd.DataFrame, as_of: date) -> Iterator[dict[str, Any]]:
    """What is overdue, and what is due within DAYS."""
    soon = pd.Timestamp(as_of + timedelta(days=DAYS))
    for row in tracking[tracking["state"].isin(UNFINISHED) & tracking["done"].isna()].to_dict("records"):
        if row["due"] < pd.Timestamp(as_of):
            yield _row(LATE, row, _why(row) or "没有写原因", as_of)
        elif row["due"] <= soon:
            yield _row(SOON, row, _why(row) or "没有进展记录", as_of)


def _blocked(tracking: pd.DataFrame, as_of: date) -> Iterator[dict[str, Any]]:
    """Measures in time that something stands in the way of, or that nobody has told anything about."""
    for row in tracking[tracking["state"] == UNDER_WAY].to_dict("records"):
        if isinstance(row["obstacles"], str):
            yield _row(BLOCKED, row, row["obstacles"], as_of)
        elif not isinstance(row["progress"], str):
            yield _row(BLOCKED, row, "已开始，还没有进展记录", as_of)


def _why(row: dict[Any, Any]) -> str:
    return "；".join(row[name] for name in ("obstacles", "progress") if isinstance(row[name], str))


def _decisions(tracking: pd.DataFrame, effects: pd.DataFrame, plan: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """What a verdict asks somebody to decide; whether to begin another round not where it is written."""
    states = tracking.set_index("measure_id")
    written = plan.groupby("measure_id")["round"].max()
    for row in effects.to_dict("records"):
        asked = _asked(row)
        again = row["verdict"] == verdict.MISSED and written.get(row["measure_id"], 1) > row["round"]
        asked = "没有达到目标，下一轮已写入计划：定何时停下这一轮" if again else asked
        if asked and row["measure_id"] in states.index:
            of = states.loc[row["measure_id"]].to_dict()
            yield _row(DECIDE, {**of, "measure_id": row["measure_id"], "due": None}, asked)


def _agreed(
    decided: Sequence[Decision], as_of: date, departed: Sequence[Departure]
) -> Iterator[dict[str, Any]]:
    """What was decided by that day and is not done yet."""
    for one in decisions.left(decided, as_of):
        about = {"subject": one.measure or "会议决定", "owner": one.owner, "due": one.due}
        days = (one.due - as_of).days if one.due else None
        left = gone(departed, one.owner, as_of)
        what = f"{one.at} 定：{one.decision}" + (f"；{left.told}，请改派" if left else "")
        yield {"kind": AGREED, **about, "days": days, "what": what}


def _unmanned(tracking: pd.DataFrame, departed: Sequence[Departure], as_of: date) -> Iterator[dict[str, Any]]:
    """Measures not finished whose owner has left."""
    for row in tracking[tracking["state"].isin(UNFINISHED)].to_dict("records"):
        if left := gone(departed, row["owner"], as_of):
            yield _row(DECIDE, {**row, "due": None}, f"{left.told}：请改派负责人")


def _asked(row: dict[Any, Any]) -> str:
    if row["watch"] == BACK:
        return f"{row['slipped']} 复发：定第二轮做什么、谁负责、何时完成"
    if row["stage"] == stages.WAITING:
        return f"试点已结束，效果{row['verdict']}：定通过还是不通过"
    if row["next_step"] == effect.ROLL_OUT:
        return "试点达标：定是否推广、何时推广"
    if row["verdict"] == verdict.MISSED:
        return "没有达到目标：回到根因分析，定是否做第二轮"
    if row["next_step"] == UNWRITTEN:
        return "效果已稳住：定谁写成制度文件"
    return "没有写指标：定怎样判断有没有用" if row["next_step"] == "补充指标" else ""


def _uncovered(
    quadrants: pd.DataFrame, plan: pd.DataFrame, tracking: pd.DataFrame, *, top: int = 5
) -> Iterator[dict[str, Any]]:
    """The leading problems that no measure is under way against."""
    live = tracking.loc[tracking["state"] != "取消", "measure_id"]
    covered = set(plan.loc[plan["measure_id"].isin(live), "problem"])
    for row in quadrants.sort_values("rank").head(top).to_dict("records"):
        if row["problem"] not in covered:
            what = f"优先级第 {row['rank']} 位，还没有措施：定负责人和完成日期"
            yield {"kind": DECIDE, "subject": row["problem"], "what": what, "owner": "待指定"}
