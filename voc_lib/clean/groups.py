"""Putting linked rows together: within a window of time, and only where a whole group is alike."""

from __future__ import annotations

import numpy as np

from voc_lib.clean import likeness

AT_ONCE = 8  # members compared before looking whether one of them is not alike
ALL = 200  # members of a cluster a newcomer is compared with; beyond it, that many spread over the cluster


def windowed(link: np.ndarray, time: np.ndarray, window: int) -> np.ndarray:
    """The head (position of the earliest row) of every row: rows of one link within the window of their head.

    Rows stand in order of time; link -1 leaves a row alone. Groups are anchored at their first row, so later
    rows never change earlier groups.

    >>> windowed(np.array([7, 7, -1, 7]), np.array([0, 5, 6, 40]), 30).tolist()
    [0, 0, 2, 3]
    """
    head = np.arange(len(link))
    rest = np.flatnonzero(link >= 0)
    rest = rest[np.argsort(link[rest], kind="stable")]
    while len(rest):
        fresh = np.flatnonzero(np.diff(link[rest], prepend=-1))
        first = np.repeat(rest[fresh], np.diff(fresh, append=len(rest)))
        inside = time[rest] - time[first] <= window
        head[rest[inside]] = first[inside]
        rest = rest[~inside]
    return head


def clusters(texts: likeness.Texts, pairs: np.ndarray, *, similarity: float) -> np.ndarray:
    """Number of the cluster of every text, given verified pairs; all texts of a cluster are alike.

    Texts join in their order, so what stands earlier never moves when more texts follow.
    """
    given = np.asarray(texts, dtype=object)
    made, used = given.copy(), np.unique(pairs)
    made[used] = likeness.plain(given[used])
    cluster = np.arange(len(texts))
    earlier = _earlier(pairs)
    members: dict[int, list[int]] = {}
    for text in sorted(earlier):
        for candidate in dict.fromkeys(int(cluster[other]) for other in earlier[text]):
            group = members.get(candidate, [candidate])
            if _fits(given, made, text, group, similarity):
                members[candidate] = [*group, text] if len(group) == 1 else _appended(group, text)
                cluster[text] = candidate
                break
    return cluster


def _appended(group: list[int], text: int) -> list[int]:
    group.append(text)
    return group


def _earlier(pairs: np.ndarray) -> dict[int, list[int]]:
    """For every text that has one, the earlier texts it was paired with, in order."""
    found: dict[int, list[int]] = {}
    for first, second in sorted(map(tuple, pairs.tolist())):
        found.setdefault(second, []).append(first)
    return found


def _fits(texts: np.ndarray, made: np.ndarray, text: int, group: list[int], similarity: float) -> bool:
    """Whether a text is alike to all texts of a group; `made` are the texts made plain."""
    if len(group) == 1:
        return True  # the verified pair itself
    chosen = group[:: -(-len(group) // ALL)]
    for first in range(0, len(chosen), AT_ONCE):
        part = [text, *chosen[first : first + AT_ONCE]]
        pairs = np.array([(0, other) for other in range(1, len(part))])
        if not likeness.paired(texts[part], made[part], pairs, similarity=similarity).all():
            return False
    return True
