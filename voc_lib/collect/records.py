"""Records with named fields to a table: JSON, JSON lines and Parquet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import child, documents, guard, messy, workbook
from voc_lib.collect import encoding as encodings
from voc_lib.collect.table import Table, raw_json, rejects
from voc_lib.errors import DataError

MAX_COLUMNS = 2_000
WRAPPERS = ("_source", "node", "attributes", "fields")  # what search engines and APIs put around a record
LEAVES = ("label", "$t", "#text", "_text", "__text")  # of XML written as JSON
NAMESPACE = re.compile(r"^[a-z]{1,10}:(?=[A-Za-z])")


def read_json(
    file: Path, *, encoding: str | None = None, label: str | None = None, path: str | None = None
) -> Table:
    """The records of a JSON document or of JSON lines; a broken line is a reject."""
    guard.check_size(file, guard.MAX_JSON, "JSON 文件")
    name = label or file.name
    decoded = encodings.decode(file.read_bytes(), encoding=encoding, where=name)
    text = decoded.data.decode("utf-8")
    if not text.strip():
        raise DataError(f"{name} 是空文件，没有任何内容。请检查导出。")
    one_a_line = file.suffix.lower() in (".jsonl", ".ndjson")
    found = documents.read(text, name, one_a_line=one_a_line, path=path)
    table = replace(from_records(found.records, found.broken, file=name), aside={messy.EMPTY: found.empty})
    return table.note(*(f"{name}：{note}" for note in decoded.notes), *found.notes)


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
    >>> flatten({"im:rating": {"label": "5"}, "_source": {"text": "慢"}})
    {'rating': '5', 'text': '慢'}
    >>> flatten({"comments": [{"user": {"text": "慢"}}, {"developer": {"text": "抱歉"}}]})
    {'comments.user.text': '慢', 'comments.developer.text': '抱歉'}
    """
    flat: dict[str, Any] = {}
    for key, value in ((key, _sorts(_leaf(value))) for key, value in record.items()):
        name = f"{prefix}{_plain(key, record)}".encode("utf-8", "backslashreplace").decode()
        if isinstance(value, dict) and value and prefix.count(".") < 3:
            wrapped = key in WRAPPERS and not prefix and record.keys().isdisjoint(value)
            flat |= flatten(value, prefix if wrapped else f"{name}.")
        else:
            flat[name] = value
    return flat


def _sorts(value: Any) -> Any:
    """The object a list stands for whose items are each an object under its sort's name, no sort twice."""
    items = value if isinstance(value, list) else []
    named = [item for item in items if isinstance(item, dict) and len(item) == 1]
    sorts = {key: inner for item in named for key, inner in item.items() if isinstance(inner, dict)}
    return sorts if items and len(sorts) == len(items) else value


def _plain(key: str, record: dict) -> str:
    """A key without its XML namespace: im:rating."""
    bare = NAMESPACE.sub("", key)
    return key if bare in record else bare


def _leaf(value: Any) -> Any:
    """What an object stands for that is a text with attributes.

    >>> _leaf({"#text": "5", "@type": "x"}), _leaf({"label": "5", "id": 1})
    ('5', {'label': '5', 'id': 1})
    """
    mark = next((mark for mark in LEAVES if mark in value), None) if isinstance(value, dict) else None
    if mark is None or isinstance(value[mark], (dict, list)):
        return value
    alone = all(key in (mark, "attributes") or key.startswith("@") for key in value)
    return value[mark] if alone else value


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
