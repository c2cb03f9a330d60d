"""Who handles slower than the others, where time is lost and what is waiting, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.conclusions import indicators
from voc_lib.report.conclusions.indicators import shown
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.schema.desk import BACK, LOGGED, SOLVED, UNTOLD
from voc_lib.stats.desks import BANDS, MONTHS, TELLING
from voc_lib.stats.service import WHOLE

PERSON = "处理人"
COMPARED = {"部门": "部门", PERSON: f"{PERSON}（近 {MONTHS} 个月）", "渠道": "渠道"}
FAIR = 1.25  # pace beyond which the longest stage of all is worth a word
NOTHING = "本期没有记录处理情况的问题，算不出服务质量。"


def service_quality(
    service: pd.DataFrame,
    desks: pd.DataFrame,
    stages: pd.DataFrame,
    backlog: pd.DataFrame,
    handoffs: pd.DataFrame,
) -> TextView:
    """What opens the report: speed and promises, who is slower, where time goes, what waits."""
    if not desks["n"].sum() and not backlog["n"].sum() and stages.empty:
        return text([NOTHING], tone="warn")
    items = [
        *_levels(service),
        *_paces(desks),
        *_solved(desks),
        *_longest(stages),
        *_handed(handoffs),
        *_old(backlog),
    ]
    slow = (desks["claim"] == "更慢").any() or (desks["solved"] == "更低").any()
    return text([], items=items, tone="warn" if slow else "info")


def _levels(service: pd.DataFrame) -> Iterator[str]:
    """First response, closing and promises of the whole, each with its interval."""
    whole = service[service["group"] == WHOLE].set_index("indicator")
    names = ("首次响应时间中位数", "办结时长中位数（含未完成）", "SLA达成率", "一次解决率")
    told = [_figure(name, row) for name in names for _, row in whole[whole.index == name].iterrows()]
    if told := [words for words in told if words]:
        rows = service[(service["group"] == WHOLE) & service["indicator"].isin(names)].dropna(
            subset=["value"]
        )
        yield cited.said("；".join(told) + "。", *map(indicators.basis, rows.to_dict("records")))


def _figure(name: str, row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return ""
    low, high = shown(row["low"], row["unit"]), shown(row["high"], row["unit"])
    known = pd.notna(row["low"]) and pd.notna(row["high"])
    return f"{name} {shown(row['value'], row['unit'])}" + (f"（95% 区间 {low} 至 {high}）" if known else "")


def _paces(desks: pd.DataFrame) -> Iterator[str]:
    """A sentence per dimension: the groups beyond chance, or that there are none, or too little to judge."""
    for name, label in COMPARED.items():
        rows = desks[desks["dimension"] == name]
        judged = rows[~rows["claim"].isin(UNTOLD)]
        few = f"，另有 {len(rows) - len(judged)} 组的件数太少，没有判断" if len(rows) > len(judged) else ""
        sure = judged[judged["claim"] != "相当"].sort_values("pace", kind="stable")
        if len(sure):
            told_of = "；".join(_pace(row) for row in sure.to_dict("records"))
            words = f"同等紧急程度下各{label}相比：{told_of}{few}。"
            yield cited.said(words, *cited.rows(schema.DESKS, sure))
        elif len(judged) > 1:
            words = f"各{label}办结的快慢没有超出误差范围的差别（比较了 {len(judged)} 组{few}）。"
            told = {f"维度为“{name}”、样本够的行数": f"{len(judged):,}"}
            yield cited.said(words, cited.made(schema.DESKS, told, "claim"))


def _solved(desks: pd.DataFrame) -> Iterator[str]:
    """A sentence per dimension whose groups solve less or more at once than the others, beyond chance."""
    for name, label in COMPARED.items():
        sure = desks[(desks["dimension"] == name) & desks["solved"].isin(SOLVED[:2])]
        if len(sure):
            told = "；".join(_at_once(row) for row in sure.sort_values("first_contact").to_dict("records"))
            yield cited.said(f"各{label}的一次解决率：{told}。", *cited.rows(schema.DESKS, sure))


def _at_once(row: dict) -> str:
    own, others = (number(row[key], "share") for key in ("first_contact", "others"))
    return f"{row['group']}{row['solved']}，{own}（其他 {others}，超出误差范围）"


def _pace(row: dict) -> str:
    hours = number(row["hours"], "float", "小时")
    return f"{row['group']}{row['claim']}，办结时长中位数 {hours}（{row['n']} 件，超出误差范围）"


def _longest(stages: pd.DataFrame) -> Iterator[str]:
    """The stage most of the time goes into, and the department it is slowest in."""
    for basis, rows in stages.groupby("basis", sort=False):
        whole = rows[rows["group"] == WHOLE]
        if len(whole) < 2:
            continue
        top = whole.iloc[0]
        words = f"按{basis}，用时最多的环节是“{top['stage']}”：占全部用时的 {number(top['share'], 'share')}"
        words += f"，每次停留中位数 {number(top['hours'], 'float', '小时')}"
        longest = _longer(rows, top).head(1)
        words += f"{_slow(top)}{_where(longest)}。"
        yield cited.said(words, cited.row(schema.STAGES, top), *cited.rows(schema.STAGES, longest))


def _slow(row: pd.Series) -> str:
    return f"，九成在 {number(row['slow'], 'float', '小时')}内离开" if pd.notna(row["slow"]) else ""


def _handed(handoffs: pd.DataFrame) -> Iterator[str]:
    """How many tickets were passed on, back and opened again, and between whom most often."""
    for hands, rows in handoffs.groupby("hands", sort=False, observed=True):
        whole = rows[rows["giver"].isna() & (rows["base"] > 0)]
        if len(whole):
            told = "；".join(map(_passing, whole.to_dict("records")))
            most = rows[rows["giver"].notna()].drop_duplicates("kind")
            pairs = "".join(f"；{row['kind'][:2]}最多的是 {_pair(row)}" for row in most.to_dict("records"))
            basis = cited.rows(schema.HANDOFFS, pd.concat([whole, most]))
            yield cited.said(f"按{LOGGED}，{hands}之间：{told}{pairs}。", *basis)


def _passing(row: dict) -> str:
    share, low, high = (number(row[name], "share") for name in ("share", "low", "high"))
    return f"{row['kind']} {share}（{row['tickets']:,} / {row['base']:,} 个工单，95% 区间 {low} 至 {high}）"


def _pair(row: dict) -> str:
    back = f" → {row['giver']}" if row["kind"] == BACK else ""
    return f"{row['giver']} → {row['taker']}{back}，{row['n']:,} 次"


def _longer(rows: pd.DataFrame, top: pd.Series) -> pd.DataFrame:
    """The departments where this stage lasts longer than the whole's interval lets expect, longest first."""
    same = rows[(rows["stage"] == top["stage"]) & (rows["group"] != WHOLE) & (rows["n"] >= TELLING)]
    return same[same["low"] > top["hours"] * FAIR].sort_values("hours", ascending=False, kind="stable")


def _where(longer: pd.DataFrame) -> str:
    if longer.empty:
        return ""
    row = longer.iloc[0]
    low, high = number(row["low"], "float"), number(row["high"], "float", "小时")
    return f"；{row['group']}最久，中位数 {number(row['hours'], 'float', '小时')}（95% 区间 {low} 至 {high}）"


def _old(backlog: pd.DataFrame) -> Iterator[str]:
    total, late = int(backlog["n"].sum()), int(backlog["late"].sum())
    if not total:
        yield "期末没有待处理的问题。"
        return
    last = list(BANDS)[-1]
    old = backlog[backlog["band"] == last].sort_values(["n", "department"], ascending=[False, True])
    words = f"期末待处理 {total:,} 件，其中 {late:,} 件已超期"
    if most := int(old["n"].sum()):
        row = old.iloc[0]
        words += f"，{most:,} 件等了超过 30 天（{row['department']}最多，{int(row['n']):,} 件）"
    told = {"件数之和": f"{total:,}", "其中已超期之和": f"{late:,}", f"已等待“{last}”的件数之和": f"{most:,}"}
    rest = [cited.made(schema.BACKLOG, told, "n", "late"), *cited.rows(schema.BACKLOG, old.head(1))]
    yield cited.said(words + "。", *rest)
