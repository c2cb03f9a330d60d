"""Public promises: how often each was kept, month by month."""

from __future__ import annotations

from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve import monthly, verdict
from voc_lib.knowledge import Knowledge, Promise
from voc_lib.period import Period
from voc_lib.stats import metrics
from voc_lib.stats.metrics import Estimate, Evidence


def table(knowledge: Knowledge, evidence: Evidence, *, until: Period, months: int = 12) -> pd.DataFrame:
    """服务承诺兑现报告: schema.COMMITMENTS, the last `months` months of every promise, Wilson intervals.

    Months from the first with data on; one without stays, with n 0.
    """
    last = pd.Period(until.end, freq="M")
    windows = monthly.months(last - (months - 1), last)
    windows[-1] = Period(windows[-1].label, windows[-1].start, until.end)
    rows = [row for promise in knowledge.promises for row in _months(promise, evidence, windows)]
    return schema.shape(pd.DataFrame(rows, columns=schema.COMMITMENTS.names), schema.COMMITMENTS)


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
