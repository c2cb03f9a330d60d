"""Where a change sits: the one part of the rows that brings most of it, far more than its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

MOST = 0.6  # share of the change one part must bring
BEYOND = 0.3  # and how much more than its share of the rows
RATE = 0.001  # error rate over all parts that are looked at
FEWEST = 10  # rows of a part on both sides together
SHARE = "比例"
Pair = Sequence[np.ndarray]  # of the rows before and after


class Part(NamedTuple):
    """A value of a dimension, its share of the change, and how far beyond its size (standard errors)."""

    named: str
    share: float
    z: float
    mine: Pair  # which rows it is


def told(
    before: pd.DataFrame, after: pd.DataFrame, dimensions: Mapping[str, str], unit: str, excess: float = 1.0
) -> str | None:
    """The part that bears a change of the mean of `kept`, in words; None where no single one does.

    Rows of both sides hold `kept` and columns of `dimensions` (column to its name). A part brings what its
    rows add to the difference of the means, by their number and by their level; tested is whether that is
    more than its share of the rows (Bonferroni over all parts, variance times `excess`).

    >>> rows = pd.DataFrame({"channel": ["电话"] * 40 + ["微博"] * 120, "kept": [1.0] * 160})
    >>> later = rows.assign(kept=[0.0, 1.0] * 20 + [1.0] * 120)
    >>> told(rows, later, {"channel": "渠道"}, "比例")
    '合计变化的 100% 来自渠道“电话”（100.0% → 50.0%），其余 100.0% → 100.0%'
    """
    sides = before, after
    kept = [rows["kept"].to_numpy("float64") for rows in sides]
    found = [part for column, label in dimensions.items() for part in _parts(sides, kept, column, label)]
    limit = _limit(len(found)) * np.sqrt(excess)
    borne = [part for part in found if part.share >= MOST and part.z >= limit]
    if not borne:
        return None
    part = max(borne, key=lambda part: part.z)
    mine, rest = (_course(kept, which, unit) for which in (part.mine, [~rows for rows in part.mine]))
    return f"合计变化的 {min(part.share, 1):.0%} 来自{part.named}（{mine}），其余 {rest}"


def _limit(tests: int) -> float:
    from scipy.stats import norm

    return float(norm.isf(RATE / 2 / max(tests, 1)))


def _parts(sides: Sequence[pd.DataFrame], kept: Pair, column: str, label: str) -> Iterator[Part]:
    """The values of a dimension that are no whole, with what each brings."""
    if any(column not in rows or rows.empty for rows in sides):
        return
    names = [rows[column].astype("str").where(rows[column].notna()).to_numpy() for rows in sides]
    sizes = pd.Series(np.concatenate(names)).value_counts()
    for value in sorted(sizes.index[(sizes >= FEWEST) & (sizes < sizes.sum())]):
        mine = [name == value for name in names]
        yield Part(f"{label}“{value}”", *_brought(kept, mine), mine)


def _brought(kept: Pair, mine: Pair) -> tuple[float, float]:
    """What share of the change some rows bring, and how far that is beyond their size; 0 where it is not."""
    before, after = (values - kept[0].mean() for values in kept)
    total = after.mean() - before.mean()
    size = float(np.mean([which.mean() for which in mine]))
    share = ((after * mine[1]).mean() - (before * mine[0]).mean()) / total if total else 0.0
    if share < size + BEYOND:
        return share, 0.0
    odd = before * mine[0] - size * before, after * mine[1] - size * after  # alike in the mean where even
    error = np.sqrt(sum(values.var() / len(values) for values in odd))
    return share, float(abs(odd[1].mean() - odd[0].mean()) / error) if error else 0.0


def _course(kept: Pair, which: Pair, unit: str) -> str:
    """The mean of those rows before and after."""
    return " → ".join(_level(values[rows], unit) for values, rows in zip(kept, which, strict=True))


def _level(values: np.ndarray, unit: str) -> str:
    if not len(values):
        return "没有"
    return f"{values.mean():.1%}" if unit == SHARE else f"{values.mean():.2f}"
