"""The month at a glance, as cards."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited, tables
from voc_lib.report.conclusions import indicators, measures, problems
from voc_lib.report.tables import Card, CardsView, number
from voc_lib.schema import VERDICTS
from voc_lib.tag.taxonomy import OTHER

HEADLINES = ("满意度均分", "满意率", "NPS", "办结时长中位数（含未完成）", "首次响应时间中位数", "SLA达成率")


def cards(
    stats: pd.DataFrame,
    service: pd.DataFrame,
    satisfaction: pd.DataFrame,
    effects: pd.DataFrame,
    tracking: pd.DataFrame,
    *,
    goals: pd.DataFrame | None = None,
) -> CardsView:
    """The month at a glance: problems, the largest category, satisfaction, handling time, goals, measures."""
    found = [_problems_card(stats), *_largest_card(stats)]
    found += [_indicator_card(row) for _, row in _headline(pd.concat([service, satisfaction])).iterrows()]
    found += _goals_card(goals)
    counts = measures.verdict_counts(effects)
    judged = sum(counts.values())
    if judged:
        tone = "bad" if counts["未达标"] else "good"
        note = f"未达标 {counts['未达标']} 项，证据不足 {counts['证据不足']} 项"
        rest = cited.counted(schema.EFFECTS, effects.dropna(subset=["target"]), "verdict")
        found.append(Card("措施达标", f"{counts['达标']} / {judged}", note, tone, (rest,)))
    late = int((tracking["state"] == "已逾期").sum())
    if len(tracking):
        rest = cited.counted(schema.TRACKING, tracking, "state")
        tone = "bad" if late else "good"
        found.append(Card("逾期措施", f"{late} 项", f"共 {len(tracking)} 项", tone, (rest,)))
    return tables.cards(found)


def _goals_card(goals: pd.DataFrame | None) -> list[Card]:
    if goals is None or goals.empty:
        return []
    met, missed, open_ = (int((goals["verdict"] == name).sum()) for name in VERDICTS)
    note = f"未达标 {missed} 个，证据不足 {open_} 个"
    rest = cited.counted(schema.GOALS, goals, "verdict")
    return [Card("目标达成", f"{met} / {len(goals)}", note, "bad" if missed else "good", (rest,))]


def _headline(table: pd.DataFrame) -> pd.DataFrame:
    whole = table[(table["group"] == "全部") & table["value"].notna()]
    chosen = whole[whole["indicator"].isin(HEADLINES)]
    return chosen.sort_values("indicator", key=lambda names: names.map(HEADLINES.index), kind="stable").head(
        4
    )


def _indicator_card(row: pd.Series) -> Card:
    note = (
        f"上期 {indicators.shown(row['previous'], row['unit'])}"
        if pd.notna(row["previous"])
        else f"样本 {int(row['n']):,}"
    )
    shown = indicators.shown(row["value"], row["unit"])
    return Card(row["indicator"], shown, note, basis=(indicators.basis(row),))


def _problems_card(stats: pd.DataFrame) -> Card:
    total, before = int(stats["n"].sum()), stats["previous_n"].sum(min_count=1)
    note = f"上期 {int(before):,}" if pd.notna(before) else ""
    return Card("问题数", f"{total:,}", note, basis=(problems.total(stats),))


def _largest_card(stats: pd.DataFrame) -> list[Card]:
    known = stats[(stats["n"] > 0) & (stats["category"] != OTHER)]
    if known.empty:
        return []
    row = known.sort_values(["n", "category"], ascending=[False, True]).iloc[0]
    rest = (cited.row(schema.CATEGORY_STATS, row),)
    return [Card("最多的问题", str(row["category"]), f"占 {number(row['share'], 'share')}", "warn", rest)]
