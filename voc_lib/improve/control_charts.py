"""Control charts that hardly ever cry wolf: limits by month for shares, rates and means, and two rules.

Limits foretell a single month from the base months: chance as Laney's p′ and u′ charts count it (Laney 2002)
after Anscombe's transform (1948), what the base months vary beyond it, how well so few months tell that
(Student's t), the yearly wave once two years are known. Rules after NHS England, Making Data Count: outside
the limits, eight on one side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from voc_lib.improve.track import YEAR, Floats, Marks, Track
from voc_lib.stats.metrics import PER

FEWEST = 12  # base months
SEASON = 24  # base months from which the year's wave is told apart
RUN = 8
ALPHA = 0.0005  # chance that a stable month lies outside
RUN_ALPHA = 0.005  # chance that a stable run of eight lies as far to one side
NEIGHBOURS = 1.86  # variance of a mean of months that are correlated by .3: (1 + ρ) ÷ (1 − ρ)
UNCOUNTED = ("mean", "hours")  # what a month varies by chance, only the base months tell
EARLIER, BEFORE = "更早", "改进前"
OUTSIDE, SHIFT = "越界", "连续偏移"
COLUMNS = ["center", "lower", "upper", "signal"]


@dataclass(frozen=True)
class Scale:
    """Values on a scale where a month varies by chance as much at any level, and back."""

    kind: str
    n: Floats

    def of(self, value: Floats) -> Floats:
        if self.kind in UNCOUNTED:
            return np.log(value) if self.kind == "hours" else value
        if self.kind == "rate":
            return np.sqrt(value + 0.375 / self.n)
        return np.arcsin(np.sqrt((value * self.n + 0.375) / (self.n + 0.75)))

    def back(self, value: Floats) -> Floats:
        if self.kind in UNCOUNTED:
            return np.exp(value) if self.kind == "hours" else value
        if self.kind == "rate":
            return np.clip(np.clip(value, 0, None) ** 2 - 0.375 / self.n, 0, None)
        share = np.sin(np.clip(value, 0, np.pi / 2)) ** 2
        return np.clip((share * (self.n + 0.75) - 0.375) / self.n, 0, 1)

    @property
    def chance(self) -> Floats:
        """Standard deviation of each month by chance; 1 where only the base months tell it."""
        return np.ones(len(self.n)) if self.kind in UNCOUNTED else 0.5 / np.sqrt(self.n)


@dataclass(frozen=True)
class Level:
    """The centre of each month on its scale, and how sure it is."""

    scale: Scale
    center: Floats
    doubt: Floats  # variance of the centre in units of chance²
    phi: float  # how many times as much as by chance the base months vary
    freedom: int

    def width(self, alpha: float) -> float:
        """How many chance deviations make a bound: t of what the base months vary, never under the normal."""
        from scipy.special import ndtri, stdtrit

        wide = float(stdtrit(self.freedom, 1 - alpha / 2)) * self.phi**0.5
        return wide if self.scale.kind in UNCOUNTED else max(wide, float(ndtri(1 - alpha / 2)))


def limits(series: pd.DataFrame, *, kind: str) -> pd.DataFrame:
    """The series with center, lower, upper, signal.

    `series` has month, value, n, phase; `kind` is proportion, rate (per 1,000 of n), mean or hours. The
    months of 更早 and 改进前 are the base; all four are missing with fewer than FEWEST of them.
    """
    value, n = (series[name].to_numpy("float64", na_value=np.nan) for name in ("value", "n"))
    known = np.isfinite(value) & (n > 0) & ((kind != "hours") | (value > 0))
    base = known & series["phase"].isin([EARLIER, BEFORE]).to_numpy()
    if base.sum() < FEWEST:
        return series.assign(center=np.nan, lower=np.nan, upper=np.nan, signal=_none(series.index))
    scale = Scale(kind, np.where(n > 0, n / PER if kind == "rate" else n, np.nan))
    found = scale.of(np.where(known, value, np.nan))
    level = _level(_months(series["month"]), found, base, scale)
    half = level.width(ALPHA) * scale.chance * np.sqrt(1 + level.doubt)
    lower, upper = level.center - half, level.center + half
    bounds = {
        name: scale.back(line) for name, line in zip(COLUMNS, (level.center, lower, upper), strict=False)
    }
    return series.assign(**bounds, signal=_signals(level, found, lower, upper).set_axis(series.index))


def trend(trend: pd.DataFrame) -> pd.DataFrame:
    """schema.TREND with center, lower, upper, signal per category: the last month against those before."""
    parts = []
    for _, rows in trend.groupby("category", sort=False):
        before = rows["month"] < rows["month"].max()
        series = rows.assign(value=rows["share"], n=rows["total"], phase=np.where(before, BEFORE, ""))
        parts.append(rows.assign(**limits(series, kind="proportion")[COLUMNS]))
    return pd.concat(parts).loc[trend.index] if parts else trend


def base_months(series: pd.DataFrame) -> int:
    """How many months the limits rest on, or would."""
    return int((series["phase"].isin([EARLIER, BEFORE]) & series["value"].notna()).sum())


def _months(labels: pd.Series) -> Floats:
    """Months since year 0 of “2026-09”."""
    parts = labels.astype("str").str.split("-", expand=True).astype("int64")
    return (YEAR * parts[0] + parts[1] - 1).to_numpy("float64")


def rebased(history: Track, after: Track, later: Track) -> tuple[Level, Floats]:
    """The level of all months one after the other, and their values on its scale.

    It steps to a new height with the months `after` a measure; `later` months are foretold, not counted in.
    """
    whole = [history, after, later]
    month, value, n = (
        np.concatenate([getattr(part, name) for part in whole]) for name in ("month", "value", "n")
    )
    new = np.arange(len(month)) >= len(history)
    base = np.arange(len(month)) < len(history) + len(after)
    scale = Scale(history.kind, n.astype("float64"))
    found = scale.of(value)
    return _level(month.astype("float64"), found, base, scale, steps=[new.astype("float64")]), found


def _level(month: Floats, found: Floats, base: Marks, scale: Scale, *, steps: Sequence[Floats] = ()) -> Level:
    """Least squares of the base months, weighted by what chance lets them vary."""
    angle, chance = 2 * np.pi * month / YEAR, scale.chance
    wave = [np.cos(angle), np.sin(angle)] if base.sum() >= SEASON else []
    design = np.column_stack([np.ones(len(month)), *steps, *wave])
    scaled = design[base] / chance[base, None]
    inverse = np.linalg.inv(scaled.T @ scaled)
    center = design @ inverse @ scaled.T @ (found[base] / chance[base])
    freedom = int(base.sum()) - design.shape[1]
    phi = float((((found - center) / chance)[base] ** 2).sum()) / freedom
    doubt = ((design @ inverse) * design).sum(axis=1) / chance**2
    return Level(scale, center, doubt, phi, freedom)


def _signals(level: Level, found: Floats, lower: Floats, upper: Floats) -> pd.Series:
    """越界 outside the limits, else 连续偏移 in a run of eight beyond chance on one side; else missing."""
    names = _none(pd.RangeIndex(len(found)))
    for run in _runs(np.sign(np.nan_to_num(found - level.center))):
        if _shifted(level, found, run):
            names.iloc[run] = SHIFT
    return names.mask((found < lower) | (found > upper), OUTSIDE)


def _runs(side: Floats) -> list[slice]:
    """Stretches of RUN months and more on one side."""
    cuts = [0, *(np.flatnonzero(np.diff(side)) + 1).tolist(), len(side)]
    stretches = (slice(a, b) for a, b in pairwise(cuts))
    return [run for run in stretches if run.stop - run.start >= RUN and side[run.start]]


def _shifted(level: Level, found: Floats, run: slice) -> bool:
    """Whether the mean of a run lies further off than that of neighbours that are correlated by .3."""
    mean = float(((found - level.center) / level.scale.chance)[run].mean())
    error = (NEIGHBOURS * (1 / (run.stop - run.start) + float(level.doubt[run].mean()))) ** 0.5
    return abs(mean) > level.width(RUN_ALPHA) * error


def _none(index: pd.Index) -> pd.Series:
    return pd.Series(pd.NA, index=index, dtype="str")
