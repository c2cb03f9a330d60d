"""Since when the level of a rate holds: its last lasting shift, told from season and chance."""

from __future__ import annotations

import numpy as np

from voc_lib.intervals import Floats

LEAST = 6  # periods on both sides of a shift
SURE = 0.001  # error over all places a shift could be at
ALIKE = 0.01  # of the same months before and after it


def since(counts: Floats, base: Floats, year: int) -> int:
    """The first period of the present level, 0 where it never moved; `year`: periods a year.

    A shift lasts LEAST periods and more on both sides and is beyond chance (SURE, by how much neighbours
    vary anyway); the months after it must differ the same way from the same months a year earlier, which a
    season's do not. Of several the last.

    >>> still, moved = np.full(23, 100.0), np.repeat([100.0, 150.0], [8, 15])
    >>> since(still, np.full(23, 1e4), 12), since(moved, np.full(23, 1e4), 12)
    (0, 8)
    >>> since(np.tile(np.repeat([100.0, 150.0], 6), 2)[:23], np.full(23, 1e4), 12)
    0
    """
    start = 0
    while (step := _shift(counts[start:], base[start:], year)) > 0:
        start += step
    return start


def _shift(counts: Floats, base: Floats, year: int) -> int:
    """The place of the surest shift, 0 where there is none."""
    from scipy.stats import t

    size = len(counts)
    places = np.arange(LEAST, size - LEAST + 1)
    if not len(places):
        return 0
    spread = _spread(counts, base)
    far = np.array([_apart(counts[:k], base[:k], counts[k:], base[k:]) for k in places]) / spread
    best = int(np.abs(far).argmax())
    place, freedom = int(places[best]), 2 * (size - 1) / 3
    if abs(far[best]) < t.isf(SURE / 2 / len(places), freedom):
        return 0
    later = np.arange(max(place, year), min(place + year, size))
    if not len(later):
        return 0
    before = later - year
    again = _apart(counts[before], base[before], counts[later], base[later]) / spread
    return place if again * np.sign(far[best]) > t.isf(ALIKE / 2, freedom) else 0


def _apart(counts: Floats, base: Floats, later: Floats, later_base: Floats) -> float:
    """How far two rates lie apart in standard errors of chance, by their roots, which vary alike."""
    x, e, y, f = counts.sum(), base.sum(), later.sum(), later_base.sum()
    return float((np.sqrt((y + 3 / 8) / f) - np.sqrt((x + 3 / 8) / e)) / np.sqrt((1 / e + 1 / f) / 4))


def _spread(counts: Floats, base: Floats) -> float:
    """How much wider than chance neighbours lie apart, 1 or more (standard deviations)."""
    roots, noise = np.sqrt((counts + 3 / 8) / base), 1 / base / 4
    return float(np.sqrt(max((np.diff(roots) ** 2 / (noise[1:] + noise[:-1])).mean(), 1.0)))
