"""What metrics are counted on: the rows of a metric in a window, and which of them count."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.metric import HOURS, Metric
from voc_lib.period import Period
from voc_lib.stats import exposure as denominators
from voc_lib.stats import handling, satisfaction, voices
from voc_lib.stats.exposure import PER
from voc_lib.stats.raised import complaints, counted, opened, problems
from voc_lib.text import channels

RAISED = ("created_at", "again_at", "problem", "intent", "counted", "primary_tag")
HANDLED = ("first_response_at", "closed_at", "due_at", "status", "repeat_count", "repeated_at")
SCORED = ("csat", "csat_scale", "nps")
WHOSE = ("issue_id", "customer_id", "source")


@dataclass(frozen=True)
class Evidence:
    """The data metrics are read from: merged issues of all time, orders per month, KPIs per month.

    `ratings` (schema.TAGGED): single feedbacks of all time, so that csat and nps count every score, those of
    repeats too; without it they read the issues. With their `issue_id`, fcr follows every issue equally long.
    `known`: the last day whose handling is known; without it each window knows only its own days.
    `seen`: what `improve.monthly` has worked out of these rows, shared by copies that hold the same rows.
    """

    issues: pd.DataFrame
    exposure: pd.DataFrame
    kpis: pd.DataFrame
    ratings: pd.DataFrame | None = None
    known: date | None = None
    seen: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def until(self, window: Period) -> pd.Timestamp:
        """The first moment whose handling is not known."""
        return handling.end_of(Period("", window.start, max(self.known or window.end, window.end)))


def read(metrics: Collection[Metric]) -> set[str]:
    """The columns that figures of these metrics read, in any window; of no metric RAISED.

    >>> sorted(read([])) == sorted(RAISED), "region" in read([Metric(kind="sla")])
    (True, True)
    """
    rest = (*HANDLED, *SCORED, *WHOSE, *denominators.PARTS) if metrics else ()
    return {*RAISED, *rest, *(column for metric in metrics for column in metric.where)}


def slim(evidence: Evidence, metric: Metric, *, also: Collection[str] = ()) -> Evidence:
    """The evidence with only the columns the metric reads in any window, and those of `also`.

    To select rows takes as long as there are columns.
    """
    issues = repeats(evidence) if metric.kind == "fcr" else evidence.issues
    rest = () if metric.kind == "share" else (*HANDLED, *SCORED, *WHOSE, *denominators.PARTS)
    read = {*RAISED, *rest, *metric.where, *also}
    scores = evidence.ratings
    return replace(
        evidence,
        issues=narrowed(issues, read),
        ratings=scores if scores is None else narrowed(scores, {*read, *SCORED, *WHOSE}),
    )


def narrowed(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """The rows with those of the columns alone.

    >>> narrowed(pd.DataFrame({"a": [1], "b": [2]}), ("b", "c")).columns.tolist()
    ['b']
    """
    return rows[[name for name in rows if name in names]]


def where(rows: pd.DataFrame, conditions: dict[str, str]) -> pd.DataFrame:
    """The rows that meet every condition; ParamsError names an unknown column and lists the known ones."""
    for column, value in conditions.items():
        if column not in rows:
            raise ParamsError(f"where 中的 “{column}” 不是数据的列。{did_you_mean(column, rows.columns)}")
        rows = rows[channels.among(rows, column, [str(value)])]
    return rows


def outcomes(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
    """The issues or scores of a window with kept and n, whose ratio is the metric; of hours hours and ended.

    They can be parted by any column: not those of a KPI or a rate (`of_parts`).
    """
    if metric.kind in HOURS:
        rows, until = _handled(metric, evidence, window)
        waits = handling.waiting_hours(rows, evidence.until(window), until)
        return rows.loc[waits.index].assign(hours=waits["hours"], ended=waits["ended"])
    if metric.kind in ("csat", "nps"):
        scores = rated(metric, evidence, window)
        kept = satisfaction.pointed(scores)["kept"] if metric.kind == "nps" else scores["csat"]
        return scores.assign(kept=kept, n=1.0)
    evidence = replace(evidence, issues=repeats(evidence)) if metric.kind == "fcr" else evidence
    rows = _rows(metric, evidence, window)
    return rows.assign(kept=_kept(metric, evidence, window, rows).astype("Float64"), n=1.0).dropna(
        subset=["kept"]
    )


def of_parts(metric: Metric, evidence: Evidence, window: Period, part: str) -> pd.DataFrame:
    """kept and n of a KPI or a rate with the column `part`, no row where they are not known by part.

    A row per month and region of a KPI, per part of a rate.
    """
    if metric.kind == "rate":
        return _rates(metric, evidence, window, part)
    rows = within(kpi_rows(metric, evidence.kpis, whole=False), window)
    named = rows.assign(n=rows["total"]) if part in rows else rows.assign(n=rows["total"], **{part: None})
    return named[[part, "kept", "n"]].dropna()


def cases(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
    """The issues a proportion is of, with `kept`, and `until`, the first moment not known; of a KPI none."""
    if metric.kind == "kpi":
        none = evidence.issues.head(0)
        return none.assign(kept=False, until=none["created_at"])
    rows = _rows(metric, replace(evidence, issues=repeats(evidence)), window)
    kept = _kept(metric, evidence, window, rows)
    end = evidence.until(window)
    return handling.known_at(rows, end).assign(kept=kept, until=end).dropna(subset=["kept"])


def proportion(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, int]:
    """How many of how many."""
    if metric.kind == "kpi":
        rows = within(kpi_rows(metric, evidence.kpis), window)
        return int(rows["kept"].sum()), int(rows["total"].sum())
    evidence = slim(evidence, metric)
    known = _kept(metric, evidence, window, _rows(metric, evidence, window)).dropna()
    return int(known.sum()), len(known)


def _rows(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
    """The problems a proportion is of: for handling those raised for the first time."""
    base = problems if metric.kind == "share" else opened
    return where(base(evidence.issues, window), metric.where)


def _kept(metric: Metric, evidence: Evidence, window: Period, rows: pd.DataFrame) -> pd.Series:
    """Whether each issue counts as kept (of a share: is of the category); missing where undecided."""
    if metric.kind == "share":
        return (rows["primary_tag"] == metric.category).fillna(False)
    end = evidence.until(window)
    if metric.kind == "fcr":
        return _solved(rows, evidence, end)
    return handling.sla_kept(handling.known_at(rows, end), end)


def _solved(rows: pd.DataFrame, evidence: Evidence, end: pd.Timestamp) -> pd.Series:
    """Solved at the first contact; without the single feedbacks, by the repeats known in all."""
    rows = repeats(evidence).loc[rows.index]
    then = handling.known_at(rows, end)
    return handling.solved_within(then, end) if "repeated_at" in rows else handling.solved_first(then)


def repeats(evidence: Evidence) -> pd.DataFrame:
    """The issues with `repeated_at`, where the single feedbacks tell it."""
    said = evidence.ratings
    if "repeated_at" in evidence.issues or said is None or "issue_id" not in said:
        return evidence.issues
    return evidence.issues.assign(repeated_at=handling.repeated_at(evidence.issues["issue_id"], said))


def kpi_rows(metric: Metric, kpis: pd.DataFrame, *, whole: bool = True) -> pd.DataFrame:
    """The rows of a KPI: `whole` at the coarsest level given, otherwise those of regions."""
    named = kpis[(kpis["kpi"] == metric.name).fillna(False)]
    if not whole:
        return where(named, metric.where)
    rows = denominators.select(named, metric.where, dimensions=("region",))
    return named.head(0) if rows is None else rows


def within(rows: pd.DataFrame, window: Period) -> pd.DataFrame:
    """Rows of the months wholly inside the window, else of the months it touches."""
    inside = [m for m in window.months if denominators.covered(m, window) == 1]
    return rows[rows["month"].isin(inside or window.months)]


def rate(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, float]:
    """Problems of the category and orders, over months with known orders; a cut month counts by its days."""
    return _per_order(metric, evidence, problems(evidence.issues, window), [window])[0]


def rates(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[tuple[int, float]]:
    """`rate` of each of the windows; where none cuts a month the problems are sorted out once for all."""
    if any(denominators.covered(month, window) < 1 for window in windows for month in window.months):
        return [rate(metric, evidence, window) for window in windows]
    return _per_order(metric, evidence, complaints(evidence.issues), windows)


def _per_order(
    metric: Metric, evidence: Evidence, raised: pd.DataFrame, windows: Sequence[Period]
) -> list[tuple[int, float]]:
    """`rate` of each window; `raised` are all problems of its months, or those of one cut window."""
    rows = where(raised, metric.where).reset_index(drop=True)
    span = Period("", min(window.start for window in windows), max(window.end for window in windows))
    months = voices.by_month(rows, span)
    lines = rows.loc[months.index].assign(month=months.to_numpy(), issue=months.index).reset_index(drop=True)
    orders, kept = denominators.together(lines, evidence.exposure, metric.where)
    of_it = ((lines["primary_tag"] == metric.category).fillna(False) & kept).to_numpy(bool)
    lines = lines.loc[of_it, ["month", "issue"]]
    known = [[month for month in window.months if month in orders.index] for window in windows]
    return [
        (
            int(lines.loc[lines["month"].isin(there), "issue"].nunique()),
            float(sum(orders[m] * denominators.covered(m, window) for m in there)),
        )
        for window, there in zip(windows, known, strict=True)
    ]


def _rates(metric: Metric, evidence: Evidence, window: Period, part: str) -> pd.DataFrame:
    """Problems and thousands of orders of each part whose orders are known."""
    known = evidence.exposure[part].dropna().unique().tolist() if part in denominators.PARTS else []
    each = [metric.model_copy(update={"where": {**metric.where, part: str(name)}}) for name in known]
    rows = [(name, *rate(one, evidence, window)) for name, one in zip(known, each, strict=True)]
    return pd.DataFrame(rows, columns=[part, "kept", "n"]).assign(n=lambda found: found["n"] / PER)


def values(metric: Metric, evidence: Evidence, window: Period) -> pd.Series:
    """The single scores behind a mean."""
    return rated(metric, evidence, window)[metric.kind]


def rated(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
    """The rows with the scores behind a mean."""
    scored = evidence.issues if evidence.ratings is None else evidence.ratings
    scored = satisfaction.fine(scored) if metric.kind == "csat" else scored
    scored = counted(scored[window.mask(scored["created_at"])])
    return where(scored, metric.where).dropna(subset=[metric.kind])


def left_out(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, int]:
    """How many issues hours leave out because they ended at a time that cannot be or is not told, of all."""
    rows, until = _handled(metric, evidence, window)
    all_ = int((handling.tracked(rows) & (rows["created_at"] < evidence.until(window))).sum())
    return all_ - len(handling.waiting_hours(rows, evidence.until(window), until)), all_


def reopened(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, int]:
    """How many issues have a closing time though their state says they are open, of all with one."""
    rows = where(opened(evidence.issues, window), metric.where)
    then = rows[rows["closed_at"] < evidence.until(window)]
    return int(handling.told_open(then).sum()), len(then)


def waits(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
    """Hours until solved or answered, those still waiting with what they waited so far."""
    rows, until = _handled(metric, evidence, window)
    return handling.waiting_hours(rows, evidence.until(window), until)


def _handled(metric: Metric, evidence: Evidence, window: Period) -> tuple[pd.DataFrame, str]:
    """The issues hours are of, and the column of their end."""
    rows = where(opened(evidence.issues, window), metric.where)
    if metric.kind == "handling_hours":
        return rows, "closed_at"
    until = "first_response_at"
    return rows[rows["source"].isin(rows.loc[rows[until].notna(), "source"])], until
