"""What people took on: measures that failed, met their target or are late, promises not kept."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib.improve.watch import BACK
from voc_lib.period import Period
from voc_lib.report.conclusions import aims, indicators, measures
from voc_lib.report.findings.finding import RELAPSE, SURE, UNKNOWN, finding
from voc_lib.report.findings.tables import Tables
from voc_lib.report.tables import number


def verdicts(found: Tables) -> Iterator[dict]:
    """Measures that missed their target or lost it again, one by one; those that met it, in one finding."""
    owners = dict(zip(found.tracking["measure_id"], found.tracking["owner"], strict=True))
    judged = found.effects.dropna(subset=["target"])
    for _, row in judged[judged["verdict"] == "未达标"].iterrows():
        back = row["watch"] == BACK
        how = f"达到目标后于{_relapse(row)}复发，已重新打开" if back else "没有达到目标"
        words = f"措施“{measures.short(row['action'])}”（{row['measure_id']}）{how}：{_before_after(row)}"
        yield finding(
            RELAPSE if back else "措施",
            str(row["measure_id"]),
            words,
            sure=SURE,
            called=str(row["watch"] if back else row["verdict"]),
            cause=row["reason"],
            decision=str(row["next_step"]),
            owner=owners.get(row["measure_id"], UNKNOWN),
            measure_id=row["measure_id"],
        )
    good = judged[judged["verdict"] == "达标"]
    if len(good):
        told = "；".join(
            f"{measures.short(row['action'])}（{_before_after(row)}）" for _, row in good.iterrows()
        )
        ids = "、".join(good["measure_id"])
        more = {"called": str(good["verdict"].iloc[0]), "decision": _keeping(good), "measure_id": ids}
        if len(watching := {*good["measure_id"].map(owners).dropna()}) == 1:
            more |= {"owner": watching.pop()}
        yield finding("措施", ids, f"{len(good)} 项措施达到目标：{told}", sure=SURE, **more)


def _relapse(row: pd.Series) -> str:
    """When a measure lost its target, and to what value."""
    return f"{Period.parse(row['slipped']).title}（{indicators.shown(row['slipped_to'], row['unit'])}）"


def _keeping(good: pd.DataFrame) -> str:
    """What comes next of the measures that met their target, by step: “继续看守：“换承运商”（M01）”."""
    named = good.assign(
        named=[f"“{measures.short(a)}”（{m}）" for a, m in good[["action", "measure_id"]].values]
    )
    steps = named.groupby("next_step", sort=True)["named"].agg("、".join)
    return "；".join(f"{step}：{names}" for step, names in steps.items())


def _before_after(row: pd.Series) -> str:
    before, after, target = measures.figures(row)
    return f"{row['metric']} {before} → {after}，目标 {target}"


def broken(found: Tables, period: Period) -> Iterator[dict]:
    """Promises not kept in the last month they are judged in."""
    last = aims.latest(found.commitments[found.commitments["month"].isin(period.months)])
    for _, row in last[last["verdict"] == "未达标"].iterrows():
        share, target = (number(row[name], "share") for name in ("share", "target"))
        words = (
            f"承诺“{row['promise']}”没有兑现：{Period.parse(row['month']).title}兑现率 {share}，目标 {target}"
        )
        words += f"，未兑现 {int(row['breaches']):,} 次"
        more = {"called": str(row["verdict"]), "decision": "查明未兑现的原因"}
        yield finding("承诺", str(row["promise"]), words, sure=SURE, **more)


def late(found: Tables, period: Period) -> Iterator[dict]:
    """Measures past their day, with what stands in the way."""
    for _, row in found.tracking[found.tracking["state"] == "已逾期"].iterrows():
        days = (period.end - pd.Timestamp(row["due"]).date()).days
        words = f"措施“{measures.short(row['action'])}”（{row['measure_id']}）已逾期 {days} 天"
        why = row["obstacles"]
        yield finding(
            "逾期",
            str(row["measure_id"]),
            words,
            sure=1.0,
            called=str(row["state"]),
            cause=f"原因：{why}" if pd.notna(why) else None,
            decision="重定完成日期或换人",
            owner=row["owner"],
            measure_id=row["measure_id"],
        )
