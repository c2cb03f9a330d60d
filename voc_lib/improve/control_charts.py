"""Run charts with limits (XmR, p) and the few rules that rarely cry wolf.

Rules after NHS England, Making Data Count: a point outside the limits, eight in a row on one side.
"""

from __future__ import annotations

import pandas as pd

XMR = 2.66  # 3 / d2 for moving ranges of two (d2 = 1.128), Wheeler 1993
RUN = 8
FEWEST = 6
BEFORE = "改进前"
OUTSIDE, SHIFT = "越界", "连续偏移"


def limits(series: pd.DataFrame, *, proportion: bool) -> pd.DataFrame:
    """The series with center, lower, upper, signal: a p chart of proportions, else XmR, limits from 改进前.

    `series` has value, n, phase. Limits are missing under FEWEST months before (proportions: under 3).
    """
    before = series["phase"].eq(BEFORE) & series["value"].notna()
    if proportion:
        chart = p_chart(series["value"] * series["n"].astype("float64"), series["n"], baseline=before)
    else:
        chart = xmr(series["value"], baseline=before)
    chart = chart.rename(columns={"low": "lower", "high": "upper"}).set_axis(series.index)
    columns = ["center", "lower", "upper", "signal"]
    enough = before.sum() >= (3 if proportion else FEWEST)
    return series.join(chart[columns] if enough else chart[columns].mask(chart["center"].notna()))


def xmr(values: pd.Series, *, baseline: pd.Series | None = None) -> pd.DataFrame:
    """value, center, low, high, signal (越界, 连续偏移 or missing) of single values over time.

    Limits are the mean ± 2.66 × mean moving range of the `baseline` points (all when none are marked).

    >>> xmr(pd.Series([10.0, 12, 11, 13, 12])).loc[0, ["center", "low", "high"]].round(2).tolist()
    [11.6, 7.61, 15.59]
    """
    values = values.astype("float64").reset_index(drop=True)
    known = values[_baseline(values, baseline)].dropna()
    center, spread = known.mean(), XMR * known.diff().abs().mean()
    return _chart(values, center, pd.Series(spread, index=values.index))


def p_chart(part: pd.Series, whole: pd.Series, *, baseline: pd.Series | None = None) -> pd.DataFrame:
    """value, center, low, high, signal of shares; limits p ± 3 √(p(1−p)/n) for each denominator, in 0..1."""
    part, whole = (series.astype("float64").reset_index(drop=True) for series in (part, whole))
    marked = _baseline(part, baseline)
    center = part[marked].sum() / whole[marked].sum() if whole[marked].sum() else float("nan")
    spread = 3 * (center * (1 - center) / whole.where(whole > 0)) ** 0.5
    chart = _chart(part / whole.where(whole > 0), center, spread)
    return chart.assign(low=chart["low"].clip(lower=0), high=chart["high"].clip(upper=1))


def _baseline(values: pd.Series, baseline: pd.Series | None) -> pd.Series:
    if baseline is None:
        return pd.Series(True, index=values.index)
    return baseline.fillna(False).astype(bool).reset_index(drop=True)


def _chart(values: pd.Series, center: float, spread: pd.Series) -> pd.DataFrame:
    chart = pd.DataFrame({"value": values, "center": center, "low": center - spread, "high": center + spread})
    return chart.assign(signal=signals(chart))


def signals(chart: pd.DataFrame) -> pd.Series:
    """越界 outside the limits, else 连续偏移 in a run of eight on one side of the centre; else missing."""
    outside = (chart["value"] < chart["low"]) | (chart["value"] > chart["high"])
    side = (chart["value"] > chart["center"]).astype(int) - (chart["value"] < chart["center"]).astype(int)
    runs = side.ne(side.shift()).cumsum()
    shifted = side.ne(0) & (runs.groupby(runs).transform("size") >= RUN)
    names = pd.Series(pd.NA, index=chart.index, dtype="str")
    return names.mask(shifted, SHIFT).mask(outside, OUTSIDE)
