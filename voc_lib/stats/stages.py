"""Where time goes: how long tickets stay in each stage of their handling, those still there included."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.schema.desk import RECORDED
from voc_lib.stats import handling, survival
from voc_lib.stats.service import WHOLE, Scope

WAIT, WORK = "等待首次响应", "响应后处理"
NINE_TENTHS = 0.1  # still there
COLUMNS = ["stage", "department", "hours", "ended"]


def of_tickets(found: Scope) -> pd.DataFrame:
    """schema.STAGES of the problems first raised in the period: received → first response → closed."""
    return table(_episodes(found), RECORDED)


def both(*found: pd.DataFrame) -> pd.DataFrame:
    """Tables of schema.STAGES, one below the other; what they say of the whole comes first."""
    rows = pd.concat(found, ignore_index=True)
    order = rows["group"].ne(WHOLE).sort_values(kind="stable").index
    return schema.shape(rows.loc[order].reset_index(drop=True), schema.STAGES)


def _episodes(found: Scope) -> pd.DataFrame:
    """A row per ticket and stage: its department, hours there, whether they `ended` by the end of the period.

    Tickets of sources that never record a first response, or closed without one, have no stages.
    """
    rows = found.rows
    answered = rows["first_response_at"].notna()
    told = rows["source"].isin(rows.loc[answered, "source"].unique())
    first = rows[told & (answered | ~handling.closed(rows))]
    waits = handling.waiting_hours(first, found.end, until="first_response_at")
    then = first[first["first_response_at"].notna()]
    then = then[then.index.isin(waits.index)]
    works = handling.waiting_hours(then.assign(created_at=then["first_response_at"]), found.end)
    parts = [part.assign(stage=stage) for stage, part in ((WAIT, waits), (WORK, works))]
    frame = pd.concat(parts)
    return frame.assign(department=rows["department"].reindex(frame.index))[COLUMNS]


def table(episodes: pd.DataFrame, basis: str) -> pd.DataFrame:
    """schema.STAGES of episodes (stage, department, hours, ended), for the whole and each department.

    Stages stand in the order of their total time. Medians and nine tenths count those still there
    (Kaplan–Meier); total hours are all that was spent so far, and `share` their part of the group's.
    """
    if episodes.empty:
        return schema.empty(schema.STAGES)
    sizes = episodes["department"].value_counts()
    departments = sorted(sizes.index, key=lambda name: (-sizes[name], name))
    groups = {WHOLE: episodes, **{d: episodes[episodes["department"] == d] for d in departments}}
    rows = [row for name, part in groups.items() for row in _lines(part, name)]
    return schema.shape(pd.DataFrame(rows).assign(basis=basis), schema.STAGES)


def _lines(episodes: pd.DataFrame, group: str) -> Iterator[dict]:
    spent = episodes.groupby("stage")["hours"].sum()
    for stage in sorted(spent.index, key=lambda name: (-spent[name], name)):
        rows = episodes[episodes["stage"] == stage]
        middle = intervals.survival_median(rows["hours"], rows["ended"])
        yield {
            "group": group,
            "stage": stage,
            "n": len(rows),
            "open": int((~rows["ended"]).sum()),
            "hours": float(middle.value),
            "low": float(middle.low),
            "high": float(middle.high),
            "slow": _left(rows),
            "total": float(spent[stage]),
            "share": float(intervals.ratio(spent[stage], spent.sum())),
        }


def _left(rows: pd.DataFrame) -> float:
    """Hours within which nine tenths leave; NaN where they have not yet."""
    found = survival.curve(rows["hours"], rows["ended"])
    past = np.flatnonzero(found["open"] <= NINE_TENTHS + 1e-12)
    return float(found["hours"].iloc[past[0]]) if len(past) else float("nan")
