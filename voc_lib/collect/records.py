"""Records with named fields to a table: JSON, JSON lines and Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import child, guard, headers, messy, workbook
from voc_lib.collect import encoding as encodings
from voc_lib.collect.table import Table, raw_json, rejects
from voc_lib.errors import DataError

CONTAINERS = ("data", "records", "rows", "items", "results", "list", "feedback", "comments")
REPLY = {"code", "errcode", "errno", "ret", "success", "msg", "total", "data"}  # what a server's reply says
FEEDBACK = {"text", "created_at"}
DEEP = 4  # objects a list of records may lie in: {"data": {"page": {"list": […]}}}
MAX_COLUMNS = 2_000


def read_json(file: Path, *, encoding: str | None = None, label: str | None = None) -> Table:
    """The records of a JSON document or of JSON lines; a broken line is a reject."""
    guard.check_size(file, guard.MAX_JSON, "JSON 文件")
    name = label or file.name
    decoded = encodings.decode(file.read_bytes(), encoding=encoding, where=name)
    text = decoded.data.decode("utf-8")
    if not text.strip():
        raise DataError(f"{name} 是空文件，没有任何内容。请检查导出。")
    one_a_line = file.suffix.lower() in (".jsonl", ".ndjson")
    records, bad, empty = _document(text, name, one_a_line)
    table = replace(from_records(records, bad, file=name), aside={messy.EMPTY: empty})
    return table.note(*(f"{name}：{note}" for note in decoded.notes))


Document = tuple[list[tuple[int, Any]], list[tuple[int, str, str]], int]


def _document(text: str, name: str, one_a_line: bool) -> Document:
    """Numbered records, broken and empty lines; a document of one value falls apart into its records."""
    try:
        return list(enumerate(_unpack(json.loads(text), name, one_a_line), start=1)), [], 0
    except RecursionError:
        raise DataError(f"{name} 的 JSON 嵌套过深，未读取。请导出为表格或一行一条的 JSON。") from None
    except ValueError as error:
        good, bad, empty = _lines(text)
        records = sum(isinstance(record, dict) for _, record in good)
        begins = bool(good) and (not bad or good[0][0] < bad[0][0])
        if records and (begins or records >= len(bad)):
            return good, bad, empty
        if not isinstance(error, json.JSONDecodeError):
            raise DataError(
                f"{name} 的 JSON 中有无法读取的数（{type(error).__name__}）。请重新导出。"
            ) from None
        place = f"第 {error.lineno} 行第 {error.colno} 列"
        raise DataError(f"{name} 不是有效的 JSON（{place}）。请重新导出，或改为一行一条的 JSON。") from None


def _unpack(value: Any, name: str, one_a_line: bool) -> list[Any]:
    """The records inside a document."""
    if isinstance(value, list):
        return _named(value)
    if not isinstance(value, dict):
        raise DataError(f"{name} 的 JSON 里找不到记录列表。应是 [{{…}}, {{…}}]、一行一条，或放在键 data 里。")
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return _named([value["columns"], *value["data"]])
    inner = _inner(value, name)
    if inner is not None:
        return [value] if _is_record(value, inner, one_a_line) else _named(inner)
    columns = list(value.values())
    if columns and all(isinstance(c, list) and len(c) == len(columns[0]) for c in columns):
        return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
    if len(columns) > 1 and all(isinstance(c, dict) for c in columns):
        keys = dict.fromkeys(key for c in columns for key in c)
        return [{column: cells.get(key) for column, cells in value.items()} for key in keys]
    return [value]


def _named(rows: list[Any]) -> list[Any]:
    """Rows without names take them from the first one; records stay as they are.

    >>> _named([["内容", "分"], ["慢", 5]])
    [{'内容': '慢', '分': 5}]
    """
    first = rows[0] if rows else None
    if not isinstance(first, list) or not all(isinstance(cell, str) for cell in first):
        return rows
    fits = [isinstance(row, list) and len(row) == len(first) for row in rows[1:]]
    return [
        dict(zip(first, row, strict=True)) if fit else row for row, fit in zip(rows[1:], fits, strict=True)
    ]


def _inner(value: dict, name: str) -> list[Any] | None:
    """The list of records nearest to the top; DataError when several stand there."""
    level = [value]
    for _ in range(DEEP):
        lists = {id(v): (k, v) for d in level for k, v in d.items() if isinstance(v, list) and _records(v, k)}
        usual = [v for key in CONTAINERS for k, v in lists.values() if k == key]
        if usual or len(lists) == 1:
            return usual[0] if usual else next(iter(lists.values()))[1]
        if lists:
            keys = "、".join(sorted(k for k, _ in lists.values()))
            raise DataError(
                f"{name} 的 JSON 里有几个列表（{keys}），分不清哪个是反馈。请只导出一个，或放在键 data 里。"
            )
        level = [v for d in level for v in d.values() if isinstance(v, dict)]
    return None


def _records(rows: list[Any], key: str) -> bool:
    """Whether a list holds records, or would if it held anything."""
    return isinstance(rows[0], (dict, list)) if rows else key in CONTAINERS


def _is_record(value: dict, inner: list[Any], one_a_line: bool) -> bool:
    """Whether a document is one record with a list in it, not a reply around a list of records.

    >>> _is_record({"id": 1, "内容": "慢", "comments": [{"by": "x"}]}, [{"by": "x"}], False)
    True
    """
    if REPLY & value.keys():
        return False
    outside, inside = _fields(value), _fields(inner[0] if inner else {})
    return len(outside) > len(inside) or (one_a_line and outside >= FEEDBACK)


def _fields(record: Any) -> set[str]:
    """The fields a record's plain values are known for."""
    known = headers.synonyms()
    names = (
        [k for k, v in record.items() if not isinstance(v, (dict, list))] if isinstance(record, dict) else []
    )
    return {known[form][0] for form in map(headers.normal, names) if form in known}


def _lines(text: str) -> Document:
    good, bad, empty = [], [], 0
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        if not line.strip():
            empty += 1
            continue
        try:
            good.append((number, json.loads(line.strip().removesuffix(","))))
        except (ValueError, RecursionError):
            bad.append((number, "不是有效的 JSON", raw_json(line[:5000])))
    return good, bad, empty


def from_records(
    records: Iterable[tuple[int, Any]],
    bad: Sequence[tuple[int, str, str]] = (),
    *,
    file: str,
    sheet: str | None = None,
) -> Table:
    """A table of numbered records; nested objects become “outer.inner” columns, other kinds are rejects."""
    rows, lines, gone = [], [], list(bad)
    columns: dict[str, None] = {}
    for line, record in records:
        if not isinstance(record, dict) or not record:
            gone.append((line, "不是一条记录（应为键值对）", raw_json(record)))
            continue
        flat = flatten(record)
        columns.update(dict.fromkeys(flat))
        rows.append(flat)
        lines.append(line)
    if not rows:
        raise DataError(f"{file} 里没有一条可读的记录（{len(gone)} 处都不是键值对）。请检查导出。")
    if len(columns) > MAX_COLUMNS:
        raise DataError(
            f"{file} 有 {len(columns)} 个不同的键，超过 {MAX_COLUMNS} 个，不像反馈记录。请检查导出。"
        )
    arrays = {name: pa.array([_cell(row.get(name)) for row in rows], pa.large_string()) for name in columns}
    cells = pa.table(arrays)
    table = Table(
        file, sheet, tuple(cells.column_names), cells, np.array(lines, dtype="int64"), rejects(gone)
    )
    return messy.tidy(table)


def flatten(record: dict, prefix: str = "") -> dict[str, Any]:
    """A record of plain cells: inner objects one level at a time, at most three.

    >>> flatten({"user": {"id": 7, "name": "王"}, "text": "慢"})
    {'user.id': 7, 'user.name': '王', 'text': '慢'}
    """
    flat: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key}".encode("utf-8", "backslashreplace").decode()
        if isinstance(value, dict) and value and prefix.count(".") < 3:
            flat |= flatten(value, f"{name}.")
        else:
            flat[name] = value
    return flat


def _cell(value: Any) -> str:
    """One value as text; lone surrogates become visible escapes."""
    if value is None:
        return ""
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = child.word(bytes(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
        value = "；".join(str(v) for v in value)
    text = (
        value
        if isinstance(value, str)
        else raw_json(value)
        if isinstance(value, (list, dict))
        else str(value)
    )
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "")


def read_parquet(file: Path, *, label: str | None = None) -> Table:
    """The rows of a Parquet file, parsed in the limited child process."""
    name = label or file.name
    (cells, _), *_ = workbook.run_child("parquet", file, name)
    arrays = [pc.fill_null(column, "") for column in cells.columns]
    names = tuple(cells.column_names)
    lines = np.arange(1, cells.num_rows + 1, dtype="int64")
    table = Table(name, None, names, pa.Table.from_arrays(arrays, names=list(names)), lines)
    return messy.tidy(table)
