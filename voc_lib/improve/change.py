"""What changed at a measure: the months after it against what the months before let expect.

Every estimate is a weighted sum of months, so its variance is exact: dispersion × Σ weight² × variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voc_lib.improve import track
from voc_lib.improve.track import Floats, Marks, Track

LEVEL = 12  # months before the start that make the long level
SAME = 24  # months before the start among which the same calendar months are looked for
WAVE = 18  # months from which a yearly wave can be told from a trend
COVERED = 0.5  # share of the base after that must have the same months before


@dataclass(frozen=True)
class Contrast:
    """after − expected with its standard error (dispersion counted) and 95 % interval."""

    value: float
    error: float
    low: float
    high: float

    def beyond(self, towards: int) -> bool:
        """Whether the whole interval lies on that side of zero."""
        return self.low > 0 if towards > 0 else self.high < 0


@dataclass(frozen=True)
class Change:
    """The change at a measure: `contrast` is against the same calendar months of the two years before where
    `seasonal`, else against the last 12 months; `long` always against the last 12 months.

    `steady`: `contrast` less what the trend before would have brought anyway; `slope` is that trend in
    standard errors. `covered`: share of the base after whose calendar months were there before; `months`
    before.
    """

    contrast: Contrast
    long: Contrast
    steady: Contrast
    seasonal: bool
    covered: float
    dispersion: float
    freedom: int
    months: int
    slope: float


def change(history: Track, after: Track) -> Change | None:
    """The change from the months of `history` to those `after`; None where a side has no data."""
    if not history.base > 0 or not after.base > 0:
        return None
    excess, freedom = track.dispersion(history)
    matched = (after.month[:, None] - history.month) % 12 == 0
    matched &= history.month > history.month[-1] - SAME
    late = after.n / after.base
    covered = float(late[matched.any(axis=1)].sum())
    level = _level(history)
    seasonal = covered >= COVERED
    before, share = _same_months(history.n, late, matched) if seasonal else (level, late)
    trend, slope = _trend(history, excess)
    gap = float(share @ after.month - before @ history.month)
    pairs = (before, share), (level, late), (before + gap * trend, share)
    same, long, steady = (_contrast(history, after, *weights, (excess, freedom)) for weights in pairs)
    return Change(same, long, steady, seasonal, covered, excess, freedom, len(history), slope)


def _level(history: Track) -> Floats:
    n = np.where(history.month > history.month[-1] - LEVEL, history.n, 0.0)
    return n / n.sum()


def _same_months(n: Floats, late: Floats, matched: Marks) -> tuple[Floats, Floats]:
    """Weights of the months before and after: each month after against its own months before."""
    share = np.where(matched.any(axis=1), late, 0.0)
    share = share / share.sum()
    own = matched * n
    own = own / np.maximum(own.sum(axis=1), 1e-12)[:, None]
    return share @ own, share


def _contrast(
    history: Track, after: Track, before: Floats, late: Floats, excess: tuple[float, int]
) -> Contrast:
    value = float(late @ after.value - before @ history.value)
    noise = history.unit * (before**2 / history.n).sum() + after.unit * (late**2 / after.n).sum()
    error = float((excess[0] * noise) ** 0.5)
    reach = track.quantile(excess[1]) * error
    return Contrast(value, error, value - reach, value + reach)


def _trend(history: Track, excess: float) -> tuple[Floats, float]:
    """The weights of the months that give the trend per month, and the trend in standard errors."""
    design = track.design(history, trend=True, wave=len(history) >= WAVE)
    if len(history) <= design.shape[1]:
        return np.zeros(len(history)), 0.0
    root = np.sqrt(history.n)
    weights = np.linalg.pinv(design * root[:, None])[1] * root
    error = (excess * history.unit * (weights**2 / history.n).sum()) ** 0.5
    return weights, float(weights @ history.value / error) if error > 0 else 0.0
