"""Quarantined rows as they were read, with nobody recognisable in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache

import ahocorasick_rs
import pandas as pd

from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vocabulary import words
from voc_lib.collect.headers import forms, synonyms
from voc_lib.collect.table import unique_names

CELLS = re.compile(r"([,\t;|，\"\\:{}\[\]\s]+)")  # between the cells of a row that has no columns
SHORTEST_ID = 4
WHOLE, UNUSED, REST = "whole row", "unused column", "rest"

Place = tuple[str, str]  # source and file
Fields = dict[tuple[Place, str], str]
Mask = Callable[[pd.Series], pd.Series]


def protect(
    quarantine: pd.DataFrame, headers: pd.DataFrame, masks: dict[str, Mask], words: Mask
) -> pd.Series:
    """`raw` of schema.QUARANTINE masked: fields with a mask of their own by it, every other cell by `words`.

    `headers` (schema.HEADERS) says which header of which file is which field; a column that is none is told
    by its header.
    """
    fields = _fields(headers)
    columns = (quarantine[name].astype("str") for name in ("source", "file", "raw"))
    rows = [((source, file), _decoded(raw)) for source, file, raw in zip(*columns, strict=True)]
    cells = [(n, name, value) for n, (_, row) in enumerate(rows) for name, value in _cells(row) if value]
    table = pd.DataFrame(cells, columns=["row", "name", "value"]).astype({"value": "str"})
    kind = pd.Series([_field(rows[n], name, fields, masks) for n, name, _ in cells], dtype="str")
    hidden = words(table["value"]).astype("str")
    for field in dict.fromkeys(kind[kind.isin([*masks])]):
        mine = kind == field
        hidden[mine] = masks[field](table.loc[mine, "value"]).fillna("")
    shown = {(n, name): value for (n, name, _), value in zip(cells, hidden, strict=True)}
    named = dict.fromkeys(name for _, row in rows if isinstance(row, dict) for name in row)
    headings = pd.Series(list(named), dtype="str")
    titles = dict(zip(headings, words(headings), strict=True))
    raws = [_encoded(n, row, shown, titles) for n, (_, row) in enumerate(rows)]
    return pd.Series(raws, index=quarantine.index, dtype="str")


def shapeless(lines: pd.Series, ids: Iterable[str]) -> pd.Series:
    """Rows without columns: every known customer id and every cell that reads like a name made unreadable.

    >>> shapeless(pd.Series(["GD01,U100,王小明,太慢了"]), ["U100"]).tolist()
    ['GD01,[客户],[姓名],太慢了']
    """
    known = sorted({i for i in ids if len(i) >= SHORTEST_ID})
    finder = ahocorasick_rs.AhoCorasick(known, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return pd.Series([_shapeless(line, finder) for line in lines], index=lines.index, dtype="str")


def _shapeless(line: str, finder: ahocorasick_rs.AhoCorasick) -> str:
    for _, start, end in reversed(finder.find_matches_as_indexes(line)):
        line = f"{line[:start]}[客户]{line[end:]}"
    return "".join("[姓名]" if _name().fullmatch(part) else part for part in CELLS.split(line))


@cache
def _name() -> re.Pattern[str]:
    two, one = words()["surnames_two"], words()["surnames"]
    return re.compile(f"(?:{'|'.join(two)}|[{one}])[{HAN}]{{1,2}}")


def nameless(cells: pd.Series) -> pd.Series:
    """Cells of columns nobody told of: what reads like a Chinese name as a whole is half shown.

    Rather a word too many than a name: nothing reads these columns.

    >>> nameless(pd.Series(["王小明", "华东", "已发货"])).tolist()
    ['王**', '华**', '已发货']
    """
    return cells.map(lambda cell: f"{cell[:1]}**" if _name().fullmatch(cell.strip()) else cell)


def _field(row: tuple[Place, dict[str, str] | str], name: str, fields: Fields, masks: dict[str, Mask]) -> str:
    """What masks a cell: its field, else what such a header usually is; WHOLE for a row without columns."""
    if not isinstance(row[1], dict):
        return WHOLE
    field = fields.get((row[0], name)) or _usual(name)
    return field if field in masks else REST if field else UNUSED


def _fields(headers: pd.DataFrame) -> Fields:
    """Place and header -> field of the columns that are one."""
    columns = ("source", "file", "header", "field")
    used = headers.loc[headers["field"].notna(), list(columns)].astype("str")
    return {((source, file), header): field for source, file, header, field in used.itertuples(index=False)}


@cache
def _usual(header: str) -> str:
    return next((synonyms()[form][0] for form in forms(header) if form in synonyms()), "")


def _decoded(raw: str) -> dict[str, str] | str:
    """The cells of a row by header; a row that had no columns stays one text."""
    try:
        value = json.loads(raw)
    except (TypeError, ValueError):
        return "" if pd.isna(raw) else str(raw)
    return value if isinstance(value, dict) else str(value)


def _cells(row: dict[str, str] | str) -> Iterable[tuple[str, str]]:
    pairs = row.items() if isinstance(row, dict) else [("", row)]
    return [(name, str(value)) for name, value in pairs if value is not None]


def _encoded(
    n: int, row: dict[str, str] | str, shown: dict[tuple[int, str], str], titles: dict[str, str]
) -> str:
    """The row as JSON; headers that read alike once masked stay apart."""
    if not isinstance(row, dict):
        return json.dumps(shown.get((n, ""), ""), ensure_ascii=False)
    names = unique_names([titles[name] for name in row])
    values = (shown.get((n, name), "") for name in row)
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
