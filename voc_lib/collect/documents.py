"""Where in a JSON document the records are: answers of servers, pages of them, feeds, help desks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voc_lib.collect import headers
from voc_lib.collect.table import raw_json
from voc_lib.errors import DataError, did_you_mean

CONTAINERS = ("data", "records", "rows", "items", "results", "list", "feedback", "comments")
REPLY = {"code", "errcode", "errno", "ret", "success", "msg", "total", "data"}  # what a server's reply says
CODES = ("code", "errcode", "errno", "error_code", "ret", "status_code", "status", "error", "success")
MESSAGES = ("msg", "message", "errmsg", "error_msg", "error_message", "error_description")
PAYLOADS = ("data", "result", *CONTAINERS[1:])
FEEDBACK = {"text", "created_at"}
DEEP = 4  # objects a list of records may lie in: {"data": {"page": {"list": […]}}}
MOST = 0.9
SAMPLE = 50
# cb_1({…});   var data = […];   )]}',  before an answer
INSIDE = r"\s*(?P<inside>[\[{].*[\]}])\s*"
COMMENT = r"\s*(?:/\*.{0,200}?\*/)?"
GUARD = r"(?:\s*(?:typeof\s+)?[\w$.]{1,80}(?:\s*={2,3}\s*['\"]function['\"])?\s*&&)?"  # there is one
AROUND = {
    "JSONP（函数调用里的 JSON）": rf"{COMMENT}{GUARD}\s*[\w$.]{{1,80}}\s*\({INSIDE}\)\s*;?\s*",
    "赋值语句里的 JSON": rf"\s*(?:(?:var|let|const)\s+)?[\w$.]{{1,80}}\s*={INSIDE};?\s*",
    "带前缀的 JSON": rf"\s*(?:\)\]\}}',?|while\s*\(1\);|for\s*\(;;\);){INSIDE}",
}
PEOPLE = ("users", "authors", "people", "persons", "customers", "contacts", "profiles", "members")
KNOWN_OF = ("name", "email", "phone")  # what a record of a person adds to a ticket


@dataclass(frozen=True)
class Document:
    """Numbered records, broken lines (number, reason, raw), empty lines, what to tell the analyst."""

    records: Sequence[tuple[int, Any]]
    broken: Sequence[tuple[int, str, str]] = ()
    empty: int = 0
    notes: tuple[str, ...] = ()


def read(text: str, name: str, *, one_a_line: bool = False, path: str | None = None) -> Document:
    """The records of a JSON document or of JSON lines; `path` names their list: feed.entry."""
    try:
        return _whole(json.loads(text), name, one_a_line, path)
    except RecursionError:
        raise DataError(f"{name} 的 JSON 嵌套过深，未读取。请导出为表格或一行一条的 JSON。") from None
    except ValueError as error:
        return _broken(text, error, name, path)


def _whole(value: Any, name: str, one_a_line: bool, path: str | None) -> Document:
    rows, notes = _unpack(value, name, one_a_line, path)
    return Document([*enumerate(rows, start=1)], notes=tuple(notes))


def _broken(text: str, error: ValueError, name: str, path: str | None) -> Document:
    """What is no JSON: a call or an assignment around it, or one record a line."""
    for what, around in AROUND.items():
        if found := re.fullmatch(around, text, re.DOTALL):
            try:
                inner = _whole(json.loads(found["inside"]), name, False, path)
            except ValueError:
                continue
            return Document(inner.records, notes=(f"{name}：文件是{what}，已取出其中的内容", *inner.notes))
    lines = _lines(text)
    records = sum(isinstance(record, dict) for _, record in lines.records)
    begins = bool(lines.records) and (not lines.broken or lines.records[0][0] < lines.broken[0][0])
    if records and (begins or records >= len(lines.broken)):
        return _paged(lines, name, path)
    if not isinstance(error, json.JSONDecodeError):
        raise DataError(f"{name} 的 JSON 中有无法读取的数（{type(error).__name__}）。请重新导出。") from None
    place = f"第 {error.lineno} 行第 {error.colno} 列"
    raise DataError(f"{name} 不是有效的 JSON（{place}）。请重新导出，或改为一行一条的 JSON。") from None


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
    return Document(good, bad, empty)


def _paged(lines: Document, name: str, path: str | None) -> Document:
    """Lines that are answers of a server each, as the records in them; records stay as they are."""
    values = [value for _, value in lines.records]
    if not path and not _are_pages(values):
        return lines
    rows, notes = _unpack(values, name, False, path)
    if lines.broken:
        notes.append(f"{name}：{len(lines.broken)} 行不是有效的 JSON，每行原是一页，其中的记录没有读入")
    broken = [(len(rows) + n, *line[1:]) for n, line in enumerate(lines.broken, start=1)]
    return Document([*enumerate(rows, start=1)], broken, lines.empty, tuple(notes))


def _unpack(value: Any, name: str, one_a_line: bool, path: str | None) -> tuple[list[Any], list[str]]:
    """The records inside a document, and what to tell the analyst."""
    if path:
        return _named(_at(value, path, name)), []
    if isinstance(value, list) and _are_pages(value):
        rows = [row for page in value for row in _unpack(page, name, False, None)[0]]
        return rows, [f"{name}：由 {len(value)} 页拼成，共 {len(rows)} 条"]
    if isinstance(value, list):
        return _named(value), []
    if not isinstance(value, dict):
        raise DataError(f"{name} 的 JSON 里找不到记录列表。应是 [{{…}}, {{…}}]、一行一条，或放在键 data 里。")
    return _inside(value, name, one_a_line), []


def _inside(value: dict, name: str, one_a_line: bool) -> list[Any]:
    """The records inside an object, which may be one itself."""
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return _named([value["columns"], *value["data"]])
    if not one_a_line and (said := _refusal(value)):
        raise DataError(f"{name} 是平台的答复“{said}”，里面没有数据。请重新登录并重新导出。")
    found = _nearest(value)
    if not found:
        return _turned(value)
    chosen = _chosen(found, name)
    if _is_record(value, found[chosen], one_a_line):
        return [value]
    return _joined(_named(found[chosen]), {path: rows for path, rows in found.items() if path != chosen})


def _refusal(value: dict) -> str:
    """The message of a reply that a server gave instead of records, with its code; "" for anything else.

    >>> _refusal({"code": 401, "msg": "登录已失效", "data": None}), _refusal({"code": "A1", "msg": "太慢"})
    ('登录已失效（code 401）', '')
    >>> _refusal({"status": "已关闭", "message": "送得慢", "result": ""})
    ''
    """
    code = next((key for key in CODES if _is_code(key, value.get(key))), "")
    words = next((value[key] for key in MESSAGES if isinstance(value.get(key), str)), "")
    payloads = [value[key] for key in PAYLOADS if key in value]
    nothing = bool(payloads) and all(payload in (None, "", {}) for payload in payloads)
    return f"{words[:SAMPLE]}（{code} {value[code]}）" if code and words and nothing else ""


def _is_code(key: str, said: Any) -> bool:
    """Whether it is what a server answers by: a number, or the name of an error."""
    return isinstance(said, int) or (isinstance(said, str) and (said.isdigit() or key.startswith("error")))


def _turned(value: dict) -> list[Any]:
    """Columns as pandas writes them, to records; anything else is one record."""
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


def _nearest(value: dict) -> dict[str, list[Any]]:
    """Path -> list of records, of those nearest to the top; lists of one name at one depth are one list."""
    level = {"": value}
    for _ in range(DEEP):
        found: dict[str, list[Any]] = {}
        for place, part in level.items():
            for key, rows in part.items():
                if isinstance(rows, list) and _records(rows, key):
                    of_name = (p for p in found if p.rsplit(".", 1)[-1] == key)
                    same = next((p for p in of_name if _alike(found[p], rows)), "")
                    found[same or f"{place}{key}"] = [*found.get(same, []), *rows]
        if found:
            return found
        inner = ((f"{place}{k}.", v) for place, part in level.items() for k, v in part.items())
        level = {place: part for place, part in inner if isinstance(part, dict)}
    return {}


def _alike(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists hold records of one kind."""
    return not a or not b or (_keys(a[0]) == _keys(b[0]) != set())


def _keys(record: Any) -> set[str]:
    return set(record) if isinstance(record, dict) else set()


def _records(rows: list[Any], key: str) -> bool:
    """Whether a list holds records, or would if it held anything."""
    return isinstance(rows[0], (dict, list)) if rows else key in CONTAINERS


def _chosen(found: Mapping[str, list[Any]], name: str) -> str:
    """The list that holds the feedback: by its usual name, else by what its records are known for."""
    if len(found) == 1:
        return next(iter(found))
    worded = [path for path, rows in found.items() if {"text"} <= _fields_of(rows)]
    usual = [path for key in CONTAINERS for path in found if path.rsplit(".", 1)[-1] == key]
    if len(worded) == 1:
        return worded[0]
    if usual and (not worded or usual[0] in worded):
        return usual[0]
    listed = "、".join(f"{path}（{len(rows)} 条）" for path, rows in sorted(found.items()))
    keys = "、".join(sorted(path.rsplit(".", 1)[-1] for path in found))
    raise DataError(
        f"{name} 的 JSON 里有几个列表（{keys}），分不清哪个是反馈：{listed}。"
        f"请在这个来源下写 records: {sorted(worded or found)[0]}"
    )


def _at(value: Any, path: str, name: str) -> list[Any]:
    """The list at a path, those of all pages in one."""
    parts: list[Any] = value if isinstance(value, list) else [value]
    for key in path.split("."):
        parts = [p for part in parts for p in ([part] if not isinstance(part, list) else part)]
        parts = [part[key] for part in parts if isinstance(part, dict) and key in part]
    lists = [part if isinstance(part, list) else [part] for part in parts]
    if lists:
        return [row for part in lists for row in part]
    known = sorted({p for part in (value if isinstance(value, list) else [value])[:1] for p in _paths(part)})
    raise DataError(f"{name} 的 JSON 里没有参数 records 所写的 “{path}”。{did_you_mean(path, known)}")


def _paths(value: Any, before: str = "", depth: int = DEEP) -> Iterator[str]:
    """The paths of all lists of records inside objects."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, list) and _records(inner, key):
            yield f"{before}{key}"
        elif isinstance(inner, dict) and depth > 1:
            yield from _paths(inner, f"{before}{key}.", depth - 1)


def _are_pages(values: Sequence[Any]) -> bool:
    """Whether values are answers of a server, each with a list of records, and no records themselves.

    >>> _are_pages([{"code": 0, "data": [{"内容": "慢"}]}, {"code": 0, "data": []}])
    True
    """
    some = values[:SAMPLE]
    if not some or not all(isinstance(value, (dict, list)) for value in some):
        return False
    if all(isinstance(value, list) for value in some):
        return all(isinstance(row, dict) for value in some for row in value) and any(some)
    found = [_nearest(value) if isinstance(value, dict) else {} for value in some]
    with_lists = [(v, f) for v, f in zip(some, found, strict=True) if f]
    if len(with_lists) < MOST * len(some):
        return False
    return not any(
        "text" in _fields(value) or _is_record(value, next(iter(lists.values())), False)
        for value, lists in with_lists
    )


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


def _fields_of(rows: Sequence[Any]) -> set[str]:
    """The fields the first records of a list are known for, also those one object down."""
    fields: set[str] = set()
    for row in rows[:5]:
        if isinstance(row, dict):
            plain = {k: None for k, v in row.items() if isinstance(v, dict)} | row
            fields |= _fields({**plain, **{k: "" for k, v in row.items() if isinstance(v, dict)}})
    return fields


def _joined(rows: list[Any], beside: Mapping[str, list[Any]]) -> list[Any]:
    """Tickets with the names and contacts of the people whose ids they hold, where a list beside has them."""
    for path, people in beside.items():
        by_id = {p["id"]: p for p in people if isinstance(p, dict) and isinstance(p.get("id"), (int, str))}
        if path.rsplit(".", 1)[-1] not in PEOPLE or not by_id or len(by_id) < len(people):
            continue
        rows = [_with(row, by_id) if isinstance(row, dict) else row for row in rows]
    return rows


def _with(row: dict, people: Mapping[Any, dict]) -> dict:
    found = {key[: -len("_id")]: people[v] for key, v in row.items()
             if key.endswith("_id") and isinstance(v, (int, str)) and v in people}  # fmt: skip
    added = {
        f"{role}.{key}": person[key] for role, person in found.items() for key in KNOWN_OF if person.get(key)
    }
    return {**added, **row}
