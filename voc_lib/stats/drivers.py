"""What satisfaction hangs on: each kind of problem's part in the scores, shared fairly where they overlap."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib import intervals, schema
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats import satisfaction
from voc_lib.tag.taxonomy import OTHER

LEAST_ROWS = 100
LEAST_WITH = 10  # scored feedbacks a driver needs on either side
MOST_DRIVERS = 10  # 2¹⁰ regressions
ROUNDS = 200
LEVEL = 0.05  # false discovery rate of the drivers that are named


def table(tagged: pd.DataFrame, period: Period, *, seed: int = 0) -> pd.DataFrame:
    """schema.DRIVERS: tags and channels csat hangs on, most important first; empty under 100 scores.

    Columns: driver, n (scored feedbacks with it), mean_with, mean_without, effect (points of csat, other
    drivers held equal: least squares, HC3 errors) with 95 % interval and p_adjusted (Benjamini–Hochberg),
    importance (part of the explained variance, Lindeman–Merenda–Gold, sums to 1) with a bootstrap interval,
    r_squared of all, scores (feedbacks with words and a score). The ten most frequent tags and channels
    take part; 其他 and the commonest channel are the yardstick. Association, not proof: a driver may stand
    for something nobody recorded.
    """
    rows = scored(tagged, period)
    present = _presence(rows)
    if len(rows) < LEAST_ROWS or rows["csat"].nunique() < 2 or present.empty:
        return schema.empty(schema.DRIVERS)
    x, y = present.to_numpy("float64"), rows["csat"].to_numpy("float64")
    frame = _effects(present, x, y)
    frame["importance"], frame["r_squared"] = importance(x, y)
    frame["importance_low"], frame["importance_high"] = bootstrap(x, y, np.random.default_rng(seed))
    frame = frame.sort_values(["importance", "driver"], ascending=[False, True], ignore_index=True)
    return schema.shape(frame.assign(scores=len(rows)), schema.DRIVERS)


def scored(tagged: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The feedbacks of the period with tags and a score that stands for a place on 1–5."""
    known = tagged["csat"].notna() & tagged["tags"].notna()
    return satisfaction.fine(tagged[period.mask(tagged["created_at"]) & known])


def importance(x: Floats, y: Floats) -> tuple[Floats, float]:
    """Part of the explained variance per column (sums to 1) and R² of all columns.

    LMG (Lindeman, Merenda & Gold 1980), the Shapley value of R²: the gain in R² averaged over all orders.
    """
    together = np.asarray(np.corrcoef(np.column_stack([x, y]), rowvar=False))
    gains = _lmg(together[:-1, :-1], together[:-1, -1])
    total = float(gains.sum())
    return gains / total if total > 0 else np.full(len(gains), 1 / len(gains)), total


def _lmg(inner: Floats, outer: Floats) -> Floats:
    """LMG shares of R² from the drivers' correlations and their correlations with the score."""
    size = len(outer)
    explained = np.zeros(2**size)
    for groups in _groups(size):
        explained[(1 << groups).sum(axis=1)] = _r_squared(inner, outer, groups)
    sets = np.arange(2**size)
    sizes = np.bitwise_count(sets)
    weight = np.array([factorial(c) * factorial(size - c - 1) / factorial(size) for c in range(size)])
    gains = np.zeros(size)
    for driver in range(size):
        without = sets[(sets >> driver) & 1 == 0]
        gains[driver] = (
            weight[sizes[without]] * (explained[without | 1 << driver] - explained[without])
        ).sum()
    return gains


@cache
def _groups(size: int) -> list[NDArray[np.int64]]:
    """All groups of drivers, one array per group size."""
    return [np.array(list(combinations(range(size), count))) for count in range(1, size + 1)]


def _r_squared(inner: Floats, outer: Floats, groups: NDArray[np.int64]) -> Floats:
    """R² of each group of drivers at once; a hair of ridge lets drivers repeat each other."""
    blocks = inner[groups[:, :, None], groups[:, None, :]] + 1e-10 * np.eye(groups.shape[1])
    sides = outer[groups][:, :, None]
    return (np.linalg.solve(blocks, sides) * sides).sum(axis=(1, 2))


def _presence(rows: pd.DataFrame) -> pd.DataFrame:
    """0/1 columns of the tags and channels that occur, and are absent, often enough."""
    tags = rows["tags"].str.get_dummies(schema.TAG_SEPARATOR).drop(columns=OTHER, errors="ignore")
    channels = pd.get_dummies(rows["channel"]).astype("int64")
    channels = channels.drop(columns=channels.sum().sort_values(kind="stable").index[-1:])
    columns = pd.concat([tags, channels.rename(columns="渠道：{}".format)], axis=1)
    n = columns.sum()
    often = n[(n >= LEAST_WITH) & (len(rows) - n >= LEAST_WITH)].sort_index()
    names = often.sort_values(ascending=False, kind="stable").index[:MOST_DRIVERS]
    return columns[list(names)]


def _effects(present: pd.DataFrame, x: Floats, y: Floats) -> pd.DataFrame:
    slopes, errors = least_squares(x, y)
    n = x.sum(axis=0)
    return pd.DataFrame(
        {
            "driver": present.columns.astype("str"),
            "n": n.astype("int64"),
            "mean_with": (x.T @ y) / n,
            "mean_without": ((1 - x).T @ y) / (len(y) - n),
            "effect": slopes,
            "effect_low": slopes - intervals.Z * errors,
            "effect_high": slopes + intervals.Z * errors,
            "p_adjusted": intervals.benjamini_hochberg(p_values(slopes, errors)),
        }
    )


def least_squares(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Slope per column and its HC3 standard error (MacKinnon & White 1985)."""
    design = np.column_stack([np.ones(len(y)), x])
    inverse = np.linalg.pinv(design.T @ design, hermitian=True)
    slopes = inverse @ design.T @ y
    leverage = ((design @ inverse) * design).sum(axis=1)
    residual = (y - design @ slopes) / np.maximum(1 - leverage, 1e-9)
    spread = inverse @ (design.T * residual**2) @ design @ inverse
    return slopes[1:], np.sqrt(np.diag(spread))[1:]


def p_values(slopes: Floats, errors: Floats) -> Floats:
    """Two-sided p of slopes under the normal."""
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(intervals.ratio(slopes, errors)))


def bootstrap(x: Floats, y: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """2.5 and 97.5 percentiles of the importances over resampled rows."""
    found = []
    for _ in range(ROUNDS):
        some = rng.integers(0, len(y), len(y))
        if (np.ptp(x[some], axis=0) > 0).all() and np.ptp(y[some]) > 0:
            found.append(importance(x[some], y[some])[0])
    if not found:
        return np.full(x.shape[1], np.nan), np.full(x.shape[1], np.nan)
    low, high = np.percentile(found, [2.5, 97.5], axis=0)
    return low, high
