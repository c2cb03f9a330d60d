"""The years of days written without one: one `year` for the column, also where it runs over New Year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from voc_lib.period import Period

LEAP = 2000  # days without a year are read in it, so that 29 February is one of them
HALF = 183  # days from one row to the next that lead over New Year
GAP = 60  # where the order says nothing: at least so many days without feedback part the new from the old
YEAR = 366
ORDERED = 5  # rows from which their order is no accident
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Known:
    """What is known beside the texts of a column: when each row was taken, when the file was written.

    `captured`: times by row, when the rows were taken from the system; `written`: no time is later; `named`:
    nor than the date in the file's name; `period`:
    what the run reports; `epoch`: days that serial numbers lie after those of Excel for Windows; `buddhist`:
    the header says that years are.
    """

    captured: pd.Series | None = None
    written: pd.Timestamp | None = None
    named: pd.Timestamp | None = None
    period: Period | None = None
    epoch: int = 0
    buddhist: bool = False


NOTHING = Known()


def placed(times: np.ndarray, year: int, known: Known) -> np.ndarray:
    """Times of the year 2000 put into `year`, the year before or the one after, in the order of the rows.

    An export runs forward or backward; of both readings the one with more rows in the period stands.

    >>> days = np.array(["2000-12-30", "2000-12-31", "2000-01-01"], dtype="datetime64[us]")
    >>> placed(days, 2026, Known()).astype("datetime64[D]").tolist()[0].year
    2025
    """
    turned = _turned(_days(times))
    readings = [_in_year(times, year + turned - turned.max()), _in_year(times, year + turned)]
    best = max(readings, key=lambda reading: _inside(reading, known.period))
    last = known.written
    if last is None or last.year < year:  # a copy's date says nothing
        return best
    late = best > last.to_datetime64() + DAY
    return np.where(late, _in_year(times, pd.DatetimeIndex(best).year.to_numpy() - 1), best)


def beside(times: np.ndarray, yearless: np.ndarray, known: Known) -> np.ndarray | None:
    """All times with the years of the rows around them, where every row is in order; None where not.

    >>> days = np.array(["2025-12-28", "2000-12-30", "2000-01-03", "2026-01-06", "2000-01-09"])
    >>> told = beside(days.astype("datetime64[us]"), np.array([False, True, True, False, True]), Known())
    >>> told.astype("datetime64[D]").astype(str).tolist()
    ['2025-12-28', '2025-12-30', '2026-01-03', '2026-01-06', '2026-01-09']
    """
    read = ~np.isnat(times)
    some, open_ = times[read], yearless[read]
    if len(some) < ORDERED or open_.all() or not open_.any():
        return None
    up, down = _ascending(some, open_), _ascending(some[::-1], open_[::-1])
    ways = [way for way in (up, None if down is None else down[::-1]) if way is not None]
    told = [way for way in ways if (np.abs(np.diff(way)) <= HALF * DAY).all() and not _late(way, known)]
    if not told:
        return None
    whole = times.copy()
    whole[read] = min(told, key=lambda way: way.max() - way.min())
    return whole


def _late(times: np.ndarray, known: Known) -> bool:
    """Whether a time is later than the file."""
    return known.written is not None and bool((times > known.written.to_datetime64() + DAY).any())


def _ascending(times: np.ndarray, open_: np.ndarray) -> np.ndarray | None:
    """Times in years that never lead back, from those that are known; None where they cannot."""
    days = times.astype("datetime64[D]")
    first = int((~open_).argmax())
    told = times.copy()
    for at in [*range(first + 1, len(times)), *range(first - 1, -1, -1)]:
        step = 1 if at > first else -1
        edge = told[at - step].astype("datetime64[D]")
        if not open_[at]:
            if days[at] < edge:
                return None
            continue
        year = int(edge.astype("datetime64[Y]").astype("int64")) + 1970
        here = _in_year(times[at : at + 1], year)
        if (here.astype("datetime64[D]") < edge if step > 0 else here.astype("datetime64[D]") > edge).all():
            here = _in_year(times[at : at + 1], year + step)
        told[at] = here[0]
    return None if np.isnat(told).any() else told


def before(times: np.ndarray, captured: np.ndarray) -> np.ndarray:
    """Times of the year 2000 put into the last year in which they are not after `captured`."""
    year = pd.DatetimeIndex(captured).year.to_numpy()
    here = _in_year(times, year)
    return np.where(here > captured + DAY, _in_year(times, year - 1), here)


def _in_year(times: np.ndarray, years: np.ndarray | int) -> np.ndarray:
    """Times of the year 2000 in other years; NaT for 29 February where there is none."""
    months = times.astype("datetime64[M]")
    moved = months + 12 * (np.nan_to_num(np.asarray(years, dtype="float64")).astype("int64") - LEAP)
    days = moved.astype("datetime64[D]") + (times.astype("datetime64[D]") - months.astype("datetime64[D]"))
    clock = times - times.astype("datetime64[D]")
    return np.where(days.astype("datetime64[M]") == moved, days + clock, np.datetime64("NaT", "us"))


def _days(times: np.ndarray) -> np.ndarray:
    """The day in the year of each time, from 1."""
    return pd.DatetimeIndex(times).day_of_year.to_numpy()


def _inside(times: np.ndarray, period: Period | None) -> int:
    return 0 if period is None else int(period.mask(pd.Series(times)).sum())


def _turned(days: np.ndarray) -> np.ndarray:
    """1 for the rows after New Year, 0 for those before it; 0 everywhere where no New Year lies between.

    >>> [_turned(np.array(d)).tolist() for d in ([363, 365, 2], [2, 365, 363], [2, 365, 1, 364])]
    [[0, 0, 1], [1, 0, 0], [1, 0, 1, 0]]
    >>> _turned(np.array([1, 90, 364])).tolist()
    [0, 0, 0]
    """
    step = np.diff(days)
    over = np.abs(step) > HALF
    if over.sum() != 1:
        return _parted(days) if over.any() else np.zeros(len(days), dtype="int64")
    trend = np.sign(step[~over]).sum()
    if not trend:
        return _parted(days)
    after = np.concatenate([[0], np.cumsum(over)])
    turned = after if step[over][0] < 0 else 1 - after
    agrees = (step[over][0] < 0) == (trend > 0) and days[turned == 0].min() > days[turned == 1].max()
    return turned if agrees else np.zeros(len(days), dtype="int64")


def _parted(days: np.ndarray) -> np.ndarray:
    """The same by the longest time without feedback, where the order of the rows says nothing."""
    seen = np.unique(days)
    gaps = np.diff(seen)
    widest = int(gaps.argmax())
    apart = gaps[widest] >= GAP and seen[0] + YEAR - seen[-1] <= GAP
    return (days <= seen[widest]).astype("int64") * int(apart)
