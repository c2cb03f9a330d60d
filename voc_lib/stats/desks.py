"""Who handles slower or solves less at once: departments, handlers, channels with what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.schema.desk import UNTOLD
from voc_lib.stats import clusters, handling, survival
from voc_lib.stats.service import Scope

DIMENSIONS = {"department": "部门", "handler": "处理人", "channel": "渠道", "urgency": "紧急程度"}
PERSON, MONTHS = "handler", 6  # months of which handlers are judged
MASKED = "[姓名]"  # names hidden as personal data: several people, not one
TELLING = 10.0  # closings to be expected, or problems followed, on both sides, below which nothing is judged
LEVEL = 0.05
BANDS = {"3 天以内": 3, "4–7 天": 7, "8–30 天": 30, "超过 30 天": np.inf}
UNKNOWN = "（未填写）"


def table(found: Scope, people: Scope | None = None) -> pd.DataFrame:
    """schema.DESKS of the problems first raised in the period, by what was known at its end.

    Of handlers, who have few a month, those of the scope `people` (`long` of the period).

    Medians count what is not over yet (Kaplan–Meier); `pace` is closings over those expected if the group
    were as fast as the others at the same urgency (log-rank, Mantel 1966), its p adjusted over all groups
    and over `solved`, whether fewer were solved at once than by the others (Fisher's exact test), after
    Benjamini and Hochberg. Below TELLING closings to be expected, or problems followed, on either side
    nothing is judged.
    """
    found, people = (
        each._replace(rows=each.rows[handling.tracked(each.rows)]) for each in (found, people or found)
    )
    scopes = dict.fromkeys(DIMENSIONS, found) | {PERSON: people}
    rows = [row for column, name in DIMENSIONS.items() for row in _groups(scopes[column], column, name)]
    tests = ["p_adjusted", "solved_p"]
    frame = pd.DataFrame(rows, columns=[n for n in schema.DESKS.names if n not in ("claim", "solved")])
    found_p = intervals.benjamini_hochberg(frame[tests].to_numpy("float64").ravel())
    frame[tests] = found_p.reshape(-1, len(tests))
    alone = frame.groupby("dimension")["group"].transform("size") < 2
    frame["claim"] = _claims(frame["p_adjusted"], frame["pace"] < 1, alone, ("更慢", "更快"))
    frame["solved"] = _claims(
        frame["solved_p"], frame["first_contact"] < frame["others"], alone, ("更低", "更高")
    )
    return schema.shape(frame, schema.DESKS)


def long(period: Period) -> Period:
    """The months up to the end of a period of which handlers are judged; the period where it is longer.

    >>> long(Period.parse("2026-09")).label, long(Period.parse("2026")).label
    ('2026-04-01..2026-09-30', '2026')
    """
    first = (pd.Timestamp(period.end).to_period("M") - (MONTHS - 1)).start_time.date()
    return Period.parse(f"{first}..{period.end}") if first < period.start else period


def _claims(p: pd.Series, worse: pd.Series, alone: pd.Series, sides: tuple[str, str]) -> np.ndarray:
    few, nobody = UNTOLD
    told = [alone, p.isna(), p >= LEVEL, worse]
    return np.select(told, [nobody, few, "相当", sides[0]], sides[1])


def _groups(found: Scope, column: str, dimension: str) -> Iterator[dict[str, Any]]:
    rows = found.rows[found.rows[column].notna() & (found.rows[column] != MASKED)]
    spans, solved = handling.waiting_hours(rows, found.end), handling.solved_within(rows, found.end)
    waited, solved = rows.loc[spans.index], solved.dropna().astype("bool")
    sizes = rows[column].value_counts()
    for name in sorted(sizes.index, key=lambda group: (-sizes[group], group)):
        mine = rows[rows[column] == name]
        yield {
            "dimension": dimension,
            "group": name,
            **_figures(mine, found.end),
            **_waiting(found.waiting[found.waiting[column] == name], found.end),
            **_against(spans, waited, column, name),
            **_solved(solved, rows.loc[solved.index, column] == name),
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
    if min(mine.sum(), (~mine).sum()) == 0:
        return {"pace": np.nan, "p_adjusted": np.nan}
    strata = None if column == "urgency" else rows["urgency"].fillna(UNKNOWN)
    test = survival.logrank(spans["hours"], spans["ended"], (~mine).astype("int64"), strata)
    if test.expected.min() < TELLING:
        return {"pace": np.nan, "p_adjusted": np.nan}
    return {"pace": float(intervals.ratio(*_odds(test))), "p_adjusted": test.p}


def _solved(solved: pd.Series, mine: pd.Series) -> dict[str, float]:
    """What part the others solved at once, and the p of no difference."""
    from scipy.stats import fisher_exact

    sides = [solved[which] for which in (mine, ~mine)]
    kept, n = ([int(f(side)) for side in sides] for f in (sum, len))
    p = fisher_exact([kept, [n[0] - kept[0], n[1] - kept[1]]]).pvalue if min(n) >= TELLING else np.nan
    return {"others": float(intervals.ratio(kept[1], n[1])), "solved_p": float(p)}


def _odds(test: survival.Difference) -> tuple[float, float]:
    """Closings over expected of the group, over the same of the others: the hazard ratio (Peto)."""
    mine, others = test.observed / np.where(test.expected > 0, test.expected, np.nan)
    return mine, others


def curves(found: Scope, *, by: str) -> pd.DataFrame:
    """Share still open after so many hours, per group of the column `by` with TELLING problems or more.

    Columns: group, n and those of `survival.curve`.
    """
    spans = handling.waiting_hours(found.rows, found.end).join(found.rows[by])
    sizes = spans[by].value_counts()
    large = sorted(sizes[sizes >= TELLING].index, key=lambda name: (-sizes[name], name))
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
