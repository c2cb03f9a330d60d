"""Many draws in parts, so that their values fit in memory."""

from __future__ import annotations


def batches(draws: int, size: int, room: int) -> list[int]:
    """How many draws of `size` values are made at a time, at most `room` values at once.

    >>> batches(5, 3, 6), batches(2, 100, 10)
    ([2, 2, 1], [1, 1])
    """
    most = max(1, room // max(size, 1))
    return [min(most, draws - done) for done in range(0, draws, most)]
