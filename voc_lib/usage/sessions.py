"""Sessions and visits: what one employee did without a longer pause, function by function."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.usage import dwells
from voc_lib.usage.quantiles import by_group

SECOND = 1_000_000  # microseconds


def numbered(events: pd.DataFrame, *, gap_minutes: int) -> pd.Series:
    """The session of each event, 0, 1, …: a new one for every user and after every longer pause.

    Events sorted by user_id and at. A session that goes on past midnight stays one.

    >>> at = pd.to_datetime(["2026-09-30 23:50", "2026-10-01 00:10", "2026-10-01 00:41", "2026-10-01 00:41"])
    >>> rows = pd.DataFrame({"user_id": pd.Categorical(["a", "a", "a", "b"]), "at": at})
    >>> numbered(rows, gap_minutes=30).tolist()
    [0, 0, 1, 2]
    """
    if events.empty:
        return pd.Series([], dtype="int64", index=events.index)
    user = events["user_id"].cat.codes.to_numpy()
    pause = np.diff(events["at"].to_numpy().astype("datetime64[us]").astype("int64"))
    begins = np.r_[True, (user[1:] != user[:-1]) | (pause > gap_minutes * 60 * SECOND)]
    return pd.Series(np.cumsum(begins) - 1, index=events.index)


def visits(events: pd.DataFrame, session: pd.Series) -> pd.DataFrame:
    """One row per visit to a function: user_id, function, session, at, dwell (seconds).

    A visit lasts until the next function of the session; the last one until its own last event, and has no
    dwell where that is its only one. Where the log has a dwell of its own (`own`, of a visit the sum), it is
    taken instead, and `between` is what the times say.
    """
    if events.empty:
        return pd.DataFrame(
            {
                "user_id": events["user_id"],
                "function": events["function"],
                "session": session,
                "at": events["at"],
                "dwell": pd.Series(dtype="float64"),
            }
        )
    number, function = session.to_numpy(), events["function"].cat.codes.to_numpy()
    at = events["at"].to_numpy().astype("datetime64[us]").astype("int64")
    first = np.flatnonzero(np.r_[True, (np.diff(number) != 0) | (np.diff(function) != 0)])
    last = np.r_[first[1:], len(at)] - 1
    following = np.r_[first[1:], last[-1]]
    goes_on = number[following] == number[first]
    dwell = (np.where(goes_on, at[following], at[last]) - at[first]) / SECOND
    dwell[(first == last) & (~goes_on | (following == first))] = np.nan
    rows = dwells.beside(events[["user_id", "function", "at"]].take(first), events, first, dwell)
    return rows.assign(session=number[first]).reset_index(drop=True)


def months(events: pd.DataFrame, session: pd.Series, seen: pd.DataFrame) -> pd.DataFrame:
    """schema.USAGE_MONTHS; a session belongs to the month it began in. `seen`: visits."""
    if events.empty:
        return schema.empty(schema.USAGE_MONTHS)
    first = np.flatnonzero(np.r_[True, np.diff(session.to_numpy()) != 0])
    last = np.r_[first[1:], len(events)] - 1
    at = events["at"].to_numpy().astype("datetime64[us]")
    begun = at[first].astype("datetime64[M]").astype("int64")
    per = np.bincount(seen["session"], minlength=len(first))
    month = at.astype("datetime64[M]").astype("int64")
    base, size = int(month.min()), int(month.max() - month.min()) + 1
    minutes, *_ = by_group((at[last] - at[first]).astype("int64") / SECOND / 60, begun - base, size, 0.5)
    late = at[last].astype("datetime64[D]") != at[first].astype("datetime64[D]")
    n = np.bincount(begun - base, minlength=size)
    codes = events["user_id"].cat.codes.to_numpy().astype("int64")
    who = np.unique((month - base) * len(events["user_id"].cat.categories) + codes)
    failed = np.nan_to_num(events["failed"].to_numpy())
    table = pd.DataFrame(
        {
            "month": np.datetime_as_string(np.arange(base, base + size).astype("datetime64[M]")),
            "events": np.bincount(month - base, minlength=size),
            "users": np.bincount(who // len(events["user_id"].cat.categories), minlength=size),
            "sessions": n,
            "minutes": minutes,
            "visits": np.bincount(begun - base, weights=per, minlength=size) / np.where(n, n, np.nan),
            "over_midnight": np.bincount(begun - base, weights=late, minlength=size).astype("int64"),
            "errors": np.bincount(month - base, weights=failed, minlength=size).astype("int64"),
        }
    )
    return schema.shape(table, schema.USAGE_MONTHS)
