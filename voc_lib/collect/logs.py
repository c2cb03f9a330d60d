"""Operation logs to events: files or a query through the readers, each column told by its name or its values.

Few different values stand in most columns of a log, so each is read once as categories.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib import params, schema
from voc_lib.collect import database, dates, headers, readers
from voc_lib.collect.columns import series
from voc_lib.collect.table import Table, raw_json
from voc_lib.errors import DataError
from voc_lib.logged import Logs
from voc_lib.params import IGNORE, Settings
from voc_lib.yamlfile import shipped

SOURCE = "操作日志"
SHOWN = 1_000  # rows of a file and fault whose cells are kept
NEEDED = ("user_id", "at", "function")
SAMPLE = 2_000
MOST = 0.9  # of the values of a column that must be what a field holds
FAULT = np.array(["", "缺少员工", "缺少时间或无法识别", "缺少功能"])
ADDRESS = r"/|https?://"
ASKED = r"[?#].*$"
NUMBERED = r"/(?:\d+|[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,}){0,4})(?=/|$)"  # /customer/128, /customer/3f0a91bc
STAMPS = {10: 1_000_000, 13: 1_000, 16: 1}  # digits of a Unix time -> microseconds of its unit


@dataclass(frozen=True)
class Known:
    """What other tables say, to tell columns by their values: ids of employees, names of functions."""

    users: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Read:
    """Events of all files with their place (`file`, `sheet`, `line`), rows that are none as they stood."""

    events: pd.DataFrame
    unusable: pd.DataFrame
    files: pd.DataFrame
    headers: pd.DataFrame  # source, file, header, field
    notes: tuple[str, ...] = ()


def load(ref: Logs, settings: Settings, known: Known) -> Read:
    """The events of the logs; DataError where user, time or function has no column."""
    zone = settings.params.zone
    parts = [_one(table, ref, zone, known) for table in _tables(ref, settings)]
    frame = pd.concat(_alike([part.events for part in parts]), ignore_index=True)
    good = (frame["fault"] == 0).to_numpy()
    if not good.any():
        raise DataError("操作日志没有一行可用：员工、时间、功能要有值且可读。请检查 logs 的文件与 columns。")
    raws = np.concatenate([part.raws for part in parts])
    unusable = frame.loc[~good, ["file", "sheet", "line"]]
    unusable = unusable.assign(reason=FAULT[frame.loc[~good, "fault"]], raw=raws)
    rejected = pd.concat([part.rejects for part in parts], ignore_index=True)
    files = frame[["file", "sheet"]].drop_duplicates(ignore_index=True)
    return Read(
        frame[good].drop(columns="fault").reset_index(drop=True),
        pd.concat([rejected, unusable], ignore_index=True),
        files,
        pd.concat([part.headers for part in parts], ignore_index=True),
        tuple(note for part in parts for note in part.notes),
    )


def files(ref: Logs | None, settings: Settings) -> pd.DataFrame:
    """schema.LOG_FILES: the files of the log, not opened; of a database one line."""
    if ref is None:
        return schema.empty(schema.LOG_FILES)
    if ref.url is not None:
        return schema.shape(pd.DataFrame({"file": ["数据库：操作日志"]}), schema.LOG_FILES)
    found = readers.files(map(settings.resolve, ref.paths))
    rows = [(label or file.name, file.stat().st_size) for file, label in found]
    return schema.shape(pd.DataFrame(rows, columns=["file", "bytes"]), schema.LOG_FILES)


def _tables(ref: Logs, settings: Settings) -> list[Table]:
    if ref.url is not None and ref.query is not None:
        return [database.read(params.secret(ref.url), ref.query, name="操作日志")]
    names = frozenset(map(headers.normal, ref.columns)) | frozenset(headers.synonyms("events"))
    return [
        table
        for file, label in readers.files(map(settings.resolve, ref.paths))
        for table in readers.read(file, known=names, label=label)
    ]


@dataclass(frozen=True)
class _Part:
    """One table: events with the number of their fault, raw cells of those that have one, its rejects."""

    events: pd.DataFrame
    raws: np.ndarray
    rejects: pd.DataFrame
    headers: pd.DataFrame
    notes: list[str]


def _one(table: Table, ref: Logs, zone: ZoneInfo, known: Known) -> _Part:
    fields = matched(table, ref, zone, known)
    notes = [f"操作日志 · {note}" for note in table.notes]
    tell = partial(_told, notes, table.place)
    columns: dict[str, pd.Series] = {
        name: _category(table.cells[header])
        for name, header in fields.items()
        if name in ("user_id", "function", "action", "error", "account", "department", "role")
    }
    columns["function"] = pages(columns["function"])
    columns["at"] = clock(table.cells[fields["at"]], zone)
    if "received_at" in fields:
        columns["received_at"] = clock(table.cells[fields["received_at"]], zone)
    if "event_id" in fields:
        columns["event_id"] = series(table.cells[fields["event_id"]])
    if "duration_ms" in fields:
        columns["duration_ms"], said = duration(table.cells[fields["duration_ms"]], fields["duration_ms"])
        tell(said)
    columns["failed"], said = failed(
        _category(table.cells[fields["outcome"]]) if "outcome" in fields else None,
        columns.get("error"),
        header=fields.get("outcome", ""),
        rows=len(table.lines),
    )
    tell(said)
    frame = pd.DataFrame(columns, index=np.arange(len(table.lines)))
    frame["fault"] = _faults(frame)
    place = {"file": table.file, "sheet": table.sheet}
    whole = {
        name: merged(np.zeros(len(frame), "int8"), pd.Series([value or ""], dtype="str"))
        for name, value in place.items()
    }
    rejects = table.rejects[["line", "reason", "raw"]].assign(**place)
    told = pd.DataFrame(
        {"source": SOURCE, "file": table.file, "header": fields.values(), "field": fields.keys()}
    )
    events = frame.assign(**whole, line=table.lines.astype("int64"))
    return _Part(events, _raws(table, frame["fault"]), rejects, told, notes)


def _raws(table: Table, fault: pd.Series) -> np.ndarray:
    """The cells of the rows that have a fault as JSON, of each fault the first `SHOWN`; None for the rest."""
    rows = np.flatnonzero(fault)
    shown = (fault.iloc[rows].groupby(fault.iloc[rows]).cumcount() < SHOWN).to_numpy()
    found = np.full(len(rows), None, dtype=object)
    cells = table.cells.select(list(table.columns)).take(pa.array(rows[shown])).to_pylist()
    found[shown] = [raw_json(cell) for cell in cells]
    return found


def _nothing(rows: int) -> pd.Categorical:
    return merged(np.full(rows, -1, "int8"), pd.Series([], dtype="str"))


def _told(notes: list[str], place: str, said: str) -> None:
    if said:
        notes.append(f"操作日志 · {place}：{said}")


def _faults(frame: pd.DataFrame) -> np.ndarray:
    """The number of what is missing of each row, 0 for nothing."""
    fault = np.zeros(len(frame), "int8")
    for number, name in reversed([*enumerate(NEEDED, start=1)]):
        fault[frame[name].isna().to_numpy()] = number
    return fault


def _alike(parts: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """The parts with the same categories, so that they stay categories when joined."""
    names = dict.fromkeys(
        str(name) for part in parts for name in part if isinstance(part[name].dtype, pd.CategoricalDtype)
    )
    wide = [part.assign(**{n: _nothing(len(part)) for n in names if n not in part}) for part in parts]
    for name in names:
        shared = pd.api.types.union_categoricals([part[name] for part in wide]).categories
        wide = [part.assign(**{str(name): part[name].cat.set_categories(shared)}) for part in wide]
    return wide


def matched(table: Table, ref: Logs, zone: ZoneInfo, known: Known) -> dict[str, str]:
    """Field -> header: by the params, the names, then the values; DataError where one needed is not found."""
    for header, field in ref.columns.items():
        if field not in (*schema.EVENTS.names, IGNORE):
            allowed = "、".join(schema.EVENTS.names)
            raise DataError(f"logs 的 columns 里 “{header}: {field}” 不是日志的字段。可用：{allowed}。")
    found = headers.match(table.columns, ref.columns, table="events", where=f"操作日志 {table.place}")
    fields = {m.field: m.header for m in found if m.field}
    free = [m.header for m in found if m.field is None and m.how != "指定"]
    for name in (n for n in NEEDED if n not in fields):
        fits = [h for h in free if _holds(name, table.cells[h], zone, known)]
        if len(fits) == 1:
            fields[name] = fits[0]
            free.remove(fits[0])
            continue
        label = schema.EVENTS.labels[name]
        rivals = f"可能是 {'、'.join(fits)} 中的一列" if fits else f"表头：{'、'.join(table.columns[:40])}"
        raise DataError(
            f"操作日志 {table.place} 里认不出{label}列（{rivals}）。"
            f"请在 logs 的 columns 里写明，例如 {{{(fits or ['原表头'])[0]}: {name}}}。"
        )
    return fields


def _holds(name: str, column: pa.ChunkedArray, zone: ZoneInfo, known: Known) -> bool:
    """Whether what stands in a column is what a field holds."""
    values = series(column.slice(0, SAMPLE)).dropna()
    if values.empty:
        return False
    if name == "at":
        return bool(dates.parse(values, zone=zone).times.notna().mean() >= MOST)
    among = known.users if name == "user_id" else known.functions
    return bool(values.map(plain).isin(among).mean() >= MOST) if among else False


def plain(word: str) -> str:
    """A word as it is compared: half width, trimmed, small letters.

    >>> plain(" ＣＲＭ-首页 ")
    'crm-首页'
    """
    return unicodedata.normalize("NFKC", word).strip().casefold()


def _category(column: pa.ChunkedArray) -> pd.Series:
    """A column as categories of trimmed text, missing where blank."""
    coded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = pa.chunked_array(coded.chunks).unify_dictionaries().combine_chunks()
    words = pd.Series(coded.dictionary.to_pylist(), dtype="str").str.strip()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return pd.Series(merged(codes, words))


def merged(codes: np.ndarray, words: pd.Series) -> pd.Categorical:
    """Categories of words some of which are the same or empty."""
    numbers, names = pd.factorize(words.mask(words == ""), sort=True)
    known = np.append(numbers, -1)[codes]  # code -1 takes the last
    return pd.Categorical.from_codes(known, pd.Index(names, dtype="str"))


def pages(functions: pd.Series) -> pd.Series:
    """Functions, of addresses the page alone: without what is asked of it and the numbers in it.

    >>> pages(pd.Series(pd.Categorical(["/crm/customer/128?tab=2", "/crm/customer/77", "商机"]))).tolist()
    ['/crm/customer/*', '/crm/customer/*', '商机']
    """
    words = pd.Series(functions.cat.categories, dtype="str")
    address = words.str.match(ADDRESS)
    plain = words.str.replace(ASKED, "", regex=True).str.replace(NUMBERED, "/*", regex=True)
    return pd.Series(merged(functions.cat.codes.to_numpy(), words.mask(address, plain)), functions.index)


def clock(column: pa.ChunkedArray, zone: ZoneInfo) -> pd.Series:
    """Times in local time: Unix times and ISO at full speed, what is left as people write them."""
    texts = series(column)
    times = _unix(texts, zone)
    times = times if times is not None else _iso(texts, zone)
    left = times.isna() & texts.notna()
    if left.any():
        times = times.where(~left, dates.parse(texts[left], zone=zone).times.reindex(texts.index))
    inside = times.between(*dates.SPAN, inclusive="left")
    return times.where(inside).astype("datetime64[us]")


def _unix(texts: pd.Series, zone: ZoneInfo) -> pd.Series | None:
    head = texts.dropna().head(SAMPLE)
    size = int(head.str.len().mode().iloc[0]) if len(head) else 0
    if size not in STAMPS or not head.str.fullmatch(r"\d+").mean() >= MOST:
        return None
    numbers = pd.to_numeric(texts.where(texts.str.len() == size), errors="coerce")
    micros = (numbers * STAMPS[size]).round().astype("Int64")
    return pd.to_datetime(micros, unit="us", utc=True).dt.tz_convert(zone).dt.tz_localize(None)


def _iso(texts: pd.Series, zone: ZoneInfo) -> pd.Series:
    head = texts.dropna().head(SAMPLE)
    zoned = head.str.contains(r"T?\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$").mean() >= MOST if len(head) else False
    times = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=bool(zoned))
    return times.dt.tz_convert(zone).dt.tz_localize(None) if zoned else times.dt.tz_localize(None)


def duration(column: pa.ChunkedArray, header: str) -> tuple[pd.Series, str]:
    """Milliseconds, missing where negative or no number, and what to tell of the unit."""
    texts = series(column)
    numbers = pd.to_numeric(texts, errors="coerce")
    if numbers.isna().any() and texts.notna().any():
        numbers = numbers.fillna(
            pd.to_numeric(
                texts.str.extract(r"^\s*([\d.,]+)", expand=False).str.replace(",", ""), errors="coerce"
            )
        )
    unit, how = _unit(header, texts, numbers)
    wrong = int((texts.notna() & ~(numbers >= 0)).sum())
    said = f"耗时按{unit}读（{how}）" + (f"；{wrong} 个耗时为负或无法识别，按空处理" if wrong else "")
    scaled = numbers.where(numbers >= 0) * (1_000 if unit == "秒" else 1)
    return scaled.astype("float64"), said


def _unit(header: str, texts: pd.Series, numbers: pd.Series) -> tuple[str, str]:
    """The unit of a duration: said by the header, by the values, else by their size."""
    words = re.findall(r"[a-z]+|毫秒|秒", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold())
    first = texts.dropna().head(1)
    words += re.findall(r"[a-z]+|毫秒|秒", first.iloc[0].casefold()) if len(first) else []
    said = _words()
    if set(words) & said["milliseconds"]:
        return "毫秒", "表头或单元格写明"
    if set(words) & said["seconds"]:
        return "秒", "表头或单元格写明"
    small = bool(numbers.median() < 30)
    return ("秒" if small else "毫秒"), "没有写单位，按数值大小判断，请核对"


def failed(
    outcome: pd.Series | None, error: pd.Series | None, *, header: str, rows: int
) -> tuple[pd.Series, str]:
    """1 where an operation failed, 0 where not, missing where nothing says so; and what could not be told."""
    result = np.full(rows, np.nan, "float32")
    said = ""
    if outcome is not None:
        judged = np.array([_judged(word, header) for word in outcome.cat.categories] + [np.nan], "float32")
        result = judged[outcome.cat.codes.to_numpy()]
        strange = outcome.cat.categories[np.isnan(judged[:-1])].tolist()
        counts = outcome.value_counts()
        lost = int(counts.reindex(strange).sum()) if strange else 0
        said = f"操作结果有 {lost} 行看不出成败（{'、'.join(strange[:5])}），不计入报错率" if lost else ""
    if error is not None:
        none = _words()["none"]
        flags = np.array([plain(word) not in none for word in error.cat.categories] + [False])
        wrong = flags[error.cat.codes.to_numpy()]
        result = np.where(wrong, np.float32(1), result if outcome is not None else np.float32(0))
    return pd.Series(result.astype("float32")), said


def _judged(word: str, header: str) -> float:
    said, words = plain(word), _words()
    if said in words["good"] or said in words["bad"]:
        return float(said in words["bad"])
    if re.fullmatch(r"[1-5]\d\d", said):
        return float(int(said) >= 400)
    if said in ("0", "1"):
        return _flag(said == "1", plain(header))
    if said in words["yes"] or said in words["no"]:
        told = _flag(said in words["yes"], plain(header))
        return float(said in words["no"]) if np.isnan(told) else told
    return next(
        (
            float(mark == "bad")
            for mark in ("bad", "good")
            if any(w in said for w in words[mark] if len(w) > 1)
        ),
        np.nan,
    )


def _flag(said: bool, header: str) -> float:
    """What yes and no mean under a header that says what it asks for; NaN where it does not."""
    words = _words()
    for mark, means in (("bad_headers", 1.0), ("good_headers", 0.0)):
        if any(word in header for word in words[mark]):
            return means if said else 1.0 - means
    return np.nan


@cache
def _words() -> dict[str, frozenset[str]]:
    return {
        key: frozenset(map(plain, words)) for key, words in shipped("voc_lib.collect", "logs.yaml").items()
    }


def no_error(word: str) -> bool:
    """Whether a value of an error column says that there was none.

    >>> no_error("0"), no_error("E504")
    (True, False)
    """
    return plain(word) in _words()["none"]
