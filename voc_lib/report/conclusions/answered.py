"""What surveys say: the whole, what it hangs on, who scores otherwise, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Basis
from voc_lib.report.conclusions.indicators import shown
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.stats.answered import SMALL
from voc_lib.stats.service import WHOLE

NAMED = 3
NOTHING = "本期没有评分，也没有问卷作答。"


def satisfaction_report(
    scores: pd.DataFrame, results: pd.DataFrame, drivers: pd.DataFrame, groups: pd.DataFrame
) -> TextView:
    """What opens the report; schema.SATISFACTION, SURVEY_ANSWERS, SURVEY_DRIVERS, SURVEY_GROUPS in."""
    items = [*_whole(scores), *_questions(results), *_hangs(drivers), *_groups(groups)]
    return text([], items=items) if items else text([NOTHING], tone="warn")


def _whole(scores: pd.DataFrame) -> Iterator[str]:
    """Satisfaction and NPS of all channels, with intervals."""
    rows = scores[(scores["group"] == WHOLE) & scores["value"].notna()]
    told = [_figure(row) for row in rows.to_dict("records")]
    if told:
        yield cited.said("全部渠道：" + "；".join(told) + "。", *cited.rows(schema.SATISFACTION, rows))


def _figure(row: dict) -> str:
    words = f"{row['indicator']} {shown(row['value'], row['unit'])}"
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return f"{words}（n={row['n']}）"
    low, high = shown(row["low"], row["unit"]), shown(row["high"], row["unit"])
    return f"{words}（95% 区间 {low} 至 {high}，n={row['n']}）"


def _questions(results: pd.DataFrame) -> Iterator[str]:
    """Of each survey the facet that scores lowest, where there are several on one scale."""
    rows = results[(results["indicator"] == "均分") & (results["kind"] == "评分")]
    for (source, scale), part in rows.groupby(["source", "scale"], sort=False):
        if len(part) > 1:
            low = part.nsmallest(1, "value").iloc[0]
            name = low["item"] if pd.notna(low["item"]) else low["question"]
            mean = number(low["value"], "score")
            words = f"{source}：{len(part)} 个 {scale} 分项里最低的是“{name}”，均分 {mean}。"
            count = {f"{source}的 {scale} 评分项数": f"{len(part):,}"}
            rest = [cited.row(schema.SURVEY_ANSWERS, low), cited.made(schema.SURVEY_ANSWERS, count)]
            yield cited.said(words, *rest)


def _hangs(drivers: pd.DataFrame) -> Iterator[str]:
    """What moves the whole of each survey most, and what speaks both ways."""
    for source, rows in drivers.groupby("source", sort=False):
        sure = rows[rows["claim"].isin(["提高", "拉低"])].head(NAMED)
        if sure.empty:
            share = number(rows["r_squared"].iloc[0], "share")
            words = f"{source}：{rows['n'].iloc[0]:,} 份答卷里没有哪个因素对整体评分有看得出的影响"
            words += f"（列出的因素一共解释评分差异的 {share}）。"
            yield cited.said(words, cited.row(schema.SURVEY_DRIVERS, rows.iloc[0]))
            continue
        parts = zip(sure["driver"], sure["importance"], strict=True)
        named = "、".join(f"{name}（{number(part, 'share')}）" for name, part in parts)
        share = number(rows["r_squared"].iloc[0], "share")
        words = f"{source}：对整体评分最重要的是{named}；列出的因素一共解释评分差异的 {share}"
        yield cited.said(f"{words}。这是相关，不等于原因。", *cited.rows(schema.SURVEY_DRIVERS, sure))
        if odd := "、".join(rows.loc[rows["claim"] == "方向矛盾", "driver"]):
            yield f"{odd}：单独看与一起看方向相反，与其他因素缠在一起，不作结论。"


def _groups(groups: pd.DataFrame) -> Iterator[str]:
    sure = groups[groups["claim"] == "有差别"].drop_duplicates(["source", "trait"])
    judged = groups[groups["claim"] != "样本太少"].drop_duplicates(["source", "trait"])
    if sure.empty:
        if len(judged):
            words = f"按 {len(judged)} 种方式分组，各组的整体评分没有超出误差范围的差别。"
            yield cited.said(
                words, cited.made(schema.SURVEY_GROUPS, {"样本够的分组依据数": f"{len(judged):,}"})
            )
        return
    told: list[str] = []
    ends_of: list[Basis] = []
    for row in sure.head(NAMED).to_dict("records"):
        same = (groups["source"] == row["source"]) & (groups["trait"] == row["trait"])
        part = groups[same & (groups["n"] >= SMALL)]
        low, high = part.nsmallest(1, "mean").iloc[0], part.nlargest(1, "mean").iloc[0]
        ends_of += [cited.row(schema.SURVEY_GROUPS, each) for each in (low, high)]
        ends = [f"{each['value']} {number(each['mean'], 'score')}" for each in (low, high)]
        told.append(f"{row['trait']}（{'，'.join(ends)}）")
    words = f"{len(judged)} 种分组里 {len(sure)} 种的整体评分有差别，相差最大的：{'；'.join(told)}。"
    counts = {"样本够的分组依据数": f"{len(judged):,}", "其中有差别的": f"{len(sure):,}"}
    yield cited.said(words, cited.made(schema.SURVEY_GROUPS, counts, "mean"), *ends_of)
