"""What to do next."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.conclusions import measures
from voc_lib.report.narrative import TextView, text


def actions(pains: pd.DataFrame, plan: pd.DataFrame, tracking: pd.DataFrame) -> TextView:
    """What comes next for each of the first problems; schema.DIAGNOSIS, PLAN, TRACKING in.

    What is late, failed or new is decided in the findings and not said again.
    """
    items = [_for_pain(str(pain), plan, tracking) for pain in pains["category"]]
    rest = [cited.whole(schema.TRACKING)]
    return text([] if items else ["本期没有需要立即采取的行动。"], items=items, of=rest)


def _for_pain(pain: str, plan: pd.DataFrame, tracking: pd.DataFrame) -> str:
    mine = measures.against(pain, plan, tracking)
    if mine.empty:
        return f"{pain}：还没有改进措施，请指定负责人和完成日期"
    open_ = measures.under_way(mine)
    if open_.empty:
        ended = "、".join(
            f"“{measures.short(action)}”（{code}）" for code, action in mine[["measure_id", "action"]].values
        )
        return f"{pain}：{ended}{'都' if len(mine) > 1 else ''}已结束，痛点仍在前列，请补充新的措施"
    row = open_.iloc[0]
    named = f"“{measures.short(row['action'])}”（{row['measure_id']}，{row['owner']}"
    return f"{pain}：推进{named}，{row['due']:%Y-%m-%d} 前完成）"
