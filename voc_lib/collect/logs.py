"""Operation logs to events: files or a query through the readers, each column told by its name or its values.

Few different values stand in most columns of a log, so each is read once as categories.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib import params, schema
from voc_lib.collect import database, dates, durations, headers, logfields, readers
from voc_lib.collect.columns import series
from voc_lib.collect.logfields import NEEDED, Fields, Known, Mask, plain
from voc_lib.collect.table import Table, raw_json
from voc_lib.errors import DataError
from voc_lib.logged import Logs
from voc_lib.params import Settings
from voc_lib.yamlfile import shipped

SOURCE = "操作日志"
SHOWN = 1_000  # rows of a file and fault whose cells are kept
SAMPLE = 2_000
MOST = 0.9  # of the values of a column that must be what a field holds
FAULT = np.array(["", "缺少员工", "缺少时间或无法识别", "缺少功能"])
ADDRESS = r"/|https?://"
ASKED = r"[?#].*$"
NUMBERED = r"/(?:\d+|[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,}){0,4})(?=/|$)"  # /customer/128, /customer/3f0a91bc
STAMPS = {10: 1_000_000, 13: 1_000, 16: 1}  # digits of a Unix time -> microseconds of its unit


@dataclass(frozen=True)
class Read:
    """Events of all files with their place (`file`, `sheet`, `line`), rows that are none as they stood."""

    events: pd.DataFrame
    unusable: pd.DataFrame
    files: pd.DataFrame
    headers: pd.DataFrame  # source, file, header, field (missing where not used), how
    notes: tuple[str, ...] = ()


def load(ref: Logs, settings: Settings, known: Known, mask: Mask) -> Read:
    """The events of the logs; DataError where user, time or function has no column, with masked examples."""
    zone = settings.params.zone
    tables = _tables(ref, settings)
    fields = [logfields.settled(table, ref, zone, known, mask) for table in tables]
    parts = [_one(table, found, zone, known) for table, found in zip(tables, fields, strict=True)]
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
        (*_mapped(fields), *(note for part in parts for note in part.notes), *_told(tables, parts)),
    )


def _mapped(fields: Sequence[Fields]) -> list[str]:
    """What to tell of columns that no name told, the same of many files once."""
    layouts = dict.fromkeys("，".join(found.guessed) for found in fields if found.guessed)
    way = "是按内容或相近的表头认的，请核对；不对时在 logs 的 columns 里写明"
    return [f"{SOURCE}：{layout}，{way}" for layout in layouts]


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


def _told(tables: Sequence[Table], parts: Sequence[_Part]) -> list[str]:
    """What the columns of the tables told, the same of many tables once."""
    places: dict[str, list[str]] = {}
    for table, part in zip(tables, parts, strict=True):
        for said in filter(None, part.said):
            places.setdefault(said, []).append(table.place)
    return [
        f"{SOURCE} · {at[0]}{f' 等 {len(at)} 个表' if len(at) > 1 else ''}：{said}"
        for said, at in places.items()
    ]


@dataclass(frozen=True)
class _Part:
    """One table: events with the number of their fault, raw cells of those that have one, its rejects."""

    events: pd.DataFrame
    raws: np.ndarray
    rejects: pd.DataFrame
    headers: pd.DataFrame
    notes: list[str]
    said: list[str]  # of its columns


def _one(table: Table, found: Fields, zone: ZoneInfo, known: Known) -> _Part:
    fields = found.headers
    said: list[str] = []
    columns: dict[str, pd.Series] = {
        name: _category(table.cells[header])
        for name, header in fields.items()
        if name in ("user_id", "function", "action", "error", "account", "department", "role")
    }
    columns["function"] = pages(columns["function"])
    columns["user_id"], told = people(columns["user_id"], known.users)
    said.append(told)
    columns["at"] = clock(logfields.moments(table, found), zone)
    if "received_at" in fields:
        columns["received_at"] = clock(table.cells[fields["received_at"]], zone)
    if "event_id" in fields:
        columns["event_id"] = series(table.cells[fields["event_id"]])
    if "duration_ms" in fields:
        columns["duration_ms"], told = durations.read(
            table.cells[fields["duration_ms"]], fields["duration_ms"]
        )
        said.append(told)
    if "dwell" in fields:
        stays, told = durations.dwell(table.cells[fields["dwell"]], fields["dwell"])
        columns |= {} if stays is None else {"dwell": stays}
        said.append(told)
    columns["failed"], told = failed(
        _category(table.cells[fields["outcome"]]) if "outcome" in fields else None,
        columns.get("error"),
        header=fields.get("outcome", ""),
        rows=len(table.lines),
    )
    said.append(told)
    frame = pd.DataFrame(columns, index=np.arange(len(table.lines)))
    frame["fault"] = _faults(frame)
    place = {"file": table.file, "sheet": table.sheet}
    whole = {
        name: merged(np.zeros(len(frame), "int8"), pd.Series([value or ""], dtype="str"))
        for name, value in place.items()
    }
    rejects = table.rejects[["line", "reason", "raw"]].assign(**place)
    events = frame.assign(**whole, line=table.lines.astype("int64"))
    notes = [f"{SOURCE} · {note}" for note in table.notes]
    return _Part(events, _raws(table, frame["fault"]), rejects, _headers(table, found), notes, said)


def _headers(table: Table, found: Fields) -> pd.DataFrame:
    told = pd.DataFrame(found.rows, columns=["header", "field", "how"], dtype="str")
    return told.assign(source=SOURCE, file=table.file)


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


def people(users: pd.Series, known: frozenset[str]) -> tuple[pd.Series, str]:
    """Users by their id alone where nearly all are written with something beside it, and what to tell.

    >>> users = pd.Series(pd.Categorical(["张伟(E1)", "王芳(E2)", "张伟(E1)"]))
    >>> people(users, frozenset({"e1", "e2"}))[0].tolist()
    ['e1', 'e2', 'e1']
    """
    words = pd.Series(users.cat.categories, dtype="str")
    ids = words.map(lambda word: logfields.person(word, known)).astype("str")
    beside = int((ids != words).sum())
    if not beside or ids.notna().mean() < MOST:
        return users, ""
    said = f"员工一列除工号外还写有别的字（{beside} 种写法），只取其中与员工名单相同的工号"
    return pd.Series(merged(users.cat.codes.to_numpy(), ids.fillna(words)), users.index), said


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


def failed(
    outcome: pd.Series | None, error: pd.Series | None, *, header: str, rows: int
) -> tuple[pd.Series, str]:
    """1 where an operation failed, 0 where not, missing where nothing says so; and what could not be told."""
    wrong = None if error is None else _wrong(error)
    result, said = np.full(rows, np.nan if wrong is None else 0, "float32"), ""
    if outcome is not None:
        result, said = _outcomes(outcome, wrong, header)
    if wrong is not None:
        result = np.where(wrong, np.float32(1), result)
    return pd.Series(result.astype("float32")), said


def _wrong(error: pd.Series) -> np.ndarray:
    """Which rows name an error."""
    none = _words()["none"]
    flags = np.array([plain(word) not in none for word in error.cat.categories] + [False])
    return flags[error.cat.codes.to_numpy()]


def _outcomes(outcome: pd.Series, wrong: np.ndarray | None, header: str) -> tuple[np.ndarray, str]:
    """1, 0 or missing of each row by its outcome, and what to tell of outcomes no list knows."""
    words = outcome.cat.categories
    judged = np.array([_judged(word, header) for word in words], "float32")
    told = judged if wrong is None else _beside(outcome, judged, wrong)
    by_errors = [
        f"{w}是{'失败' if told[n] else '成功'}" for n, w in enumerate(words) if judged[n] != told[n] >= 0
    ]
    said = [f"操作结果按同一行有没有错误来认：{'、'.join(by_errors[:5])}，请核对"] if by_errors else []
    strange = words[np.isnan(told)]
    if lost := int(outcome.isin(strange).sum()):
        said.append(f"操作结果有 {lost} 行看不出成败（{'、'.join(strange[:5])}），不计入报错率")
    return np.append(told, np.float32(np.nan))[outcome.cat.codes.to_numpy()], "；".join(said)


def _beside(outcome: pd.Series, judged: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """What is judged of the outcomes, and of others whether an error stands beside them always or never.

    >>> outcome = pd.Series(pd.Categorical(["0", "0", "1"]))
    >>> _beside(outcome, np.array([np.nan, np.nan]), np.array([False, False, True])).tolist()
    [0.0, 1.0]
    """
    codes = outcome.cat.codes.to_numpy()
    said = codes >= 0
    n, bad = (np.bincount(codes[said], weights=w, minlength=len(judged)) for w in (None, wrong[said]))
    share = bad / np.maximum(n, 1)
    if not (np.isnan(judged) & (share >= MOST)).any():
        return judged
    told = np.select([share >= MOST, share <= 1 - MOST], [1.0, 0.0], np.nan)
    return np.where(np.isnan(judged), told, judged)


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
