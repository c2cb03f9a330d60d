"""What is known about a problem: where its rise sits, its roots, the measure under way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voc_lib.report.conclusions import measures
from voc_lib.report.conclusions.per_order import region
from voc_lib.report.findings.finding import UNTOLD
from voc_lib.report.findings.tables import Tables
from voc_lib.stats.changes import CATEGORY, UP
from voc_lib.tag.taxonomy import OTHER


def known(problem: str, found: Tables) -> dict[str, Any]:
    """Where its rise sits, the roots the plan names for a problem, and the measure under way, if any."""
    told = planned(problem, found)
    return {**told, "cause": "；".join([*_sits(problem, found), told["cause"]])}


def planned(problem: str, found: Tables) -> dict[str, Any]:
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


def _sits(problem: str, found: Tables) -> Iterator[str]:
    """Where the rise of a problem sits: the part that bears the change of its share, else the region."""
    risen = (found.changes["kind"] == CATEGORY) & (found.changes["claim"] == UP)
    parts = found.changes.loc[risen & (found.changes["indicator"] == problem), "where"].dropna()
    yield from parts
    here = found.regional()
    for _, row in here[here["category"] == problem].iterrows() if parts.empty else ():
        yield region(row)
