"""What changed against the period before, in the words of the row that holds it (schema.CHANGES)."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.stats.changes import CATEGORY, DOWN, UP, WITHIN
from voc_lib.stats.mix import POINTS

SHORT = 4  # periods of history below which it is hardly known how much months vary


def changes(table: pd.DataFrame) -> TextView:
    """What can be claimed of all indicators together, and what was held out; schema.CHANGES in."""
    known = table[table["claim"].isin([UP, DOWN, WITHIN])]
    notes = [f"{note}。" for note in table["note"].dropna().unique()]
    if known.empty:
        return text(["上期没有可比数据。", *notes], tone="warn")
    sure = known[known["claim"] != WITHIN]
    lead = f"与上期相比，{len(known)} 项指标"
    few = int(known["periods"].min())
    none = "的变化都还不能断定" if few < SHORT else "的变化都在误差范围内"
    lead += f"中 {len(sure)} 项的变化超出误差范围" if len(sure) else none
    lead += f"（误差计入两期样本、同一客户多次发声、{few} 期历史里月与月的波动，并对全部指标一起校正）。"
    if few < SHORT:
        lead += f"历史只有 {few} 期，平时月与月差多少还不清楚，误差取得宽：没有列出的不等于没有变。"
    told = {"可比的行数": f"{len(known)}", "其中上升或下降的": f"{len(sure)}", "历史期数最少": f"{few}"}
    rest = cited.made(schema.CHANGES, told, "claim", "periods")
    return text([cited.said(lead, rest), *notes], items=sentences(sure))


def sentences(table: pd.DataFrame) -> list[Said]:
    """A sentence for each claimed row; schema.CHANGES in."""
    return [
        cited.said(f"{_name(row)}{claimed(row)}", cited.row(schema.CHANGES, row))
        for _, row in table.iterrows()
    ]


def _name(row: pd.Series) -> str:
    return f"{row['indicator']}占比" if row["kind"] == CATEGORY else str(row["indicator"])


def named(stats: pd.DataFrame) -> pd.DataFrame:
    """Rows of schema.CATEGORY_STATS in the names of schema.CHANGES."""
    names = {"category": "indicator", "change_low": "low", "change_high": "high"}
    renamed = stats.drop(columns=["low", "high"]).rename(columns=names)
    return renamed.assign(kind=CATEGORY, unit=POINTS)


def claimed(row: pd.Series) -> str:
    """“上升 5.0 个百分点（校正后区间 …），超出误差范围”; what contradicts it stands in the same sentence."""
    size = f"{abs(row['change']):.1f}" if row["unit"] != "分" else f"{abs(row['change']):.2f}"
    side = "上升" if row["change"] > 0 else "下降"
    low, high = (number(row[end], "points") for end in ("low", "high"))
    words = f"{side} {size} {row['unit']}（校正后区间 {low} 至 {high}），超出误差范围"
    if isinstance(row["caution"], str):
        return f"合计{words}，但{row['caution']}"
    return words
