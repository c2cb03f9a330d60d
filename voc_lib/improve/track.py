"""A metric by calendar month as small arrays: all that a verdict is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voc_lib import intervals
from voc_lib.intervals import Interval
from voc_lib.metric import PROPORTIONS

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
YEAR = 12
NOTED = 0.2  # p under which variation over chance counts
FEWEST = 6  # months before the variation between months can be told


@dataclass(frozen=True)
class Track:
    """Values by month, oldest first; `month` counts months (year × 12 + month − 1).

    `n` is the base of each value; one unit of base has the variance `spread` (of means; proportions and rates
    know theirs). Months without data are left out. `kind` is proportion, rate or mean. `steadier`: the same
    months by an estimate that varies less, which changes are told by.
    """

    kind: str
    month: NDArray[np.int64]
    value: Floats
    n: Floats
    spread: float = float("nan")
    steadier: Track | None = None

    def __getitem__(self, chosen: Marks | slice) -> Track:
        by = None if self.steadier is None else self.steadier[chosen]
        return Track(self.kind, self.month[chosen], self.value[chosen], self.n[chosen], self.spread, by)

    def __len__(self) -> int:
        return len(self.month)

    @property
    def base(self) -> float:
        """The sum of the bases."""
        return float(self.n.sum())

    @property
    def mean(self) -> float:
        """The value over all months together; NaN without data."""
        return float(self.value @ self.n / self.base) if self.base > 0 else float("nan")

    @property
    def unit(self) -> float:
        """The variance one unit of base has at this level; a little is added so that it is never zero."""
        if self.kind == "mean":
            return self.spread
        parts = self.value @ self.n
        if self.kind == "rate":
            return float((parts + 0.5) / self.base) if self.base > 0 else float("nan")
        share = (parts + 2) / (self.base + 4)
        return float(share * (1 - share))


def steadiest(*tracks: Track) -> tuple[Track, ...]:
    """The tracks by what varies less, where all of them have it in every month."""
    by = tuple(track.steadier for track in tracks if track.steadier is not None)
    return by if len(by) == len(tracks) else tracks


def kind(metric_kind: str) -> str:
    """Which kind of value a metric has.

    >>> kind("sla"), kind("rate"), kind("csat")
    ('proportion', 'rate', 'mean')
    """
    return "proportion" if metric_kind in PROPORTIONS else "rate" if metric_kind == "rate" else "mean"


def level(track: Track, dispersion: float) -> Interval:
    """The value over all months with its 95 % interval; the base counts 1/dispersion as much.

    Proportions: Wilson; rates: Garwood; means: normal. Less than a month's worth of base: NaN.

    >>> one = Track("proportion", np.array([0]), np.array([0.3]), np.array([400.0]))
    >>> [round(float(x), 3) for x in level(one, 1)], [round(float(x), 3) for x in level(one, 4)]
    ([0.3, 0.257, 0.347], [0.3, 0.219, 0.396])
    """
    base, value = track.base / dispersion, track.mean
    if not base > 0:
        return Interval(*(np.asarray(np.nan),) * 3)
    if track.kind == "proportion":
        return intervals.wilson(value * base, base)
    if track.kind == "rate":
        return intervals.poisson(value * base, base)
    half = intervals.Z * (track.unit / base) ** 0.5
    return Interval(*(np.asarray(x, dtype="float64") for x in (value, value - half, value + half)))


def dispersion(history: Track) -> tuple[float, int]:
    """How many times as much the months vary as chance alone would make them, and its degrees of freedom.

    Pearson's statistic around level, and from 12 months on trend and a yearly wave. 1 and 0 where the months
    are too few, or vary no more than chance makes one series in five vary.
    """
    from scipy.special import chdtrc

    year = len(history) >= YEAR
    columns = design(history, trend=year, wave=year)
    freedom = len(history) - columns.shape[1]
    if len(history) < FEWEST or freedom < 2:
        return 1.0, 0
    root = np.sqrt(history.n)
    found = np.linalg.lstsq(columns * root[:, None], history.value * root, rcond=None)[0]
    rest = history.value - columns @ found
    pearson = float((history.n * rest**2).sum() / history.unit)
    return (pearson / freedom, freedom) if chdtrc(freedom, pearson) < NOTED else (1.0, 0)


def quantile(freedom: int) -> float:
    """Student's 97.5 % point; the normal one where no variation was estimated.

    >>> round(quantile(10), 3), round(quantile(0), 3)
    (2.228, 1.96)
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975)) if freedom else intervals.Z


def design(history: Track, *, trend: bool, wave: bool) -> Floats:
    """Columns level, with `trend` months, with `wave` the two terms of a yearly wave."""
    months = history.month.astype("float64")
    angle = 2 * np.pi * months / 12
    parts = [np.ones(len(history)), *([months - months.mean()] if trend else [])]
    return np.column_stack([*parts, *([np.sin(angle), np.cos(angle)] if wave else [])])
