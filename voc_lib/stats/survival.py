"""How long things last when some are not over yet: curves, and whether groups differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from voc_lib import intervals
from voc_lib.intervals import Floats


class Difference(NamedTuple):
    """The log-rank test of groups: what ended in each, what was to be expected, χ² and p."""

    observed: Floats
    expected: Floats
    chi2: float
    p: float


def curve(times: ArrayLike, ended: ArrayLike) -> pd.DataFrame:
    """Share still open after each moment at which something ended (Kaplan & Meier 1958).

    Columns: hours, open (0..1), low, high (95 %, log-log transform), at_risk; the first row is the beginning.

    >>> curve([1, 2, 3, 4], [True, True, False, True])["open"].tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    found, start = intervals.survival(times, ended), np.array([1.0])
    return pd.DataFrame(
        {
            "hours": np.append(0.0, found.moments),
            "open": np.append(start, found.alive),
            "low": np.append(start, found.low),
            "high": np.append(start, found.high),
            "at_risk": np.append(np.size(times), found.at_risk),
        }
    )


def logrank(
    times: ArrayLike, ended: ArrayLike, group: ArrayLike, strata: ArrayLike | None = None
) -> Difference:
    """Whether groups end at different speed (Mantel 1966), like compared with like where there are strata.

    `group` holds 0, 1, … ; observed below expected is slower. p is NaN where nothing can be compared.

    >>> round(logrank([1, 2, 3, 4, 5, 6], [True] * 6, [0, 0, 0, 1, 1, 1]).p, 4)
    0.0246
    """
    t, done, g = np.asarray(times, dtype="float64"), np.asarray(ended, dtype=bool), np.asarray(group)
    level = np.zeros(len(t), dtype="int64") if strata is None else pd.factorize(np.asarray(strata))[0]
    size = int(g.max(initial=0)) + 1
    observed, expected, spread = np.zeros(size), np.zeros(size), np.zeros((size, size))
    for part in (level == each for each in np.unique(level)):
        mine, due, off = _counted(t[part], done[part], g[part], size)
        observed, expected, spread = observed + mine, expected + due, spread + off
    chi2, freedom = _chi2(observed - expected, spread)
    return Difference(observed, expected, chi2, _p(chi2, freedom))


def _counted(t: Floats, done: np.ndarray, g: np.ndarray, size: int) -> tuple[Floats, Floats, Floats]:
    """What ended per group, what was expected, and the covariance of their difference."""
    moments, place = np.unique(t[done], return_inverse=True)
    deaths = np.zeros((len(moments), size))
    np.add.at(deaths, (place, g[done]), 1)
    at_risk = np.column_stack(
        [(g == k).sum() - np.searchsorted(np.sort(t[g == k]), moments) for k in range(size)]
    ).reshape(len(moments), size)
    all_deaths, all_risk = deaths.sum(axis=1), at_risk.sum(axis=1)
    part = intervals.ratio(at_risk, all_risk[:, None])
    weight = all_deaths * (all_risk - all_deaths) / np.maximum(all_risk - 1, 1)
    spread = np.diag(weight @ part) - (part * weight[:, None]).T @ part
    return deaths.sum(axis=0), all_deaths @ part, spread


def _chi2(off: Floats, spread: Floats) -> tuple[float, int]:
    """χ² of the differences and its degrees of freedom; 0 where no group varies."""
    freedom = int(np.linalg.matrix_rank(spread)) if spread.any() else 0
    return (float(off @ np.linalg.pinv(spread, hermitian=True) @ off) if freedom else float("nan")), freedom


def _p(chi2: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi2)) if freedom else float("nan")
