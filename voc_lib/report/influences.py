"""What satisfaction hangs on, in one sentence, or why nothing can be said."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.stats.drivers import LEAST_ROWS, LEAST_WITH, LEVEL

ROUGH = 500  # scores below which weak drivers change places by chance
NAMED = 3


def sentence(table: pd.DataFrame, scored: pd.DataFrame) -> TextView:
    """What lowers the score beyond chance, the most important first; schema.DRIVERS, `drivers.scored` in."""
    if table.empty:
        return text([_nothing(scored)], tone="warn")
    sure = table[table["p_adjusted"] < LEVEL]
    low = sure[sure["effect"] < 0].head(NAMED)
    found = "；".join(_effect(row) for row in low.to_dict("records"))
    lead = f"按 {len(scored):,} 条有文字的评分，拉低满意度的是：{found}。" if found else _none(len(scored))
    whole = number(table["r_squared"].iloc[0], "share")
    rest = f"列出的因素一共解释评分差异的 {whole}；这是相关，不等于原因。"
    rough = f"评分不足 {ROUGH} 条，较弱的因素先后不可靠。" if len(scored) < ROUGH else ""
    known = cited.made(
        schema.DRIVERS, {"有文字的评分": f"{len(scored):,}", "R²": whole}, "scores", "r_squared"
    )
    return text([cited.said(lead + rest + rough, known, *cited.rows(schema.DRIVERS, low))])


def _effect(row: dict) -> str:
    value, low, high = (number(row[name], "score") for name in ("effect", "effect_low", "effect_high"))
    part = number(row["importance"], "share")
    return f"{row['driver']} {value} 分（95% 区间 {low} 至 {high}，重要性 {part}）"


def _none(n: int) -> str:
    return f"按 {n:,} 条有文字的评分，没有哪个因素拉低满意度超出误差范围。"


def _nothing(scored: pd.DataFrame) -> str:
    if len(scored) < LEAST_ROWS:
        return f"本期有文字的评分 {len(scored)} 条，不足 {LEAST_ROWS} 条，不判断满意度受什么影响。"
    if scored["csat"].nunique() < 2:
        return "本期的评分全部相同，看不出满意度受什么影响。"
    return f"没有哪个标签或渠道有、无两边都不少于 {LEAST_WITH} 条评分，不判断满意度受什么影响。"
