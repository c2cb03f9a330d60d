"""The working-time clock: Chinese working days with 调休, due times of an SLA, hours that count.

The clock runs all day on working days and stands still on weekends and holidays. The official calendar is
known for the years of `chinesecalendar` only; in other years Monday to Friday count, a warning is logged, and
`note` gives the sentence the report must carry.
"""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from voc_lib.errors import ParamsError

log = logging.getLogger(__name__)

SPAN = re.compile(r"([1-9]\d{0,3})([hd])")
DAY = np.timedelta64(1, "D")
_SLACK = 3  # calendar days per working day, more than any holiday asks for
_HOLIDAY = 40  # days added at both ends, longer than any run of days off


def due(created_at: pd.Series, span: str) -> pd.Series:
    """When each request must be solved: `24h` counts natural hours, `3d` Chinese working days.

    A request made on a day off counts from the start of the next working day, so that
    `working_hours(created_at, due)` is 24 n.

    >>> due(pd.Series(pd.to_datetime(["2026-09-30 10:00"])), "2d").tolist()
    [Timestamp('2026-10-09 10:00:00')]
    """
    count, unit = _parse(span)
    if unit == "h":
        return created_at + pd.Timedelta(hours=count)
    known = created_at.notna()
    times = created_at[known].to_numpy(dtype="datetime64[us]")
    found = pd.Series(pd.NaT, index=created_at.index, dtype="datetime64[us]", name=created_at.name)
    if len(times):
        found[known] = _forward(times, count)
    return found


def working_hours(start: pd.Series, end: pd.Series) -> pd.Series:
    """Hours of working days between two times, 24 a day; negative when the end comes first.

    >>> day = lambda text: pd.Series(pd.to_datetime([text]))
    >>> working_hours(day("2026-09-30 12:00"), day("2026-10-08 06:00")).tolist()
    [18.0]
    """
    known = start.notna() & end.notna()
    hours = pd.Series(np.nan, index=start.index, dtype="float64")
    if known.any():
        first = start[known].to_numpy(dtype="datetime64[us]")
        last = end[known].to_numpy(dtype="datetime64[us]")
        low, high = min(first.min(), last.min()), max(first.max(), last.max())
        hours[known] = _clock(last, low, high) - _clock(first, low, high)
    return hours


def working(day: date) -> bool:
    """Whether the day is a working day.

    >>> working(date(2026, 10, 1)), working(date(2026, 10, 10))
    (False, True)
    """
    return bool(_days(np.datetime64(day), np.datetime64(day) + DAY)[0])


def uncovered(times: pd.Series) -> tuple[int, ...]:
    """The years in the times for which no official calendar is known.

    >>> uncovered(pd.Series(pd.to_datetime(["2026-01-05", "2031-01-05"])))
    (2031,)
    """
    years = times.dropna().dt.year.unique()
    return tuple(sorted(int(year) for year in years if not _official(int(year))))


def note(times: pd.Series) -> str:
    """The sentence a report must carry when working days were only guessed, else nothing.

    >>> note(pd.Series(pd.to_datetime(["2031-01-05"])))
    '2031年的法定节假日与调休安排未收录，工作日按周一至周五推算，时限仅供参考。'
    """
    years = uncovered(times)
    if not years:
        return ""
    named = "、".join(f"{year}年" for year in years)
    return f"{named}的法定节假日与调休安排未收录，工作日按周一至周五推算，时限仅供参考。"


def _parse(span: str) -> tuple[int, str]:
    match = SPAN.fullmatch(span)
    if match is None:
        raise ParamsError(f"处理时限 “{span}” 无法识别，应写成 24h（自然小时）或 3d（工作日）。")
    return int(match[1]), match[2]


def _forward(times: np.ndarray, count: int) -> np.ndarray:
    """The times moved on by a number of working days."""
    days = times.astype("datetime64[D]")
    first = days.min()
    work = np.flatnonzero(_days(first, days.max() + (count * _SLACK + _HOLIDAY) * DAY))
    offset = (days - first).astype(np.int64)
    start = np.searchsorted(work, offset)
    clock = np.where(work[start] == offset, times - days, np.timedelta64(0, "us"))
    return first + work[start + count] * DAY + clock


def _clock(times: np.ndarray, low: np.datetime64, high: np.datetime64) -> np.ndarray:
    """Working hours from the day of `low` to each time."""
    first = low.astype("datetime64[D]")
    work = _days(first, high.astype("datetime64[D]") + DAY)
    before = np.concatenate([[0], np.cumsum(work)])
    days = times.astype("datetime64[D]")
    offset = (days - first).astype(np.int64)
    hours = (times - days) / np.timedelta64(1, "h")
    return 24.0 * before[offset] + np.where(work[offset], hours, 0.0)


def _days(first: np.datetime64, stop: np.datetime64) -> np.ndarray:
    """Which days from first to before stop are working days."""
    years = range(first.astype(object).year, stop.astype(object).year + 1)
    every = np.concatenate([_year(year) for year in years])
    skip = int((first - np.datetime64(f"{years[0]:04d}-01-01")).astype(int))
    return every[skip : skip + int((stop - first).astype(int))]


@cache
def _year(year: int) -> np.ndarray:
    """Working days of one year; Monday to Friday, with a warning, where the calendar ends."""
    if _official(year):
        from chinese_calendar import is_workday

        first = date(year, 1, 1)
        size = (date(year + 1, 1, 1) - first).days
        return np.array([is_workday(first + timedelta(days=i)) for i in range(size)])
    log.warning("%s年的法定节假日与调休安排未收录，工作日按周一至周五推算。", year)
    days = np.arange(f"{year:04d}-01-01", f"{year + 1:04d}-01-01", dtype="datetime64[D]")
    return np.is_busday(days)


@cache
def _official(year: int) -> bool:
    """Whether the official calendar of a year is known."""
    from chinese_calendar import holidays

    return year in {day.year for day in holidays}
