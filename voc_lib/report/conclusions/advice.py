"""What to do next."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.conclusions import measures
from voc_lib.report.narrative import TextView, text
from voc_lib.schema.words import VERDICTS

UNSURE = VERDICTS[2]


def actions(
    pains: pd.DataFrame, plan: pd.DataFrame, tracking: pd.DataFrame, effects: pd.DataFrame
) -> TextView:
    """What comes next for each of the first problems; schema.DIAGNOSIS, PLAN, TRACKING, EFFECTS in.

    What is late, failed or new is decided in the findings and not said again.
    """
    unsure = frozenset(effects.loc[effects["verdict"] == UNSURE, "measure_id"])
    items = [_for_pain(str(pain), plan, tracking, unsure) for pain in pains["category"]]
    rest = [cited.whole(schema.TRACKING)]
    return text([] if items else ["本期没有需要立即采取的行动。"], items=items, of=rest)


def _for_pain(pain: str, plan: pd.DataFrame, tracking: pd.DataFrame, unsure: Collection[str]) -> str:
    mine = measures.against(pain, plan, tracking)
    if mine.empty:
        return f"{pain}：还没有改进措施，请指定负责人和完成日期"
    open_ = measures.under_way(mine)
    if open_.empty:
        ended = "、".join(
            f"“{measures.short(action)}”（{code}）" for code, action in mine[["measure_id", "action"]].values
        )
        done = f"{pain}：{ended}{'都' if len(mine) > 1 else ''}已结束，痛点仍在前列"
        waits = mine["measure_id"].isin(list(unsure)).any()
        return f"{done}，{'效果还没有定论，先继续观察' if waits else '请补充新的措施'}"
    row = open_.iloc[0]
    named = f"“{measures.short(row['action'])}”（{row['measure_id']}，{row['owner']}"
    return f"{pain}：推进{named}，{row['due']:%Y-%m-%d} 前完成）"
