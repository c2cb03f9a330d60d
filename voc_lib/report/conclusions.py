"""What the tables say, in sentences a manager reads: every figure with its base and its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib import workcal
from voc_lib.period import Period
from voc_lib.report import tables
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import Card, CardsView, number
from voc_lib.stats import voices
from voc_lib.tag.taxonomy import OTHER

SIGNIFICANT = 0.05
COUNTED = ("件", "个")
WHOLE = ("全部", "沉默的大多数", "发声集中度")  # dimensions of coverage that compare no groups
NOTABLE_GAP = 0.03  # share of voice minus share of customers
VERDICT_TONES = {"达标": "good", "未达标": "bad", "证据不足": "warn"}


def ledger(table: pd.DataFrame, period: Period) -> TextView:
    """Where every row went: read, quarantined, kept, merged; schema.LEDGER or schema.READS in."""
    beside = table["in_period"].isna()
    total = table[~beside].sum(numeric_only=True)
    read, kept, out = (int(total[name]) for name in ("read", "kept", "quarantined"))
    if not read:
        return text(["数据文件中没有任何行。"], tone="warn")
    words = [f"共读入 {read:,} 行，保留 {kept:,} 行，隔离 {out:,} 行（{number(out / read, 'share')}）。"]
    rated = int(total["rated"])
    if rated:
        words.append(f"保留的行中 {rated:,} 行只有评分没有文字，只计入满意度和发声率。")
    if "merged" in table:
        merged, issues = int(total["merged"]), int(total["issues"])
        words.append(f"保留的行中 {merged:,} 行是重复反馈，已并入，得到 {issues:,} 个独立问题。")
    words.append(f"{period.title}的反馈为 {int(total['in_period']):,} 行。")
    if beside.any():
        counts = table.loc[beside, ["read", "kept", "quarantined"]].sum()
        words.append("附表读入 {:,} 行，保留 {:,} 行，隔离 {:,} 行。".format(*map(int, counts)))
    closed = read == kept + out and (
        "merged" not in table or kept == total["merged"] + total["issues"] + rated
    )
    words.append("台账已核对，行数全部对得上。" if closed else "台账行数对不上，请联系维护人员。")
    return text(["".join(words)], tone="info" if closed else "bad")


def notes(found: Sequence[str], *, most: int = 12) -> TextView:
    """What was noticed while reading the files: title rows skipped, hidden sheets, damaged ids."""
    if not found:
        return text(["读取文件时没有发现异常。"], tone="good")
    more = [f"另有 {len(found) - most} 处，见工作簿“读取提示”"] if len(found) > most else []
    return text(["读取文件时注意到："], items=[*found[:most], *more], tone="info")


def quarantine(table: pd.DataFrame) -> TextView:
    """How many rows were set aside, by reason and source; schema.QUARANTINE in."""
    if table.empty:
        return text(["没有被隔离的行。"], tone="good")
    counts = (
        table.groupby(["source", "reason"], observed=True).size().sort_values(ascending=False, kind="stable")
    )
    rows = counts.head(10).reset_index(name="n").to_dict("records")
    items = [f"{row['source']}：{row['reason']}，{row['n']} 行" for row in rows]
    more = len(counts) - len(items)
    items += [f"另有 {more} 种原因，见工作簿“隔离区”"] if more > 0 else []
    return text([f"共隔离 {len(table):,} 行，改好后可重新导入："], items=items, tone="warn")


def coverage(table: pd.DataFrame) -> TextView:
    """Who speaks and who does not; schema.COVERAGE in."""
    known = table.dropna(subset=["participation", "base_share", "voice_share"])
    if known.empty:
        return text(["没有客户表，无法判断样本代表性；请在参数文件中写上 customers。"], tone="warn")
    whole = known.groupby("dimension", observed=True)[["customers", "speakers"]].sum().max()
    customers, speakers = int(whole["customers"]), int(whole["speakers"])
    spoke = number(speakers / customers if customers else float("nan"), "share")
    lead = (
        f"{customers:,} 位客户中有 {speakers:,} 位本期发声（{spoke}），其余为沉默的大多数，结论只代表发声者。"
    )
    groups = known[~known["dimension"].isin(WHOLE)]
    gap = (groups["voice_share"] - groups["base_share"]).sort_values(kind="stable")
    extremes = dict.fromkeys([*gap.index[-2:][::-1], *gap.index[:2]])
    return text([lead], items=[_gap(known.loc[i], gap[i]) for i in extremes if abs(gap[i]) >= NOTABLE_GAP])


def _gap(row: pd.Series, gap: float) -> str:
    side = "偏多" if gap > 0 else "偏少"
    base, voice = number(row["base_share"], "share"), number(row["voice_share"], "share")
    return f"{row['dimension']}“{row['group']}”的声音{side}：占客户 {base}，占声音 {voice}"


def labels(issues: pd.DataFrame, period: Period) -> TextView:
    """How the issues of the period fall on the tag dimensions; schema.ISSUES in."""
    current = issues[voices.spoke(issues, period)]
    if current.empty:
        return text([f"{period.title}没有反馈。"], tone="warn")
    repeats = int((current["repeat_count"] > 1).sum())
    untagged = number(float((current["primary_tag"] == OTHER).mean()), "share")
    praise = int((current["intent"] == "表扬").sum())
    vague = int(current["vague"].sum())
    calendar = workcal.note(current["due_at"])
    return text(
        [
            f"{period.title}反映的问题合并后为 {len(current):,} 个，"
            f"其中 {repeats:,} 个被重复反映；"
            f"除去表扬 {praise:,} 个，{len(current) - praise:,} 个计入问题统计。"
            f"{untagged} 没有命中任何规则，归入其他。"
        ],
        items=[
            *(f"{name}：{_split(current[column])}" for column, name in _DIMENSIONS.items()),
            f"描述含糊、建议追问时间、对象或经过的有 {vague:,} 个",
            *([calendar] if calendar else []),
        ],
    )


_DIMENSIONS = {
    "attribute": "问题属性",
    "customer_type": "客户类型",
    "urgency": "紧急程度",
    "intent": "诉求类别",
}


def _split(values: pd.Series) -> str:
    shares = values.value_counts(normalize=True).sort_index().sort_values(ascending=False, kind="stable")
    return "，".join(f"{name} {number(share, 'share')}" for name, share in shares.items())


def categories(stats: pd.DataFrame, period: Period) -> TextView:
    """The largest categories and which changes are beyond chance; schema.CATEGORY_STATS in."""
    total = int(stats["n"].sum())
    if not total:
        return text([f"{period.title}没有问题反馈。"], tone="warn")
    ranked = stats[stats["n"] > 0].sort_values(["n", "category"], ascending=[False, True])
    first = ranked.iloc[0]
    lead = (
        f"{period.title}共 {total:,} 个问题。{first['category']}最多：{int(first['n']):,} 个，"
        f"占 {share_with_interval(first)}，涉及 {int(first['customers']):,} 位客户。"
    )
    named = ranked[ranked["category"] != OTHER].head(3)
    three = f"前三类（{'、'.join(named['category'])}）合计占 {number(float(named['share'].sum()), 'share')}。"
    return text([lead + (three if len(named) == 3 else "")], items=changes(stats))


def share_with_interval(row: pd.Series) -> str:
    """“30.0%（25.7%–34.7%）” of a row with share, low, high."""
    return tables.share_interval(row["share"], row["low"], row["high"])


def changes(stats: pd.DataFrame) -> list[str]:
    """One sentence per change beyond chance, or one that says there is none; schema.CATEGORY_STATS in."""
    known = stats.dropna(subset=["change", "p_adjusted"])
    if known.empty:
        return ["上期没有可比数据"]
    sure = known[known["p_adjusted"] < SIGNIFICANT]
    sure = sure.loc[sure["change"].abs().sort_values(ascending=False, kind="stable").index]
    found = [
        f"{row['category']}占比{'上升' if row['change'] > 0 else '下降'} {abs(row['change']):.1f} 个百分点"
        f"（95% 区间 {number(row['change_low'], 'points')} 至 {number(row['change_high'], 'points')}），"
        "超出误差范围"
        for _, row in sure.iterrows()
    ]
    rest = "其余类型的变化在误差范围内" if found else "与上期相比，各类型占比的变化都在误差范围内"
    return [*found, rest] if len(sure) < len(known) else found


def emerging(table: pd.DataFrame) -> TextView:
    """What is new or rising; schema.EMERGING in."""
    if table.empty:
        return text(["没有发现新出现或突增的问题。"], tone="good")
    items = [
        f"“{row['term']}”（{row['category']}）：本期 {int(row['n'])} 次，此前月均 {row['before']:.1f} 次"
        for _, row in table.head(5).iterrows()
    ]
    return text(["以下说法本期明显增多，建议优先查看原话："], items=items, tone="warn")


def service(table: pd.DataFrame) -> TextView:
    """The service indicators of the whole, with the period before; schema.SERVICE in."""
    whole = table[(table["group"] == "全部") & table["value"].notna()]
    if whole.empty:
        return text(["本期数据没有可计算的服务时间或评分。"], tone="warn")
    return text([], items=[_indicator(row) for _, row in whole.iterrows()])


def _indicator(row: pd.Series) -> str:
    words = f"{row['indicator']} {_shown(row['value'], row['unit'])}"
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        words += f"（95% 区间 {_shown(row['low'], row['unit'])} 至 {_shown(row['high'], row['unit'])}）"
    if pd.notna(row["previous"]):
        words += f"，上期 {_shown(row['previous'], row['unit'])}"
        words += "" if _inside(row) else "，在本期区间之外，值得查看"
    return f"{words}，样本 {int(row['n']):,}" if pd.notna(row["n"]) else words


def _inside(row: pd.Series) -> bool:
    """Whether the value of the period before lies in this period's interval, or there is none."""
    return bool(pd.isna(row["low"]) or pd.isna(row["high"]) or row["low"] <= row["previous"] <= row["high"])


def _shown(value: object, unit: object) -> str:
    """A value in its unit.

    >>> _shown(0.25, "比例"), _shown(2.5, "小时"), _shown(3, "件"), _shown(1.5, None)
    ('25.0%', '2.5 小时', '3 件', '1.5')
    """
    unit = unit if isinstance(unit, str) else ""
    return number(value, "int" if unit in COUNTED else "float", unit)


def diagnosis(table: pd.DataFrame) -> TextView:
    """The top pain points; schema.DIAGNOSIS in."""
    if table.empty:
        return text(["本期没有可诊断的痛点。"], tone="info")
    items = [
        f"第 {row['rank']} 位（优先级{row['priority']}）{row['finding']}" for row in table.to_dict("records")
    ]
    return text([], items=items)


def faults(warnings: list[str]) -> TextView:
    """What is still missing in the 5 Why chains."""
    if warnings:
        return text(["需要补充的地方："], items=warnings, tone="warn")
    return text(["所有 5 Why 链条都到达了根因。"], tone="good")


def gaps(problems: list[str]) -> TextView:
    """High-ranking problems nobody works on yet."""
    if problems:
        return text(["以下问题还没有改进措施："], items=problems, tone="warn")
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
    if pd.notna(first["first_share"]):
        sure = number(first["first_share"], "share")
        firm = "排名稳定" if first["first_share"] >= 0.8 else "排名受权重影响，请结合业务判断"
        lead += f"：权重随机变动时，它有 {sure} 的情形排在首位，{firm}"
    return text([lead + "。"])


def tracking(table: pd.DataFrame) -> TextView:
    """How the measures stand, late ones by name; schema.TRACKING in."""
    if table.empty:
        return text(["还没有登记改进措施。请在 knowledge 文件的 measures 中填写。"], tone="warn")
    counts = table["state"].value_counts().sort_index()
    late = table[table["state"] == "已逾期"]
    items = [
        f"{row['measure_id']} {row['action']}：应于 {row['due']:%Y-%m-%d} 完成，责任人 {row['owner']}"
        for _, row in late.iterrows()
    ]
    lead = f"共 {len(table)} 项措施：" + "，".join(f"{state} {n} 项" for state, n in counts.items()) + "。"
    return text([lead + ("以下已逾期：" if items else "")], items=items, tone="bad" if items else "info")


def alerts(found: Sequence[str]) -> TextView:
    """Measures that need a word with their owner now."""
    if not found:
        return text(["没有需要提醒的措施。"], tone="good")
    return text(["需要提醒："], items=found, tone="warn")


def effects(table: pd.DataFrame) -> TextView:
    """Verdict of each measure; schema.EFFECTS in."""
    if table.empty:
        return text(["没有可评估的措施。"], tone="warn")
    known = table.dropna(subset=["target"])
    counts = known["verdict"].value_counts()
    lead = "，".join(f"{name} {counts[name]} 项" for name in VERDICT_TONES if name in counts)
    items = [
        f"{row['measure_id']} {row['metric']}：{_before_after(row)}，"
        f"{row['verdict']}{_why(row)}；后续：{row['next_step']}"
        for _, row in known.iterrows()
    ]
    blind = table.loc[table["target"].isna(), "measure_id"]
    items += [f"没有写指标、无法评估的措施：{'、'.join(blind)}"] if len(blind) else []
    return text([f"{lead}。" if lead else "没有可评估的措施。"], items=items)


def _why(row: pd.Series) -> str:
    """The reason of a verdict and what to mind, in brackets."""
    said = [row[name] for name in ("reason", "caution") if isinstance(row.get(name), str)]
    return f"（{'；注意：'.join(said)}）" if said else ""


def _before_after(row: pd.Series) -> str:
    before, after, target = (_shown(row[name], row["unit"]) for name in ("before", "after", "target"))
    return f"改进前 {before}，改进后 {after}，目标 {target}"


def commitments(table: pd.DataFrame) -> TextView:
    """Promises kept in the last month; schema.COMMITMENTS in."""
    known = table.dropna(subset=["share"])
    if known.empty:
        return text(["没有登记服务承诺，或没有可核对的数据。"], tone="warn")
    last = known.sort_values("month").groupby("promise", observed=True, sort=True).tail(1)
    items = [
        f"{row['promise']}：{row['month']} 兑现率 {share_with_interval(row)}，"
        f"目标 {number(row['target'], 'share')}，"
        f"未兑现 {int(row['breaches']):,} 次，{row['verdict']}"
        for _, row in last.iterrows()
    ]
    return text([], items=items)


def goals(table: pd.DataFrame) -> TextView:
    """Each goal from where to where; schema.GOALS in."""
    if table.empty:
        return text(["还没有写目标。请在参数文件的 goals 中写上指标和目标值。"], tone="warn")
    items = []
    for _, row in table.iterrows():
        base, target = (_shown(row[name], row["unit"]) for name in ("baseline", "target"))
        base = base if pd.notna(row["baseline"]) else "暂无数据"
        items.append(f"{row['goal']}：{row['metric']}，基线 {base}，目标 {target}")
    return text([], items=items)


def verdict_counts(table: pd.DataFrame) -> dict[str, int]:
    """达标, 未达标 and 证据不足 among the measures with a metric; schema.EFFECTS in."""
    counts = table.dropna(subset=["target"])["verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICT_TONES}


def cards(
    stats: pd.DataFrame,
    service: pd.DataFrame,
    satisfaction: pd.DataFrame,
    effects: pd.DataFrame,
    tracking: pd.DataFrame,
) -> CardsView:
    """The month at a glance: problems, the largest category, satisfaction, handling time, measures."""
    found = [_problems_card(stats), *_largest_card(stats)]
    found += [_indicator_card(row) for _, row in _headline(pd.concat([service, satisfaction])).iterrows()]
    counts = verdict_counts(effects)
    judged = sum(counts.values())
    if judged:
        tone = "bad" if counts["未达标"] else "good"
        note = f"未达标 {counts['未达标']} 项，证据不足 {counts['证据不足']} 项"
        found.append(Card("措施达标", f"{counts['达标']} / {judged}", note, tone))
    late = int((tracking["state"] == "已逾期").sum())
    if len(tracking):
        found.append(Card("逾期措施", f"{late} 项", f"共 {len(tracking)} 项", "bad" if late else "good"))
    return tables.cards(found)


HEADLINES = ("满意度均分", "满意率", "NPS", "办结时长中位数（含未完成）", "首次响应时间中位数", "SLA达成率")


def _headline(indicators: pd.DataFrame) -> pd.DataFrame:
    whole = indicators[(indicators["group"] == "全部") & indicators["value"].notna()]
    chosen = whole[whole["indicator"].isin(HEADLINES)]
    return chosen.sort_values("indicator", key=lambda names: names.map(HEADLINES.index), kind="stable").head(
        4
    )


def _indicator_card(row: pd.Series) -> Card:
    note = (
        f"上期 {_shown(row['previous'], row['unit'])}"
        if pd.notna(row["previous"])
        else f"样本 {int(row['n']):,}"
    )
    return Card(row["indicator"], _shown(row["value"], row["unit"]), note)


def _problems_card(stats: pd.DataFrame) -> Card:
    total, before = int(stats["n"].sum()), stats["previous_n"].sum(min_count=1)
    return Card("问题数", f"{total:,}", f"上期 {int(before):,}" if pd.notna(before) else "")


def _largest_card(stats: pd.DataFrame) -> list[Card]:
    known = stats[(stats["n"] > 0) & (stats["category"] != OTHER)]
    if known.empty:
        return []
    row = known.sort_values(["n", "category"], ascending=[False, True]).iloc[0]
    return [Card("最多的问题", str(row["category"]), f"占 {number(row['share'], 'share')}", "warn")]


def actions(
    pains: pd.DataFrame,
    plan: pd.DataFrame,
    tracking: pd.DataFrame,
    effects: pd.DataFrame,
    rising: pd.DataFrame,
) -> TextView:
    """What to do next, the most urgent first; schema.DIAGNOSIS, PLAN, TRACKING, EFFECTS, EMERGING in."""
    items = [_for_pain(str(pain), plan, tracking) for pain in pains["category"]]
    late = tracking[tracking["state"] == "已逾期"]
    items += [
        f"催办已逾期的 {row['measure_id']}（{row['owner']}，应于 {row['due']:%Y-%m-%d} 完成）"
        for _, row in late.iterrows()
    ]
    judged = effects[effects["verdict"].isin(["达标", "未达标"])].dropna(subset=["next_step"])
    items += [
        f"{'、'.join(part['measure_id'])} {verdict}：{step}"
        for (verdict, step), part in judged.groupby(["verdict", "next_step"], sort=False)
    ]
    items += [f"核实突增的说法“{term}”，确认是否需要单独立项" for term in rising["term"].head(2)]
    return text([] if items else ["本期没有需要立即采取的行动。"], items=items)


def _for_pain(pain: str, plan: pd.DataFrame, tracking: pd.DataFrame) -> str:
    measures = plan.loc[plan["problem"] == pain, "measure_id"]
    mine = tracking[tracking["measure_id"].isin(measures)].sort_values(["due", "measure_id"])
    if mine.empty:
        return f"{pain}：还没有改进措施，请指定负责人和完成日期"
    open_ = mine[mine["state"].isin(["进行中", "未开始", "已逾期"])]
    if open_.empty:
        return f"{pain}：措施 {'、'.join(mine['measure_id'])} 都已结束，痛点仍在前列，请补充新的措施"
    row = open_.iloc[0]
    action = plan.loc[plan["measure_id"] == row["measure_id"], "action"].iloc[0]
    return f"{pain}：推进 {row['measure_id']} {action}（{row['owner']}，{row['due']:%Y-%m-%d} 前完成）"
