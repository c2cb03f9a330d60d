"""Times told from when they were read: 刚刚, 3小时前, 昨天 18:30, 上周三."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
import pandas as pd

from voc_lib.collect.scores import values_file

UNANCHORED = "相对时间，请给出采集日期"
READ = "{name}：{n} 个是相对时间（如 {first}），从采集时间往回算；几天以前的只准到日"
UNREAD = (
    "{name}：{n} 个是相对时间（如 {first}），未读入；请给出采集日期：在这个来源下写 captured_at: 2026-09-30，"
    "或让文件里有采集时间的列"
)
NUMBERS = {word: n for n, word in enumerate("一二三四五六七八九十", start=1)} | {
    "半": 0.5,
    "两": 2,
    **dict.fromkeys(("a", "an", "one"), 1),
}
SECONDS = {"秒": 1, "second": 1, "sec": 1, "分": 60, "minute": 60, "min": 60, "时": 3600, "hour": 3600}
DAYS = {"天": 1, "日": 1, "day": 1, "周": 7, "星期": 7, "礼拜": 7, "week": 7}
MONTHS = {"月": 1, "month": 1, "年": 12, "year": 12}
NAMED = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2, "大前天": 3}
WEEK = "一二三四五六日"
NOW = re.compile(r"刚刚|刚才|刚|just now|now")
AGO = re.compile(
    r"(?:约|大约|about )?(?P<n>\d+|[半一两二三四五六七八九十]|an?|one) *个?半?"
    r"(?P<unit>秒|分|小?时|天|日|周|星期|礼拜|月|年|second|sec|minute|min|hour|day|week|month|year)"
    r"(?:钟|s)? *(?:以?前|之前|ago)"
)
DAY = re.compile(rf"(?P<day>{'|'.join(NAMED)})")
WEEKDAY = re.compile(rf"(?P<week>上上|上|本|这)?(?:个)?(?:周|星期|礼拜)(?P<day>[{WEEK}天])")
CLOCK = re.compile(
    r"[ ,]*(?:at )?(?P<half>上午|下午|早上|凌晨|中午|晚上)? *(?P<h>\d{1,2})[:点时](?P<mi>\d{1,2})?分?"
    r"(?::\d{1,2})? *(?P<pm>[ap]m)?"
)
AROUND = re.compile(
    r"^(?:最后|已)?(?:编辑|发布|发表|更新|评论|回复|发送|修改|posted|edited|updated|published|reviewed)"
    r"(?: in [a-z .]{2,30}?(?= on ))? *(?:于|在|on|at)? *[::]? *"
    r"|(?: *在[一-鿿]{2,8}(?:审核|发布|评价|评论))$"
    r"|(?: *[(]?(?:已?(?:发布|发表|更新|编辑|修改过?)|edited|updated)[)]?)$"
)
SIGN = r"(?i)[前刚今昨周]|星期|礼拜|ago|now|today|yesterday"  # what every such text holds
LONGEST = 60  # characters of a written time
LATEST = pd.Timedelta(hours=24) - pd.Timedelta(seconds=1)  # of a day whose clock nobody wrote down


def read(texts: pd.Series, captured: pd.Series | None) -> tuple[np.ndarray, np.ndarray]:
    """Which texts are told so, and their times, NaT where nobody knows when they were read.

    >>> told, times = read(pd.Series(["3小时前", "太慢"]), pd.Series([pd.Timestamp("2026-09-16 20:00")] * 2))
    >>> told.tolist(), str(times[0])
    ([True, False], '2026-09-16T17:00:00.000000')
    """
    told = np.zeros(len(texts), dtype=bool)
    times = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    anchors = None if captured is None else pd.Series(captured.to_numpy())
    vague = anchors is not None and bool((anchors.dropna() == anchors.dropna().dt.normalize()).all())
    anchors = anchors + LATEST if anchors is not None and vague else anchors
    some = np.flatnonzero(texts.str.contains(SIGN) & (texts.str.len() <= LONGEST))
    for text, rows in pd.Series(some).groupby(texts.to_numpy()[some]):
        moved = _moved(str(text), pd.Series(dtype="datetime64[us]") if anchors is None else anchors[rows])
        if moved is None:
            continue
        told[rows] = True
        if anchors is not None:
            times[rows] = (moved.dt.normalize() if vague and ":" not in str(text) else moved).to_numpy()
    return told, times


def bare(text: str) -> tuple[str, ...]:
    """A text without what is said around its time, and without the place behind it; the fuller first.

    >>> bare("编辑于 09-10 上海"), bare("2 weeks ago (edited)"), bare("昨天 18:30")
    (('09-10 上海', '09-10'), ('2 weeks ago',), ('昨天 18:30',))
    >>> bare("Reviewed in Germany on March 3, 2026"), bare("2026年3月3日在美国审核")
    (('march 3, 2026',), ('2026年3月3日',))
    """
    inner = AROUND.sub("", plain(text))
    return tuple(dict.fromkeys((inner, AROUND.sub("", _place().sub("", inner)))))


def plain(text: str) -> str:
    """A text in the signs and small letters times are looked for in.

    >>> plain(" ２ Weeks ago")
    '2 weeks ago'
    """
    return unicodedata.normalize("NFKC", text).strip().lower()


@cache
def _place() -> re.Pattern[str]:
    """Where somebody wrote, as platforms add it to a time (3天前 上海, 09-10 来自 iPhone); not 已取消."""
    known = "|".join(values_file()["places"])
    said = rf"(?:来自|发布于|ip属地)[:: ]*[\u4e00-\u9fff]{{2,8}}|(?:{known})[省市]?"
    return re.compile(rf"[ ·•|]+(?:{said})$|[ ·•|]*来自[:: ]*\S{{2,20}}$")


def _moved(text: str, anchors: pd.Series) -> pd.Series | None:
    """The times a text means at each anchor; None when it tells none."""
    for words in bare(text):
        if NOW.fullmatch(words):
            return anchors
        if ago := AGO.fullmatch(words):
            return _ago(ago, anchors)
        for pattern, day in ((DAY, _named), (WEEKDAY, _weekday)):
            found = pattern.match(words)
            rest = words[found.end() :] if found else ""
            clock = CLOCK.fullmatch(rest)
            if found and (clock or not rest):
                return day(found, anchors) + pd.Timedelta(minutes=_minutes(clock))
    return None


def _ago(found: re.Match[str], anchors: pd.Series) -> pd.Series:
    """Anchors less a span; from a day on the clock is not known."""
    n = NUMBERS.get(found["n"]) or float(found["n"] if found["n"].isdigit() else 0)
    unit = found["unit"].removeprefix("小")
    if unit in SECONDS:
        return anchors - pd.Timedelta(seconds=n * SECONDS[unit])
    if unit in DAYS:
        return anchors.dt.normalize() - pd.Timedelta(days=round(n * DAYS[unit]))
    months = n * MONTHS[unit]
    less = pd.DateOffset(months=int(months), days=15 if months % 1 else 0)
    return anchors.dt.normalize() - less


def _named(found: re.Match[str], anchors: pd.Series) -> pd.Series:
    return anchors.dt.normalize() - pd.Timedelta(days=NAMED[found["day"]])


def _weekday(found: re.Match[str], anchors: pd.Series) -> pd.Series:
    """The day of the week before, of this one, or without either the last one that has been."""
    day = WEEK.index(found["day"].replace("天", "日"))
    back = anchors.dt.day_of_week - day
    weeks = {"上上": 2, "上": 1}.get(found["week"] or "", 0)
    days = back % 7 if found["week"] is None else back + 7 * weeks
    return anchors.dt.normalize() - pd.to_timedelta(days, unit="D")


def _minutes(clock: re.Match[str] | None) -> int:
    """Minutes since midnight.

    >>> _minutes(CLOCK.fullmatch(" 下午3点05分")), _minutes(None)
    (905, 0)
    """
    if clock is None:
        return 0
    hour = int(clock["h"])
    late = clock["pm"] == "pm" or clock["half"] in ("下午", "晚上") or (clock["half"] == "中午" and hour < 11)
    early = clock["pm"] == "am" or clock["half"] in ("凌晨", "上午")
    hour = hour + 12 if late and hour < 12 else 0 if early and hour == 12 else hour
    return hour * 60 + int(clock["mi"] or 0)
