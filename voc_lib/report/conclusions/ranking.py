"""What to solve first, and what is still missing for it."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.tag.taxonomy import OTHER

FIRM = 0.9  # share of the draws a problem must lead to be called firmly first
LIKELY = 0.5  # share of the draws from which a problem without a rival is first
RIVAL = 0.05  # share of the draws from which another may be first
MOVED = "客户重新抽取、权重随机变动时"


def faults(warnings: list[str]) -> TextView:
    """What is still missing in the 5 Why chains."""
    if warnings:
        return text(["需要补充的地方："], items=warnings, tone="warn", of=[cited.whole(schema.WHY)])
    return text(["所有 5 Why 链条都追问到了标为根因的一层。"], tone="good")


def roots(reached: list[str], doubts: list[str]) -> TextView:
    """Which roots are evidenced, and which are no more than assumed: green only where all are reached."""
    if not reached and not doubts:
        return text(["还没有写 5 Why。"], tone="warn")
    said = (
        [f"有证据的根因 {len(reached)} 个：{'、'.join(reached)}。"] if reached else ["还没有一个根因有证据。"]
    )
    rest = cited.made(schema.WHY, {"有证据的根因": f"{len(reached)}"}, "status")
    return text(said, items=doubts, tone="warn" if doubts else "good", of=[rest])


def appraised(table: pd.DataFrame) -> TextView | None:
    """What the six criteria say to do first and what is a quick win; schema.APPRAISAL in."""
    if table.empty:
        return None
    first = table.iloc[0]
    sure = number(first["first_share"], "share")
    lead = cited.said(
        f"六项综合，先做{first['problem']}：各权重上下变动 50% 时，它有 {sure} 的情形排在首位。",
        cited.row(schema.APPRAISAL, first),
    )
    kinds = (("重要且紧急：立即做", table["pressing"]), ("回报高投入小：速赢", table["worth"]))
    items = [
        f"{kind}——{'、'.join(table.loc[named == kind, 'problem'])}"
        for kind, named in kinds
        if (named == kind).any()
    ]
    bare = int(table["basis"].str.contains("未估").sum())
    items += [f"{bare} 个问题有的项没有人估，按 0.5 算"] if bare else []
    return text([lead], items=items, of=[cited.whole(schema.APPRAISAL)])


def decisions(told: list[str]) -> TextView | None:
    """What meetings decided and how it stands; nothing where none did."""
    if not told:
        return None
    rest = cited.made(schema.WEEKLY, {"登记的会议决定": f"{len(told)}"}, "what")
    return text([f"会议定了 {len(told)} 件事："], items=told, of=[rest])


def gaps(problems: list[str]) -> TextView:
    """High-ranking problems nobody works on yet."""
    if problems:
        return text(
            ["以下问题还没有改进措施："], items=problems, tone="warn", of=[cited.whole(schema.QUADRANTS)]
        )
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
    if pd.isna(first["first_share"]):
        return text([lead + "。"])
    rivals = ranked["first_share"].iloc[1:] >= RIVAL
    if first["first_share"] >= FIRM or (first["first_share"] >= LIKELY and not rivals.any()):
        sure = number(first["first_share"], "share")
        firm = "，排名稳定" if first["first_share"] >= FIRM else "，没有别的问题接近"
        words = f"{lead}：{MOVED}，它有 {sure} 的情形排在首位{firm}。"
        return text([cited.said(words, cited.row(schema.QUADRANTS, first))])
    return text([_tied(ranked)])


def _tied(ranked: pd.DataFrame) -> Said:
    """The problems that may each be first, named together."""
    rest = ranked.iloc[1:].sort_values("first_share", ascending=False, kind="stable")
    level = pd.concat([ranked.head(1), rest[rest["first_share"] >= RIVAL] if len(rest) else rest])
    level = pd.concat([ranked.head(1), rest.head(1)]) if len(level) < 2 else level
    shown = "、".join(
        f"{row['problem']} {number(row['first_share'], 'share')}" for _, row in level.iterrows()
    )
    names = "、".join(level["problem"])
    words = f"首位并列：{names}，不分先后，请结合业务判断（{MOVED}，排在首位的情形：{shown}）。"
    return cited.said(words, *cited.rows(schema.QUADRANTS, level))


def interviews(listed: pd.DataFrame, problems: list[str], *, fewest: int = 10) -> TextView:
    """How many customers there are to interview about each problem; schema.INTERVIEWS in."""
    if listed.empty:
        return text(["本期没有可访谈的客户。"], tone="warn")
    counts = listed["problem"].value_counts().reindex(problems, fill_value=0)
    said = [f"选出 {len(listed)} 位客户：" + "、".join(f"{name} {n} 位" for name, n in counts.items()) + "。"]
    few = [str(name) for name, n in counts.items() if n < fewest]
    items = [f"不足 {fewest} 位，合条件的客户都已列出：{'、'.join(few)}"] if few else []
    return text(said, items=items, of=[cited.counted(schema.INTERVIEWS, listed, "problem")])
