"""Interrupted time series: the step at a measure, over and above the trend that was there before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

FEWEST_BEFORE = 8
SEASONAL = 18  # known months before from which every calendar month has a level of its own
CORRELATIONS = np.round(np.arange(-0.3, 0.96, 0.05), 2)  # of a month with the next, alike before the data

Floats = np.ndarray


@dataclass(frozen=True)
class Step:
    """The level change with its 95 % interval, the trend per month, the months used on each side."""

    level: float
    low: float
    high: float
    trend: float
    before: int
    after: int


def step(values: pd.Series, after: pd.Series, n: pd.Series | None = None) -> Step | None:
    """The level change where `after` begins; None with too few months before it or none after.

    `values` by month in order (NaN: left out, the gap stays); `n` their bases, for weights. Level, trend,
    step and, from a year and a half on, the calendar months, whatever shape the season has; errors follow
    each other (AR 1). Their correlation is unknown: the interval is the posterior over all of them, a mixture
    of Student's t.
    """
    y, marked = values.to_numpy(dtype="float64"), after.to_numpy(dtype=bool)
    known = ~np.isnan(y)
    sides = int((known & ~marked).sum()), int((known & marked).sum())
    if sides[0] < FEWEST_BEFORE or sides[1] < 1:
        return None
    months = np.flatnonzero(known)
    weight = np.ones(len(months)) if n is None else np.sqrt(n.to_numpy(dtype="float64")[known])
    design = columns(months, marked[known], season=sides[0] >= SEASONAL)
    fits = _fits(design * weight[:, None], y[known] * weight, *_roots(tuple(months.tolist())))
    level, low, high = _mixture(fits, len(months) - design.shape[1])
    return Step(level, low, high, float(fits.shares @ fits.trend), *sides)


def columns(months: Floats, marked: Floats, *, season: bool) -> Floats:
    """Level, trend, step and, with `season`, every calendar month but the first.

    Without the season where months are missing so that it cannot be told from the step.
    """
    parts = [np.ones(len(months)), months - months.mean(), marked]
    named = [months % 12 == month for month in np.unique(months % 12)[1:]] if season else []
    whole = np.column_stack([*parts, *named]).astype("float64")
    told = np.linalg.matrix_rank(whole) == whole.shape[1] < len(months)
    return whole if told else whole[:, : len(parts)]


class _Fits(NamedTuple):
    """Generalised least squares at every correlation: its share of the posterior, step, error and trend."""

    shares: Floats
    level: Floats
    error: Floats
    trend: Floats


@cache
def _roots(months: tuple[int, ...]) -> tuple[Floats, Floats]:
    """For each correlation the inverse Cholesky factor of the months' correlations, and minus half the log
    determinant."""
    apart = np.abs(np.subtract.outer(months, months))
    rho = CORRELATIONS[:, None, None]
    roots = np.linalg.cholesky(np.where(apart == 0, 1.0, np.sign(rho) ** apart * np.abs(rho) ** apart))
    determinant = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    return np.linalg.inv(roots), -determinant


def _fits(design: Floats, y: Floats, white: Floats, room: Floats) -> _Fits:
    x, z = white @ design, white @ y
    turned = x.transpose(0, 2, 1)
    inverse = np.linalg.inv(turned @ x)
    found = (inverse @ (turned @ z[:, :, None]))[:, :, 0]
    rest = ((z - (x @ found[:, :, None])[:, :, 0]) ** 2).sum(axis=1)
    freedom = len(y) - design.shape[1]
    evidence = room + 0.5 * np.linalg.slogdet(inverse)[1]
    evidence -= freedom / 2 * np.log(np.maximum(rest, np.finfo(float).tiny))
    odds = np.exp(evidence - evidence.max())
    return _Fits(odds / odds.sum(), found[:, 2], np.sqrt(inverse[:, 2, 2] * rest / freedom), found[:, 1])


def _mixture(fits: _Fits, freedom: int) -> tuple[float, float, float]:
    """Mean and 2.5 % and 97.5 % points of the mixture of t distributions."""
    from scipy.optimize import brentq
    from scipy.special import stdtr

    mean = float(fits.shares @ fits.level)
    spread = float(fits.error.max() + np.ptp(fits.level))
    if spread <= 1e-12 * max(1.0, abs(mean)):
        return mean, mean, mean

    def below(point: float, wanted: float) -> float:
        return float(fits.shares @ stdtr(freedom, (point - fits.level) / fits.error)) - wanted

    low, high = (
        brentq(below, mean - 200 * spread, mean + 200 * spread, args=(wanted,)) for wanted in (0.025, 0.975)
    )
    return mean, float(low), float(high)
