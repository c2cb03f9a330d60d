"""When issues were raised: first, and again; an issue counts once in every period in which it was raised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from voc_lib.period import Period
from voc_lib.stats import months


def spoke(issues: pd.DataFrame, period: Period) -> pd.Series:
    """Which issues were raised in the period, for the first time or again.

    >>> times = pd.to_datetime(["2026-08-30", "2026-08-02"])
    >>> issues = pd.DataFrame({"created_at": times, "again_at": ["2026-09-02 10:00:00", None]})
    >>> spoke(issues, Period.parse("2026-09")).tolist(), spoke(issues, Period.parse("2026-08")).tolist()
    ([True, False], [True, True])
    """
    return _spoke(issues, period, within(issues, period))


def _spoke(issues: pd.DataFrame, period: Period, again_in_it: pd.Series) -> pd.Series:
    result = period.mask(issues["created_at"])
    result.loc[again_in_it.index] = True
    return result


def within(issues: pd.DataFrame, period: Period) -> pd.Series:
    """The first moment inside the period of the issues raised again in it."""
    later = again(issues)
    inside = later[period.mask(later)]
    return inside.groupby(level=0, sort=False).min()


def dated(issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The issues raised in the period, `created_at` being when they were first raised within it."""
    later = within(issues, period)
    rows = issues[_spoke(issues, period, later)]
    inside = period.mask(rows["created_at"])
    if inside.all():
        return rows
    return rows.assign(created_at=rows["created_at"].where(inside, later))


def by_month(issues: pd.DataFrame, span: Period | None = None) -> pd.Series:
    """The months in which each issue was raised, one line per issue and month, by the index of the issues;
    of a `span` by the moments inside it alone.

    >>> issues = pd.DataFrame({"created_at": pd.to_datetime(["2026-08-30"]), "again_at": ["2026-09-20"]})
    >>> by_month(issues).tolist(), by_month(issues, Period.parse("2026-08-15..2026-09-05")).tolist()
    (['2026-08', '2026-09'], ['2026-08'])
    """
    moments = pd.concat([issues["created_at"], again(issues)])
    moments = moments if span is None else moments[span.mask(moments)]
    month = months.names(moments)
    lines = pd.DataFrame({"place": month.index, "month": month.to_numpy()}).drop_duplicates()
    return lines.set_index("place")["month"].rename_axis(None)


def by_period(issues: pd.DataFrame, periods: Sequence[Period]) -> pd.Series:
    """The place among the periods (oldest first, one after another) in which each issue was raised, one line
    per issue and period, by the index of the issues.

    >>> months = [Period.parse("2026-08"), Period.parse("2026-09")]
    >>> times = pd.to_datetime(["2026-08-30", "2026-09-02", "2026-07-01"])
    >>> issues = pd.DataFrame({"created_at": times, "again_at": ["2026-09-03", None, None]})
    >>> sorted(by_period(issues, months).items())
    [(0, 0), (0, 1), (1, 1)]
    """
    edges = pd.to_datetime([*(p.start for p in periods), periods[-1].end + timedelta(days=1)])
    moments = pd.concat([issues["created_at"], again(issues)]).dropna()
    place = (
        np.searchsorted(edges.to_numpy("datetime64[us]"), moments.to_numpy("datetime64[us]"), side="right")
        - 1
    )
    lines = pd.DataFrame({"row": moments.index, "place": place})
    lines = lines[(place >= 0) & (place < len(periods))].drop_duplicates()
    return lines.set_index("row")["place"].rename_axis(None)


def each(issues: pd.DataFrame, periods: Sequence[Period]) -> list[np.ndarray]:
    """The places of the issues raised in each of the periods, for the first time or again.

    >>> times = pd.to_datetime(["2026-08-30", "2026-08-02"])
    >>> issues = pd.DataFrame({"created_at": times, "again_at": ["2026-09-02 10:00:00", None]})
    >>> [rows.tolist() for rows in each(issues, [Period.parse("2026-09"), Period.parse("2026-08")])]
    [[0], [0, 1]]
    """
    issues = issues.reset_index(drop=True)
    moments = pd.concat([issues["created_at"], again(issues)]).dropna().sort_values()
    times = moments.to_numpy("datetime64[us]")
    edges = [[period.start, period.end + timedelta(days=1)] for period in periods]
    cuts = times.searchsorted(np.array(edges, dtype="datetime64[us]"))
    return [np.unique(moments.index[first:last]) for first, last in cuts]


def again(issues: pd.DataFrame) -> pd.Series:
    """Every later moment of the issues raised again, by the index of the issues."""
    if "again_at" not in issues:
        return issues["created_at"].iloc[:0]
    said = issues["again_at"].dropna()
    return pd.to_datetime(said.str.split("、").explode()).astype("datetime64[us]")
