"""What to do next."""

from __future__ import annotations

import pandas as pd

from voc_lib.report.conclusions import measures
from voc_lib.report.narrative import TextView, text


def actions(
    pains: pd.DataFrame,
    plan: pd.DataFrame,
    tracking: pd.DataFrame,
    effects: pd.DataFrame,
    rising: pd.DataFrame,
) -> TextView:
    """What to do next, the most urgent first; schema.DIAGNOSIS, PLAN, TRACKING, EFFECTS, EMERGING in."""
    items = [_for_pain(str(pain), plan, tracking) for pain in pains["category"]]
    late = tracking[tracking["state"] == "已逾期"]
    items += [
        f"催办已逾期的 {row['measure_id']}（{row['owner']}，应于 {row['due']:%Y-%m-%d} 完成）"
        for _, row in late.iterrows()
    ]
    judged = effects[effects["verdict"].isin(["达标", "未达标"])].dropna(subset=["next_step"])
    items += [
        f"{'、'.join(part['measure_id'])} {verdict}：{step}"
        for (verdict, step), part in judged.groupby(["verdict", "next_step"], sort=False)
    ]
    items += [f"核实突增的说法“{term}”，确认是否需要单独立项" for term in rising["term"].head(2)]
    return text([] if items else ["本期没有需要立即采取的行动。"], items=items)


def _for_pain(pain: str, plan: pd.DataFrame, tracking: pd.DataFrame) -> str:
    mine = measures.against(pain, plan, tracking)
    if mine.empty:
        return f"{pain}：还没有改进措施，请指定负责人和完成日期"
    open_ = measures.under_way(mine)
    if open_.empty:
        return f"{pain}：措施 {'、'.join(mine['measure_id'])} 都已结束，痛点仍在前列，请补充新的措施"
    row = open_.iloc[0]
    action = plan.loc[plan["measure_id"] == row["measure_id"], "action"].iloc[0]
    return f"{pain}：推进 {row['measure_id']} {action}（{row['owner']}，{row['due']:%Y-%m-%d} 前完成）"
