"""What is known about who was asked and who answered, in sentences: surveys, weights."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number

RATES = ("过快答卷率", "直线作答率", "重复答卷率", "开放题有内容率", "有效答卷率")
SOUND = 0.8  # share of valid answer sheets below which a survey wants care
NO_SURVEY = "数据来源中没有问卷平台的导出，不统计问卷收集质量。"
NOT_INVITED = "没有写邀请人数（来源的 invited），算不出响应率"


def surveys(table: pd.DataFrame) -> TextView:
    """How each survey was collected, all its answer sheets counted; schema.SURVEY_QUALITY in."""
    whole = table[table["group"] == "全部"]
    if whole.empty:
        return text([NO_SURVEY])
    items, sound = [], True
    for source, rows in whole.groupby("source", sort=False):
        of = {row["indicator"]: row for row in rows[::-1].to_dict("records")}
        items.append(f"{source}：{'，'.join(_survey(of))}")
        sound &= "有效答卷率" not in of or of["有效答卷率"]["value"] >= SOUND
    return text(["按整份问卷统计（不限报告期）："], items=items, tone="info" if sound else "warn")


def _survey(of: dict[str, dict[Hashable, Any]]) -> list[str]:
    """The indicators of one survey, each in some words."""
    words = [f"答卷 {int(of['答卷数']['value']):,} 份"]
    words.append(f"响应率 {_rate(of['响应率'])}" if "响应率" in of else NOT_INVITED)
    if "完成时间" in of:
        words.append(f"完成时间中位数 {number(of['完成时间']['value'], 'int')} 秒")
    known = [name for name in RATES if name in of and pd.notna(of[name]["value"])]
    return words + [f"{name} {_rate(of[name])}" for name in known]


def _rate(row: dict[Hashable, Any]) -> str:
    value, low, high = (number(row[part], "share") for part in ("value", "low", "high"))
    return f"{value}（95% 区间 {low}–{high}）" if row["indicator"] in ("响应率", "有效答卷率") else value
