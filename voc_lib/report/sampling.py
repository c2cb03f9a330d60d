"""What is known about who was asked and who answered, in sentences: surveys, weights."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Basis
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.stats.weighting import Weighted

RATES = ("过快答卷率", "直线作答率", "重复答卷率", "开放题有内容率", "有效答卷率")
SOUND = 0.8  # share of valid answer sheets below which a survey wants care
NO_SURVEY = "数据来源中没有问卷平台的导出，不统计问卷收集质量。"
NO_ANSWERS = "本期没有问卷的评分题和多选题。"
NOT_INVITED = "没有写邀请人数（来源的 invited），算不出响应率"


def surveys(table: pd.DataFrame) -> TextView:
    """How each survey was collected, all its answer sheets counted; schema.SURVEY_QUALITY in."""
    whole = table[table["group"] == "全部"]
    if whole.empty:
        return text([NO_SURVEY])
    items, sound = [], True
    for source, rows in whole.groupby("source", sort=False):
        of = {row["indicator"]: row for row in rows[::-1].to_dict("records")}
        rest = cited.rows(schema.SURVEY_QUALITY, rows)
        items.append(cited.said(f"{source}：{'，'.join(_survey(of))}", *rest))
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


def answers(table: pd.DataFrame) -> TextView:
    """What the questions of each survey came to; schema.SURVEY_ANSWERS in."""
    if table.empty:
        return text([NO_ANSWERS])
    items = [
        cited.said(f"{source}：{'；'.join(_results(rows))}。", *_basis(rows))
        for source, rows in table.groupby("source", sort=False)
    ]
    return text(["本期各题的结果（每题的作答人数不同，均见下表）："], items=items)


def _results(rows: pd.DataFrame) -> list[str]:
    """The whole, the weakest facet and the option chosen most, each in some words."""
    scored = rows[rows["indicator"].isin(["均分", "满意占比"])]
    facets = scored[scored["kind"] == "评分"]
    chosen = rows[rows["indicator"] == "选择率"]
    said = [_result(row) for row in scored[scored["kind"].isin(["整体", "推荐"])].to_dict("records")]
    for scale, part in facets.groupby(["indicator", "scale"], sort=False):
        if len(part) > 1:
            row = part.nsmallest(1, "value").to_dict("records")[0]
            said.append(f"{len(part)} 个 {scale[1]} 评分项里最低的是{_result(row)}")
    most = chosen.loc[chosen.groupby(["number", "question"], sort=False, dropna=False)["value"].idxmax()]
    return said + [f"“{row['question']}”选得最多的是{_result(row)}" for row in most.to_dict("records")]


def _basis(rows: pd.DataFrame) -> list[Basis]:
    """The rows the results of a survey are read from: all that may be the whole, the least or the most."""
    return cited.rows(schema.SURVEY_ANSWERS, rows[rows["indicator"].isin(["均分", "满意占比", "选择率"])])


def _result(row: dict[Hashable, Any]) -> str:
    """One figure with its interval and base."""
    kind = "float" if row["indicator"] == "均分" else "share"
    value, low, high = (number(row[part], kind) for part in ("value", "low", "high"))
    name = row["item"] if pd.notna(row["item"]) else row["question"]
    scale = f"（{row['scale']}）" if row["indicator"] == "均分" else ""
    return f"“{name}”{row['indicator']} {value}{scale}，95% 区间 {low}–{high}，n={row['n']}"


def weights(found: Weighted) -> TextView | None:
    """What weighting changes, with the effective sample size; None where the params ask for none."""
    if not found.dimensions:
        return None
    by = "、".join(found.dimensions)
    if found.table.empty:
        return text([f"本期 {found.n:,} 个问题没有一个对得上客户表，无法按{by}加权。"], tone="warn")
    row = max(found.table.to_dict("records"), key=lambda row: abs(row["difference"]))
    before, after = number(row["share"], "share"), number(row["weighted_share"], "share")
    lead = (
        f"按{by}把发声客户加权到全部客户的构成：{found.n:,} 个问题中 {found.known:,} 个对得上客户表，"
        f"加权后的有效样本量（Kish）为 {found.effective_n:,.0f}；"
        f"变化最大的是{row['category']}，由 {before} 变为 {after}。"
    )
    told = {"问题数": f"{found.n:,}", "其中对得上客户表的": f"{found.known:,}"}
    told |= {"有效样本量 =（Σw)² ÷ Σw²": f"{found.effective_n:,.0f}"}
    rest = [cited.made(schema.WEIGHTED, told), cited.row(schema.WEIGHTED, row)]
    return text([cited.said(lead, *rest)], items=found.notes, tone="warn" if found.notes else "info")
