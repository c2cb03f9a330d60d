"""The metrics goals, measures and promises are judged by: their value, their interval, their change."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import nan

import numpy as np
import pandas as pd

from voc_lib import intervals
from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.intervals import Interval
from voc_lib.metric import HOURS, NAMES, PROPORTIONS, Metric
from voc_lib.period import Period
from voc_lib.stats import clusters, contrast, handling, means, mix, satisfaction, voices
from voc_lib.stats import exposure as denominators
from voc_lib.stats.exposure import PER
from voc_lib.stats.raised import complaints, counted, opened, problems
from voc_lib.text import channels

UNITS = {
    "share": "比例",
    "rate": "件/千单",
    "kpi": "比例",
    "handling_hours": "小时",
    "first_response_hours": "小时",
    "sla": "比例",
    "csat": "分",
    "nps": "点",
    "fcr": "比例",
}


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
    seen: dict[Hashable, Estimate] = field(default_factory=dict, repr=False, compare=False)

    def until(self, window: Period) -> pd.Timestamp:
        """The first moment whose handling is not known."""
        return handling.end_of(Period("", window.start, max(self.known or window.end, window.end)))


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; `n` is the base (issues, answers, orders or KPI total), 0 gives NaN.

    `variance` of scores and points, and of the logarithm of hours, is that of the value (sampling only);
    `middle` of hours is `intervals.survival_middle`.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    variance: float = field(default=nan, repr=False, compare=False)
    middle: tuple[float, float] = field(default=(nan, nan), repr=False, compare=False)


@dataclass(frozen=True)
class Difference:
    """after − before, with its 95 % interval and the p value that nothing changed."""

    before: Estimate
    after: Estimate
    difference: float
    low: float
    high: float
    p_value: float


def measure(metric: Metric, evidence: Evidence, start: date, end: date) -> Estimate:
    """The metric over the days start..end, both included.

    Handling is taken as known at the end of `end`, or of `evidence.known`: what was answered or closed later
    still waited. Shares: Wilson; rates per 1,000 orders: exact Poisson; scores: Wilson's at what they are
    worth; NPS: adjusted Wald; hours: Kaplan–Meier median, so that what still waits counts too.
    """
    window = _window(start, end)
    if metric.kind in PROPORTIONS:
        kept, total = _proportion(metric, evidence, window)
        return _estimate(metric, intervals.wilson(kept, total), total)
    if metric.kind == "rate":
        count, orders = _rate(metric, evidence, window)
        return _estimate(metric, intervals.poisson(count, orders / PER), round(orders))
    if metric.kind in HOURS:
        return median(metric, _waits(metric, evidence, window))
    rows = _rated(metric, evidence, window)
    values = rows[metric.kind]
    csat = metric.kind == "csat"
    found = satisfaction.csat(values, clusters.people(rows)) if csat else satisfaction.nps(values)
    estimate = _estimate(metric, found, len(values))
    return replace(estimate, variance=_variance(metric, values, estimate))


def shares(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[Estimate]:
    """`measure` of a share in each of the windows, the problems sorted once."""
    rows = where(complaints(evidence.issues), metric.where)
    of_it = (rows["primary_tag"] == metric.category).fillna(False).to_numpy(bool)
    found = [(int(of_it[places].sum()), len(places)) for places in voices.each(rows, windows)]
    return [_estimate(metric, intervals.wilson(kept, n), n) for kept, n in found]


def kpis(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[Estimate]:
    """`measure` of a KPI in each of the windows, its rows chosen once."""
    given = _kpi_given(metric, evidence.kpis)
    found = [_kpi_within(given, window) for window in windows]
    sums = [(int(rows["kept"].sum()), int(rows["total"].sum())) for rows in found]
    return [_estimate(metric, intervals.wilson(kept, total), total) for kept, total in sums]


def compare(metric: Metric, evidence: Evidence, before: Period, after: Period) -> Difference:
    """How the metric changed between two periods.

    Proportions: Newcombe's interval and the score test; rates: MOVER interval and the score test of two
    Poisson rates; scores: MOVER of both; NPS: adjusted Wald of both; medians of hours: MOVER and the normal
    test of their logarithms. Nothing known on one side: NaN.
    """
    if metric.kind in PROPORTIONS:
        old, new = (_proportion(metric, evidence, period) for period in (before, after))
        first, second = (_estimate(metric, intervals.wilson(*part), part[1]) for part in (old, new))
        change, p = intervals.newcombe(*new, *old), float(intervals.score_test(*new, *old))
    else:
        first, second = (measure(metric, evidence, period.start, period.end) for period in (before, after))
        hours = metric.kind in HOURS
        change, p = _hours_change(second, first) if hours else _change(metric, evidence, before, after)
    value, low, high = (float(x) for x in change)
    return Difference(first, second, value, low, high, float(p))


def restricted(metric: Metric, evidence: Evidence, window: Period, until: float) -> Interval:
    """Mean hours of the issues of a window, each counted for `until` hours at most, what still waits too."""
    waits = _waits(metric, evidence, window)
    return intervals.survival_mean(waits["hours"], waits["ended"], until)


def describe(metric: Metric) -> str:
    """The metric as a reader says it.

    >>> describe(Metric(kind="share", category="物流延迟", where={"region": "华东"}))
    '物流延迟占比（华东）'
    """
    name = {"share": f"{metric.category}占比", "rate": f"{metric.category}每千单件数", "kpi": metric.name}
    said = name.get(metric.kind) or NAMES[metric.kind]
    return f"{said}（{'、'.join(metric.where.values())}）" if metric.where else said


def absent(metric: Metric, evidence: Evidence) -> list[str]:
    """A sentence about orders nobody gave, or a KPI the table has not by that name; else nothing."""
    if metric.kind == "rate" and denominators.orders(evidence.exposure, metric.where).empty:
        return ["没有订单量，算不出每千单件数"]
    names = evidence.kpis["kpi"].dropna().unique()
    if metric.kind != "kpi" or metric.name in names:
        return []
    hint = did_you_mean(str(metric.name), names) if len(names) else "表里没有任何指标。"
    return [f"KPI 表里没有 “{metric.name}”。{hint}若改了名，请写成同样的名称"]


def unit(metric: Metric) -> str:
    """The unit of the metric's values."""
    return UNITS[metric.kind]


def where(rows: pd.DataFrame, conditions: dict[str, str]) -> pd.DataFrame:
    """The rows that meet every condition; ParamsError names an unknown column and lists the known ones."""
    for column, value in conditions.items():
        if column not in rows:
            raise ParamsError(f"where 中的 “{column}” 不是数据的列。{did_you_mean(column, rows.columns)}")
        rows = rows[channels.among(rows, column, [str(value)])]
    return rows


def _change(metric: Metric, evidence: Evidence, before: Period, after: Period) -> tuple[Interval, float]:
    if metric.kind == "rate":
        (x0, e0), (x1, e1) = (_rate(metric, evidence, p) for p in (before, after))
        rates = intervals.poisson(x1, e1 / PER), intervals.poisson(x0, e0 / PER)
        return intervals.mover(*rates), float(intervals.rate_test(x1, e1, x0, e0))
    a, b = (_values(metric, evidence, p) for p in (after, before))
    return _nps_change(a, b) if metric.kind == "nps" else _csat_change(a, b)


def _hours_change(now: Estimate, before: Estimate) -> tuple[Interval, float]:
    from scipy.special import ndtr

    change = intervals.mover(*(Interval(*np.array([e.value, e.low, e.high])) for e in (now, before)))
    spread = now.variance + before.variance
    if not now.value > 0 or not before.value > 0 or not spread > 0:
        return change, nan
    z = np.log(now.value / before.value) / np.sqrt(spread)
    return change, float(2 * ndtr(-abs(z)))


def _csat_change(now: pd.Series, before: pd.Series) -> tuple[Interval, float]:
    """Scores are places on the scale, so equal ones are no certainty."""
    a, b = (contrast.side([means.standing(scores, *satisfaction.RANGE)]) for scores in (now, before))
    lowest, highest = satisfaction.RANGE
    found = contrast.difference(a, b, np.array([intervals.Z]))
    p = contrast.p_values(a, b, np.array([np.inf]))
    return Interval(*((highest - lowest) * part[0] for part in found)), float(p[0])


def _nps_change(now: pd.Series, before: pd.Series) -> tuple[Interval, float]:
    from scipy.special import ndtr

    value = satisfaction.nps(now).value - satisfaction.nps(before).value
    (a, error_a), (b, error_b) = (satisfaction.nps_adjusted(s) for s in (now, before))
    error = np.hypot(error_a, error_b) + 0 * value
    half = intervals.Z * error
    p = 2 * ndtr(-abs((a - b) / error)) + 0 * value
    return Interval(value, a - b - half, a - b + half), float(p)


def outcomes(metric: Metric, evidence: Evidence, window: Period, part: str) -> pd.DataFrame:
    """kept and n whose ratio is the metric of a part (of hours its logarithm), with the column `part`.

    A row per issue or score, month and region of a KPI, part of hours or of a rate; no row where the orders
    are not known by part.
    """
    if metric.kind in HOURS:
        rows, until = _handled(metric, evidence, window)
        waits = handling.waiting_hours(rows, evidence.until(window), until)
        return mix.medians(waits.assign(**{part: rows[part].reindex(waits.index)}), part)
    if metric.kind == "rate":
        return _rates(metric, evidence, window, part)
    if metric.kind in ("csat", "nps"):
        scores = _rated(metric, evidence, window)
        kept = satisfaction.pointed(scores)["kept"] if metric.kind == "nps" else scores["csat"]
        return pd.DataFrame({part: scores[part], "kept": kept, "n": 1.0}).dropna()
    if metric.kind == "kpi":
        rows = _kpi_within(_kpi_given(metric, evidence.kpis, whole=False), window)
        named = rows.assign(n=rows["total"]) if part in rows else rows.assign(n=rows["total"], **{part: None})
        return named[[part, "kept", "n"]].dropna()
    rows = _rows(metric, evidence, window)
    kept = _kept(metric, evidence, window, rows).astype("Float64")
    return pd.DataFrame({part: rows[part], "kept": kept, "n": kept.notna().astype("float64")}).dropna()


def cases(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
    """The issues a proportion is of, with `kept`, and `until`, the first moment not known; of a KPI none."""
    if metric.kind == "kpi":
        none = evidence.issues.head(0)
        return none.assign(kept=False, until=none["created_at"])
    rows = _rows(metric, replace(evidence, issues=repeats(evidence)), window)
    kept = _kept(metric, evidence, window, rows)
    end = evidence.until(window)
    return handling.known_at(rows, end).assign(kept=kept, until=end).dropna(subset=["kept"])


def _proportion(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, int]:
    """How many of how many."""
    if metric.kind == "kpi":
        rows = _kpi_within(_kpi_given(metric, evidence.kpis), window)
        return int(rows["kept"].sum()), int(rows["total"].sum())
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


def _kpi_given(metric: Metric, kpis: pd.DataFrame, *, whole: bool = True) -> pd.DataFrame:
    """The rows of a KPI: `whole` at the coarsest level given, otherwise those of regions."""
    named = kpis[(kpis["kpi"] == metric.name).fillna(False)]
    if not whole:
        return where(named, metric.where)
    rows = denominators.select(named, metric.where, dimensions=("region",))
    return named.head(0) if rows is None else rows


def _kpi_within(rows: pd.DataFrame, window: Period) -> pd.DataFrame:
    """Rows of the months wholly inside the window, else of the months it touches."""
    inside = [m for m in window.months if denominators.covered(m, window) == 1]
    return rows[rows["month"].isin(inside or window.months)]


def _rate(metric: Metric, evidence: Evidence, window: Period) -> tuple[int, float]:
    """Problems of the category and orders, over months with known orders; a cut month counts by its days."""
    rows = where(problems(evidence.issues, window), metric.where).reset_index(drop=True)
    raised = voices.by_month(rows)
    lines = rows.loc[raised.index].assign(month=raised.to_numpy(), issue=raised.index).reset_index(drop=True)
    orders, kept = denominators.together(lines, evidence.exposure, metric.where)
    known = [m for m in window.months if m in orders.index]
    of_it = (lines["primary_tag"] == metric.category).fillna(False) & lines["month"].isin(known) & kept
    count = lines.loc[of_it.to_numpy(bool), "issue"].nunique()
    return int(count), float(sum(orders[m] * denominators.covered(m, window) for m in known))


def _rates(metric: Metric, evidence: Evidence, window: Period, part: str) -> pd.DataFrame:
    """Problems and thousands of orders of each part whose orders are known."""
    known = evidence.exposure[part].dropna().unique().tolist() if part in denominators.PARTS else []
    each = [metric.model_copy(update={"where": {**metric.where, part: str(name)}}) for name in known]
    rows = [(name, *_rate(one, evidence, window)) for name, one in zip(known, each, strict=True)]
    return pd.DataFrame(rows, columns=[part, "kept", "n"]).assign(n=lambda found: found["n"] / PER)


def _values(metric: Metric, evidence: Evidence, window: Period) -> pd.Series:
    """The single scores behind a mean."""
    return _rated(metric, evidence, window)[metric.kind]


def _rated(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
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


def _waits(metric: Metric, evidence: Evidence, window: Period) -> pd.DataFrame:
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


def median(metric: Metric, waits: pd.DataFrame) -> Estimate:
    """The median of `handling.waiting_hours` (hours, ended), with the variance of its logarithm."""
    found = intervals.survival_median(waits["hours"], waits["ended"])
    estimate = _estimate(metric, found, len(waits))
    if not (estimate.low > 0 and np.isfinite(estimate.high)):
        return estimate
    variance = float(np.log(estimate.high / estimate.low) / 2 / intervals.Z) ** 2
    return replace(
        estimate, variance=variance, middle=intervals.survival_middle(waits["hours"], waits["ended"])
    )


def _variance(metric: Metric, values: pd.Series, found: Estimate) -> float:
    """The sampling variance of the mean score or of the points; equal scores are no certainty."""
    if len(values) < 2:
        return nan
    if metric.kind == "nps":
        return float(satisfaction.nps_adjusted(values)[1]) ** 2
    scores = values.to_numpy(dtype="float64")
    if (scores == scores[0]).all() and found.high > found.low:
        return ((found.high - found.low) / 2 / intervals.Z) ** 2
    return float(scores.var(ddof=1)) / len(scores)


def _estimate(metric: Metric, interval: Interval, n: int) -> Estimate:
    value, low, high = (float(x) for x in interval)
    return Estimate(value, low, high, n, UNITS[metric.kind])


def _window(start: date, end: date) -> Period:
    return Period(f"{start}..{end}", start, end)
