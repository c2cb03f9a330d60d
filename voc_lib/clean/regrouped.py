"""Issues as people put them together and took them apart."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def regrouped(head: np.ndarray, alone: np.ndarray, to: np.ndarray) -> np.ndarray:
    """The head of every row after rows set `alone` left their issue and others joined theirs to that of `to`.

    `head` and `to` are positions of rows in order of time (`to` −1: joins nothing); the earliest row of an
    issue is its head.

    >>> head, alone = np.array([0, 0, 2, 2]), np.array([False, True, False, False])
    >>> regrouped(head, alone, np.array([-1, -1, -1, -1])).tolist()
    [0, 1, 2, 2]
    >>> regrouped(head, alone, np.array([-1, -1, -1, 0])).tolist()
    [0, 1, 0, 0]
    """
    n = len(head)
    label = np.where(alone, n + np.arange(n), head)
    joins = np.flatnonzero(to >= 0)
    ends = np.stack([label[joins], label[to[joins]]])
    edges = coo_array((np.ones(len(joins)), (ends[0], ends[1])), shape=(2 * n, 2 * n))
    issue = connected_components(edges, directed=False)[1][label]
    first = np.full(issue.max(initial=-1) + 1, n)
    np.minimum.at(first, issue, np.arange(n))
    return first[issue]
