"""A reporting period: month, quarter, year, ISO week or date range, and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from voc_lib.errors import ParamsError

YEARS = range(1990, 2101)  # no export is older, no report is planned later
ALLOWED = "2026-09、2026-Q3、2026、2026-W37、2026-09-01..2026-09-15、last-month、last-quarter、last-year"


@dataclass(frozen=True)
class Period:
    """Days `start` to `end`, both included; `label` is its canonical spelling."""

    label: str
    start: date
    end: date

    @classmethod
    def parse(cls, text: str, *, today: date | None = None) -> Period:
        """The period a text names; `today` is needed for last-month, last-quarter and last-year only.

        >>> Period.parse("2026-Q3").end
        datetime.date(2026, 9, 30)
        >>> Period.parse("last-month", today=date(2026, 10, 3)).label
        '2026-09'
        """
        text = str(text).strip()
        try:
            found = _parse(text, today)
        except (ValueError, KeyError):
            raise ParamsError(f"period “{text}” 无法识别。可用写法：{ALLOWED}。") from None
        if {found.start.year, found.end.year} - {*YEARS}:
            raise ParamsError(f"period “{text}” 的年份应在 {YEARS[0]} 到 {YEARS[-1]} 之间。请核对。")
        return found

    @property
    def days(self) -> int:
        """Number of days in the period."""
        return (self.end - self.start).days + 1

    @property
    def months(self) -> list[str]:
        """The calendar months the period touches.

        >>> Period.parse("2026-Q3").months
        ['2026-07', '2026-08', '2026-09']
        """
        return [str(month) for month in pd.period_range(self.start, self.end, freq="M")]

    @property
    def title(self) -> str:
        """The period as a reader says it.

        >>> Period.parse("2026-Q3").title, Period.parse("2026-09").title, Period.parse("2026").title
        ('2026年第3季度', '2026年9月', '2026年')
        """
        if self.label.isdigit():
            return f"{self.label}年"
        if re.fullmatch(r"\d{4}-\d{2}", self.label):
            return f"{self.start.year}年{self.start.month}月"
        if "-Q" in self.label:
            return f"{self.label[:4]}年第{self.label[-1]}季度"
        if "-W" in self.label:
            return f"{self.label[:4]}年第{int(self.label[-2:])}周"
        return f"{self.start:%Y-%m-%d} 至 {self.end:%Y-%m-%d}"

    def previous(self) -> Period:
        """The period of the same kind that ends the day before this one starts.

        >>> Period.parse("2026-Q1").previous().label
        '2025-Q4'
        """
        last = self.start - timedelta(days=1)
        if re.fullmatch(r"\d{4}-\d{2}", self.label):
            return _month(last)
        if "-Q" in self.label:
            return _quarter(last)
        if self.label.isdigit():
            return _year(last)
        if "-W" in self.label:
            return _week(last)
        return _range(last - timedelta(days=self.days - 1), last)

    @property
    def moments(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Its first moment, and the first one after it."""
        return pd.Timestamp(self.start), pd.Timestamp(self.end) + pd.Timedelta(days=1)

    def mask(self, times: pd.Series) -> pd.Series:
        """Which of the times lie inside the period (False for missing times)."""
        start, end = self.moments
        if times.dt.tz is not None:
            start, end = start.tz_localize(times.dt.tz), end.tz_localize(times.dt.tz)
        return (times >= start) & (times < end)


def _parse(text: str, today: date | None) -> Period:
    if text in RELATIVE:
        if today is None:
            raise ValueError(text)
        return RELATIVE[text](today)
    for pattern, made in WRITTEN:
        if match := re.fullmatch(pattern, text):
            return made(*(part for part in match.groups() if part))
    raise ValueError(text)


def _between(first: str, last: str) -> Period:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start > end:
        raise ValueError(first)
    return _range(start, end)


def _month(day: date) -> Period:
    month = pd.Period(day, freq="M")
    return Period(str(month), month.start_time.date(), month.end_time.date())


def _quarter(day: date) -> Period:
    quarter = pd.Period(day, freq="Q")
    label = f"{quarter.year}-Q{quarter.quarter}"
    return Period(label, quarter.start_time.date(), quarter.end_time.date())


def _year(day: date) -> Period:
    return Period(str(day.year), date(day.year, 1, 1), date(day.year, 12, 31))


def _week(day: date) -> Period:
    year, week, _ = day.isocalendar()
    monday = date.fromisocalendar(year, week, 1)
    return Period(f"{year}-W{week:02d}", monday, monday + timedelta(days=6))


def _range(start: date, end: date) -> Period:
    return Period(f"{start}..{end}", start, end)


RELATIVE: dict[str, Callable[[date], Period]] = {
    "last-month": lambda today: _month(today.replace(day=1) - timedelta(days=1)),
    "last-quarter": lambda today: _quarter(_quarter(today).start - timedelta(days=1)),
    "last-year": lambda today: _year(date(today.year - 1, 1, 1)),
}
WRITTEN: tuple[tuple[str, Callable[..., Period]], ...] = (
    (r"(\d{4})年?", lambda year: _year(date(int(year), 1, 1))),
    (r"(\d{4})(?:-(\d{2})|年(\d{1,2})月)", lambda year, month: _month(date(int(year), int(month), 1))),
    (r"(\d{4})-Q([1-4])", lambda year, part: _quarter(date(int(year), int(part) * 3, 1))),
    (r"(\d{4})-W(\d{2})", lambda year, week: _week(date.fromisocalendar(int(year), int(week), 1))),
    (r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", _between),
)
