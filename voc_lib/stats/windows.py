"""A period beside the months before it and the same period last year, and what grew in it beyond chance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats.basis import narrowed
from voc_lib.stats.raised import problems

LEVEL = 0.05  # false discovery rate
MINIMUM = 5  # issues of the period that tell of anything
LONG, SHORT = 11, 6  # months before a period of a month or more (the twelfth is last year's), and of days
MONTH = 28  # days from which a period is one
STEADY = 0.5  # part of the SHORT months a source must speak in to be compared
HEARD = 5  # rows (a month, of one that left) from which a source that joins or leaves is told
FAINT = 0.1  # of what was said on the other side
CALM = 1.3  # spread of the months that is hardly more than chance
SEASON_ROWS = 50  # problems a month, or the same period last year, must hold to be compared with
BASELINE_ROWS = 200_000
READ = ("created_at", "again_at", "intent", "problem", "counted", "source", "channel")
JOINED, LEFT = "此前没有或只有少数月份有数据，本期新接入", "此前有数据，本期没有或只有几条"


@dataclass(frozen=True)
class Windows:
    """The problems of the period, of the baseline and of the same period last year, one below the other."""

    rows: pd.DataFrame
    month: NDArray[np.int64]  # −1 period, −2 last year, else number of the baseline month
    months: int
    thinning: int  # every so-manieth baseline row was looked at
    length: float  # months in the period
    long: bool  # a month or more

    def counts(self, row: NDArray[np.int64], item: NDArray[np.int64], items: int) -> NDArray[np.int64]:
        """Rows per window and item: line 0 period, 1 last year, 2… the baseline months."""
        line = np.where(self.month < 0, -1 - self.month, self.month + 2)
        flat = np.bincount(line[row] * max(items, 1) + item, minlength=(self.months + 2) * max(items, 1))
        return flat.reshape(self.months + 2, -1)[:, :items]


@dataclass(frozen=True)
class Growth:
    """Counts, share growth and one-sided p per item."""

    n: NDArray[np.int64]
    base: NDArray[np.int64]
    spread: Floats  # how much wider than chance the baseline months spread
    before: Floats  # per month
    growth: Floats
    p: Floats
    seen: NDArray[np.bool_]  # as frequent in a month before, or in the same period last year


def months_before(period: Period) -> int:
    """How many months a period is compared with: the longer, the surer their level.

    >>> months_before(Period.parse("2026-09")), months_before(Period.parse("2026-09-01..2026-09-07"))
    (11, 6)
    """
    return LONG if period.days >= MONTH else SHORT


def around(issues: pd.DataFrame, period: Period, also: Collection[str]) -> Windows | None:
    """The windows without sources that joined or left; None where one of them holds nothing to compare.

    Their rows hold the columns READ, `feedback_id` and those of `also`.
    """
    issues = narrowed(issues, {*READ, "feedback_id", *also})
    start, year = pd.Timestamp(period.start), pd.DateOffset(years=1)
    now, before = _compared(issues, period)
    season = problems(issues, _days(start - year, pd.Timestamp(period.end) + pd.Timedelta(days=1) - year))
    apart = _changed(now, before, start).index
    now, before, season = (rows[~_voice(rows).isin(apart)] for rows in (now, before, season))
    if now.empty or before.empty:
        return None
    thinning = -(-len(before) // BASELINE_ROWS)
    before = before.sort_values(["created_at", "feedback_id"]).iloc[::thinning]
    age = months_between(before["created_at"], start)
    marks = [np.full(len(now), -1), age.max() - age, np.full(len(season), -2)]
    whole = len(period.months) if start.is_month_start and pd.Timestamp(period.end).is_month_end else None
    rows = pd.concat([now, before, season], ignore_index=True)
    length = whole or period.days / 30.4375
    return Windows(
        rows,
        np.concatenate(marks).astype("int64"),
        int(age.max()) + 1,
        thinning,
        length,
        period.days >= MONTH,
    )


def lasting(issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The issues without those of sources that joined or left in the period."""
    apart = _moved(issues, period).index
    return issues[~_voice(issues).isin(apart)] if len(apart) else issues


def held_out(issues: pd.DataFrame, period: Period) -> list[str]:
    """A sentence per source and channel that joined or left and so was not compared."""
    return [
        f"{name}：{JOINED if joined else LEFT}，不参与新出现与突增的比较"
        for name, joined in _moved(issues, period).sort_index().items()
    ]


def _moved(issues: pd.DataFrame, period: Period) -> pd.Series:
    return _changed(*_compared(narrowed(issues, READ), period), pd.Timestamp(period.start))


def _compared(issues: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The problems of the period and of the months before it."""
    start = pd.Timestamp(period.start)
    back = start - pd.DateOffset(months=months_before(period))
    return problems(issues, period), problems(issues, _days(back, start))


def _voice(issues: pd.DataFrame) -> pd.Series:
    """Source and channel of each row, as words."""
    source, channel = (issues[name].astype("str") for name in ("source", "channel"))
    return source.where(source == channel, source + "／" + channel)


def faint(few: pd.Series, many: pd.Series) -> pd.Series:
    """Where hardly anybody spoke beside the other side: fewer than HEARD, and not a tenth as many.

    >>> faint(pd.Series([1, 1, 5, 0]), pd.Series([40, 9, 400, 1])).tolist()
    [True, False, False, True]
    """
    return (few < HEARD) & (few < FAINT * many)


def _changed(current: pd.DataFrame, before: pd.DataFrame, start: pd.Timestamp) -> pd.Series:
    """Sources that joined (True) or left (False) in the period, by `_voice`, of SHORT months before."""
    now = _voice(current).value_counts()
    month = months_between(before["created_at"], start)
    before, month = before[month < SHORT], month[month < SHORT]
    base = before.assign(voice=_voice(before), month=month).groupby("voice")["month"].agg(["size", "nunique"])
    seen = max(len(np.unique(month)), 1)
    names = base.index.union(now.index)
    now, base = now.reindex(names, fill_value=0), base.reindex(names, fill_value=0)
    joined = (now >= HEARD) & (base["nunique"] < STEADY * seen) & (len(before) > 0)
    left = faint(now, base["size"] / seen) & (base["size"] >= HEARD * seen) & (now.sum() > 0)
    return joined[joined | left]


def _days(start: pd.Timestamp, end: pd.Timestamp) -> Period:
    last = (end - pd.Timedelta(days=1)).date()
    return Period(f"{start.date()}..{last}", start.date(), last)


def months_between(times: pd.Series, start: pd.Timestamp) -> NDArray[np.int64]:
    """How many whole months before `start` each time lies: 0 for the month just before."""
    months = (start.year - times.dt.year) * 12 + start.month - times.dt.month
    behind = (times.dt.day >= start.day).to_numpy()
    return (months.to_numpy() - behind).astype("int64")


def compare(
    counts: NDArray[np.int64],
    windows: Windows,
    *,
    part: Floats | None = None,
    limit: float = np.inf,
    prior: float = 0.0,
    middle: bool = False,
) -> Growth:
    """How each item of `counts` grew: one-sided p of the exact conditional Poisson test.

    Counts are divided by the spread between baseline months where that is wider than chance (`limit`: at
    most; `prior`: degrees of freedom of the spread common to all items). `part` is what each item's period
    would be of period and baseline if nothing had changed; without it the part the period is of all.
    `middle`: what is exactly as likely counts half (mid-p, Lancaster 1961) where months spread as by chance.
    """
    totals = windows.counts(np.arange(len(windows.rows)), np.zeros(len(windows.rows), dtype="int64"), 1)[:, 0]
    x, season, months = counts[0], counts[1], counts[2:]
    base, n, n_base = months.sum(axis=0), totals[0], totals[2:].sum()
    part = np.full(len(x), n / (n + n_base)) if part is None else part
    before = base * windows.thinning / windows.months
    many = totals[1] >= SEASON_ROWS
    seasonal = (season >= 3) & (season / max(totals[1], 1) * 1.5 >= x / n) & many
    spread = np.minimum(_dispersion(months, totals[2:], prior), limit)
    p = upper(x / spread, base / spread, part)
    if middle:
        more = upper(x / spread + 1, np.maximum(base / spread - 1, 0), part)
        p = np.where((spread <= CALM) & (base >= spread), (p + more) / 2, p)
    return Growth(
        n=x,
        base=base,
        spread=spread,
        before=before,
        growth=np.where(base > 0, x * (1 - part) / (np.maximum(base, 1) * part), np.inf),
        p=p,
        seen=seasonal | (_peak(months, totals[2:]) >= x / n),
    )


def beyond(grown: Growth, p: Floats, growth: float, minimum: int) -> NDArray[np.bool_]:
    """Which items rose: by adjusted p, by so much, and higher than in any month before and last year."""
    return (p < LEVEL) & (grown.n >= minimum) & (grown.growth >= growth) & ~grown.seen


def bounds(grown: Growth, part: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Lower and upper bound of the growth, each at its one-sided `level` (Clopper–Pearson given both counts).

    The lower one is above 1 where, and only where, the p of `compare` is below the level.
    """
    from scipy.special import betaincinv

    x, base = grown.n / grown.spread, grown.base / grown.spread
    low = np.where(x > 0, betaincinv(np.maximum(x, 1e-9), base + 1, level), 0.0)
    high = np.where(base > 0, betaincinv(x + 1, np.maximum(base, 1e-9), 1 - level), np.nan)
    odds = part / (1 - part)
    return low / (1 - low) / odds, high / (1 - high) / odds


def _peak(months: NDArray[np.int64], totals: NDArray[np.int64]) -> Floats:
    """The largest share of any baseline month that holds enough to tell."""
    enough = totals >= SEASON_ROWS
    return (months[enough] / totals[enough, None]).max(axis=0, initial=0.0)


def _dispersion(months: NDArray[np.int64], totals: NDArray[np.int64], prior: float = 0.0) -> Floats:
    """How much wider than chance the baseline months spread: Pearson's chi² / df, at least 1.

    `prior` degrees of freedom of the spread common to all items are counted in, and no item is taken for
    steadier than that: one whose few counts happen to lie close together jumps as the others do.
    """
    known = totals > 0
    freedom = int(known.sum()) - 1
    if freedom < 2:
        return np.ones(months.shape[1])
    expected = totals[known, None] * months.sum(axis=0) / totals.sum()
    chi2 = ((months[known] - expected) ** 2 / np.maximum(expected, 1e-12)).sum(axis=0)
    often = expected.mean(axis=0) >= 1
    common = np.median(chi2[often]) / (freedom - 2 / 3) if often.any() else 1.0
    return np.maximum((chi2 + prior * common) / (freedom + prior), max(common, 1) if prior else 1)


def upper(now: Floats, before: Floats, part: Floats | float) -> Floats:
    """P(X ≥ now) for X of now + before falling into a window that is `part` of the whole (binomial)."""
    from scipy.special import betainc

    return np.where(now > 0, betainc(np.maximum(now, 1e-9), before + 1, part), 1.0)
