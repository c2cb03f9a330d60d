"""Who handles slower than the others: every department, handler and channel with what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.stats import clusters, handling, survival
from voc_lib.stats.service import Scope

DIMENSIONS = {"department": "部门", "handler": "处理人", "channel": "渠道", "urgency": "紧急程度"}
MASKED = "[姓名]"  # names hidden as personal data: several people, not one
SMALL = 30
LEVEL = 0.05
BANDS = {"3 天以内": 3, "4–7 天": 7, "8–30 天": 30, "超过 30 天": np.inf}
UNKNOWN = "（未填写）"


def table(found: Scope) -> pd.DataFrame:
    """schema.DESKS of the problems first raised in the period, by what was known at its end.

    Medians count what is not over yet (Kaplan–Meier); `pace` is closings over those expected if the group
    were as fast as the others at the same urgency (log-rank, Mantel 1966), its p adjusted over all groups
    (Benjamini–Hochberg). Groups below 30 problems, or beside fewer, are not judged.
    """
    found = found._replace(rows=found.rows[handling.tracked(found.rows)])
    rows = [row for column, name in DIMENSIONS.items() for row in _groups(found, column, name)]
    frame = pd.DataFrame(
        rows, columns=[n for n in schema.DESKS.names if n not in ("p_adjusted", "claim")] + ["p"]
    )
    frame["p_adjusted"] = intervals.benjamini_hochberg(frame["p"].to_numpy("float64"))
    frame["claim"] = [_claim(p, pace) for p, pace in zip(frame["p_adjusted"], frame["pace"], strict=True)]
    return schema.shape(frame, schema.DESKS)


def _claim(p: float, pace: float) -> str:
    if np.isnan(p):
        return "样本太少"
    return "相当" if p >= LEVEL else "更慢" if pace < 1 else "更快"


def _groups(found: Scope, column: str, dimension: str) -> Iterator[dict[str, Any]]:
    rows = found.rows[found.rows[column].notna() & (found.rows[column] != MASKED)]
    spans = handling.waiting_hours(rows, found.end)
    sizes = rows[column].value_counts()
    for name in sorted(sizes.index, key=lambda group: (-sizes[group], group)):
        mine = rows[rows[column] == name]
        yield {
            "dimension": dimension,
            "group": name,
            **_figures(mine, found.end),
            **_waiting(found.waiting[found.waiting[column] == name], found.end),
            **_against(spans, rows.loc[spans.index], column, name),
        }


def _figures(rows: pd.DataFrame, end: pd.Timestamp) -> dict[str, Any]:
    spans = handling.waiting_hours(rows, end)
    response = handling.response_hours(rows).dropna()
    again = handling.repeated_at(rows["issue_id"], rows) if "repeated_at" not in rows else rows["repeated_at"]
    return {
        "n": len(rows),
        "open": int((~handling.closed(rows)).sum()),
        **_named("response", intervals.median(response)),
        **_named("hours", intervals.survival_median(spans["hours"], spans["ended"])),
        **_named("sla", _share(rows, handling.sla_kept(rows, end))),
        **_named("first_contact", _share(rows, handling.solved_within(rows, end))),
        "again": float((again.notna() & rows["customer_id"].notna()).mean()),
    }


def _named(name: str, found: intervals.Interval) -> dict[str, float]:
    return {name: float(found.value), f"{name}_low": float(found.low), f"{name}_high": float(found.high)}


def _share(rows: pd.DataFrame, kept: pd.Series) -> intervals.Interval:
    known = kept.dropna()
    return clusters.around(*clusters.kept(rows.loc[known.index].assign(kept=known.astype("float64"))))


def _waiting(rows: pd.DataFrame, end: pd.Timestamp) -> dict[str, Any]:
    days = (end - rows["created_at"]).dt.total_seconds() / 86_400
    return {"waiting": len(rows), "waiting_days": days.median()}


def _against(spans: pd.DataFrame, rows: pd.DataFrame, column: str, name: str) -> dict[str, float]:
    """How fast the group closes beside the others, like urgency with like, and the p of no difference."""
    mine = (rows[column] == name).to_numpy()
    if min(mine.sum(), (~mine).sum()) < SMALL:
        return {"pace": np.nan, "p": np.nan}
    strata = None if column == "urgency" else rows["urgency"].fillna(UNKNOWN)
    test = survival.logrank(spans["hours"], spans["ended"], (~mine).astype("int64"), strata)
    return {"pace": float(intervals.ratio(*_odds(test))), "p": test.p}


def _odds(test: survival.Difference) -> tuple[float, float]:
    """Closings over expected of the group, over the same of the others: the hazard ratio (Peto)."""
    mine, others = test.observed / np.where(test.expected > 0, test.expected, np.nan)
    return mine, others


def curves(found: Scope, *, by: str) -> pd.DataFrame:
    """Share still open after so many hours, per group of the column `by` with 30 problems or more.

    Columns: group, n and those of `survival.curve`.
    """
    spans = handling.waiting_hours(found.rows, found.end).join(found.rows[by])
    sizes = spans[by].value_counts()
    large = sorted(sizes[sizes >= SMALL].index, key=lambda name: (-sizes[name], name))
    parts = [
        survival.curve(part["hours"], part["ended"]).assign(group=name, n=len(part))
        for name in large
        for part in [spans[spans[by] == name]]
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def backlog(found: Scope) -> pd.DataFrame:
    """schema.BACKLOG: problems open at the end of the period, earlier ones too, by how long they waited."""
    waiting, end = found.waiting, found.end
    days = (end - waiting["created_at"]).dt.total_seconds() / 86_400
    band = pd.cut(days, [-np.inf, *BANDS.values()], labels=list(BANDS))
    rows = pd.DataFrame(
        {"department": waiting["department"].fillna(UNKNOWN), "band": band, "late": waiting["due_at"] < end}
    )
    counts = rows.groupby(["department", "band"], observed=False)["late"].agg(["size", "sum"])
    told = counts.rename(columns={"size": "n", "sum": "late"}).reset_index()
    return schema.shape(told.assign(band=told["band"].astype("str")), schema.BACKLOG)
