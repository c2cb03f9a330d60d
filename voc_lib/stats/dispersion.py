"""How much more periods vary than chance alone makes them, told from their history."""

from __future__ import annotations

import numpy as np

from voc_lib.intervals import Floats

UNSEEN = 5.0  # what is taken where no history tells; scores of real shops vary 1.6 to 2.8 fold
DOUBT = 2.0  # degrees of freedom of UNSEEN in the variation of all indicators together
TELLING = 5.0  # counts a period from which an indicator tells of the variation of the others
PER_STEP = 2 / 3  # degrees of freedom a step between neighbours is worth (they share a period)
LEAST, MOST, EACH = 4.0, 6.0, 3.0  # the borrowed degrees: at least, without steps, more for each own one


def dispersion(value: Floats, base: Floats, unit: Floats) -> tuple[Floats, Floats]:
    """The dispersion of each indicator, 1 or more, and its degrees of freedom.

    `value` and `base` have a row per period, oldest first, and a column per indicator; one unit of base has
    the variance `unit`. Steps from a period to the next are held against what chance lets expect, so that a
    level that drifted or moved long ago is no variation. Each indicator's own is drawn towards that of all
    together, the more the less they differ (as variances of many genes: Smyth 2004), and all together
    towards UNSEEN, which alone is taken of a first period.

    >>> still = np.full((13, 3), 0.2), np.full((13, 3), 400.0), np.full(3, 0.16)
    >>> dispersion(*still)[0].round(1).tolist(), dispersion(*(part[-1:] for part in still[:2]), still[2])[0]
    ([1.0, 1.0, 1.0], array([5., 5., 5.]))
    """
    steps = _steps(value, base, unit)
    freedom = PER_STEP * np.isfinite(steps).sum(axis=0)
    total = PER_STEP * np.nan_to_num(steps).sum(axis=0)
    telling = (freedom > 0) & (unit * np.nan_to_num(base).mean(axis=0) >= TELLING)
    chosen = telling if telling.any() else freedom > 0
    pooled = (total[chosen].sum() + DOUBT * UNSEEN) / (freedom[chosen].sum() + DOUBT)
    borrowed = np.clip(_alike(total[chosen], freedom[chosen]), LEAST, MOST + EACH * freedom)
    own = (total + borrowed * pooled) / (freedom + borrowed)
    return np.maximum(own, 1.0), freedom + borrowed


def _steps(value: Floats, base: Floats, unit: Floats) -> Floats:
    """Squares of the steps between neighbours in standard errors of chance; NaN where one has no data."""
    known = (base > 0) & np.isfinite(value)
    noise = unit * np.where(known, 1 / np.where(known, base, 1.0), np.nan)
    spread = noise[1:] + noise[:-1]
    return np.divide(np.diff(value, axis=0) ** 2, spread, out=np.full_like(spread, np.nan), where=spread > 0)


def _alike(total: Floats, freedom: Floats) -> float:
    """How many degrees of freedom each can borrow: inf where they differ no more than chance lets them."""
    from scipy.special import digamma, polygamma

    if len(total) < 3:
        return LEAST
    half = freedom / 2
    logs = np.log(np.maximum(total / freedom, 1e-3)) - digamma(half) + np.log(half)
    excess = logs.var(ddof=1) - polygamma(1, half).mean()
    return float("inf") if excess <= 0 else 2 * (1 / excess + 0.5)  # trigamma(x) ≈ 1 / (x − ½)
