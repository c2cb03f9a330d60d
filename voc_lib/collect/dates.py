"""Times as people and systems write them to local naive times, decided per column on evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect.spelling import EARLY, LATE, NOON, Spelt

MISSING = "时间为空"
UNREADABLE = "时间无法识别"
NO_YEAR = "时间缺年份"
TWICE = "一格里有多个时间"
AMBIGUOUS = "月日先后有矛盾，无法判断"
IMPOSSIBLE = "时间不存在或超出 1990–2100 年"
SAMPLE = 500
SPAN = (pd.Timestamp("1990-01-01"), pd.Timestamp("2101-01-01"))
CLOCK = r"(?:[ T]*(?P<h>\d{1,2}):(?P<mi>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?)?"
HALF = r"[ ]*(?P<half>[AP]M|上午|下午|早上|凌晨|中午|晚上)?"
ZONE = r"[ ]*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
TAIL = CLOCK + HALF + ZONE
FAST = tuple(f"%Y{mark}%m{mark}%d{clock}" for mark in "-/" for clock in (" %H:%M:%S", "", " %H:%M"))


@dataclass(frozen=True)
class Parsed:
    """Times (`datetime64[us]`, NaT where unreadable), the reason of each NaT, decisions for the column."""

    times: pd.Series
    reasons: pd.Series
    notes: tuple[str, ...] = ()


@dataclass
class _Work:
    """State of one column: its texts, which rows are still unread, results so far."""

    text: pd.Series
    times: np.ndarray
    reasons: np.ndarray
    open: np.ndarray
    notes: list[str] = field(default_factory=list)

    def give(self, rows: np.ndarray, times: np.ndarray, reason: str = IMPOSSIBLE) -> None:
        """Settle rows: a time, or a reason where the time is NaT."""
        self.times[rows] = times
        self.reasons[rows] = np.where(np.isnat(times), reason, "")
        self.open[rows] = False

    def refuse(self, rows: np.ndarray, reason: str) -> None:
        """Settle rows as unreadable."""
        self.reasons[rows] = reason
        self.open[rows] = False


def parse(
    texts: pd.Series,
    *,
    zone: ZoneInfo,
    year: int | None = None,
    day_first: bool | None = None,
    name: str = "时间",
) -> Parsed:
    """The times in a column of text; `year` serves dates without one, `day_first` settles 01/02/2026.

    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> parse(pd.Series(["2023年12月27日", "43889.5", "01.07"]), zone=zone).times.astype(str).tolist()
    ['2023-12-27 00:00:00', '2020-02-28 12:00:00', nan]
    """
    given = texts.astype("str").fillna("").reset_index(drop=True)
    repeated = given.head(20 * SAMPLE).nunique() < 0.5 * min(len(given), 20 * SAMPLE)
    unique = pd.Series(pd.unique(given), dtype="str") if repeated else given
    inner = _parse(unique, zone=zone, year=year, day_first=day_first, name=name)
    if not repeated:
        return Parsed(inner.times.set_axis(texts.index), inner.reasons.set_axis(texts.index), inner.notes)
    places = pd.Index(unique).get_indexer(pd.Index(given))
    times, reasons = inner.times.to_numpy()[places], inner.reasons.to_numpy()[places]
    return Parsed(_times(times, texts.index), pd.Series(reasons, texts.index, dtype="str"), inner.notes)


def _times(values: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(values.astype("datetime64[us]"), index=index)


def _parse(
    texts: pd.Series,
    *,
    zone: ZoneInfo,
    year: int | None,
    day_first: bool | None,
    name: str,
) -> Parsed:
    n = len(texts)
    work = _Work(
        texts,
        np.full(n, np.datetime64("NaT"), dtype="datetime64[us]"),
        np.full(n, "", object),
        np.ones(n, bool),
    )
    _iso(work)
    if work.open.any():
        spelt = Spelt.of(work.text, work.open)
        work.refuse(
            spelt.rows[spelt.places(pc.equal(spelt.plain, "").to_numpy(zero_copy_only=False))], MISSING
        )
        steps: tuple[Callable[[], None], ...] = (
            lambda: _numbers(work, spelt, zone),
            lambda: _year_first(work, spelt, zone),
            lambda: _year_last(work, spelt, zone, day_first, name),
            lambda: _no_year(work, spelt, year, name),
        )
        for step in steps:
            if work.open.any():
                step()
        _leftovers(work, spelt)
    inside = (work.times >= SPAN[0].to_datetime64()) & (work.times < SPAN[1].to_datetime64())
    outside = ~np.isnat(work.times) & ~inside
    work.times[outside] = np.datetime64("NaT")
    work.reasons[outside] = IMPOSSIBLE
    return Parsed(pd.Series(work.times), pd.Series(work.reasons, dtype="str"), tuple(work.notes))


def _iso(work: _Work) -> None:
    """The common cases at full speed: 2026-09-01 or 2026/9/1, with or without a clock."""
    for pattern in FAST:
        rows = np.flatnonzero(work.open)
        sample = work.text.iloc[rows[:: max(1, len(rows) // SAMPLE)]]
        if not _times_as(sample, pattern).notna().any():
            continue
        times = _times_as(
            work.text.iloc[rows] if len(rows) < len(work.text) else work.text, pattern
        ).to_numpy()
        good = ~np.isnat(times)
        work.give(rows[good], times[good])


def _times_as(texts: pd.Series, pattern: str) -> pd.Series:
    return pd.to_datetime(texts, format=pattern, errors="coerce").astype("datetime64[us]")


def _numbers(work: _Work, spelt: Spelt, zone: ZoneInfo) -> None:
    """Compact dates, Excel serials and Unix timestamps."""
    for clock in ("", r"(?P<h>\d{2})(?P<mi>\d{2})", r"(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})"):
        found = spelt.fields(rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}){clock}", work.open)
        found = found[found["y"].between(1900, 2099)] if len(found) else found
        if len(found):
            work.give(found.index.to_numpy(), _assemble(found, None))
    numbers = pc.match_substring_regex(spelt.plain, r"^\d+(?:\.\d+)?$")
    places = spelt.places(numbers.to_numpy(zero_copy_only=False))
    places = places[work.open[spelt.rows[places]]]  # what is no compact date
    if not len(places):
        return
    some = pc.replace_substring_regex(spelt.texts.take(pa.array(places)), "[^0-9.]", "")
    point = pc.find_substring(some, ".").to_numpy()
    size = np.where(point < 0, pc.utf8_length(some).to_numpy(), point)
    values = pd.Series(pc.cast(some, pa.float64()).to_numpy(), index=spelt.rows[places])
    serial = values[(size == 5) & values.between(20_000, 80_000)]
    if len(serial):
        micros = (serial * 86_400).round() * 1_000_000
        work.give(
            serial.index.to_numpy(), np.datetime64("1899-12-30", "us") + micros.astype("int64").to_numpy()
        )
    for length, unit in ((10, 1_000_000), (13, 1_000), (16, 1)):
        stamps = values[size == length]
        if len(stamps):
            micros = (stamps.astype("float64") * unit).round().astype("int64")
            utc = pd.Series(micros.to_numpy().astype("datetime64[us]")).dt.tz_localize("UTC")
            work.give(stamps.index.to_numpy(), utc.dt.tz_convert(zone).dt.tz_localize(None).to_numpy())


def _year_first(work: _Work, spelt: Spelt, zone: ZoneInfo) -> None:
    date = r"(?P<y>\d{4})[-/. ]+(?P<m>\d{1,2})[-/. ]+(?P<d>\d{1,2})"
    found = spelt.fields(date + TAIL, work.open)
    if len(found):
        work.give(found.index.to_numpy(), _assemble(found, zone))


def _year_last(work: _Work, spelt: Spelt, zone: ZoneInfo, day_first: bool | None, name: str) -> None:
    """01/02/2026: the column's unambiguous dates say whether the day or the month comes first."""
    date = r"(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4})"
    found = spelt.fields(date + TAIL, work.open)
    if not len(found):
        return
    a, b = found["a"], found["b"]
    day, month = int((a > 12).sum()), int((b > 12).sum())
    if day_first is None and day and month:
        clear = (a > 12) | (b > 12) | (a == b)
        swapped = found.rename(columns={"a": "d", "b": "m"}).where(
            a > 12, found.rename(columns={"a": "m", "b": "d"})
        )
        work.give(found.index[clear].to_numpy(), _assemble(swapped[clear], zone))
        work.refuse(found.index[~clear].to_numpy(), AMBIGUOUS)
        work.notes.append(
            f"{name}：{day} 个日期先写日、{month} 个先写月，互相矛盾；"
            f"两可的 {int((~clear).sum())} 个未读入，请写 day_first"
        )
        return
    decided = (
        day_first if day_first is not None else day > 0 or (month == 0 and _steadier_day_first(found, zone))
    )
    names = {"a": "d", "b": "m"} if decided else {"a": "m", "b": "d"}
    work.give(found.index.to_numpy(), _assemble(found.rename(columns=names), zone))
    if day_first is None and not day and not month and (a != b).any():
        order = "日/月/年" if decided else "月/日/年"
        work.notes.append(f"{name}：没有大于 12 的数可以判断日月先后，按 {order} 读取；如不对请写 day_first")


def _steadier_day_first(found: pd.DataFrame, zone: ZoneInfo) -> bool:
    """Whether day-first gives the calmer sequence: exports come in order of time."""
    calm = []
    for names in ({"a": "d", "b": "m"}, {"a": "m", "b": "d"}):
        times = _assemble(found.rename(columns=names), zone)
        times = times[~np.isnat(times)].astype("int64")
        calm.append(np.abs(np.diff(times)).sum() if len(times) == len(found) else np.inf)
    return bool(calm[0] < calm[1])


def _no_year(work: _Work, spelt: Spelt, year: int | None, name: str) -> None:
    found = spelt.fields(rf"(?P<m>\d{{1,2}})[-/. ](?P<d>\d{{1,2}}){CLOCK}{HALF}", work.open)
    if not len(found):
        return
    if year is None:
        work.refuse(found.index.to_numpy(), NO_YEAR)
        work.notes.append(f"{name}：有日期没有年份，未读入；请在参数 year 中写年份")
    else:
        work.give(found.index.to_numpy(), _assemble(found.assign(y=year), None))


def _leftovers(work: _Work, spelt: Spelt) -> None:
    dates = pc.count_substring_regex(spelt.plain, r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}").to_numpy()
    twice = spelt.rows[spelt.places(dates > 1)]
    work.refuse(twice[work.open[twice]], TWICE)
    work.refuse(np.flatnonzero(work.open), UNREADABLE)


def _assemble(found: pd.DataFrame, zone: ZoneInfo | None) -> np.ndarray:
    """Times from the numbers of `Spelt.fields`; NaT for days and clocks that do not exist."""
    part = {name: _column(found, name) for name in ("y", "m", "d", "h", "mi", "s", "us", "half")}
    hour = _half_day(part["h"], part["half"])
    good = (
        (part["m"] >= 1)
        & (part["m"] <= 12)
        & (part["d"] >= 1)
        & (hour <= 24)
        & (part["mi"] < 60)
        & (part["s"] < 60)
    )
    month = (part["y"] - 1970).astype("datetime64[Y]").astype("datetime64[M]") + np.where(
        good, part["m"] - 1, 0
    )
    day = month.astype("datetime64[D]") + np.where(good, part["d"] - 1, 0)
    good &= day.astype("datetime64[M]") == month
    seconds = hour * 3600 + part["mi"] * 60 + part["s"]
    times = day.astype("datetime64[us]") + (seconds * 1_000_000 + part["us"])
    times = np.where(good, times, np.datetime64("NaT", "us"))
    zoned = _column(found, "zoned").astype(bool)
    return _local(times, zoned, _column(found, "offset"), zone) if zone is not None and zoned.any() else times


def _column(found: pd.DataFrame, name: str) -> np.ndarray:
    """One column of numbers; nothing counts as 0."""
    return found[name].to_numpy() if name in found else np.zeros(len(found), dtype="int64")


def _half_day(hour: np.ndarray, half: np.ndarray) -> np.ndarray:
    late = ((half == LATE) & (hour < 12)) | ((half == NOON) & (hour < 11))
    return np.where(late, hour + 12, np.where((half == EARLY) & (hour == 12), 0, hour))


def _local(times: np.ndarray, zoned: np.ndarray, offset: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Times that carry a zone brought to local time; the others stay as written."""
    utc = pd.Series(times - (offset * 60_000_000).astype("timedelta64[us]")).dt.tz_localize("UTC")
    local = utc.dt.tz_convert(zone).dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    return np.where(zoned, local, times)


def months(texts: pd.Series, *, zone: ZoneInfo) -> pd.Series:
    """Months as “2026-09”, from 2026-09, 2026年9月, 202609 or any readable date; NA where unreadable.

    >>> months(pd.Series(["2026年9月", "202609", "九月"]), zone=ZoneInfo("Asia/Shanghai")).tolist()
    ['2026-09', '2026-09', nan]
    """
    text = texts.astype("str").fillna("").str.strip()
    parts = text.str.extract(r"^(?P<y>(?:19|20)\d\d)(?:年|[-/.])?(?P<m>\d{1,2})月?$")
    month = parts["y"] + "-" + parts["m"].str.zfill(2)
    month = month.where(pd.to_numeric(parts["m"]).between(1, 12))
    rest = month.isna() & (text != "")
    if rest.any():
        times = parse(text[rest], zone=zone).times
        month = month.where(~rest, times.dt.strftime("%Y-%m").reindex(text.index))
    return month.astype("str")
