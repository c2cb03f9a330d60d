"""Which themes of 其他 and of the big tags grew, and what the biggest are."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.schema.stats import RISEN, UNCOMPARED

MOST = 5


def themes(table: pd.DataFrame) -> TextView:
    """What grew beyond chance, else the biggest theme of each tag; schema.THEMES in."""
    spoken = table[table["n"] > 0]
    if spoken.empty:
        return text(["“其他”和大类里的反馈太少或说法太散，归不出主题。"], tone="info")
    risen = spoken[spoken["claim"] == RISEN].head(MOST)
    if len(risen):
        return text(
            ["以下主题本期增多，超出偶然："], items=[_risen(row) for _, row in risen.iterrows()], tone="warn"
        )
    lead = "还没有以往可比。" if (spoken["claim"] == UNCOMPARED).all() else "没有一个主题的增多超出偶然。"
    biggest = spoken.sort_values("n", ascending=False, kind="stable").drop_duplicates("category")
    return text([f"{lead}各类里最大的主题："], items=[_biggest(row) for _, row in biggest.iterrows()])


def grown(row: pd.Series) -> str:
    """A theme that grew, in words: “其他”里的“积分·清零”增多：12 件，此前月均 2.0 件（…）."""
    n = f"“{row['category']}”里的“{row['theme']}”增多：{int(row['n'])} 件"
    if pd.isna(row["ratio"]):
        return f"{n}，此前没有"
    times = f"占比为此前的 {number(row['ratio'], 'float')} 倍，至少 {number(row['ratio_low'], 'float')} 倍"
    return f"{n}，此前月均 {number(row['before'], 'float')} 件（{times}）"


def _risen(row: pd.Series) -> Said:
    return cited.said(grown(row), cited.row(schema.THEMES, row))


def _biggest(row: pd.Series) -> Said:
    words = (
        f"{row['category']}：“{row['theme']}”{int(row['n'])} 件，占这一类的 {number(row['share'], 'share')}"
    )
    return cited.said(words, cited.row(schema.THEMES, row))
