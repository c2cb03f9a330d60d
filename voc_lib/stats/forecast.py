"""Next month's satisfaction and volume, told only where past forecasts were nearer than “as last month”."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.schema.stats import BEATS, FAILS, REGRESSED, SHORT, SMOOTHED
from voc_lib.stats import months, satisfaction

LEAST = 24  # months a series needs
YEAR = 12  # of months, the last of which are held back one after another
BETTER = 0.85  # part of the naive error a forecast must stay within
COUNT, SCORE = "每月问题数", "每月满意度均分"
NEARER = 0.95  # and part of the error of ETS an ARIMA must stay within to take its place
ORDERS = ((1, 0, 0), (2, 0, 0), (1, 0, 1))
Shape = dict[str, Any]  # what makes a model more than a level


class Rival(NamedTuple):
    """A model's mean absolute error in the back-test, and its next value with the 95 % interval."""

    error: float
    ahead: tuple[float, float, float]


def series(trend: pd.DataFrame, scored: pd.DataFrame, period: Period) -> dict[str, pd.Series]:
    """Whole months up to the period's end by indicator: problems (schema.TREND), mean score (`scored`).

    Without the months before a gap.
    """
    totals = trend.groupby("month")["total"].max().astype("float64")
    rows = satisfaction.graded(scored.reset_index(drop=True))
    means = rows["kept"].groupby(months.names(rows["created_at"])).mean()
    return {COUNT: _whole(totals[totals.ne(0).cummax()], period), SCORE: _whole(means, period)}


def _whole(values: pd.Series, period: Period) -> pd.Series:
    end = pd.Timestamp(period.end)
    last = pd.Period(end, freq="M") - (0 if end.is_month_end else 1)
    known = values.set_axis(pd.PeriodIndex(values.index, freq="M")).sort_index()
    known = known[known.index <= last]
    if known.empty or known.index[-1] != last:
        return known.iloc[:0]
    gaps = np.flatnonzero(np.diff(known.index.astype("int64")) != 1)
    return known.iloc[gaps[-1] + 1 if len(gaps) else 0 :]


def table(found: Mapping[str, pd.Series]) -> pd.DataFrame:
    """schema.FORECAST: next month of each indicator with a 95 % interval, and how far past ones were off.

    Exponential smoothing (ETS, additive errors: level, damped trend, with 36 months also a season of 12; the
    lowest AICc before the last 12 months) by statsmodels. Back-test: each of those 12 months forecast from
    those before it; mean absolute error against the month before and against the same month a year before,
    whichever is nearer. Worth telling where it is at least 15 % nearer. ARIMA (around a mean; orders by AICc,
    parameters of the months before the last 12) takes its place where it is nearer than naive and ETS.
    """
    rows = [_line(name, values) for name, values in found.items()]
    return schema.shape(pd.DataFrame(rows), schema.FORECAST)


def _line(name: str, values: pd.Series) -> dict[str, Any]:
    about = {"indicator": name, "n": len(values), "claim": SHORT}
    if len(values) < LEAST:
        return about
    y = values.reset_index(drop=True).astype("float64")
    shape = _shape(y.iloc[:-YEAR])
    value, low, high = _ahead(y, shape)
    off, naive = _errors(y, shape)
    model, span = SMOOTHED, satisfaction.RANGE if name == SCORE else (0.0, np.inf)
    rival = _regressed(y)
    if rival and rival.error <= min(BETTER * naive, NEARER * off):
        (value, low, high), off, model = rival.ahead, rival.error, REGRESSED
    return about | {
        "model": model,
        "month": str(values.index[-1] + 1),
        "value": float(np.clip(value, *span)),
        **{key: float(np.clip(bound, *span)) for key, bound in (("low", low), ("high", high))},
        "error": off,
        "naive_error": naive,
        "claim": BEATS if off <= BETTER * naive else FAILS,
    }


def _errors(values: pd.Series, shape: Shape) -> tuple[float, float]:
    """Mean absolute error of forecasts of the last months, each one ahead, and of the nearer naive one."""
    truth = values.iloc[-YEAR:]
    made = [_ahead(values.iloc[:n], shape)[0] for n in range(len(values) - YEAR, len(values))]
    naive = [(values.shift(lag) - values).iloc[-YEAR:].abs().mean() for lag in (1, YEAR)]
    return float((truth - made).abs().mean()), float(min(naive))


def _regressed(values: pd.Series) -> Rival | None:
    """ARIMA around a mean in the same back-test; None where the months before it are all equal."""
    train, last = values.iloc[:-YEAR], values.iloc[-YEAR:]
    if np.ptp(train) == 0:
        return None
    best = min((_arima(train, order) for order in ORDERS), key=lambda fitted: fitted.aicc)
    made = best.append(last).predict(len(train), len(values) - 1)
    told = _arima(values, best.model.order).get_forecast(1).summary_frame(alpha=0.05)
    ahead = (float(told[name].iloc[0]) for name in ("mean", "mean_ci_lower", "mean_ci_upper"))
    return Rival(float((last - made).abs().mean()), tuple(ahead))  # type: ignore[arg-type]


def _arima(values: pd.Series, order: tuple[int, int, int]) -> Any:
    from statsmodels.tsa.arima.model import ARIMA

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that did not converge shows in the back-test
        return ARIMA(values, order=order, trend="c").fit()


def _shape(values: pd.Series) -> Shape:
    """The kind of model that fits best for its number of parameters."""
    shapes: list[Shape] = [{}, {"trend": "add", "damped_trend": True}]
    if len(values) >= 2 * YEAR:
        shapes.append({"seasonal": "add", "seasonal_periods": YEAR})
    return min(shapes, key=lambda shape: _fitted(values, shape).aicc)


def _ahead(values: pd.Series, shape: Shape) -> tuple[float, float, float]:
    """Next value and its 95 % interval."""
    if np.ptp(values) == 0:
        return (float(values.iloc[-1]),) * 3
    told = _fitted(values, shape).get_prediction(len(values), len(values)).summary_frame(alpha=0.05)
    return float(told["mean"].iloc[0]), float(told["pi_lower"].iloc[0]), float(told["pi_upper"].iloc[0])


def _fitted(values: pd.Series, shape: Shape) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that did not converge shows in the back-test
        return ETSModel(values, error="add", **shape).fit(disp=False)
