"""Events in the order in which they happened: clocks that are off, and what was written twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

APART = 180  # days without an event between a log and times that cannot be of it
FEW = 0.001  # of all events, at most, for days that lie apart to be an error of a clock
ALONE, ALONE_SHARE = 3, 0.05  # events and share of all, at most, of one user whose days lie apart
AHEAD = pd.Timedelta(minutes=5)
SAME = ("function", "action", "error", "failed", "duration_ms", "dwell", "event_id", "account")
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
    """Which events bear a time far from all others: few of all, or one user's in a small log.

    >>> at = pd.to_datetime(["2026-09-01"] * 30 + ["2027-09-01"])
    >>> off(pd.DataFrame({"user_id": pd.Categorical(["a"] * 31), "at": at})).nonzero()[0].tolist()
    [30]
    """
    part = parts(events)
    n = np.bincount(part)
    few = n <= FEW * len(part)
    for number in np.flatnonzero(~few & (n <= min(ALONE, ALONE_SHARE * len(part)))):
        few[number] = len(events["user_id"][part == number].unique()) == 1
    return (few & (np.arange(len(n)) != n.argmax()))[part] if len(part) else np.zeros(0, bool)


def parts(events: pd.DataFrame) -> np.ndarray:
    """The stretch of time of each event, 0, 1, …: a new one after every half year without any event.

    >>> parts(pd.DataFrame({"at": pd.to_datetime(["2026-09-01", "2027-09-01", "2026-12-01"])})).tolist()
    [0, 1, 0]
    """
    day = events["at"].to_numpy().astype("datetime64[D]").astype("int64")
    where, days = pd.factorize(day, sort=True)
    return np.cumsum(np.r_[0, np.diff(days) > APART])[where] if len(day) else where


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
