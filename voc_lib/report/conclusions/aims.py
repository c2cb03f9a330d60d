"""Goals and promises."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib.report.conclusions import indicators
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number


def goals(table: pd.DataFrame) -> TextView:
    """Each goal from where to where; schema.GOALS in."""
    if table.empty:
        return text(["还没有写目标。请在参数文件的 goals 中写上指标和目标值。"], tone="warn")
    items = []
    for _, row in table.iterrows():
        base, target = (indicators.shown(row[name], row["unit"]) for name in ("baseline", "target"))
        base = base if pd.notna(row["baseline"]) else "暂无数据"
        items.append(f"{row['goal']}：{row['metric']}，基线 {base}，目标 {target}")
    return text([], items=items)


def commitments(table: pd.DataFrame, absent: Sequence[str] = ()) -> TextView:
    """Promises kept in the last month; schema.COMMITMENTS and what is said of promises without a KPI in."""
    last = latest(table)
    if last.empty and not absent:
        return text(["没有登记服务承诺，或没有可核对的数据。"], tone="warn")
    items = [
        f"{row['promise']}：{row['month']} 兑现率 {indicators.share(row)}，"
        f"目标 {number(row['target'], 'share')}，"
        f"未兑现 {int(row['breaches']):,} 次，{row['verdict']}"
        for _, row in last.iterrows()
    ]
    return text([], items=[*items, *absent])


def latest(table: pd.DataFrame) -> pd.DataFrame:
    """The last month known of each promise; schema.COMMITMENTS in."""
    known = table.dropna(subset=["share"]).sort_values("month")
    return known.groupby("promise", observed=True, sort=True).tail(1)
