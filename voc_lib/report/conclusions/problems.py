"""What was raised: tags, categories and their changes, what is new, the worst pains."""

from __future__ import annotations

import re

import pandas as pd

from voc_lib import schema, workcal
from voc_lib.period import Period
from voc_lib.report import cited, subject
from voc_lib.report.basis import Basis, Said
from voc_lib.report.conclusions import indicators, moved
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.stats import voices
from voc_lib.stats.contrast import RATE
from voc_lib.tag.problem import problems, remarks
from voc_lib.tag.taxonomy import OTHER

INTERVAL = re.compile(r"（(?:95% 区间|校正后区间)[^）]*）")  # stands in the tables beside
_DIMENSIONS = {
    "attribute": "问题属性",
    "customer_type": "客户类型",
    "urgency": "紧急程度（P0 紧急、P1 较急、P2 一般）",
    "intent": "诉求类别",
}


def labels(issues: pd.DataFrame, period: Period) -> TextView:
    """How the issues of the period fall on the tag dimensions; schema.ISSUES in."""
    current = issues[voices.spoke(issues, period)]
    if current.empty:
        return text([f"{period.title}没有反馈。"], tone="warn")
    repeats = int((current["repeat_count"] > 1).sum())
    raised, quiet = current[problems(current)], int(remarks(current).sum())
    untagged = float((raised["primary_tag"] == OTHER).mean()) if len(raised) else 0.0
    praise = len(current) - len(raised) - quiet
    vague = int(current["vague"].sum())
    calendar = workcal.note(current["due_at"])
    return text(
        [
            f"{period.title}的反馈合并后为 {len(current):,} 个，"
            f"其中 {repeats:,} 个被重复反映；"
            f"除去表扬 {praise:,} 个、未提出问题的 {quiet:,} 个，{len(raised):,} 个计入问题统计。"
            f"其中 {number(untagged, 'share')} 没有命中任何规则，归入其他。"
        ],
        items=[
            *(f"{name}：{_split(current[column])}" for column, name in _DIMENSIONS.items()),
            *([f"描述含糊、建议追问时间、对象或经过的有 {vague:,} 个"] if vague else []),
            *([calendar] if calendar else []),
        ],
    )


def _split(values: pd.Series) -> str:
    shares = values.value_counts(normalize=True).sort_index().sort_values(ascending=False, kind="stable")
    return "，".join(f"{subject.named(str(name))} {number(share, 'share')}" for name, share in shares.items())


def categories(stats: pd.DataFrame, period: Period) -> TextView:
    """The largest categories and which changes are beyond chance; schema.CATEGORY_STATS in."""
    count = int(stats["n"].sum())
    if not count:
        return text([f"{period.title}没有问题反馈。"], tone="warn")
    ranked = stats[stats["n"] > 0].sort_values(["n", "category"], ascending=[False, True])
    first = ranked.iloc[0]
    lead = (
        f"{period.title}共 {count:,} 个问题。{first['category']}最多：{int(first['n']):,} 个，"
        f"占 {indicators.share(first)}，涉及 {int(first['customers']):,} 位客户。"
    )
    named = ranked[ranked["category"] != OTHER].head(3)
    part = number(float(named["share"].sum()), "share")
    three = f"前三类（{'、'.join(named['category'])}）合计占 {part}。" if len(named) == 3 else ""
    rest = [total(stats), *cited.rows(schema.CATEGORY_STATS, ranked.head(1))]
    rest += [cited.made(schema.CATEGORY_STATS, {"前三类的占比之和": part}, "share")] if three else []
    return text([cited.said(lead + three, *rest)], items=changes(stats))


def total(stats: pd.DataFrame) -> Basis:
    """The basis of how many problems there are in all; schema.CATEGORY_STATS in."""
    before = stats["previous_n"].sum(min_count=1)
    told = {"出现频次之和": f"{int(stats['n'].sum()):,}"}
    told |= {"上期频次之和": f"{int(before):,}"} if pd.notna(before) else {}
    return cited.made(schema.CATEGORY_STATS, told, "n", "previous_n")


def changes(stats: pd.DataFrame) -> list[str]:
    """One sentence per change beyond chance, or one that says there is none; schema.CATEGORY_STATS in."""
    known = stats.dropna(subset=["change", "p_adjusted"])
    if known.empty:
        return ["上期没有可比数据"]
    sure = known[known["p_adjusted"] < RATE]
    sure = sure.loc[sure["change"].abs().sort_values(ascending=False, kind="stable").index]
    found: list[str] = list(moved.sentences(moved.named(sure)))
    rest = "其余类型的变化在误差范围内" if found else "与上期相比，各类型占比的变化都在误差范围内"
    return [*found, rest] if len(sure) < len(known) else found


def emerging(table: pd.DataFrame) -> TextView:
    """What is new or rising; schema.EMERGING in."""
    if table.empty:
        return text(["没有发现新出现或突增的问题。"], tone="good")
    items = [_risen(row) for _, row in table.head(5).iterrows()]
    return text(["以下说法本期明显增多，建议优先查看原话："], items=items, tone="warn")


def _risen(row: pd.Series) -> Said:
    words = f"“{row['term']}”（{row['category']}）：本期 {int(row['n'])} 次，{_before(row['before'])}"
    return cited.said(words, cited.row(schema.EMERGING, row))


def _before(level: float) -> str:
    return f"此前月均 {level:.1f} 次" if level >= 0.05 else "此前没有"


def diagnosis(table: pd.DataFrame, stats: pd.DataFrame) -> TextView:
    """The top pain points in a line each; schema.DIAGNOSIS and the CATEGORY_STATS with their intervals in."""
    if table.empty:
        return text(["本期没有可诊断的痛点。"], tone="info")
    items = [
        cited.said(
            f"第 {row['rank']} 位（优先级{row['priority']}）{INTERVAL.sub('', row['finding'])}",
            cited.row(schema.DIAGNOSIS, row),
            *cited.rows(schema.CATEGORY_STATS, stats[stats["category"] == row["category"]]),
        )
        for row in table.to_dict("records")
    ]
    return text([], items=items)
