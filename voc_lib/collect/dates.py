"""Times as people and systems write them to local naive times, decided per column on evidence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import ago, dayorder, reckoning, years
from voc_lib.collect.moments import assemble, column
from voc_lib.collect.spelling import MONTHS, NONE, Spelt
from voc_lib.collect.words import arrow
from voc_lib.collect.work import IMPOSSIBLE, MISSING, NO_YEAR, TWICE, UNREADABLE, Work
from voc_lib.collect.years import NOTHING, Known

SAMPLE = 500
WHOLE = 19  # characters of 2026-09-01 10:00:00
SPAN = (pd.Timestamp("1990-01-01"), pd.Timestamp("2101-01-01"))
SECONDS = r":(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?"
HOUR = r"(?P<h>\d{1,2}):(?P<mi>\d{1,2})"
CLOCK = rf"(?:[ T]*{HOUR}(?:{SECONDS})?)?"
HALF = r"[ ]*(?P<half>[AP]M|上午|下午|早上|凌晨|中午|晚上)?"
ZONE = r"[ ]*\(?(?:(?:UTC|GMT)?(?P<zone>[+-]\d{2}:?\d{2}|[+-]\d{1,2}(?::\d{2})?|Z|UTC|GMT))?\)?"
# A clock to the minute and a dash may be followed by a zone or by the end: 10:00-08:00, 10:00-18:00.
SHORT = rf"[ -]*{HOUR}{HALF}{ZONE}"
SURE = (HALF, rf"[ T-]*{HOUR}{SECONDS}{HALF}{ZONE}", rf"T{HOUR}{HALF}{ZONE}")
PERIOD = rf"[ -]*{HOUR}(?::(?P<s>\d{{1,2}}))?{HALF}[ ]*(?:[-–—~]|至|到)[ ]*\d{{1,2}}:\d{{2}}(?::\d{{2}})?"
MONTH = rf"(?P<mon>{'|'.join(MONTHS)})[A-Z]*[.]?"
FARTHEST = 14 * 60  # minutes a zone may be from UTC
FRAMED = r"\d.*[一-鿿A-Za-z]|[一-鿿A-Za-z].*\d"  # a date with words before or behind it
COMPACT = r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
FAST = {mark: [f"%Y{mark}%m{mark}%d{clock}" for clock in (" %H:%M:%S", "", " %H:%M")] for mark in "-/"}


@dataclass(frozen=True)
class Parsed:
    """Times (`datetime64[us]`, NaT where unreadable), the reason of each NaT, decisions for the column."""

    times: pd.Series
    reasons: pd.Series
    notes: tuple[str, ...] = ()


def parse(
    texts: pd.Series,
    *,
    zone: ZoneInfo,
    year: int | None = None,
    day_first: bool | None = None,
    name: str = "时间",
    known: Known = NOTHING,
) -> Parsed:
    """The times in a column of text; `year` serves dates without one, `day_first` settles 01/02/2026.

    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> parse(pd.Series(["2023年12月27日", "43889.5", "01.07"]), zone=zone).times.astype(str).tolist()
    ['2023-12-27 00:00:00', '2020-02-28 12:00:00', nan]
    """
    given = texts.astype("str").fillna("").reset_index(drop=True)
    repeated = given.head(20 * SAMPLE).nunique() < 0.5 * min(len(given), 20 * SAMPLE)
    unique = pd.Series(pd.unique(given), dtype="str") if repeated else given
    written = reckoning.western(unique) if known.buddhist else unique
    work = _parse(written, zone=zone, day_first=day_first, name=name, epoch=known.epoch)
    if written is not unique:
        work.notes.append(reckoning.READ.format(name=name))
    if repeated:
        places = pd.Index(unique).get_indexer(pd.Index(given))
        work = Work(
            given,
            work.times[places],
            work.reasons[places],
            work.open[places],
            work.yearless[places],
            work.notes,
        )
    if work.yearless.any():
        _dated_by(work, year, known, name)
    _told(work, known, name)
    return Parsed(_times(work.times, texts.index), work.told(texts.index), tuple(work.notes))


def _dated_by(work: Work, year: int | None, known: Known, name: str) -> None:
    """The years of the rows without one: of when they were taken, else `year`."""
    rows = np.flatnonzero(work.yearless)
    if known.captured is not None:
        taken = known.captured.to_numpy().astype("datetime64[us]")[rows]
        some = ~np.isnat(taken)
        work.give(rows[some], years.before(work.times[rows[some]], taken[some]))
        rows = rows[~some]
    if year is None and len(rows):
        rows = _dated_beside(work, rows, known, name)
    if year is not None and len(rows):
        times = years.placed(work.times[rows], year, known)
        other = (pd.DatetimeIndex(times).year.to_numpy() != year) & ~np.isnat(times)
        if other.any():
            first, there = work.text.iloc[rows[other][0]], pd.Timestamp(times[other][0]).year
            work.notes.append(
                f"{name}：{len(rows)} 个日期没有年份，按 year: {year} 计；"
                f"其中 {int(other.sum())} 个（如 {first}）隔着元旦，计为 {there} 年，请核对"
            )
        work.give(rows, times)
    elif len(rows) and known.named is not None:
        times = years.before(work.times[rows], np.full(len(rows), known.named.to_datetime64()))
        there = pd.DatetimeIndex(times).year.max()
        work.notes.append(
            f"{name}：{len(rows)} 个日期没有年份，按文件名里的日期 {known.named:%Y-%m-%d} 计为 {there} 年；"
            "若是别的年份，请在来源下写 year"
        )
        work.give(rows, times)
    elif len(rows):
        work.times[rows] = np.datetime64("NaT")
        work.refuse(rows, NO_YEAR)
        work.notes.append(f"{name}：有日期没有年份，未读入；请在来源下写年份，如 year: 2026")


def _dated_beside(work: Work, rows: np.ndarray, known: Known, name: str) -> np.ndarray:
    """The rows without a year that those around them do not tell; none where they do."""
    beside = years.beside(work.times, work.yearless, known)
    if beside is None:
        return rows
    told = "、".join(map(str, np.unique(pd.DatetimeIndex(beside[rows]).year)))
    work.notes.append(
        f"{name}：{len(rows)} 个日期没有年份，按前后各行的年份计为 {told} 年；若是别的年份，请在来源下写 year"
    )
    work.give(rows, beside[rows])
    return rows[:0]


def _told(work: Work, known: Known, name: str) -> None:
    """The rows told from when they were read: 3小时前."""
    rows = np.flatnonzero(work.reasons == UNREADABLE)
    if not len(rows):
        return
    captured = None if known.captured is None else known.captured.iloc[rows]
    told, times = ago.read(work.text.iloc[rows], captured)
    work.give(rows[told], times[told], ago.UNANCHORED)
    for missing, words in ((False, ago.READ), (True, ago.UNREAD)):
        some = told & (np.isnat(times) == missing)
        if some.any():
            work.notes.append(words.format(name=name, n=int(some.sum()), first=work.text.iloc[rows[some][0]]))


def _times(values: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(values.astype("datetime64[us]"), index=index)


def _parse(texts: pd.Series, *, zone: ZoneInfo, day_first: bool | None, name: str, epoch: int) -> Work:
    work = Work.on(texts)
    _iso(work)
    if work.open.any():
        _reckoned(work, name)
        spelt = Spelt.of(work.text, work.open)
        work.refuse(spelt.rows[pc.equal(spelt.texts, "").to_numpy(zero_copy_only=False)], MISSING)
        steps: tuple[Callable[[], None], ...] = (
            lambda: _numbers(work, spelt, zone, epoch),
            lambda: _year_first(work, spelt, zone, name),
            lambda: _named_month(work, spelt, zone, name),
            lambda: _short_year(work, spelt, zone, day_first, name),
            lambda: _year_last(work, spelt, zone, day_first, name),
            lambda: _no_year(work, spelt),
        )
        for step in steps:
            if work.open.any():
                step()
        _framed(work, zone, day_first, name, epoch)
        _month_only(work, spelt, name)
        _leftovers(work, spelt)
    inside = (work.times >= SPAN[0].to_datetime64()) & (work.times < SPAN[1].to_datetime64())
    outside = ~np.isnat(work.times) & ~inside
    work.times[outside] = np.datetime64("NaT")
    work.reasons[outside] = IMPOSSIBLE
    return work


def _reckoned(work: Work, name: str) -> None:
    """Chinese numerals and years of another count, as the others: 二〇二六年九月三日, พ.ศ. 2569."""
    western = reckoning.marked(work.text)
    if western is not work.text:
        work.notes.append(reckoning.READ.format(name=name))
    work.text = reckoning.arabic(reckoning.republican(western))


def _framed(work: Work, zone: ZoneInfo, day_first: bool | None, name: str, epoch: int) -> None:
    """Dates with words around them: 编辑于 09-10, 发布于 2026-09-10 10:20 上海."""
    rows = np.flatnonzero(work.open)
    rows = rows[(work.text.iloc[rows].str.len() <= ago.LONGEST).to_numpy()]
    rows = rows[work.text.iloc[rows].str.contains(FRAMED).to_numpy()]
    given = work.text.iloc[rows].tolist()
    inner = pd.Series([ago.bare(text)[-1] for text in given], dtype="str")
    changed = (inner != pd.Series(map(ago.plain, given), dtype="str")).to_numpy()
    if not changed.any():
        return
    rows, inner = rows[changed], inner[changed].reset_index(drop=True)
    again = _parse(inner, zone=zone, day_first=day_first, name=name, epoch=epoch)
    read = ~np.isnat(again.times)
    work.give(rows[read], again.times[read])
    work.yearless[rows[read]] = again.yearless[read]
    work.notes += again.notes if read.any() else []


def _iso(work: Work) -> None:
    """The common cases at full speed: 2026-09-01 or 2026/9/1, with or without a clock."""
    times = _written(work.text)
    read = np.flatnonzero(~np.isnat(times))
    work.give(read, times[read])
    for mark, patterns in FAST.items():
        may = _begun(work.text, mark)  # pandas takes “today” for the time of the clock, whatever the pattern
        for pattern in patterns:
            rows = np.flatnonzero(work.open & may)
            sample = work.text.iloc[rows[:: max(1, len(rows) // SAMPLE)]]
            if not len(rows) or not _times_as(sample, pattern).notna().any():
                continue
            times = _times_as(work.text.iloc[rows], pattern).to_numpy()
            good = ~np.isnat(times)
            work.give(rows[good], times[good])


def _begun(texts: pd.Series, mark: str) -> np.ndarray:
    """Which texts begin with a year and this mark."""
    return pc.match_substring_regex(arrow(texts), rf"^\d{{4}}{mark}").to_numpy(zero_copy_only=False)


def _written(texts: pd.Series) -> np.ndarray:
    """The times of a column that holds 2026-09-01 10:00:00 or nothing; NaT throughout for any other."""
    column = arrow(texts)
    column = pc.if_else(pc.equal(column, ""), None, column)
    whole = pc.all(pc.equal(pc.binary_length(column), WHOLE)).as_py()
    if whole and not pc.any(pc.match_substring(column, "T")).as_py():
        with suppress(pa.ArrowInvalid):  # some other value of that length
            times = pc.cast(column, pa.timestamp("us")).to_numpy(zero_copy_only=False)
            if not (times < SPAN[0].to_datetime64()).any():
                return times
    return np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")


def _times_as(texts: pd.Series, pattern: str) -> pd.Series:
    return pd.to_datetime(texts, format=pattern, errors="coerce").astype("datetime64[us]")


def _numbers(work: Work, spelt: Spelt, zone: ZoneInfo, epoch: int) -> None:
    """Compact dates, Excel serials and Unix timestamps."""
    hour = r"(?P<h>\d{2})(?P<mi>\d{2})"
    clocks = ("", hour, rf"{hour}(?P<s>\d{{2}})", rf"T{hour}(?:(?P<s>\d{{2}}))?{ZONE}")
    for clock in clocks if spelt.begins(COMPACT) else ():
        found = spelt.fields(COMPACT + clock, work.open)
        found = found[found["y"].between(1900, 2099) & _possible(found)] if len(found) else found
        if len(found):
            work.give(found.index.to_numpy(), assemble(found, zone))
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
        micros = ((serial + epoch) * 86_400).round() * 1_000_000
        work.give(
            serial.index.to_numpy(), np.datetime64("1899-12-30", "us") + micros.astype("int64").to_numpy()
        )
    for length, unit in ((10, 1_000_000), (13, 1_000), (16, 1)):
        stamps = values[size == length]
        if len(stamps):
            micros = (stamps.astype("float64") * unit).round().astype("int64")
            utc = pd.Series(micros.to_numpy().astype("datetime64[us]")).dt.tz_localize("UTC")
            work.give(stamps.index.to_numpy(), utc.dt.tz_convert(zone).dt.tz_localize(None).to_numpy())


def _dated(work: Work, spelt: Spelt, date: str, name: str) -> pd.DataFrame:
    """The open rows that begin with a date: with a clock and its zone, with a period of the day, or alone."""
    if not spelt.begins(date):  # as in most columns
        return NONE
    *sure, short, period = (spelt.fields(date + tail, work.open) for tail in (*SURE, SHORT, PERIOD))
    if not any(map(len, (*sure, short, period))):
        return NONE
    long = pd.concat(sure)
    if len(short):
        spans = _is_period(short)
        long = pd.concat([long, short[~spans]])
        period = pd.concat([short[spans].assign(zoned=False), period])
    long = long[_possible(long)]
    period = period[~period.index.isin(long.index)] if len(period) else period
    period = period[~period.index.duplicated()]
    if len(period):
        first = work.text.iloc[period.index[0]]
        work.notes.append(f"{name}：{len(period)} 个值是一段时间（如 {first}），取开始的时间")
    return pd.concat([long, period]).sort_index()


def _possible(found: pd.DataFrame) -> np.ndarray:
    """Which rows have no zone, or one there is."""
    offset = column(found, "offset")
    return (np.abs(offset) <= FARTHEST) & (offset % 15 == 0)


def _is_period(found: pd.DataFrame) -> np.ndarray:
    """Which rows go from one clock to another: what follows the dash is later, and not always the same.

    An end no zone can have settles it for the column, as does an end before its beginning.
    """
    offset = column(found, "offset")
    start = column(found, "h") * 60 + column(found, "mi")
    dashed = offset < 0
    ends = -offset[dashed]
    if not dashed.any() or (_possible(found)[dashed].all() and (ends <= start[dashed]).any()):
        return np.zeros(len(found), bool)
    steady = len(np.unique(ends)) <= 2 < len(np.unique(start[dashed])) and _possible(found)[dashed].all()
    return np.zeros(len(found), bool) if steady else dashed


def _year_first(work: Work, spelt: Spelt, zone: ZoneInfo, name: str) -> None:
    for date in (r"(?P<y>\d{4})[-/. ]+(?P<m>\d{1,2})[-/. ]+(?P<d>\d{1,2})", COMPACT):
        found = _dated(work, spelt, date, name)
        if len(found):
            work.give(found.index.to_numpy(), assemble(found, zone))


def _named_month(work: Work, spelt: Spelt, zone: ZoneInfo, name: str) -> None:
    """1-Sep-2026, 1-Sep-26, Sep 1, 2026, 01-9月 -26, Tue Sep 01 10:00:00 CST 2026."""
    day, year = r"(?P<d>\d{1,2})(?:ST|ND|RD|TH)?", r"(?P<y>\d{4}|\d{2})"
    week = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*[.]?,? )?"
    for date in (
        rf"{week}{day}[- /.,]*{MONTH}[- /.,]*{year},?",
        rf"{week}{MONTH}[- /.,]*{day}[-/, ]+{year},?",
        rf"{day}-(?P<m>\d{{1,2}})- ?-{year}",
    ):
        found = _dated(work, spelt, date, name)
        if len(found):
            found = found.assign(y=found["y"].where(found["y"] > 99, found["y"] + 2000))
            work.give(found.index.to_numpy(), assemble(found, zone))
    java = spelt.fields(rf"{week}{MONTH} {day} {HOUR}{SECONDS} (?:CST |{ZONE} )?{year}", work.open)
    if len(java):  # CST is the time of China
        work.give(java.index.to_numpy(), assemble(java, zone))


def _short_year(work: Work, spelt: Spelt, zone: ZoneInfo, day_first: bool | None, name: str) -> None:
    """9/1/26, 26-9-1: the year is the part that changes least; of equal ones the later year."""
    found = _dated(work, spelt, r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,2})", name)
    if not len(found):
        return
    a, b, c = found["a"], found["b"], found["c"]
    if (b > 12).any() or (c > 31).any():
        last = True
    elif (a > 31).any() or a.nunique() != c.nunique():
        last = bool((a <= 31).all()) and c.nunique() < a.nunique()
    else:
        last = c.max() > a.max()
    work.notes.append(f"{name}：年份只有两位，按{'末尾' if last else '开头'}的两位是年份读取")
    if last:
        dayorder.day_or_month(work, found.assign(y=2000 + c), zone, day_first, name)
    else:
        dated = found.assign(y=2000 + a, m=b, d=c)
        work.give(found.index.to_numpy(), assemble(dated, zone))


def _year_last(work: Work, spelt: Spelt, zone: ZoneInfo, day_first: bool | None, name: str) -> None:
    found = _dated(work, spelt, r"(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4})", name)
    if len(found):
        dayorder.swapped(work, found, name)
        dayorder.day_or_month(work, found, zone, day_first, name)


def _no_year(work: Work, spelt: Spelt) -> None:
    """09-12 10:00, 9月1日, 12-Sep: read in a leap year for now."""
    day = r"(?P<d>\d{1,2})"
    for date in (rf"(?P<m>\d{{1,2}})[-/. ]{day}", rf"{day}[- ]{MONTH}", rf"{MONTH}[- ]{day}"):
        found = spelt.fields(rf"{date}{CLOCK}{HALF}", work.open)
        if len(found):
            rows = found.index.to_numpy()
            work.give(rows, assemble(found.assign(y=years.LEAP), None))
            work.yearless[rows] = ~np.isnat(work.times[rows])


def _month_only(work: Work, spelt: Spelt, name: str) -> None:
    """2026年9月: a column of months alone is read as their first days."""
    found = spelt.fields(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})", work.open)
    if len(found) and np.isnat(work.times).all():
        work.give(found.index.to_numpy(), assemble(found.assign(d=1), None))
        work.notes.append(f"{name}：只有年和月，按当月 1 日计，日期与时长不能细看")


def _leftovers(work: Work, spelt: Spelt) -> None:
    dates = pc.count_substring_regex(spelt.plain, r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}").to_numpy()
    twice = spelt.rows[spelt.places(dates > 1)]
    work.refuse(twice[work.open[twice]], TWICE)
    work.refuse(np.flatnonzero(work.open), UNREADABLE)


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
