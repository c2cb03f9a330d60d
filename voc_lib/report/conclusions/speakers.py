"""Who speaks and who does not."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number

WHOLE = ("全部", "沉默的大多数", "发声集中度")  # dimensions of coverage that compare no groups
NOTABLE_GAP = 0.03  # share of voice minus share of customers


def coverage(table: pd.DataFrame) -> TextView:
    """Who speaks and who does not; schema.COVERAGE in."""
    known = table.dropna(subset=["participation", "base_share", "voice_share"])
    if known.empty:
        return text(["没有客户表，无法判断样本代表性。"], tone="warn")
    whole = known.groupby("dimension", observed=True)[["customers", "speakers"]].sum().max()
    customers, speakers = int(whole["customers"]), int(whole["speakers"])
    spoke = number(speakers / customers if customers else float("nan"), "share")
    lead = (
        f"{customers:,} 位客户中有 {speakers:,} 位本期发声（{spoke}），其余为沉默的大多数，结论只代表发声者。"
    )
    told = {"客户数": f"{customers:,}", "有反馈的客户数": f"{speakers:,}", "有反馈的客户数 ÷ 客户数": spoke}
    lead = cited.said(lead, cited.made(schema.COVERAGE, told, "customers", "speakers"))
    groups = known[~known["dimension"].isin(WHOLE)]
    gap = (groups["voice_share"] - groups["base_share"]).sort_values(kind="stable")
    extremes = dict.fromkeys([*gap.index[-2:][::-1], *gap.index[:2]])
    return text([lead], items=[_gap(known.loc[i], gap[i]) for i in extremes if abs(gap[i]) >= NOTABLE_GAP])


def _gap(row: pd.Series, gap: float) -> Said:
    side = "偏多" if gap > 0 else "偏少"
    base, voice = number(row["base_share"], "share"), number(row["voice_share"], "share")
    words = f"{row['dimension']}“{row['group']}”的声音{side}：占客户 {base}，占声音 {voice}"
    return cited.said(words, cited.row(schema.COVERAGE, row))
