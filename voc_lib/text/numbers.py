"""Numbers of millions of rows: what is the same in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def among(numbers: NDArray[Any], known: NDArray[Any]) -> NDArray[np.bool_]:
    """Which numbers are known; where they lie far apart, as places in texts do, faster than np.isin.

    >>> among(np.array([3, 1, 9]), np.array([9, 3])).tolist(), among(np.array([3]), np.zeros(0)).tolist()
    ([True, False, True], [False])
    """
    ordered = np.sort(known)
    if not len(ordered):
        return np.zeros(len(numbers), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
    return ordered[at] == numbers


def distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """The different numbers, sorted; on millions of rows many times faster than np.unique.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(numbers)
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]
