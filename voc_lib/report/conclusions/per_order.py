"""Problems per 1,000 orders, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, listed, text
from voc_lib.report.tables import number
from voc_lib.stats.rates import ALL, HIGHER, LOWER, UNKNOWN

SIDES = {HIGHER: "高于", LOWER: "低于"}
EVERY_YEAR = 0.5  # part of the way off the level that last year's period went too
ALREADY = 1.25  # a region that differed this much before, in the same direction, differs as ever


def rates(table: pd.DataFrame, regions: pd.DataFrame) -> TextView:
    """How often problems are raised per 1,000 orders; schema.RATES and REGION_RATES in."""
    if table.empty:
        return text(["没有足够的订单量（至少 7 期，且不少于问题数），不计算每千单问题数。"])
    whole = table[table["category"] == ALL].iloc[0]
    few = int(whole["periods"])
    lead = f"每千单 {number(whole['rate'], 'float')} 件问题"
    lead += f"，以往 {few} 期的水平是 {number(whole['level'], 'float')}{_moved(whole)}："
    lead += f"{_sure(whole)}{_but(whole)}。"
    if whole["left_out"] > 0:
        lead += f"另有 {int(whole['left_out'])} 件所在的地区或产品没有业务量（或没有录全），不计入。"
    items = [_category(row) for row in _claimed(table) if row["category"] != ALL]
    items += [_region(row) for row in _claimed(regions)]
    without = regions[regions["rate"].isna()]
    items += [_short(row) for _, row in without[without["orders"].notna()].iterrows()]
    items += _unknown(without[without["orders"].isna()])
    lead = cited.said(lead, cited.row(schema.RATES, whole))
    return text([lead], items=items, tone="warn" if whole["claim"] == HIGHER else "info")


def _category(row: pd.Series) -> Said:
    told = against_level(row) if row["claim"] in SIDES else _sure(row)
    return cited.said(f"{row['category']}：{told}{_but(row)}", cited.row(schema.RATES, row))


def _but(row: pd.Series) -> str:
    return f"，但{row['caution']}" if isinstance(row["caution"], str) else ""


def against_level(row: pd.Series) -> str:
    """“每千单 9.8 件，是以往水平 7.6 的 1.30 倍（校正后区间 1.13–1.50）”; a row of schema.RATES in."""
    now, level = (number(row[name], "float") for name in ("rate", "level"))
    if not row["level"] > 0:
        return f"每千单 {now} 件，此前 {int(row['periods'])} 期一件也没有"
    return f"每千单 {now} 件，是以往水平 {level}{_moved(row)} 的 {_times(row)}{_yearly(row)}"


def _moved(row: pd.Series) -> str:
    """That the level moved for good before, and is counted since then."""
    moved = row.get("moved")
    return f"（近 {int(row['periods'])} 期，更早的水平不同，不算）" if pd.notna(moved) and moved else ""


def yearly(row: pd.Series) -> bool:
    """Whether the same period last year lay off the level the same way, at least half as far."""
    off, then = row["rate"] - row["level"], row["last_year"] - row["level"]
    return bool(row["claim"] in SIDES and pd.notna(then) and off and then / off >= EVERY_YEAR)


def _yearly(row: pd.Series) -> str:
    return f"；上年同期也是 {number(row['last_year'], 'float')} 件，像是年年如此" if yearly(row) else ""


def _sure(row: pd.Series) -> str:
    if row["claim"] in SIDES:
        return f"{SIDES[row['claim']]}以往，是它的 {_times(row)}{_yearly(row)}"
    if row["claim"] == UNKNOWN:
        few = pd.isna(row["ratio_low"])
        return "样本太少，无法比较" if few else "有来源接入或退出，剔除它们结论就变，无法比较"
    return "与以往相当"


def _times(row: pd.Series) -> str:
    low, high = (f"{row[name]:.2f}" for name in ("ratio_low", "ratio_high"))
    return f"{row['ratio']:.2f} 倍（校正后区间 {low}–{high}）"


def _claimed(table: pd.DataFrame) -> Iterator[pd.Series]:
    sure = table[table["claim"].isin(SIDES) | (table["caution"].notna() if "caution" in table else False)]
    return (row for _, row in sure.sort_values("n", ascending=False, kind="stable").iterrows())


def _short(row: pd.Series) -> Said:
    orders = f"{row['orders']:,.0f}"
    words = f"{row['region']}的业务量只有 {orders}，少于问题 {row['n']} 件，像是没有录全"
    words += "：不算它的每千单件数，也不拿它比"
    return cited.said(words, cited.row(schema.REGION_RATES, row))


def _unknown(rows: pd.DataFrame) -> list[Said]:
    if rows.empty:
        return []
    most = rows.sort_values(["n", "region"], ascending=[False, True])
    named = [f"{row['region']}（{row['n']} 件问题）" for _, row in most.iterrows()]
    words = f"{listed(named, 5, '个地区')}没有业务量（或缺了月份）：不算每千单件数，也不拿来比"
    return [cited.said(words, *(cited.row(schema.REGION_RATES, row) for _, row in most.head(5).iterrows()))]


def regional(row: pd.Series) -> bool:
    """Whether a region has more problems than the others far beyond what it had before."""
    before = row["before"]
    return bool(row["claim"] == HIGHER and pd.notna(before) and row["ratio_low"] > ALREADY * before)


def _region(row: pd.Series) -> Said:
    return cited.said(region(row), cited.row(schema.REGION_RATES, row))


def region(row: pd.Series) -> str:
    """“华东的“物流延迟”每千单 3.0 件，是其他地区的 2.30 倍 …，此前 12 个月为 0.80 倍”; of REGION_RATES."""
    what = "问题" if row["category"] == ALL else f"“{row['category']}”"
    before = row["before"]
    ever = pd.notna(before) and (before >= ALREADY if row["claim"] == HIGHER else before <= 1 / ALREADY)
    told = "也是如此（{:.2f} 倍）" if ever else "为 {:.2f} 倍"
    since = f"此前 12 个月{told.format(before)}" if pd.notna(before) else "此前没有数据"
    rate = number(row["rate"], "float")
    return f"{row['region']}的{what}每千单 {rate} 件，是其他地区的 {_times(row)}，{since}"
