"""Interrupted time series: the step at a measure, over and above the trend that was there before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FEWEST_BEFORE, FEWEST_AFTER = 8, 4
LAGS = 2  # months of autocorrelation the errors allow for


@dataclass(frozen=True)
class Step:
    """The level change with its 95 % interval, the trend per month, the months used on each side."""

    level: float
    low: float
    high: float
    trend: float
    before: int
    after: int


def step(values: pd.Series, after: pd.Series) -> Step | None:
    """The level change where `after` begins; None with too few months on a side.

    `values` by month in order (NaN: left out, the gap stays). Least squares of level, trend and step with
    Newey–West errors (HAC, 2 lags) and Student's t; the trend is taken to go on unchanged.
    """
    y, marked = values.to_numpy(dtype="float64"), after.to_numpy(dtype=bool)
    known = ~np.isnan(y)
    sides = int((known & ~marked).sum()), int((known & marked).sum())
    if sides[0] < FEWEST_BEFORE or sides[1] < FEWEST_AFTER:
        return None
    from statsmodels.api import OLS

    months = np.arange(len(y), dtype="float64")
    design = np.column_stack([np.ones(len(y)), months, marked])[known]
    fit = OLS(y[known], design).fit(cov_type="HAC", cov_kwds={"maxlags": LAGS}, use_t=True)
    low, high = fit.conf_int()[2]
    return Step(float(fit.params[2]), float(low), float(high), float(fit.params[1]), *sides)
