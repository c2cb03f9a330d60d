"""How fast functions answer, and whether they are slow at the end of a month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.usage.quantiles import by_group

SLOWER = 1.5  # times the p95 of other days
LEVEL = 0.05
DAYS_END, DAYS_OTHER = 5, 20  # days that are enough to compare, with however few operations
DAY = "datetime64[D]"


def table(events: pd.DataFrame, *, month_end_days: int, least: int) -> pd.DataFrame:
    """schema.USAGE_SPEED, the slowest p95 first.

    Operations of one day hang together, so days are compared: the p95 of each day at the end of a month with
    those of the other days (Mann–Whitney, one-sided), p adjusted for the number of functions (Holm).
    Missing where there are too few days and operations to tell.
    """
    timed = events[events["duration_ms"].notna()]
    if timed.empty:
        return schema.empty(schema.USAGE_SPEED)
    names = timed["function"].cat.categories
    function = timed["function"].cat.codes.to_numpy().astype("int64")
    took = timed["duration_ms"].to_numpy()
    day = timed["at"].to_numpy().astype(DAY)
    end = at_end(day, month_end_days)
    p50, p95 = by_group(took, function, len(names), 0.5, 0.95)
    halves = by_group(took, function * 2 + end, len(names) * 2, 0.5, 0.95)
    days = _days(took, function, day, month_end_days).assign(
        function=names.astype("str")[: int(function.max()) + 1]
    )
    table = pd.DataFrame(
        {
            "function": names.astype("str"),
            "n": np.bincount(function, minlength=len(names)),
            "p50": p50,
            "p95": p95,
            "n_end": np.bincount(function[end], minlength=len(names)),
            **{
                f"{level}_{part}": half[n::2]
                for level, half in zip(("p50", "p95"), halves, strict=True)
                for n, part in enumerate(("other", "end"))
            },
        }
    )
    table = table[table["n"] > 0].merge(days, on="function", how="left")
    table = table.assign(ratio=table["p95_end"] / table["p95_other"].where(table["p95_other"] > 0))
    enough = (table["n_end"] >= least) & (table["n"] - table["n_end"] >= least)
    enough |= (table["days_end"] >= DAYS_END) & (table["days_other"] >= DAYS_OTHER)
    table = table.assign(p=_holm(table["p"].where(enough)))
    slow = ((table["p"] < LEVEL) & (table["ratio"] >= SLOWER)).astype("boolean").mask(table["p"].isna())
    ordered = table.assign(slow_at_end=slow).sort_values(["p95", "function"], ascending=[False, True])
    return schema.shape(ordered.reset_index(drop=True), schema.USAGE_SPEED)


def at_end(day: np.ndarray, last: int) -> np.ndarray:
    """Which days are among the last of their month.

    >>> at_end(np.array(["2026-09-27", "2026-09-28", "2026-02-26"], "datetime64[D]"), 3).tolist()
    [False, True, True]
    """
    following = (day.astype("datetime64[M]") + 1).astype(DAY)
    return (following - day).astype("int64") <= last


def _days(took: np.ndarray, function: np.ndarray, day: np.ndarray, last: int) -> pd.DataFrame:
    """Per function: days at the end of a month and others, and p that the former are not slower."""
    base, size = day.min(), int((day.max() - day.min()).astype("int64")) + 1
    groups = int(function.max()) + 1
    (p95,) = by_group(took, function * size + (day - base).astype("int64"), groups * size, 0.95)
    end = at_end(base + np.arange(size), last)
    daily = p95.reshape(groups, size)
    return pd.DataFrame([_compared(row, end) for row in daily], columns=["days_end", "days_other", "p"])


def _compared(daily: np.ndarray, end: np.ndarray) -> tuple[int, int, float]:
    from scipy.stats import mannwhitneyu

    there = ~np.isnan(daily)
    last, other = daily[there & end], daily[there & ~end]
    if len(last) < 2 or len(other) < 5:
        return len(last), len(other), np.nan
    return len(last), len(other), float(mannwhitneyu(last, other, alternative="greater").pvalue)


def _holm(p: pd.Series) -> pd.Series:
    """p adjusted for how many there are (Holm 1979); missing stays missing."""
    from statsmodels.stats.multitest import multipletests

    some = p.notna()
    if not some.any():
        return p
    adjusted = multipletests(p[some], method="holm")[1]
    return p.mask(some, pd.Series(adjusted, p.index[some]))
