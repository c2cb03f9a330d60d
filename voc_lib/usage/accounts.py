"""Accounts behind which nobody sits: robots and tests, told by their name or by how they work."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from voc_lib.collect.logfields import plain
from voc_lib.yamlfile import shipped

LEAST = 200  # events before how somebody works says anything
REGULAR = 0.8  # of the pauses of one length, to the second
LONGEST_PAUSE = 3_600  # seconds: what comes once a day at the same time is a habit
HOURS = 20  # hours of one day with events: nobody works through
WORDS = re.compile(r"[a-z]+|[\u4e00-\u9fff]+")
ROBOT, TEST = "机器账号", "测试账号"
BY_NAME = "：账号名"
BY_PAUSES = "：操作间隔总是相同"
BY_HOURS = f"：一天里有 {HOURS} 个以上小时在操作"


def told(events: pd.DataFrame, listed: pd.Series) -> pd.Series:
    """User -> why it is no person, for those that are none; events sorted by `user_id` and `at`.

    `listed`: users of the employee list, whom a name alone does not make a robot.
    """
    found = by_pauses(events) | by_hours(events)
    return pd.Series(by_name(events, listed) | found, dtype="str")


def kind(name: str) -> str:
    """Robot, test account or "" by the words of a name.

    >>> kind("svc_sync01"), kind("uat-03"), kind("数据同步"), kind("tester wang"), kind("wangtest"), kind("")
    ('机器账号', '测试账号', '机器账号', '测试账号', '', '')
    """
    words = WORDS.findall(name.casefold())
    for label, key in ((ROBOT, "robots"), (TEST, "tests")):
        if any(said == word if word.isascii() else word in said for word in _words(key) for said in words):
            return label
    return ""


@cache
def _words(key: str) -> tuple[str, ...]:
    return tuple(shipped("voc_lib.usage", "accounts.yaml")[key])


def by_name(events: pd.DataFrame, listed: pd.Series) -> dict[str, str]:
    """User -> reason, where its id or the name of its account says so."""
    names = ["user_id", *(["account"] if "account" in events else [])]
    pairs = events[names].drop_duplicates()
    known = set(listed.dropna().map(plain))
    strangers = pairs[~pairs["user_id"].astype("str").map(plain).isin(known)]
    found = {
        user: kind(str(name))
        for column in names
        for user, name in zip(strangers["user_id"], strangers[column], strict=True)
        if kind(str(name))
    }
    return {user: f"{label}{BY_NAME}" for user, label in found.items()}


def by_pauses(events: pd.DataFrame) -> dict[str, str]:
    """User -> reason, where nearly all pauses between events are equally long."""
    user = events["user_id"].cat.codes.to_numpy()
    pause = np.diff(events["at"].to_numpy().astype("int64")) // 1_000_000
    within = (user[1:] == user[:-1]) & (pause > 0) & (pause <= LONGEST_PAUSE)
    who = user[1:][within].astype("int64")
    counts = np.bincount(who, minlength=len(events["user_id"].cat.categories))
    pairs, n = np.unique(who * (LONGEST_PAUSE + 1) + pause[within], return_counts=True)
    most = np.zeros(len(counts))
    np.maximum.at(most, pairs // (LONGEST_PAUSE + 1), n)
    robots = np.flatnonzero((counts >= LEAST) & (most >= REGULAR * counts))
    return dict.fromkeys(events["user_id"].cat.categories[robots], ROBOT + BY_PAUSES)


def by_hours(events: pd.DataFrame) -> dict[str, str]:
    """User -> reason, where some day has events in nearly every hour."""
    user = events["user_id"].cat.codes.to_numpy().astype("int64")
    hour = events["at"].to_numpy().astype("datetime64[h]").astype("int64")
    changed = np.r_[True, (user[1:] != user[:-1]) | (hour[1:] != hour[:-1])]
    who, day = user[changed], hour[changed] // 24
    starts = np.flatnonzero(np.r_[True, (who[1:] != who[:-1]) | (day[1:] != day[:-1])])
    hours = np.diff(np.r_[starts, len(who)])
    robots = np.unique(who[starts][hours >= HOURS])
    return dict.fromkeys(events["user_id"].cat.categories[robots], ROBOT + BY_HOURS)
