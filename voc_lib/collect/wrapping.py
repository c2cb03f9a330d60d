"""What exports put around values: `123, '123, ="123" for spreadsheets, {"text": "…"} for messages."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect.table import Table, unique_names

MOST = 0.9  # of the values of a column begin with the mark: it is none of theirs
LOOK = 1_000
SIGNS = {"`": "反引号 `", "'": "单引号 '", "=": '等号与引号 ="…"'}
FORMULA = r'^="(.*)"$'  # ="00123"
MESSAGE = r'^\s*\{\s*"text"\s*:'  # {"text": "报表打不开"}: a message of 飞书


def taken_off(table: Table) -> Table:
    """The table without the marks, with what to tell the analyst; names lose theirs too."""
    columns: list[pa.ChunkedArray] = []
    changed: dict[str, list[str]] = {}
    for name, column in zip(table.cells.column_names, table.cells.columns, strict=True):
        mark = _mark(column)
        columns.append(_bare(column, mark) if mark else _messages(column))
        if mark:
            changed.setdefault(mark, []).append(name)
    names = unique_names([_name(name) for name in table.columns])
    if names == table.columns and all(map(pa.ChunkedArray.equals, columns, table.cells.columns)):
        return table
    notes = [f"{table.place}：{len(of)} 列的值外有{SIGNS[mark]}，已去掉" for mark, of in changed.items()]
    cells = pa.Table.from_arrays(columns, names=list(names))
    return replace(table, columns=names, cells=cells).note(*notes)


def _mark(column: pa.ChunkedArray) -> str:
    """The mark around nearly every value of a column (="…" around some is enough), "" for none."""
    if not any(pc.any(_begins(column.slice(0, LOOK), mark)).as_py() for mark in SIGNS):
        return ""
    given = pc.sum(pc.not_equal(column, "")).as_py()
    for mark, least in (("`", MOST * given), ("'", MOST * given), ("=", 1)):
        if (pc.sum(_begins(column, mark)).as_py() or 0) >= least:
            return mark
    return ""


def _begins(column: pa.ChunkedArray, mark: str) -> pa.ChunkedArray:
    return pc.match_substring_regex(column, FORMULA) if mark == "=" else pc.starts_with(column, mark)


def _bare(column: pa.ChunkedArray, mark: str) -> pa.ChunkedArray:
    pattern, plain = (FORMULA, r"\1") if mark == "=" else (f"^{re.escape(mark)}", "")
    return pc.replace_substring_regex(column, pattern, plain)


def _messages(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of messages that software wrote as JSON, as the words in them."""
    if not pc.any(pc.match_substring_regex(column, MESSAGE)).as_py():
        return column
    return pa.chunked_array([[_message(cell) for cell in column.to_pylist()]], type=column.type)


def _message(cell: str) -> str:
    """The words of a message.

    >>> _message('{"text": "报表打不开"}'), _message('{"image_key": "i"}'), _message("{好}")
    ('报表打不开', '{"image_key": "i"}', '{好}')
    """
    try:
        told = json.loads(cell)
    except ValueError:
        return cell
    text = told.get("text") if isinstance(told, dict) else None
    return text if isinstance(text, str) else cell


def _name(name: str) -> str:
    """A column's name without a mark.

    >>> _name("`评论ID"), _name('="时间"'), _name("内容")
    ('评论ID', '时间', '内容')
    """
    return re.sub(FORMULA, r"\1", re.sub("^[`']", "", name))
