"""What to solve first, and what is still missing for it."""

from __future__ import annotations

import pandas as pd

from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.tag.taxonomy import OTHER


def faults(warnings: list[str]) -> TextView:
    """What is still missing in the 5 Why chains."""
    if warnings:
        return text(["需要补充的地方："], items=warnings, tone="warn")
    return text(["所有 5 Why 链条都到达了根因。"], tone="good")


def gaps(problems: list[str]) -> TextView:
    """High-ranking problems nobody works on yet."""
    if problems:
        return text(["以下问题还没有改进措施："], items=problems, tone="warn")
    return text(["排名靠前的问题都已有改进措施。"], tone="good")


def priorities(table: pd.DataFrame) -> TextView:
    """What to solve first and how firm the order is; schema.QUADRANTS in."""
    if table.empty:
        return text(["本期没有需要排序的问题。"], tone="good")
    ranked = table[table["problem"] != OTHER].sort_values("rank")
    if ranked.empty:
        return text([f"本期的问题都归在“{OTHER}”，分不出先后。请先补充标签体系。"], tone="warn")
    first = ranked.iloc[0]
    lead = f"建议先解决{first['problem']}（{first['quadrant']}）"
    if pd.notna(first["first_share"]):
        sure = number(first["first_share"], "share")
        firm = "排名稳定" if first["first_share"] >= 0.8 else "排名受权重影响，请结合业务判断"
        lead += f"：权重随机变动时，它有 {sure} 的情形排在首位，{firm}"
    return text([lead + "。"])
