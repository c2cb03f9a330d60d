"""Shares of rows of which one customer sends several: the customers are independent, their rows are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from voc_lib import intervals
from voc_lib.intervals import Floats

Codes = NDArray[np.int64]
TINY = 1e-9


def people(rows: pd.DataFrame) -> Codes:
    """A number per row for its customer; who is unknown stands alone.

    >>> people(pd.DataFrame({"customer_id": ["a", None, "a", None]})).tolist()
    [0, 1, 0, 2]
    """
    who, names = pd.factorize(rows["customer_id"])
    alone = who < 0
    who[alone] = len(names) + np.arange(alone.sum())
    return pd.factorize(who)[0].astype("int64")


def worth(values: Floats, who: Codes) -> float:
    """How many independent rows the mean of the values is worth; at most their number.

    >>> worth(np.array([1.0, 1, 1, 1, 0, 0, 0, 0]), np.arange(8)), worth(np.ones(4), np.array([0, 0, 0, 1]))
    (8.0, 2.0)
    """
    size = np.bincount(who).astype("float64")
    off = values - values.mean() if len(values) else values
    each = np.bincount(who, weights=off)
    return float(_worth(len(values), len(size), (off**2).sum(), (each**2).sum()))


def share(values: Floats, who: Codes) -> tuple[float, float]:
    """The mean of the values and what it is worth; NaN and 0 without values."""
    return (float(values.mean()), worth(values, who)) if len(values) else (float("nan"), 0.0)


def kept(rows: pd.DataFrame) -> tuple[float, float]:
    """The mean of `kept` and what it is worth, customers counted."""
    return share(rows["kept"].to_numpy(), people(rows))


def around(share: float, worth: float) -> intervals.Interval:
    """The share with Wilson's interval at what it is worth."""
    return intervals.wilson(share * worth, worth)._replace(value=np.asarray(share))


def effective(group: Codes, part: Codes, who: Codes, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """How many rows of each group are of each part, and how many independent rows each share is worth.

    Two tables, group by part. The variance is that of a ratio of sums over customers (linearised, Cochran
    1977); where customers are few, Student's t counts too.

    >>> one, part = np.zeros(8, "int64"), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> [table.round(1).tolist() for table in effective(one, part, np.arange(8), (1, 2))]
    [[[4.0, 4.0]], [[8.0, 8.0]]]
    >>> effective(one, part, np.array([0, 0, 0, 1, 2, 2, 2, 3]), (1, 2))[1].round(1).tolist()
    [[0.9, 0.9]]
    """
    groups, parts = shape
    voice, size, home = _counted(group * (who.max(initial=0) + 1) + who, group)
    _, count, of = _counted(voice * parts + part, np.arange(len(part)))
    cell, weight = group[of] * parts + part[of], size[voice[of]]

    def cells(values: Floats) -> Floats:
        return np.bincount(cell, weights=values, minlength=groups * parts).reshape(shape).astype("float64")

    def per_group(values: Floats) -> Floats:
        return np.bincount(home, weights=values, minlength=groups)[:, None].astype("float64")

    n, base = cells(count), per_group(size)
    share = intervals.ratio(n, base)
    together = cells(count**2) - 2 * share * cells(count * weight) + share**2 * per_group(size**2)
    return n, _worth(base, per_group(np.ones(len(size))), n * (1 - share), together)


def _counted(key: Codes, carried: Codes) -> tuple[Codes, Floats, Codes]:
    """The place of each key among the distinct ones, how often each stands, what its first row carries."""
    _, first, place, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return place, count.astype("float64"), carried[first]


def _worth(rows: ArrayLike, people: ArrayLike, alone: ArrayLike, together: ArrayLike) -> Floats:
    """Rows × variance of independent rows ÷ that of customers; without spread the number of customers."""
    from scipy.special import stdtrit

    rows, people, alone, together = (np.asarray(x, dtype="float64") for x in (rows, people, alone, together))
    few = people / np.maximum(people - 1, 1) * (stdtrit(np.maximum(people - 1, 1), 0.975) / intervals.Z) ** 2
    spread = np.where(people < rows, together * few, alone)
    worth = intervals.ratio(rows * alone, np.where(spread > TINY, spread, 0))
    return np.minimum(np.where(np.isnan(worth), people, worth), rows)
