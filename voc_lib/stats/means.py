"""Means of scores and of hours: intervals inside their range that hold for skewed values too."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from voc_lib import intervals
from voc_lib.intervals import Floats, Interval
from voc_lib.stats import clusters
from voc_lib.stats.batches import batches

BELIEF = 0.25  # rows' worth of the belief that scores spread as far apart as their range lets them
DRAWS = 999
ROOM = 1_000_000  # values held at once
MANY = 2_000  # values from which the mean is as good as normal
SEED = 20_261_128


def scores(values: ArrayLike, lowest: float, highest: float, who: clusters.Codes | None = None) -> Interval:
    """Mean of scores on lowest..highest with a score interval; fewer than six have none.

    >>> [round(float(x), 2) for x in scores([5] * 8, 1, 5)]
    [5.0, 3.35, 5.0]
    """
    mean, base = standing(values, lowest, highest, who)
    value = lowest + (highest - lowest) * mean
    if not base > 0:
        return _alone(value)
    found = intervals.wilson(mean * base, base)
    return Interval(*(np.asarray(lowest + (highest - lowest) * bound) for bound in found))


def standing(
    values: ArrayLike, lowest: float, highest: float, who: clusters.Codes | None = None
) -> tuple[float, float]:
    """The mean as a place in 0..1, and how many yes-or-no answers it is worth: 0 below six values.

    The variance of a place is at most mean × (1 − mean), that of a yes or no; the scores say how much smaller
    it is, less so the fewer differ from the end of the scale. So equal scores are no certainty, and Wilson's
    interval stays inside the range. With `who`, customers count and not rows; Student's t for few.
    """
    from scipy.special import stdtrit

    x = np.asarray(values, dtype="float64")
    known = ~np.isnan(x)
    y = (x[known] - lowest) / (highest - lowest)
    n, mean = len(y), float(y.mean()) if len(y) else float("nan")
    if n < intervals.FEWEST:
        return mean, 0.0
    spread = (((y - mean) ** 2).sum() + BELIEF) / (n * mean * (1 - mean) + BELIEF)
    rows = n if who is None else clusters.worth(y, who[known])
    return mean, float(rows / min(spread * n / (n - 1), 1) * (intervals.Z / stdtrit(n - 1, 0.975)) ** 2)


def hours(values: ArrayLike, longest: float = np.inf) -> Interval:
    """Mean of durations with a bootstrap-t interval (Efron 1979), from the shortest seen to the `longest`
    there may be; of fewer than six values, or of equal ones, there is none.

    >>> [round(float(x)) for x in hours([1, 2, 1, 3, 2, 60, 4, 5])]
    [10, 1, 196]
    """
    x = np.asarray(values, dtype="float64")
    x = x[~np.isnan(x)]
    mean = float(x.mean()) if len(x) else float("nan")
    error = float(x.std(ddof=1) / np.sqrt(len(x))) if len(x) >= intervals.FEWEST else 0.0
    if not error > 0:
        return _alone(mean)
    low, high = (-intervals.Z, intervals.Z) if len(x) > MANY else _quantiles(x)
    bounds = mean, max(mean - high * error, x.min()), min(mean - low * error, longest)
    return Interval(*(np.asarray(bound) for bound in bounds))


def _quantiles(x: Floats) -> tuple[float, float]:
    """The 2.5 % and 97.5 % points of the studentised mean, over samples drawn again."""
    rng, n = np.random.default_rng(SEED), len(x)
    drawn = np.concatenate(
        [_studentised(x[rng.integers(0, n, (part, n))], x) for part in batches(DRAWS, n, ROOM)]
    )
    low, high = np.quantile(drawn[np.isfinite(drawn)], [0.025, 0.975])
    return float(low), float(high)


def _studentised(drawn: Floats, x: Floats) -> Floats:
    mean, error = drawn.mean(axis=1), drawn.std(axis=1, ddof=1) / np.sqrt(len(x))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (mean - x.mean()) / error


def _alone(value: float) -> Interval:
    return Interval(*(np.asarray(each) for each in (value, np.nan, np.nan)))
