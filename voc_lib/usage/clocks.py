"""Clocks of users that are days off, against the server's or the lines around; nothing is moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.clean import privacy
from voc_lib.collect.logs import SOURCE

DAY = pd.Timedelta(days=1)
HOUR = 1 / 24  # of a day
BLOCK = 100  # lines whose middle time says when they were written
LEAST = 3  # events of a user that are off
NAMED = 3


def notes(events: pd.DataFrame, headers: pd.DataFrame, key: bytes) -> list[str]:
    """What to tell of users whose clock is a day and more off, as pseudonyms; events as they were written."""
    if "received_at" in events and events["received_at"].notna().any():
        return _by_server(events, headers, key)
    return _by_lines(events, key)


def _by_server(events: pd.DataFrame, headers: pd.DataFrame, key: bytes) -> list[str]:
    days = ((events["at"] - events["received_at"]).dt.total_seconds() / DAY.total_seconds()).to_numpy()
    fast, slow = users(events, days, days >= 1), users(events, days, days <= -1)
    if (days <= -1).mean() > 0.5:  # the server's time is that of loading the log
        slow = slow.head(0)
    still = "仍按操作时间统计，没有改动"
    way = f"若服务器时间更可信，请在 logs 的 columns 里写 {_columns(headers)}"
    return [
        *_said(fast, "晚于服务器收到的时间", "设备时钟快了；这些行按服务器时间统计", key),
        *_said(slow[slow["steady"]], "早于服务器时间且相差固定", f"像是设备时钟慢了；{still}。{way}", key),
        *_said(slow[~slow["steady"]], "早于服务器时间", f"像是离线后补传；{still}", key),
    ]


def _by_lines(events: pd.DataFrame, key: bytes) -> list[str]:
    days = out_of_place(events)
    still = "没有改动，仍按日志所写的时间统计，请核对"
    return [
        *_said(users(events, days, days >= 1), "晚于文件里前后各行至少", f"像是设备时钟快了；{still}", key),
        *_said(
            users(events, days, days <= -1),
            "早于文件里前后各行至少",
            f"像是设备时钟慢了或离线后补传；{still}",
            key,
        ),
    ]


def users(events: pd.DataFrame, days: np.ndarray, off: np.ndarray) -> pd.DataFrame:
    """Users of at least three events that are `off`: n, days (median), steady (off by the same all along)."""
    rows = events.loc[off, ["user_id", "at"]].assign(
        days=days[off], user_id=lambda r: r["user_id"].astype("str")
    )
    rows = rows.assign(at=(rows["at"] - pd.Timestamp(0)) / DAY)
    by_user = rows.groupby("user_id", sort=True)
    width = by_user[["at", "days"]].quantile(0.9) - by_user[["at", "days"]].quantile(0.1)
    found = by_user["days"].agg(n="size", days="median")
    found = found.assign(steady=(width["days"] <= HOUR) & (width["at"] > 2 * HOUR))
    return found[found["n"] >= LEAST].reset_index()


def out_of_place(events: pd.DataFrame) -> np.ndarray:
    """Days by which each event is later (or earlier, negative) than the lines around it in its file."""
    place = [events[c].cat.codes.to_numpy() for c in ("file", "sheet")]
    begins = np.flatnonzero(np.any([np.diff(codes) != 0 for codes in place], axis=0)) + 1
    day = events["at"].to_numpy().astype("datetime64[us]").astype("int64") / (DAY / pd.Timedelta("1us"))
    return np.concatenate([outside(part) for part in np.split(day, begins)])


def outside(day: np.ndarray) -> np.ndarray:
    """Days beyond the middle of the hundred lines before and after; 0 where lines are in no order of time.

    >>> day = np.arange(300) / 10
    >>> outside(np.where(day == 15, 40, day))[[149, 150, 151]]
    array([ 0.  , 15.05,  0.  ])
    """
    n = len(day) // BLOCK
    if n < 3:
        return np.zeros(len(day))
    middle = np.median(day[: n * BLOCK].reshape(n, BLOCK), axis=1)
    turn = -1 if middle[-1] < middle[0] else 1  # newest first
    day, middle = turn * day, turn * middle
    if -np.minimum(np.diff(middle), 0).sum() > 1:
        return np.zeros(len(day))
    block = np.minimum(np.arange(len(day)) // BLOCK, n - 1)
    low, high = np.r_[-np.inf, middle][block], np.r_[middle[1:], np.inf][block]
    return turn * (np.minimum(day - low, 0) + np.maximum(day - high, 0))


def _columns(headers: pd.DataFrame) -> str:
    named = headers.drop_duplicates("field").set_index("field")["header"]
    return f"{{{named['received_at']}: at, {named['at']}: ignore}}"


def _said(found: pd.DataFrame, against: str, means: str, key: bytes) -> list[str]:
    if found.empty:
        return []
    most = found.sort_values(["n", "user_id"], ascending=[False, True])["user_id"]
    named = "、".join(privacy.pseudonyms(most.head(NAMED), key)) + ("等" if len(found) > NAMED else "")
    days = f"{found['days'].abs().median():.1f} 天（中位）"
    return [f"{SOURCE}：{len(found)} 个账号（{named}）的 {found['n'].sum()} 行{against} {days}，{means}"]
