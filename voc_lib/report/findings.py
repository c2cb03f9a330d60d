"""Everything a period found, a row each: what, how sure, likely why, who decides what; the worst first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from voc_lib import schema
from voc_lib.improve.watch import BACK
from voc_lib.period import Period
from voc_lib.report.conclusions import aims, incidents, indicators, measures, moved, themed
from voc_lib.report.conclusions.per_order import against_level, region, regional, yearly
from voc_lib.report.tables import number
from voc_lib.schema.loyalty import DIFFERENCES
from voc_lib.schema.stats import RISEN
from voc_lib.schema.survey import DRIVER_CLAIMS
from voc_lib.schema.words import DIRECTIONS, SIDES
from voc_lib.stats.alerts import CLOSED
from voc_lib.stats.changes import CATEGORY, DOWN, UP
from voc_lib.stats.rates import ALL, HIGHER, LOWER
from voc_lib.stats.rates import UNKNOWN as UNTOLD_OF
from voc_lib.stats.service import LOWER_IS_BETTER, WHOLE
from voc_lib.tag.taxonomy import OTHER

WORSE, BETTER, OPEN = DIRECTIONS
LESS = DIFFERENCES[0]
RELAPSE = "措施复发"
# What a finding of a kind weighs: harm to customers, times how sure it is.
HARM = {
    "问题总量": 1.0,
    "新问题": 0.9,
    "预警": 0.9,
    "主题": 0.9,
    RELAPSE: 1.0,
    "措施": 0.85,
    "承诺": 0.8,
    "指标": 0.75,
    "每千单件数": 0.7,
    "地区": 0.7,
    "问题占比": 0.65,
    "逾期": 0.6,
    "客户去留": 0.55,
    "办理快慢": 0.5,
    "一次解决": 0.5,
    "满意度影响": 0.4,
}
GOOD = 0.5  # what good news weighs against bad
SURE = 0.95  # how sure a verdict on intervals is
TOGETHER = "查明共同的原因（单量、活动、渠道、人手）"
MIXED = "先查明构成为什么变了"
DAYS = 10  # days after the period by which somebody decides
UNKNOWN = "待指定"
UNTOLD = "原因尚未查明"


class Tables(NamedTuple):
    """The tables findings are read from, each as `schema` declares it."""

    rates: pd.DataFrame
    changes: pd.DataFrame
    emerging: pd.DataFrame
    effects: pd.DataFrame
    commitments: pd.DataFrame
    tracking: pd.DataFrame
    plan: pd.DataFrame
    team: pd.DataFrame
    desks: pd.DataFrame = schema.empty(schema.DESKS)
    afterwards: pd.DataFrame = schema.empty(schema.AFTERWARDS)
    survey_drivers: pd.DataFrame = schema.empty(schema.SURVEY_DRIVERS)
    themes: pd.DataFrame = schema.empty(schema.THEMES)
    incidents: pd.DataFrame = schema.empty(schema.INCIDENTS)
    region_rates: pd.DataFrame = schema.empty(schema.REGION_RATES)


def table(found: Tables, period: Period) -> pd.DataFrame:
    """schema.FINDINGS: only what is beyond chance, or not done in time; relapses first, then the heaviest."""
    lead = leader(found.team)
    by = period.end + timedelta(days=DAYS)
    told = [*_volume(found), *_regions(found), *_news(found), *_themes(found), *_incidents(found)]
    told += [*_measures(found), *_promises(found, period)]
    told += [*_moved(found), *_late(found, period)]
    told += [*_slower(found), *_unsolved(found), *_leaving(found), *_hangs(found)]
    rows = [{"owner": lead, "due": by, **row} for row in told]
    frame = pd.DataFrame(rows, columns=[name for name in schema.FINDINGS.names if name != "rank"])
    ordered = frame.assign(leads=frame["kind"].eq(RELAPSE)).sort_values(
        ["leads", "weight", "subject"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    frame = ordered.drop(columns="leads")
    frame.insert(0, "rank", range(1, len(frame) + 1))
    return schema.shape(frame, schema.FINDINGS)


def leader(team: pd.DataFrame) -> str:
    """Who leads the team; schema.TEAM in."""
    leads = team.loc[team["lead"].fillna(False).astype(bool), "name"]
    return str(leads.iloc[0]) if len(leads) else UNKNOWN


def _row(kind: str, subject: str, finding: str, *, sure: float, called: str = WORSE, **more: Any) -> dict:
    """A finding; `called` is its word of `SIDES`."""
    weight = HARM[kind] * sure * (GOOD if SIDES[called] == BETTER else 1.0)
    named = {"kind": kind, "subject": subject, "finding": finding, "direction": called}
    return {**named, "certainty": sure, "weight": weight, **more}


def _volume(found: Tables) -> Iterator[dict]:
    """Problems per 1,000 orders: all of them with what rose most, else the categories that moved.

    What its parts contradict, or what they hide, is open.
    """
    sure = found.rates[found.rates["claim"].isin((HIGHER, LOWER)) | found.rates["caution"].notna()]
    whole = sure[sure["category"] == ALL]
    for _, row in whole.iterrows():
        same = sure[(sure["claim"] == row["claim"]) & (sure["category"] != ALL)]
        more = {"subject": "问题总量"}
        if pd.isna(row["caution"]):
            many = len(same) > 1 and 2 * len(same) >= _told_of(found.rates)
            problem = str(_foremost(same)["category"].iloc[0]) if len(same) and not many else ""
            more |= {"finding": _against(row, "问题总量") + _mostly(same, many=many)}
            more |= _next(row, problem, found)
        yield _rate("问题总量", row) | more
    if whole.empty:
        for _, row in sure[~sure["category"].map(partial(_explained, found))].iterrows():
            yield _rate("每千单件数", row) | _next(row, str(row["category"]), found)


def _regions(found: Tables) -> Iterator[dict]:
    """A category that rose in one region alone: far more there than elsewhere, and than there before."""
    told = set(found.rates.loc[found.rates["claim"] == HIGHER, "category"])
    told |= set(found.changes.loc[found.changes["claim"] == UP, "indicator"])
    for _, row in _regional(found).iterrows():
        if row["category"] not in told:
            more = {} if row["category"] == ALL else _planned(str(row["category"]), found)
            decision = {"decision": f"查明{row['region']}的原因"} | more
            yield _row("地区", str(row["region"]), region(row), sure=1 - row["p_adjusted"], **decision)


def _regional(found: Tables) -> pd.DataFrame:
    rows = found.region_rates
    rows = rows[rows.apply(regional, axis=1).astype(bool)] if len(rows) else rows
    parts = set(rows.loc[rows["category"] != ALL, "region"])
    return rows[(rows["category"] != ALL) | ~rows["region"].isin(parts)]


def _explained(found: Tables, category: str) -> bool:
    """Whether 其他 is told by what is new in it: it is no problem of its own."""
    grown = found.themes[found.themes["claim"] == RISEN]
    return category == OTHER and any(OTHER in set(rows["category"]) for rows in (found.emerging, grown))


def _rate(kind: str, row: pd.Series) -> dict:
    name, side = str(row["category"]), WORSE if row["claim"] == HIGHER else BETTER
    told = "问题总量" if name == ALL else name
    if pd.notna(row["caution"]):
        words = f"{_against(row, f'{told}合计')}，但{row['caution']}"
        return _row(kind, name, words, sure=SURE, called=OPEN, decision=MIXED)
    side = OPEN if yearly(row) else side
    return _row(kind, name, _against(row, told), sure=1 - row["p_adjusted"], called=side)


def _against(row: pd.Series, name: str) -> str:
    moved = {HIGHER: "上升", LOWER: "下降"}.get(row["claim"])
    if moved is None:
        return f"{name}与以往相当（每千单 {number(row['rate'], 'float')} 件）"
    return f"{name}{moved}：{against_level(row)}"


def _next(row: pd.Series, problem: str, found: Tables) -> dict:
    """What is to be decided: of all problems together, where no single one stands out, `problem` is ""."""
    if pd.notna(row["caution"]):
        return {}
    if row["claim"] == LOWER:
        return {"decision": "保持"}
    return _answer(problem, found) if problem else {"decision": TOGETHER}


def _told_of(rates: pd.DataFrame) -> int:
    """How many categories something could be claimed of."""
    return int(((rates["category"] != ALL) & (rates["claim"] != UNTOLD_OF)).sum())


def _foremost(same: pd.DataFrame) -> pd.DataFrame:
    """At most three categories, those that brought most of the change first."""
    extra = (same["rate"] - same["level"]).abs()
    return same.loc[extra.sort_values(ascending=False, kind="stable").index].head(3)


def _mostly(same: pd.DataFrame, *, many: bool) -> str:
    """The categories that moved the same way, by problems per 1,000 orders; whether they are `many`."""
    if same.empty:
        return "，各类问题都没有单独超出误差范围"
    names = "、".join(f"{row['category']}（{_fold(row)}）" for _, row in _foremost(same).iterrows())
    return f"；{names}一起变，不像只有一个原因" if many else f"；主要在{names}"


def _fold(row: pd.Series) -> str:
    return f"{row['ratio']:.2f} 倍" if pd.notna(row["ratio"]) else "此前没有"


def _news(found: Tables) -> Iterator[dict]:
    for _, row in found.emerging.iterrows():
        category = str(row["category"]) if pd.notna(row["category"]) else OTHER
        if row["before"] > 0:
            words = f"“{row['term']}”突增：{int(row['n'])} 次，此前每期 {number(row['before'], 'float')} 次"
        else:
            words = f"新出现“{row['term']}”：{int(row['n'])} 次，此前没有"
        where = f"（归在{category}）" if category != OTHER else "（还没有对应的问题类型）"
        yield _row(
            "新问题",
            str(row["term"]),
            words + where,
            sure=1 - row["p_adjusted"],
            cause=UNTOLD,
            decision="指定负责人查明原因，决定是否立项",
            feedback_ids=row["feedback_ids"],
        )


def _themes(found: Tables) -> Iterator[dict]:
    """Themes that grew and are no other name of what is news already: most of the problems are the same."""
    told = [set(str(ids).split("、")) for ids in found.emerging["feedback_ids"].dropna()]
    for _, row in found.themes[found.themes["claim"] == RISEN].iterrows():
        mine = set(str(row["feedback_ids"]).split("、"))
        if any(2 * len(mine & ids) >= min(len(mine), len(ids)) for ids in told):
            continue
        more = {"decision": "看原话，决定是否立为一类并指定负责人", "feedback_ids": row["feedback_ids"]}
        yield _row(
            "主题", str(row["theme"]), themed.grown(row), sure=1 - row["p_adjusted"], cause=UNTOLD, **more
        )


def _incidents(found: Tables) -> Iterator[dict]:
    """Alerts still open that are no other name of what is news or a theme that grew already."""
    grown = found.themes.loc[found.themes["claim"] == RISEN, "feedback_ids"]
    told = [set(str(ids).split("、")) for ids in [*found.emerging["feedback_ids"].dropna(), *grown.dropna()]]
    for _, row in found.incidents[found.incidents["state"] != CLOSED].iterrows():
        mine = set(str(row["feedback_ids"]).split("、"))
        if any(2 * len(mine & ids) >= min(len(mine), len(ids)) for ids in told):
            continue
        more = _answer(str(row["category"]), found) | {"feedback_ids": row["feedback_ids"]}
        yield _row("预警", str(row["name"]), incidents.still(row), sure=SURE, **more)


def _measures(found: Tables) -> Iterator[dict]:
    owners = dict(zip(found.tracking["measure_id"], found.tracking["owner"], strict=True))
    judged = found.effects.dropna(subset=["target"])
    for _, row in judged[judged["verdict"] == "未达标"].iterrows():
        back = row["watch"] == BACK
        how = f"达到目标后于{_relapse(row)}复发，已重新打开" if back else "没有达到目标"
        words = f"措施“{measures.short(row['action'])}”（{row['measure_id']}）{how}：{_before_after(row)}"
        yield _row(
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
        yield _row("措施", ids, f"{len(good)} 项措施达到目标：{told}", sure=SURE, **more)


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


def _promises(found: Tables, period: Period) -> Iterator[dict]:
    last = aims.latest(found.commitments[found.commitments["month"].isin(period.months)])
    for _, row in last[last["verdict"] == "未达标"].iterrows():
        share, target = (number(row[name], "share") for name in ("share", "target"))
        words = (
            f"承诺“{row['promise']}”没有兑现：{Period.parse(row['month']).title}兑现率 {share}，目标 {target}"
        )
        words += f"，未兑现 {int(row['breaches']):,} 次"
        more = {"called": str(row["verdict"]), "decision": "查明未兑现的原因"}
        yield _row("承诺", str(row["promise"]), words, sure=SURE, **more)


def _moved(found: Tables) -> Iterator[dict]:
    """What changed against the period before; a share only where its count per order does not say more."""
    sure = found.changes[found.changes["claim"].isin((UP, DOWN))]
    sure = sure[~sure.apply(partial(_told, found), axis=1).astype(bool)] if len(sure) else sure
    for (_, row), words in zip(sure.iterrows(), moved.sentences(sure), strict=True):
        share = row["kind"] == CATEGORY
        lower = share or row["indicator"] in LOWER_IS_BETTER
        worse = (row["claim"] == UP) == lower
        side = OPEN if pd.notna(row["caution"]) else WORSE if worse else BETTER
        more = {"decision": "保持" if side == BETTER else "查明变化的原因"}
        more = _answer(str(row["indicator"]), found) if share and worse else more
        if isinstance(row["where"], str) and not (share and worse):
            more = {**more, "cause": row["where"]}
        kind = "问题占比" if share else "指标"
        yield _row(kind, str(row["indicator"]), words, sure=1 - row["p_adjusted"], called=side, **more)


def _told(found: Tables, row: pd.Series) -> bool:
    """Whether a share moved the way its count per order did, or is of 其他 and told by what is new in it."""
    if row["kind"] != CATEGORY:
        return False
    side = HIGHER if row["claim"] == UP else LOWER
    mine = found.rates.loc[found.rates["category"] == row["indicator"], "claim"]
    return bool(mine.eq(side).any()) or _explained(found, str(row["indicator"]))


def _late(found: Tables, period: Period) -> Iterator[dict]:
    for _, row in found.tracking[found.tracking["state"] == "已逾期"].iterrows():
        days = (period.end - pd.Timestamp(row["due"]).date()).days
        words = f"措施“{measures.short(row['action'])}”（{row['measure_id']}）已逾期 {days} 天"
        why = row["obstacles"]
        yield _row(
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


def _slower(found: Tables) -> Iterator[dict]:
    """The department that closes slowest beside the others at the same urgency."""
    rows = found.desks[(found.desks["dimension"] == "部门") & (found.desks["claim"] == "更慢")]
    for _, row in rows.nsmallest(1, "pace").iterrows():
        hours, pace = number(row["hours"], "float", "小时"), number(row["pace"], "float")
        words = f"{row['group']}办结比其他部门慢：同等紧急程度下速度为其他部门的 {pace} 倍，中位数 {hours}"
        more = {"cause": "见服务质量报告的各环节用时", "decision": "查明慢在哪个环节"}
        yield _row("办理快慢", str(row["group"]), words, sure=1 - row["p_adjusted"], **more)


def _unsolved(found: Tables) -> Iterator[dict]:
    """The department that solves least at once, beside the others."""
    rows = found.desks[(found.desks["dimension"] == "部门") & (found.desks["solved"] == "更低")]
    for _, row in rows.nsmallest(1, "first_contact").iterrows():
        own, others = (number(row[key], "share") for key in ("first_contact", "others"))
        words = f"{row['group']}一次解决率 {own}，其他部门 {others}"
        more = {"cause": "见服务质量报告", "decision": "查明为什么要再来一次"}
        yield _row("一次解决", str(row["group"]), words, sure=1 - row["solved_p"], **more)


def _leaving(found: Tables) -> Iterator[dict]:
    """That customers who complained, of anything or else of one category, buy less often than others."""
    rows = found.afterwards[found.afterwards["claim"] == LESS]
    most = rows[rows["group"] != WHOLE].nsmallest(1, "change")
    whole = rows[rows["group"] == WHOLE]
    for _, row in whole.iterrows():
        named = f"差得最多的是反映{most['group'].iloc[0]}的；" if len(most) else ""
        yield _fewer(row, "反映过问题的客户", "购买情况相当而没有反映的", named)
    for _, row in most.iloc[: int(whole.empty)].iterrows():
        yield _fewer(row, f"反映“{row['group']}”的客户", "购买情况相当、反映其他问题的", "")


def _fewer(row: pd.Series, who: str, alike: str, named: str) -> dict:
    share, same = (number(row[name], "share") for name in ("share", "compared"))
    words = f"{who} 90 天内再次下单的占 {share}，{alike}为 {same}"
    more = {"cause": f"{named}这是相关，不等于原因", "decision": "先联系关怀名单上的客户"}
    return _row("客户去留", str(row["group"]), words, sure=SURE, **more)


def _hangs(found: Tables) -> Iterator[dict]:
    """What the whole score of each survey hangs on most."""
    sure = found.survey_drivers[found.survey_drivers["claim"].isin(DRIVER_CLAIMS[:2])]
    for source, rows in sure.groupby("source", sort=False, observed=True):
        row = rows.nlargest(1, "importance").iloc[0]
        part, whole = number(row["importance"], "share"), number(row["r_squared"], "share")
        words = f"{source}的整体评分与“{row['driver']}”关系最大：占列出因素可解释部分（{whole}）的 {part}"
        more = {"cause": "这是相关，不等于原因", "decision": f"是否先改进“{row['driver']}”"}
        yield _row("满意度影响", str(row["driver"]), words, sure=1 - row["p_adjusted"], called=OPEN, **more)


def _sits(problem: str, found: Tables) -> Iterator[str]:
    """Where the rise of a problem sits: the part that bears the change of its share, else the region."""
    risen = (found.changes["kind"] == CATEGORY) & (found.changes["claim"] == UP)
    parts = found.changes.loc[risen & (found.changes["indicator"] == problem), "where"].dropna()
    yield from parts
    here = _regional(found)
    for _, row in here[here["category"] == problem].iterrows() if parts.empty else ():
        yield region(row)


def _answer(problem: str, found: Tables) -> dict[str, Any]:
    """Where its rise sits, the roots the plan names for a problem, and the measure under way, if any."""
    told = _planned(problem, found)
    return {**told, "cause": "；".join([*_sits(problem, found), told["cause"]])}


def _planned(problem: str, found: Tables) -> dict[str, Any]:
    """The roots the plan names for a problem, and the measure under way, or that there is none."""
    if problem == OTHER:
        return {"cause": UNTOLD, "decision": "看“其他”里的主题和原话，决定是否立为一类"}
    mine = found.plan[found.plan["problem"] == problem]
    roots = [chain.split(" → ")[-1] for chain in mine["cause"].dropna().unique() if " → " in chain]
    cause = f"已登记的根因：{'、'.join(roots)}" if roots else UNTOLD
    under_way = measures.under_way(measures.against(problem, found.plan, found.tracking))
    if under_way.empty:
        return {"cause": cause, "decision": "没有进行中的措施，请补充措施"}
    row = under_way.iloc[0]
    decision = f"推进“{measures.short(row['action'])}”（{row['measure_id']}）"
    named = {"cause": cause, "decision": decision, "owner": row["owner"], "measure_id": row["measure_id"]}
    return named if row["state"] == "已逾期" else {**named, "due": row["due"]}
