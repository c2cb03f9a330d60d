"""Interval estimates and tests on whole columns; what cannot be known is NaN, never a warning or a crash."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z = 1.959963984540054  # two-sided 95 %
CLOSEST = 0.9999  # the arctangent of a perfect correlation is endless
FEWEST = 6  # values from which a median or mean has an interval
MIDDLE = (round(1 / 3, 9), round(2 / 3, 9))
FLAT = 1e-6  # a lean of less bends nothing
Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A value with its 95 % interval, column-wise."""

    value: Floats
    low: Floats
    high: Floats


def signed(value: float, digits: int = 1) -> str:
    """A difference as paper shows it, with its sign: a real minus, not a hyphen.

    >>> signed(-13.34), signed(0.5, 2)
    ('−13.3', '+0.50')
    """
    return f"{value:+.{digits}f}".replace("-", "−")


def ratio(part: ArrayLike, whole: ArrayLike) -> Floats:
    """part / whole, NaN where the whole is zero.

    >>> ratio([1, 1], [4, 0]).tolist()
    [0.25, nan]
    """
    top, bottom = np.broadcast_arrays(_floats(part), _floats(whole))
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)


def wilson(part: ArrayLike, whole: ArrayLike, *, quantile: ArrayLike = Z) -> Interval:
    """Shares with Wilson's score interval (Wilson 1927), inside 0..1; `quantile` is that of its level.

    >>> [round(float(x), 4) for x in wilson(120, 400)]
    [0.3, 0.2572, 0.3466]
    """
    share, n, z = ratio(part, whole), _floats(whole), _floats(quantile)
    weight = ratio(z**2, n)
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * np.sqrt(np.maximum(ratio(share * (1 - share), n) + ratio(weight, 4 * n), 0))
    low = np.where(share == 0, 0.0, np.clip(centre - half, 0, share))
    high = np.where(share == 1, 1.0, np.clip(centre + half, share, 1))
    return Interval(share, low, high)


def newcombe(part: ArrayLike, whole: ArrayLike, part_before: ArrayLike, whole_before: ArrayLike) -> Interval:
    """Difference of two shares (now − before) with the hybrid score interval (Newcombe 1998, method 10).

    >>> [round(float(x), 4) for x in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    return mover(wilson(part, whole), wilson(part_before, whole_before))


def mover(now: Interval, before: Interval) -> Interval:
    """Difference of two estimates from their own intervals (MOVER, Zou & Donner 2008)."""
    difference = now.value - before.value
    low = difference - np.hypot(now.value - now.low, before.high - before.value)
    high = difference + np.hypot(now.high - now.value, before.value - before.low)
    return Interval(difference, low, high)


def score_test(part: ArrayLike, whole: ArrayLike, part_before: ArrayLike, whole_before: ArrayLike) -> Floats:
    """Two-sided p that two shares are equal: score test with the pooled share (Pearson's chi²)."""
    x1, n1, x0, n0 = (_floats(x) for x in (part, whole, part_before, whole_before))
    pooled = ratio(x1 + x0, n1 + n0)
    spread = np.sqrt(pooled * (1 - pooled) * (ratio(1, n1) + ratio(1, n0)))
    return _two_sided(ratio(x1, n1) - ratio(x0, n0), spread)


def poisson(count: ArrayLike, exposure: ArrayLike) -> Interval:
    """Rates per unit of exposure with the exact interval (Garwood 1936).

    >>> [round(float(x), 3) for x in poisson(10, 1)]
    [10.0, 4.795, 18.39]
    """
    from scipy.special import gammaincinv

    n = _floats(count)
    low = np.where(n > 0, gammaincinv(np.maximum(n, 0.5), 0.025), 0.0)
    high = gammaincinv(n + 1, 0.975)
    return Interval(ratio(n, exposure), ratio(low, exposure), ratio(high, exposure))


def rate_test(
    count: ArrayLike, exposure: ArrayLike, count_before: ArrayLike, exposure_before: ArrayLike
) -> Floats:
    """Two-sided p that two Poisson rates are equal: score test with the pooled rate (Gu et al. 2008)."""
    x1, e1, x0, e0 = (_floats(x) for x in (count, exposure, count_before, exposure_before))
    pooled = ratio(x1 + x0, e1 + e0)
    spread = np.sqrt(pooled * (ratio(1, e1) + ratio(1, e0)))
    return _two_sided(ratio(x1, e1) - ratio(x0, e0), spread)


def benjamini_hochberg(p_values: ArrayLike, *, tests: int | None = None) -> Floats:
    """p values adjusted for false discovery (Benjamini & Hochberg 1995); NaN stays NaN and counts as no test.

    `tests` is the size of the family when more hypotheses were looked at than the p values given.

    >>> [round(float(p), 3) for p in benjamini_hochberg([0.01, 0.04, float("nan"), 0.03])]
    [0.03, 0.04, nan, 0.04]
    """
    p = _floats(p_values)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    family = max(len(known), tests or 0)
    steps = p[order] * family / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def nps(promoters: ArrayLike, detractors: ArrayLike, answers: ArrayLike) -> Interval:
    """Net promoter score (−100..100) with the adjusted Wald interval (Rocks 2016): +3 answers, ¾ to each end.

    >>> [round(float(x), 1) for x in nps(50, 20, 100)]
    [30.0, 14.1, 44.2]
    """
    value = 100 * (ratio(promoters, answers) - ratio(detractors, answers))
    centre, error = nps_adjusted(promoters, detractors, answers)
    known = np.isnan(value)
    low = np.where(known, np.nan, np.clip(centre - Z * error, -100, value))
    high = np.where(known, np.nan, np.clip(centre + Z * error, value, 100))
    return Interval(value, low, high)


def nps_adjusted(promoters: ArrayLike, detractors: ArrayLike, answers: ArrayLike) -> tuple[Floats, Floats]:
    """Centre and standard error, in points, of the adjusted Wald interval."""
    n = _floats(answers) + 3
    up, down = (_floats(promoters) + 0.75) / n, (_floats(detractors) + 0.75) / n
    return 100 * (up - down), 100 * np.sqrt((up + down - (up - down) ** 2) / n)


def median(values: ArrayLike) -> Interval:
    """Median with the distribution-free interval between two order statistics (coverage at least 95 %).

    Fewer than six values have no such interval.

    >>> [float(x) for x in median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])]
    [5.5, 2.0, 9.0]
    """
    from scipy.stats import binom

    x = _floats(values)
    x = np.sort(x[~np.isnan(x)])
    if len(x) < FEWEST:
        value = _floats(np.median(x) if len(x) else np.nan)
        return Interval(value, _floats(np.nan), _floats(np.nan))
    rank = int(binom.ppf(0.025, len(x), 0.5))  # ranks `rank` and n + 1 − `rank`, counted from one
    return Interval(_floats(np.median(x)), _floats(x[rank - 1]), _floats(x[len(x) - rank]))


def spearman(one: ArrayLike, other: ArrayLike) -> Interval:
    """Spearman's rank correlation (Fisher's z, error of Bonett & Wright 2000); both must vary.

    >>> found = spearman(range(20), [*range(1, 20), 0])
    >>> [round(float(x), 2) for x in found]
    [0.71, 0.35, 0.89]
    """
    from scipy.stats import rankdata

    ranks = rankdata(_floats(one)), rankdata(_floats(other))
    value = float(np.corrcoef(*ranks)[0, 1])
    middle = np.arctanh(value if abs(value) <= 1 - 1e-12 else np.copysign(CLOSEST, value))
    reach = Z * np.sqrt((1 + value**2 / 2) / (len(ranks[0]) - 3))
    return Interval(*map(_floats, (value, np.tanh(middle - reach), np.tanh(middle + reach))))


class Survival(NamedTuple):
    """The share still going after each moment at which something ended, its 95 % bounds, who was left."""

    moments: Floats
    alive: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]


def survival(times: ArrayLike, ended: ArrayLike) -> Survival:
    """The curve of Kaplan & Meier 1958: `times` until the end, or until last seen where `ended` is false.

    Bounds: Greenwood's sum, kept inside 0..1 by the log-log transform.
    """
    t, done = _floats(times), np.asarray(ended, dtype=bool)
    moments, deaths = np.unique(t[done], return_counts=True)
    at_risk = len(t) - np.searchsorted(np.sort(t), moments)
    alive = _floats(np.cumprod(1 - ratio(deaths, at_risk)))
    spread = np.sqrt(np.cumsum(ratio(deaths, at_risk * (at_risk - deaths))))
    inside = (alive > 0) & (alive < 1) & np.isfinite(spread)
    logs = np.log(np.where(inside, alive, 0.5))
    width = np.where(inside, Z * spread / np.abs(logs), 0)
    low, high = (np.where(inside, np.exp(logs * np.exp(side * width)), alive) for side in (1, -1))
    return Survival(moments, alive, low, high, at_risk)


def survival_median(times: ArrayLike, ended: ArrayLike) -> Interval:
    """Median time until the end when some have not ended yet, read off the curve of `survival`.

    Interval: Brookmeyer & Crowley 1982. A median or bound not reached yet is NaN; fewer than six cases have
    no bounds.

    >>> [float(x) for x in survival_median([1, 2, 3, 4, 5, 6], [True] * 4 + [False, False])]
    [3.0, 1.0, nan]
    """
    curve = survival(times, ended)
    lines = (curve.alive, curve.low, curve.high)
    value, *bounds = (_floats(_first(curve.moments, _floats(line))) for line in lines)
    return Interval(value, *bounds) if np.size(times) >= FEWEST else Interval(value, *[_floats(np.nan)] * 2)


def survival_mean(times: ArrayLike, ended: ArrayLike, until: float) -> Interval:
    """Mean time until the end, nobody counted for longer than `until`: the area under `survival` up to there.

    The restricted mean (Irwin 1949); a curve last seen before `until` stays where it was (Gill 1980). Few
    slow cases make it lean to one side: the interval is that of a skewed mean over what each case adds. No
    cases: NaN; fewer than six, or all alike: no bounds.

    >>> [round(float(x), 2) for x in survival_mean([1, 2, 3, 4, 9, 9], [True] * 4 + [False, False], 6)]
    [3.67, 1.54, 5.88]
    """
    curve, t = survival(times, ended), _floats(times)
    if not t.size:
        return Interval(*(_floats(np.nan),) * 3)
    inside = curve.moments < until
    moments, alive, at_risk = curve.moments[inside], curve.alive[inside], curve.at_risk[inside]
    steps = np.append(1.0, alive) * np.diff(np.concatenate([[0.0], moments, [until]]))
    rest = np.cumsum(steps[::-1])[::-1][1:]
    deaths = _ended(curve)[inside]
    fallen = np.append(np.where(deaths < at_risk, ratio(rest, at_risk - deaths), 0.0), 0.0)
    risen = np.append(0.0, np.cumsum(fallen[:-1] * ratio(deaths, at_risk)))
    place = np.searchsorted(moments, t)
    own = np.asarray(ended, dtype=bool) & (t < until)
    adds = risen[np.searchsorted(moments, t, side="right")] - np.where(own, fallen[place], 0.0)
    value, low, high = _skewed(steps.sum(), adds * t.size)
    return Interval(*map(_floats, (value, np.maximum(low, 0), np.minimum(high, until))))


def survival_middle(times: ArrayLike, ended: ArrayLike) -> tuple[float, float]:
    """Mean logarithm of the middle third of the times until the end, and its variance.

    Read off the curve of `survival` (an L-estimate, Huber 1981, 3.3). Of lognormal times it is the median's
    logarithm with 82 % of its variance. NaN where two thirds have not ended, or a third ended at once.

    >>> [round(x, 3) for x in survival_middle([1, 2, 3, 4, 5, 6], [True] * 6)]
    [1.242, 0.144]
    """
    curve, (first, last) = survival(times, ended), MIDDLE
    gone = np.round(1 - curve.alive, 9)
    share = np.clip((gone - first) / (last - first), 0, 1)
    if not (share == 1).any() or share[curve.moments <= 0].any():
        return float("nan"), float("nan")
    logs = np.log(np.where(curve.moments > 0, curve.moments, 1.0))
    value = float(np.diff(share, prepend=0) @ logs)
    between = (share[:-1] < 1) & (gone[:-1] >= first)
    steps = curve.alive[:-1] * between * np.diff(logs) / (last - first)
    rest = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    deaths, open_ = _ended(curve)[rest > 0], curve.at_risk[rest > 0]
    return value, float(rest[rest > 0] ** 2 @ ratio(deaths, open_ * (open_ - deaths)))


def _ended(curve: Survival) -> Floats:
    """How many ended at each moment of a curve."""
    before = np.append(1.0, curve.alive)[:-1]
    return np.round(curve.at_risk * (1 - ratio(curve.alive, before)))


def _skewed(value: float, adds: Floats) -> Interval:
    """A mean with the interval of a skewed one (Hall 1992), Student's t for few; `adds` sum to zero."""
    from scipy.special import stdtrit

    n, spread = len(adds), float((adds**2).mean())
    if n < FEWEST or not spread > 0:
        return Interval(*map(_floats, (value, np.nan, np.nan)))
    lean = float((adds**3).mean()) / spread**1.5 * np.sqrt(n - 1) / (n - 2)
    q = stdtrit(n - 1, 0.975) * np.array([1, -1])
    bent = 3 / lean * (np.cbrt(1 + lean * (q - lean / 6)) - 1) if abs(lean) > FLAT else q
    return Interval(_floats(value), *(value - np.sqrt(spread / (n - 1)) * bent))


def _first(moments: Floats, curve: Floats) -> float:
    below = np.flatnonzero(curve <= 0.5 + 1e-12)
    return float(moments[below[0]]) if len(below) else float("nan")


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype="float64")


def _two_sided(difference: Floats, spread: Floats) -> Floats:
    """p of difference / spread under the normal; no spread at all is no difference."""
    from scipy.special import ndtr

    z = np.divide(difference, spread, out=np.zeros(np.shape(spread)), where=spread > 0)
    return np.where(np.isnan(difference), np.nan, 2 * ndtr(-np.abs(z)))
