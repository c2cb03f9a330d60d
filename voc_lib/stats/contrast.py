"""Changes of many indicators at once: intervals and tests that agree, one false-discovery rate for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from voc_lib import intervals
from voc_lib.intervals import Floats, Interval

RATE = 0.05  # share of false ones among the changes claimed
FARTHEST = 40.0  # standard errors from which p is nothing
HALVINGS = 30


class Side(NamedTuple):
    """The indicators in one period: `value` with a `base` that counts dispersion.

    `bounded` ones are means within 0..1 whose unit of base has at most the variance of a yes or no; of the
    others a unit of base has variance 1.
    """

    value: Floats
    base: Floats
    bounded: np.ndarray


def side(standing: Iterable[tuple[float, float]]) -> Side:
    """Bounded indicators from pairs of a place in 0..1 and the answers it is worth."""
    value, base = (np.array(part, dtype="float64") for part in zip(*standing, strict=True))
    return Side(value, base, np.ones(len(value), dtype=bool))


class Claims(NamedTuple):
    """now − before with its interval, p adjusted over all, and the level of all the intervals.

    An interval leaves zero out where, and only where, `adjusted` is below RATE.
    """

    change: Interval
    adjusted: Floats
    level: float


def claims(now: Side, before: Side, freedom: Floats) -> Claims:
    """What can be claimed of all the changes together.

    Benjamini & Hochberg 1995; the intervals are those of Benjamini & Yekutieli 2005, at 1 − RATE × claims /
    tests. Student's t with `freedom` (inf: normal). Without data on a side: NaN.

    >>> yes = np.array([True, True])
    >>> now = Side(np.array([0.3, 0.3]), np.array([400.0, 400]), yes)
    >>> before = Side(np.array([0.2, 0.29]), np.array([400.0, 400]), yes)
    >>> found = claims(now, before, np.array([np.inf, np.inf]))
    >>> found.adjusted.round(4).tolist(), found.change.low.round(3).tolist(), found.level
    ([0.0022, 0.7565], [0.031, -0.062], 0.025)
    """
    p = p_values(now, before, freedom)
    adjusted = intervals.benjamini_hochberg(p)
    tests, found = np.isfinite(p).sum(), (adjusted < RATE).sum()
    level = RATE * max(found, 1) / max(tests, 1)
    return Claims(difference(now, before, quantile(level, freedom)), adjusted, float(level))


def quantile(level: float, freedom: Floats) -> Floats:
    """The two-sided quantile of Student's t.

    >>> quantile(0.05, np.array([10, np.inf])).round(3).tolist()
    [2.228, 1.96]
    """
    from scipy.special import ndtri, stdtrit

    finite = np.where(np.isfinite(freedom), freedom, 1.0)
    return np.where(np.isfinite(freedom), stdtrit(finite, 1 - level / 2), ndtri(1 - level / 2))


def p_values(now: Side, before: Side, freedom: Floats) -> Floats:
    """Two-sided p: the largest level at which the interval of the change leaves zero out."""
    from scipy.special import ndtr, stdtr

    low, high = np.zeros(len(now.value)), np.full(len(now.value), FARTHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        change = difference(now, before, middle)
        out = (change.low > 0) | (change.high < 0)
        low, high = np.where(out, middle, low), np.where(out, high, middle)
    finite = np.where(np.isfinite(freedom), freedom, 1.0)
    p = 2 * np.where(np.isfinite(freedom), stdtr(finite, -low), ndtr(-low))
    return np.where(np.isfinite(change.low + change.high), p, np.nan)


def difference(now: Side, before: Side, quantile: Floats) -> Interval:
    """now − before with the interval of that quantile (MOVER, Zou & Donner 2008; of shares Newcombe's)."""
    return intervals.mover(_around(now, quantile), _around(before, quantile))


def _around(side: Side, quantile: Floats) -> Interval:
    """Each value with Wilson's interval, or the normal one."""
    score = intervals.wilson(side.value * side.base, side.base, quantile=quantile)
    half = quantile * np.sqrt(intervals.ratio(1, side.base))
    low = np.where(side.bounded, score.low, side.value - half)
    high = np.where(side.bounded, score.high, side.value + half)
    return Interval(np.where(side.base > 0, side.value, np.nan), low, high)
