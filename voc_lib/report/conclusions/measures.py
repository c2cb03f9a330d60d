"""How the measures stand and what they brought."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.conclusions import indicators
from voc_lib.report.narrative import TextView, text
from voc_lib.schema.words import TO_TELL, UNFINISHED

VERDICT_TONES = {"达标": "good", "未达标": "bad", "证据不足": "warn"}
FIRST = ("未达标", "证据不足", "达标")  # what is to be done stands before what is done


def tracking(table: pd.DataFrame) -> TextView:
    """How the measures stand, late ones by name; schema.TRACKING in."""
    if table.empty:
        return text(["还没有登记改进措施。"], tone="warn")
    counts = table["state"].value_counts().sort_index()
    late = table[table["state"] == "已逾期"]
    items = [
        cited.said(
            f"{row['measure_id']} {row['action']}：应于 {row['due']:%Y-%m-%d} 完成，责任人 {row['owner']}",
            cited.row(schema.TRACKING, row),
        )
        for _, row in late.iterrows()
    ]
    lead = f"共 {len(table)} 项措施：" + "，".join(f"{state} {n} 项" for state, n in counts.items()) + "。"
    lead = cited.said(
        lead + ("以下已逾期：" if items else ""), cited.counted(schema.TRACKING, table, "state")
    )
    return text([lead], items=items, tone="bad" if items else "info")


def alerts(found: Sequence[str]) -> TextView:
    """Measures that need a word with their owner now."""
    if not found:
        return text(["没有需要提醒的措施。"], tone="good")
    return text(["需要提醒："], items=found, tone="warn", of=[cited.whole(schema.TRACKING)])


def stages(found: Sequence[str]) -> TextView:
    """Stages out of their order, or against the data."""
    if not found:
        return text(["各阶段的次序和日期都对得上。"], tone="good")
    return text(["阶段要核对："], items=found, tone="warn", of=[cited.whole(schema.MEASURE_STAGES)])


def telling(table: pd.DataFrame, effects: pd.DataFrame | None = None) -> TextView:
    """How far the customers of each measure are told of it; schema.TELLING and EFFECTS (for names) in."""
    if table.empty:
        return text(["本期没有要告知的客户。"])
    counts = (
        table.groupby(["measure_id", "phase", "state"], sort=False, observed=True)
        .size()
        .reset_index(name="n")
    )
    names = {} if effects is None else effects.set_index("measure_id")["action"].to_dict()
    lines: dict[str, list[str]] = {}
    for row in counts.itertuples():
        action = f" {short(names[row.measure_id])}，" if row.measure_id in names else " "
        lines.setdefault(f"{row.measure_id}{action}{row.phase}", []).append(f"{row.state} {row.n} 位")
    left = int(table["state"].eq(TO_TELL).sum())
    items = [f"{name}：{'，'.join(parts)}" for name, parts in lines.items()]
    told = {f"{row.measure_id} {row.phase}、{row.state}的行数": f"{row.n}" for row in counts.itertuples()}
    rest = cited.made(schema.TELLING, {f"{TO_TELL}的行数": f"{left}", **told}, "state")
    return text([f"还有 {left} 位客户待告知。"], items=items, tone="warn" if left else "good", of=[rest])


def against(problem: str, plan: pd.DataFrame, tracking: pd.DataFrame) -> pd.DataFrame:
    """The measures against a problem, the first due first; schema.PLAN and TRACKING in."""
    ids = plan.loc[plan["problem"] == problem, "measure_id"]
    return tracking[tracking["measure_id"].isin(ids)].sort_values(["due", "measure_id"])


def under_way(tracking: pd.DataFrame) -> pd.DataFrame:
    """The measures that are not over; schema.TRACKING in."""
    return tracking[tracking["state"].isin(UNFINISHED)]


def effects(table: pd.DataFrame) -> TextView:
    """How many measures have which verdict, and by name what follows for each; schema.EFFECTS in."""
    if table.empty:
        return text(["没有可评估的措施。"], tone="warn")
    known = table.dropna(subset=["target"])
    counts = known["verdict"].value_counts()
    lead = "，".join(f"{name} {counts[name]} 项" for name in VERDICT_TONES if name in counts)
    items: list[str] = [line for verdict in FIRST for line in _following(known, verdict)]
    blind = table[table["target"].isna()]
    items += [f"没有写指标、无法评估：{_names(blind)}"] if len(blind) else []
    rest = cited.counted(schema.EFFECTS, known, "verdict")
    return text([cited.said(f"{lead}。" if lead else "没有可评估的措施。", rest)], items=items)


def _following(known: pd.DataFrame, verdict: str) -> list[str]:
    """The measures of a verdict by name, those with the same next step in a line."""
    mine = known[known["verdict"] == verdict].fillna({"next_step": ""})
    return [
        f"{verdict}：{_names(part)}{f'；后续：{step!s}' if step else ''}"
        for step, part in mine.groupby("next_step", sort=False, observed=True)
    ]


def _names(rows: pd.DataFrame) -> str:
    return "、".join(
        f"“{short(row['action'])}”（{row['measure_id']}{'，复发' if row.get('watch') == '复发' else ''}）"
        for _, row in rows.iterrows()
    )


def short(action: object) -> str:
    """The action without the steps in brackets behind it.

    >>> short("自动退款（1. 接口；2. 上线）")
    '自动退款'
    """
    return str(action).split("（1.")[0]


def figures(row: pd.Series) -> list[str]:
    """Before, after and target of a row of schema.EFFECTS, as a reader sees them."""
    return [indicators.shown(row[name], row["unit"]) for name in ("before", "after", "target")]


def verdict_counts(table: pd.DataFrame) -> dict[str, int]:
    """达标, 未达标 and 证据不足 among the measures with a metric; schema.EFFECTS in."""
    counts = table.dropna(subset=["target"])["verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICT_TONES}
