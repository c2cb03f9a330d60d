"""The alerts of a period as incidents: what became of each in it, how big, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report.conclusions import measures
from voc_lib.stats import alerts
from voc_lib.stats.alerts import Alert
from voc_lib.stats.raised import problems

EVIDENCE = 20


def table(
    trail: Iterable[Alert], issues: pd.DataFrame, period: Period, *, owners: dict[str, str]
) -> pd.DataFrame:
    """schema.INCIDENTS: the alerts open at the period's end or changed in it, open ones and big ones first.

    `trail`: every state up to the end of the period; `owners`: who answers for a tag (`owners`).
    """
    states: dict[str, list[Alert]] = {}
    for alert in trail:
        states.setdefault(alert.key, []).append(alert)
    raised = problems(issues, period)
    rows = [_row(past, raised, period, owners) for past in states.values() if _of(past, period)]
    frame = pd.DataFrame(rows, columns=schema.INCIDENTS.names)
    frame = frame.assign(over=frame["state"].eq(alerts.CLOSED))
    frame = frame.sort_values(["over", "n", "name"], ascending=[True, False, True], kind="stable")
    return schema.shape(frame.drop(columns="over").reset_index(drop=True), schema.INCIDENTS)


def owners(
    categories: Iterable[str], plan: pd.DataFrame, tracking: pd.DataFrame, lead: str
) -> dict[str, str]:
    """Who answers for each tag: the owner of the measure under way against it, else `lead`."""
    found = {}
    for name in categories:
        mine = measures.under_way(measures.against(name, plan, tracking))
        found[name] = lead if mine.empty else str(mine["owner"].iloc[0])
    return found


def _of(past: Sequence[Alert], period: Period) -> bool:
    return past[-1].state != alerts.CLOSED or any(alert.day >= period.start for alert in past)


def _row(past: Sequence[Alert], raised: pd.DataFrame, period: Period, owners: dict[str, str]) -> dict:
    last = past[-1]
    mine = raised.loc[alerts.of(raised, last.category, last.term)]
    mine = mine.sort_values(["created_at", "feedback_id"], kind="stable")
    return {
        "name": f"{last.term}（{last.key}）",
        "category": last.category,
        "state": last.state,
        "moved": _moved([alert for alert in past if alert.day >= period.start]),
        "opened": last.opened,
        "seen": last.seen,
        "n": len(mine),
        "before": last.before,
        "rule": last.rule or None,
        "owner": owners[last.category],
        "feedback_ids": "、".join(mine["feedback_id"].head(EVIDENCE)) or None,
    }


def _moved(states: Sequence[Alert]) -> str | None:
    """What became of an alert in the period: “09-07 新开；更新 3 次；09-28 关闭”."""
    told: list[str] = []
    grown = 0
    for alert in states:
        grown += alert.state == alerts.GROWN
        if alert.state != alerts.GROWN:
            told.append(f"{alert.day:%m-%d} {alert.state}")
    return "；".join([*told, *([f"更新 {grown} 次"] if grown else [])]) or None
