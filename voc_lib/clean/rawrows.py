"""Quarantined rows as they were read, with nobody recognisable in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache

import ahocorasick_rs
import pandas as pd

from voc_lib.clean import cues, people

CELLS = re.compile(r"([,\t;|，\"\\:{}\[\]\s]+)")  # between the cells of a row that has no columns
SHORTEST_ID = 4
WHOLE, REST = "whole row", "rest"

Mask = Callable[[pd.Series], pd.Series]


def protect(
    quarantine: pd.DataFrame, headers: pd.DataFrame, masks: dict[str, Mask], words: Mask
) -> pd.Series:
    """`raw` of schema.QUARANTINE masked: fields with a mask of their own by it, every other cell by `words`.

    `headers` (schema.HEADERS) says which header of which file is which field.
    """
    fields = _fields(headers, masks)
    rows = [(file, _decoded(raw)) for file, raw in zip(quarantine["file"], quarantine["raw"], strict=True)]
    cells = [(n, name, value) for n, (_, row) in enumerate(rows) for name, value in _cells(row) if value]
    table = pd.DataFrame(cells, columns=["row", "name", "value"]).astype({"value": "str"})
    kind = pd.Series([_field(rows[n], name, fields) for n, name, _ in cells], dtype="str")
    hidden = words(table["value"]).astype("str")
    for field, mask in masks.items():
        mine = kind == field
        hidden[mine] = mask(table.loc[mine, "value"]).fillna("")
    shown = {(n, name): value for (n, name, _), value in zip(cells, hidden, strict=True)}
    raws = [_encoded(n, row, shown) for n, (_, row) in enumerate(rows)]
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
    words = cues.words()
    return re.compile(f"(?:{'|'.join(words['surnames_two'])}|[{words['surnames']}])[{people.HAN}]{{1,2}}")


def _field(row: tuple[str, dict[str, str] | str], name: str, fields: dict[tuple[str, str], str]) -> str:
    """The field of a cell; WHOLE for a row without columns, REST for a cell that is no field with a mask."""
    return fields.get((row[0], name), REST) if isinstance(row[1], dict) else WHOLE


def _fields(headers: pd.DataFrame, masks: dict[str, Mask]) -> dict[tuple[str, str], str]:
    mine = headers[headers["field"].isin(masks)]
    columns = (mine[name].astype("str").tolist() for name in ("file", "header", "field"))
    return {(file, header): field for file, header, field in zip(*columns, strict=True)}


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


def _encoded(n: int, row: dict[str, str] | str, shown: dict[tuple[int, str], str]) -> str:
    names = row if isinstance(row, dict) else [""]
    masked = {name: shown.get((n, name), "") for name in names}
    value = masked if isinstance(row, dict) else masked[""]
    return json.dumps(value, ensure_ascii=False)
