"""Public promises: how often each was kept, month by month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.improve import monthly, verdict
from voc_lib.knowledge import Knowledge, Promise
from voc_lib.period import Period
from voc_lib.schema.words import BREACH_STATES
from voc_lib.stats import basis, metrics
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import Estimate

LATE, STILL_OPEN, AGAIN = BREACH_STATES
FEW = 4  # cases at most that might be told from one another


def table(knowledge: Knowledge, evidence: Evidence, *, until: Period, months: int = 12) -> pd.DataFrame:
    """服务承诺兑现报告: schema.COMMITMENTS, the last `months` months of every promise, Wilson intervals.

    Months from the first with data on; one without stays, with n 0.
    """
    windows = _windows(until, months)
    rows = [row for promise in knowledge.promises for row in _months(promise, evidence, windows)]
    return schema.shape(pd.DataFrame(rows, columns=schema.COMMITMENTS.names), schema.COMMITMENTS)


def _windows(until: Period, months: int) -> list[Period]:
    """The last months up to the end of a period, which cuts the last of them."""
    last = pd.Period(until.end, freq="M")
    windows = monthly.months(last - (months - 1), last)
    return [*windows[:-1], Period(windows[-1].label, windows[-1].start, until.end)]


def breaches(knowledge: Knowledge, evidence: Evidence, *, period: Period) -> pd.DataFrame:
    """未兑现承诺清单: schema.BREACHES, the cases of the period's months behind `breaches` of each promise.

    A promise in a KPI is known in sums alone: see `summed`. The latest first within a promise and month.
    """
    windows = _windows(period, len(period.months))
    parts = [_broken(promise, evidence, window) for promise in knowledge.promises for window in windows]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=schema.BREACHES.names)
    return schema.shape(rows, schema.BREACHES)


def _broken(promise: Promise, evidence: Evidence, month: Period) -> pd.DataFrame:
    rows = basis.cases(promise.metric, evidence, month)
    rows = rows[~rows["kept"].astype(bool)]
    timed = pd.Series(promise.metric.kind == "sla", index=rows.index)
    done = rows["closed_at"].notna()
    due = rows["due_at"].where(timed)
    late = (rows["closed_at"].where(done, rows["until"]) - due).dt.total_seconds() / 3600
    state = np.where(~timed, AGAIN, np.where(done, LATE, STILL_OPEN))
    found = rows.assign(promise=promise.name, month=month.label, category=rows["primary_tag"])
    found = found.assign(due_at=due, late_hours=late, state=state)
    return found.sort_values(["late_hours", "issue_id"], ascending=[False, True])[schema.BREACHES.names]


def summed(knowledge: Knowledge) -> list[str]:
    """The promises whose cases nobody can list: those in a KPI, which is given in sums."""
    return [promise.name for promise in knowledge.promises if promise.metric.kind == "kpi"]


def published(table: pd.DataFrame, period: Period) -> pd.DataFrame:
    """承诺兑现公示: schema.PUBLISHED, a row per promise over the period's months; schema.COMMITMENTS in.

    Nothing of people or cases. Below SMALL cases no figure; where FEW or fewer broke or kept it, the rate in
    whole per cent, cut, without counts.
    """
    inside = table[table["month"].isin(period.months)]
    grouped = inside.groupby("promise", sort=False, observed=True)
    sums = grouped.agg(target=("target", "first"), kept=("kept", "sum"), n=("n", "sum")).reset_index()
    rows = [
        {**row, "period": period.title, **_public(row["kept"], row["n"])} for row in sums.to_dict("records")
    ]
    return schema.shape(pd.DataFrame(rows, columns=schema.PUBLISHED.names), schema.PUBLISHED)


def _public(count: int, n: int) -> dict[str, Any]:
    """What of a rate may be told to everybody.

    >>> _public(900, 1000)["share"], _public(97, 99)["share"], _public(9, 10)["note"]
    (0.9, 0.97, '不足 30 次，不公布')
    """
    if n < verdict.SMALL:
        why = f"不足 {verdict.SMALL} 次，不公布" if n else "没有数据"
        return {"kept": None, "n": None, "share": None, "note": why}
    few = [(n - count, "未兑现"), (count, "兑现")]
    for size, name in few:
        if 0 < size <= FEW:
            said = f"{name}只有几次，不列次数，兑现率舍去小数"
            return {"kept": None, "n": None, "share": count * 100 // n / 100, "note": said}
    return {"share": count / n, "note": None}


def kept(share: float, low: float, high: float, target: float) -> str:
    """达标 where the whole interval reaches the target, 未达标 where none of it does, else 证据不足.

    >>> kept(0.97, 0.96, 0.98, 0.95), kept(0.96, 0.93, 0.98, 0.95), kept(0.90, 0.88, 0.92, 0.95)
    ('达标', '证据不足', '未达标')
    """
    if low >= target:
        return verdict.MET
    return verdict.MISSED if high < target else verdict.UNKNOWN


def absent(knowledge: Knowledge, evidence: Evidence) -> list[str]:
    """A sentence for each promise in a KPI the KPI table does not know."""
    return [
        f"{promise.name}：{told}，证据不足"
        for promise in knowledge.promises
        for told in metrics.absent(promise.metric, evidence)
    ]


def _months(promise: Promise, evidence: Evidence, windows: list[Period]) -> list[dict[str, Any]]:
    found = monthly.estimates(promise.metric, evidence, windows)
    rows = [_month(promise, window, estimate) for window, estimate in zip(windows, found, strict=True)]
    known = [number for number, row in enumerate(rows) if row["n"]]
    return rows[known[0] :] if known else rows[-1:]


def _month(promise: Promise, month: Period, found: Estimate) -> dict[str, Any]:
    count = round(found.value * found.n) if found.n else 0
    return {
        "promise": promise.name,
        "month": month.label,
        "kept": count,
        "n": found.n,
        "share": found.value,
        "low": found.low,
        "high": found.high,
        "target": promise.target,
        "breaches": found.n - count,
        "verdict": kept(found.value, found.low, found.high, promise.target),
    }
