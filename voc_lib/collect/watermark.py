"""How far a database was read by the last published run, and what was added or changed in it since.

The state stands beside the archive and moves only when a run is published: what a failed run read is read
again. From a day before the watermark on everything is fetched, so that late corrections are found; whatever
makes the state doubtful (other params, a lost month, a column that went backwards) fetches all rows again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow.compute as pc

from voc_lib import whole
from voc_lib.collect import database, identity, response
from voc_lib.collect.standardize import Standard
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, PublishError, did_you_mean
from voc_lib.params import IGNORE, Source

FILE = "watermarks.json"  # in the archive; in a run folder among the results: what it will be
AHEAD = pd.Timedelta(hours=1)  # later than now a clock must be ahead
STAMP = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
READ = (
    "增量读取（{column} 从 {since} 起）：数据库现有 {rows} 行，这次读取新增和改动的 {read} 行，"
    "其余以前读过，取自归档；数据库里删除的行看不出来，归档里仍在"
)
AGAIN = "这次全部重读：{why}"
CHANGED = "参数里这个来源改过"
LOST = "归档里这个来源的反馈比上次少了"
BACK = "{column} 最晚到 {now}，比上次的 {then} 还早（时间倒退，可能恢复过旧备份）"
BEHIND = "{column} 早于 {since} 的行比上次多了 {n} 行（补进来或改动时没有更新 {column}）"
NOTHING = "有 {n} 行的 {column} 是空的，看不出改没改过，每次都读"
CLOCK = (
    "{column} 最晚是 {latest}，比现在（{now}）还晚，写入它的机器时钟可能走快了；水位只记到现在，请核对时钟"
)
GONE = "数据库比上次至少少了 {n} 行：删除看不出是哪些行，归档里仍在"
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mark:
    """How far a source was read: changes until a moment; the next run fetches `since` a day.

    `asked` is a hash of what the params said of it, `behind` counts the rows changed before that day, `rows`
    all rows, `kept` those archived; `columns` and `scales` are what the columns were taken for.
    """

    asked: str
    until: str
    since: str
    behind: int
    rows: int
    kept: int = 0
    columns: Mapping[str, str] | None = None
    scales: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Fetched:
    """The rows of a source that count as new, how far it is read with them, and what is to be told.

    `partly`: the other rows are in the archive. `source` is the params' with what earlier runs settled.
    """

    table: Table
    mark: Mark
    source: Source
    partly: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Watched:
    """A query over a connection, and its column that tells what changed, quoted for this database."""

    connection: Any
    source: Source
    zone: ZoneInfo
    column: str

    def row(self, what: str, where: str = "1 = 1") -> Any:
        """The one row of counts over the query's rows."""
        query = database.among(str(self.source.query), what, where)
        return self.connection.exec_driver_sql(query).one()

    def behind(self, day: str) -> int:
        """How many rows were changed before a day."""
        return int(self.row("count(*)", f"{self.column} < '{date.fromisoformat(day)}'")[0])

    def since(self, day: str) -> str:
        """The query for the rows changed since a day, or nobody knows when."""
        where = f"{self.column} >= '{date.fromisoformat(day)}' or {self.column} is null"
        return database.among(str(self.source.query), "*", where)


@dataclass(frozen=True)
class _Seen:
    """What the column says: rows, those with a value, the latest, and the time it is in the database."""

    rows: int
    filled: int
    latest: pd.Timestamp
    now: pd.Timestamp


def read(folder: Path) -> dict[str, Mark]:
    """The marks of the last published run by source; none where there is no file, or a broken one."""
    try:
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {name: Mark(**mark) for name, mark in held.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        LOGGER.warning("%s 读不出来，数据库来源这次全部重读。", FILE)
        return {}


def leave(marks: Mapping[str, Mark], folder: Path) -> None:
    """Nothing; the marks wait in a run folder for its publication."""
    _write(folder / "results" / FILE, marks)


def left(folder: Path) -> dict[str, Mark]:
    """The marks waiting in a run folder."""
    return read(folder / "results")


def advance(marks: Mapping[str, Mark], archive: Path, kept: Mapping[str, int]) -> None:
    """Nothing; these are the marks now, with how many rows of each source the archive has.

    A disk that does not take them is only told: the next run fetches more than it had to.
    """
    if not marks:
        return
    moved = {name: replace(mark, kept=kept.get(name, 0)) for name, mark in marks.items()}
    try:
        _write(archive / FILE, {**read(archive), **moved})
    except PublishError as error:
        LOGGER.warning("增量读取的水位没有记下（%s）下次会多读一些。", error)


def forget(archive: Path, names: Collection[str]) -> None:
    """Nothing; all rows of some sources are read again by the next run."""
    held = read(archive)
    if left := {name: mark for name, mark in held.items() if name not in names}:
        _write(archive / FILE, left)
    elif held:
        (archive / FILE).unlink(missing_ok=True)


def _write(file: Path, marks: Mapping[str, Mark]) -> None:
    words = json.dumps({name: asdict(mark) for name, mark in marks.items()}, ensure_ascii=False, indent=1)
    whole.replace(file, words.encode())


def fetch(source: Source, url: str, last: Mark | None, *, kept: int, zone: ZoneInfo) -> Fetched:
    """The rows new or changed since the last mark; all of them where there is none, or it is doubtful.

    `kept` counts the archived rows of the source. DataError when the column cannot say what changed.
    """
    query = str(source.query)
    with database.connected(url, query, name=source.name) as connection:
        watched = _Watched(connection, source, zone, _column(connection, source))
        seen = _seen(watched)
        why = _doubt(watched, seen, last, kept)
        known = None if why else last
        table = database.fetch(connection, watched.since(known.since) if known else query, source.name)
        mark = _mark(watched, seen)
    _checked(table, source)
    notes = (*_again(why), *_told(source, seen, last, known, table))
    if known is None:
        return Fetched(table, mark, source, False, notes)
    mark = replace(mark, columns=known.columns, scales=known.scales)
    return Fetched(table, mark, _settled(source, known), True, notes)


def _column(connection: Any, source: Source) -> str:
    """The column quoted for this database; DataError lists what the query has."""
    names = database.columns(connection, str(source.query))
    if source.watermark not in names:
        raise DataError(
            f"数据库来源 “{source.name}” 的查询结果里没有 watermark 所写的列 “{source.watermark}”。"
            f"{did_you_mean(str(source.watermark), names)}"
        )
    return str(connection.dialect.identifier_preparer.quote_identifier(source.watermark))


def _seen(watched: _Watched) -> _Seen:
    column, source, zone = watched.column, watched.source, watched.zone
    now = database.now(watched.connection).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    rows, filled, first, last = watched.row(f"count(*), count({column}), min({column}), max({column})")
    if not filled:
        raise DataError(
            f"数据库来源 “{source.name}” 的 watermark 列 “{source.watermark}” "
            f"{'整列是空的' if rows else '还没有一行数据'}，看不出哪些行改过。"
            "请换成记录修改时间的列，或去掉 watermark。"
        )
    _moment(first, source, zone)
    return _Seen(rows, filled, _moment(last, source, zone), now)


def _mark(watched: _Watched, seen: _Seen) -> Mark:
    until = min(seen.latest, seen.now)
    day = (until - pd.Timedelta(days=watched.source.overlap_days)).date().isoformat()
    moment = until.isoformat(" ", "seconds")
    return Mark(_asked(watched.source), moment, day, watched.behind(day), seen.rows)


def _moment(value: Any, source: Source, zone: ZoneInfo) -> pd.Timestamp:
    """A value of the column as local time; DataError where it is none."""
    if not isinstance(value, (str, date)):  # a datetime is a date
        raise _no_time(source, "数字")
    try:
        moment = pd.Timestamp(value) if not isinstance(value, str) or STAMP.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None:
        raise _no_time(source, "文字")
    return moment.tz_convert(zone).tz_localize(None) if moment.tz else moment


def _no_time(source: Source, what: str, place: str = "") -> DataError:
    return DataError(
        f"数据库来源 “{source.name}” 的 watermark 列 “{source.watermark}” 里有{what}{place}，不全是时间，"
        "看不出哪些行改过。请换成记录修改时间的列，或在 query 里转换成 2026-09-30 10:00:00 这样的时间。"
    )


def _checked(table: Table, source: Source) -> None:
    """Nothing; DataError where a fetched value is no time."""
    values = table.cells[str(source.watermark)]
    good = pc.match_substring_regex(values, f"^(?:{STAMP.pattern})?$")
    if not (bad := pc.index(good, False).as_py()) < 0:
        raise _no_time(source, "文字", f"（第 {table.lines[bad]} 行）")


def _doubt(watched: _Watched, seen: _Seen, last: Mark | None, kept: int) -> str:
    """Why rows before the watermark cannot be taken for unchanged, or ""."""
    if last is None:
        return ""
    if last.asked != _asked(watched.source):
        return CHANGED
    if kept < last.kept:
        return LOST
    about = {"column": watched.source.watermark, "since": last.since}
    if seen.latest < pd.Timestamp(last.until):
        return BACK.format(**about, now=_said(seen.latest), then=_said(pd.Timestamp(last.until)))
    n = watched.behind(last.since) - last.behind
    return BEHIND.format(**about, n=n) if n > 0 else ""


def _again(why: str) -> list[str]:
    return [AGAIN.format(why=why)] if why else []


def _told(source: Source, seen: _Seen, last: Mark | None, known: Mark | None, table: Table) -> Iterator[str]:
    """What to say of the rows that were read; of all of them where nothing was `known`."""
    about = {"column": source.watermark, "rows": seen.rows}
    if known:
        yield READ.format(**about, since=known.since, read=table.read)
    if last and seen.rows < last.rows:
        yield GONE.format(n=last.rows - seen.rows)
    if seen.filled < seen.rows:
        yield NOTHING.format(**about, n=seen.rows - seen.filled)
    if seen.latest > seen.now + AHEAD:
        yield CLOCK.format(**about, latest=_said(seen.latest), now=_said(seen.now))


def _said(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _asked(source: Source) -> str:
    """A hash of what the params say of a source that can change a row of it."""
    told = source.model_dump(mode="json", exclude={"expect", "least_kept"})
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _settled(source: Source, last: Mark) -> Source:
    """The source with what its columns were taken for when all of it was read: a few rows say too little."""
    columns = {h: f for h, f in (last.columns or {}).items() if not (source.text and f == "text")}
    update = {"columns": {**columns, **source.columns}, "scales": {**(last.scales or {}), **source.scales}}
    return source.model_copy(update=update)


def settled(fetched: Fetched, standards: Sequence[Standard]) -> Mark:
    """The mark with what the columns were taken for; DataError where changed rows are not known again."""
    name = fetched.source.name
    if response.is_survey(fetched.table):
        raise DataError(f"数据库来源 “{name}” 是问卷，各题的作答不在归档里，不能增量读取。请去掉 watermark。")
    if any(identity.made(standard.feedback["feedback_id"]).any() for standard in standards):
        raise DataError(
            f"数据库来源 “{name}” 没有反馈ID列，改过的行认不出是原来的哪一条，不能增量读取。"
            "请在 query 里取出主键，并在 columns 里写明它是 feedback_id；或去掉 watermark。"
        )
    if fetched.partly:
        return fetched.mark
    rows = [standard for standard in standards if standard.table.file == fetched.table.file]
    if len(rows) != 1:  # with follow-ups a column is two things
        return fetched.mark
    (one,) = rows
    columns = {match.header: match.field or IGNORE for match in one.matches}
    scale = one.feedback["csat_scale"].dropna().unique()
    rated = {
        match.header: str(scale[0]) for match in one.matches if match.field == "csat" and len(scale) == 1
    }
    return replace(fetched.mark, columns=columns, scales=rated)
