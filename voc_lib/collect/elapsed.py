"""Stamps of a recording: how far into the talk something was said, and when where the start is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PARTS = re.compile(r"(\d{1,3})[:：](\d{2})(?:[:：](\d{2}))?")
MORNING, DAY = 6 * 3600, 24 * 3600  # no talk is recorded for six hours before anybody speaks
BACK = 60  # seconds by which overlapping turns may go back


@dataclass(frozen=True)
class Moments:
    """Of each stamp the time (date alone where the start is not known) and its place in the recording.

    `again` is the number of the first stamp that goes back to the beginning, as in a second recording.
    """

    times: list[str]
    places: list[str]
    again: int | None = None


def moments(stamps: Sequence[str], when: str) -> Moments:
    """What stamps without a day say of a talk whose start is `when`, a date with or without time of day.

    >>> found = moments(["00:00:05", "", "01:10"], "2026-09-10 14:30")
    >>> found.times, found.places
    (['2026-09-10 14:30:05', '2026-09-10 14:30', '2026-09-10 14:31:10'], ['00:00:05', '', '00:01:10'])
    >>> moments(["14:31", "14:40"], "2026-09-10").times, moments(["00:12:31"], "2026-09-10").times
    (['2026-09-10 14:31:00', '2026-09-10 14:40:00'], ['2026-09-10'])
    """
    known = [(n, stamp) for n, stamp in enumerate(stamps) if stamp]
    if _of_day([stamp for _, stamp in known]):
        return _told(stamps, [_clock(stamp) for stamp in stamps], when[:10], placed=False)
    return _told(stamps, [_seconds(stamp) for stamp in stamps], when, placed=True)


def _of_day(stamps: Sequence[str]) -> bool:
    """Whether stamps are times of day: the first stands at an hour at which people talk."""
    told = [_clock(stamp) for stamp in stamps]
    return bool(told) and told[0] >= MORNING and max(told) < DAY


def _told(stamps: Sequence[str], offsets: Sequence[int], when: str, *, placed: bool) -> Moments:
    """Moments of offsets in seconds from `when`; a date alone is the start of time of day only."""
    start = _start(when) if len(when) > len("2026-09-10") or not placed else None
    times, places, again, last, days = [], [], None, 0, 0
    for n, (stamp, offset) in enumerate(zip(stamps, offsets, strict=True)):
        if stamp and offset < last - BACK:
            days, again = (days + 1, again) if not placed else (days, n if again is None else again)
        last = max(last, offset) if placed else offset if stamp else last
        timed = bool(stamp) and again is None
        at = start + timedelta(days=days, seconds=offset) if start and timed else None
        times.append(f"{at:%Y-%m-%d %H:%M:%S}" if at else when)
        places.append(written(offset) if stamp and placed else "")
    return Moments(times, places, again)


def _start(when: str) -> datetime | None:
    try:
        return datetime.fromisoformat(when)
    except ValueError:  # 2026-02-31 stays as written, to be set aside with its reason
        return None


def _clock(stamp: str) -> int:
    """Seconds of a time of day: 14:31 is hours and minutes."""
    found = PARTS.search(stamp)
    return (int(found[1]) * 60 + int(found[2])) * 60 + int(found[3] or 0) if found else 0


def _seconds(stamp: str) -> int:
    """Seconds into a recording: 14:31 is minutes and seconds."""
    found = PARTS.search(stamp)
    return (_clock(stamp) if found[3] else _clock(stamp) // 60) if found else 0


def written(seconds: float) -> str:
    """A place in a recording.

    >>> written(751.4)
    '00:12:31'
    """
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
