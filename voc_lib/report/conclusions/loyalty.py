"""Who the customers are, who is leaving and what a complaint costs, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number, share_interval
from voc_lib.schema.loyalty import STATES, VALUES
from voc_lib.stats.loyalty import BACK_DAYS, BANDS
from voc_lib.stats.service import WHOLE

HIGH, QUIET = VALUES[0], STATES[-1]
QUIET_BANDS = [name for name, most in BANDS.items() if most > BACK_DAYS]
NOBODY = "没有报告期末以前的订单，看不出客户的购买。"


def customers(
    segments: pd.DataFrame,
    repurchase: pd.DataFrame,
    churn: pd.DataFrame,
    afterwards: pd.DataFrame,
    care: pd.DataFrame,
) -> TextView:
    """What opens the report; the tables of schema.loyalty in."""
    if segments.empty:
        return text([NOBODY], tone="warn")
    items = [
        *_value(segments),
        *_gone(churn),
        *_again(repurchase),
        *_cost(afterwards),
        *_whom(care),
    ]
    lost = (afterwards["claim"] == "更低").any()
    return text([], items=items, tone="warn" if lost else "info")


def _value(segments: pd.DataFrame) -> Iterator[str]:
    high = segments[segments["value"] == HIGH]
    total = int(segments["customers"].sum())
    if high.empty:
        words = f"下过单的客户 {total:,} 位；消费额没有差别或没有金额，分不出高价值客户。"
        yield cited.said(words, cited.made(schema.SEGMENTS, {"客户数之和": f"{total:,}"}, "customers"))
        return
    count, part = int(high["customers"].sum()), number(high["amount_share"].sum(), "share")
    quiet = _of(high, QUIET)
    told = {"客户数之和": f"{total:,}", f"价值为“{HIGH}”的客户数之和": f"{count:,}"}
    told |= {f"价值为“{HIGH}”的消费占比之和": part, f"其中状态为“{QUIET}”的客户数": f"{quiet:,}"}
    yield cited.said(
        f"下过单的客户 {total:,} 位，其中高价值 {count:,} 位，占累计消费的 {part}；"
        f"高价值客户里 {quiet:,} 位已久未下单（两个标签并列）。",
        cited.made(schema.SEGMENTS, told, "customers", "amount_share"),
    )


def _of(rows: pd.DataFrame, state: str) -> int:
    return int(rows.loc[rows["state"] == state, "customers"].sum())


def _gone(churn: pd.DataFrame) -> Iterator[str]:
    """How many of those who still order will not any more, and what became of those silent for long."""
    known = churn[churn["expected"].notna()]
    still, silent = (known[known["band"].isin(QUIET_BANDS) == quiet] for quiet in (False, True))
    if not still["customers"].sum():
        return
    gone, now = number(still["expected"].sum(), "int"), f"{int(still['customers'].sum()):,}"
    words = f"照半年前的实际情况推算，近 180 天下过单的 {now} 位客户里约有 {gone} 位今后 180 天不再下单"
    told = {"近 180 天下过单的各段：预计流失客户数之和": gone, "近 180 天下过单的各段：现在的客户数之和": now}
    if was := int(silent["was"].sum()):
        count, back = f"{int(silent['customers'].sum()):,}", number(1 - silent["lost"].sum() / was, "share")
        words += f"；另有 {count} 位已超过 180 天没有下单，半年前这样的客户其后 180 天回来的占 {back}"
        told |= {"超过 180 天的各段：现在的客户数之和": count, "超过 180 天的各段：回来的占回测时": back}
    yield cited.said(f"{words}。", cited.made(schema.CHURN, told, "expected"))


def _again(repurchase: pd.DataFrame) -> Iterator[str]:
    if repurchase.empty:
        return
    last, first = repurchase.iloc[-1], repurchase.iloc[0]
    now, then = (Period.parse(each["cohort"]).title for each in (last, first))
    words = f"{now}的新客户 90 天复购率 {share_interval(last['share'], last['low'], last['high'])}"
    if last["low"] > first["high"]:
        words += f"，高于{then}的 {number(first['share'], 'share')}"
    elif last["high"] < first["low"]:
        words += f"，低于{then}的 {number(first['share'], 'share')}"
    rest = [cited.row(schema.REPURCHASE, each) for each in (last, first)]
    yield cited.said(f"{words}（{int(last['customers']):,} 位）。", *rest)


def _cost(afterwards: pd.DataFrame) -> Iterator[str]:
    """What a complaint goes with, of all; and of the category whose customers buy least beside the others."""
    whole = afterwards[(afterwards["group"] == WHOLE) & (afterwards["claim"] != "样本太少")]
    for row in whole.to_dict("records"):
        words = f"反映问题的客户 90 天内再次下单的占 {number(row['share'], 'share')}，"
        words += f"购买情况相当而没有反映问题的客户为 {number(row['compared'], 'share')}"
        words += f"{_gap(row)}。"
        yield cited.said(words, cited.row(schema.AFTERWARDS, row))
    for row in _most(afterwards).to_dict("records"):
        own, same = (number(row[name], "share") for name in ("share", "compared"))
        words = f"反映“{row['group']}”的客户 90 天内再次下单的占 {own}，购买情况相当、反映其他问题的为 {same}"
        words += f"{_gap(row)}：反映各类问题的客户里差得最多。这是相关，不等于原因。"
        yield cited.said(words, cited.row(schema.AFTERWARDS, row))


def _gap(row: dict) -> str:
    """How far the complainers are from those like them, and what a higher share does not say."""
    if row["claim"] == "相当":
        return f"，差别在误差范围内（{row['n']:,} 人次）"
    low, high = (number(row[name], "points") for name in ("change_low", "change_high"))
    told = f"{abs(row['change']):.1f} 个百分点（区间 {low} 至 {high}，{row['n']:,} 人次）"
    if row["claim"] == "更低":
        return f"，低 {told}"
    return f"，高 {told}：没有看出他们少买；肯开口的客户本来就更常买，不能说问题让人多买"


def _most(afterwards: pd.DataFrame) -> pd.DataFrame:
    """The category with the largest gap, if any."""
    sure = afterwards[(afterwards["group"] != WHOLE) & (afterwards["claim"] == "更低")]
    return sure.nsmallest(1, "change")


def _whom(care: pd.DataFrame) -> Iterator[str]:
    high = care[care["labels"].str.contains("高价值", regex=False)]
    both = int(high["labels"].str.contains(QUIET, regex=False).sum())
    if len(high):
        told = {"客户标签含“高价值”的行数": f"{len(high):,}", f"其中也含“{QUIET}”的行数": f"{both:,}"}
        words = (
            f"本期反映问题的高价值客户 {len(high):,} 位{f'，其中 {both:,} 位已久未下单' if both else ''}："
            "名单见下，请优先联系。"
        )
        yield cited.said(words, cited.made(schema.CARE, told))


def needs(table: pd.DataFrame) -> TextView:
    """What groups of customers speak of more or less than the others; schema.NEEDS in."""
    sure = table[table["claim"].isin(["更低", "更高"])]
    if table.empty:
        return text(["本期反映问题的人里没有下过单的客户，看不出各类客户的需要。"], tone="warn")
    if sure.empty:
        return text(["各类客户反映的问题没有超出误差范围的差别（全部比较一起校正）。"])
    return text([], items=[_need(row) for row in sure.to_dict("records")])


def _need(row: dict) -> Said:
    own, rest = number(row["share"], "share"), number(row["rest"], "share")
    words = (
        f"{row['segment']}反映{row['category']}的比例{row['claim']}：{own}，其他客户 {rest}（{row['n']} 件）"
    )
    return cited.said(words, cited.row(schema.NEEDS, row))
