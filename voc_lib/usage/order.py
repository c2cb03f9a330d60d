"""Events in the order in which they happened: clocks that are off, and what was written twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

APART = 180  # days without an event between a log and times that cannot be of it
FEW = 0.001  # of all events, at most, for days that lie apart to be an error of a clock
AHEAD = pd.Timedelta(minutes=5)
SAME = ("function", "action", "error", "failed", "duration_ms", "event_id", "account")
CLOCK = "时间与其余日志相隔半年以上，疑为设备时钟错误"
TWICE = "与另一行完全相同（重复导出）"


def sorted_by_user(events: pd.DataFrame) -> pd.DataFrame:
    """The events by `user_id` and `at`; those of one moment as they were written."""
    user = events["user_id"].cat.codes.to_numpy().astype("int64")
    at = events["at"].to_numpy().astype("int64")
    span = int(at.max() - at.min()) + 1 if len(at) else 1
    if len(events["user_id"].cat.categories) * span < 2**63:
        order = np.argsort(user * span + (at - at.min()), kind="stable") if len(at) else user
    else:
        order = np.lexsort((at, user))
    return events.take(order).reset_index(drop=True)


def backwards(events: pd.DataFrame) -> int:
    """How many events, as they were written, stand after a later one of the same file."""
    at, file = events["at"].to_numpy(), events["file"].cat.codes.to_numpy()
    return int(((at[1:] < at[:-1]) & (file[1:] == file[:-1])).sum())


def corrected(events: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Events said to be later than the server got them at the server's time, and how many they were."""
    if "received_at" not in events:
        return events, 0
    ahead = ((events["at"] - events["received_at"]) > AHEAD).to_numpy()
    return events.assign(at=events["at"].mask(ahead, events["received_at"])), int(ahead.sum())


def off(events: pd.DataFrame) -> np.ndarray:
    """Which events bear a time far from all others.

    >>> days = ["2026-09-01"] * 3000 + ["2000-01-01"]
    >>> int(off(pd.DataFrame({"at": pd.to_datetime(days)})).sum())
    1
    """
    day = events["at"].to_numpy().astype("datetime64[D]").astype("int64")
    days, where, n = np.unique(day, return_inverse=True, return_counts=True)
    part = np.cumsum(np.r_[0, np.diff(days) > APART])
    events_of = np.bincount(part, weights=n)
    strays = (events_of <= FEW * len(day)) & (np.arange(len(events_of)) != events_of.argmax())
    return strays[part][where]


def repeated(events: pd.DataFrame) -> np.ndarray:
    """Which of the sorted events are the same as an earlier one in all that was written."""
    user, at = events["user_id"].cat.codes.to_numpy(), events["at"].to_numpy()
    alike = np.r_[False, (user[1:] == user[:-1]) & (at[1:] == at[:-1])]
    tied = alike | np.r_[alike[1:], False]
    rows = np.flatnonzero(tied)
    same = events.take(rows)[["user_id", "at", *(c for c in SAME if c in events)]]
    result = np.zeros(len(events), bool)
    result[rows] = same.duplicated().to_numpy()
    return result
