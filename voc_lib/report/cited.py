"""Sentences and cards that say what their figures rest on: a row, some rows, or what was made of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from voc_lib.report import tables
from voc_lib.report.basis import Basis, Said, key
from voc_lib.report.page import MISSING
from voc_lib.schema import Column, Table
from voc_lib.stats.mix import POINTS

WORDS = ("text", "category")  # kinds of columns that hold no figures
HOW = "note"  # a text column that says how the row's own figure is made


def said(words: str, *basis: Basis) -> Said:
    """The sentence with what its figures rest on.

    >>> said("共 397 个问题", Basis("category_stats")).basis[0].table
    'category_stats'
    """
    spoken = Said(words)
    spoken.basis = basis
    return spoken


def row(spec: Table, found: pd.Series | Mapping[Any, Any]) -> Basis:
    """The basis of what is read from one row of a table."""
    values = {name: found[name] for name in spec.names if name in found}
    where = tuple((name, str(values[name])) for name in key(spec) if pd.notna(values.get(name)))
    kept = [column for column in spec.columns if column.name in values and _counts(column, dict(where))]
    unit = values.get("unit")
    shown = [(column, _figure(column, values[column.name], unit)) for column in kept]
    shown = [(column, text) for column, text in shown if text != MISSING]
    how = values.get(HOW)
    told = str(how) if _explains(spec) and pd.notna(how) else ""
    labels = tuple((column.label, text) for column, text in shown)
    return Basis(spec.name, where, labels, tuple(column.name for column, _ in shown), told)


def rows(spec: Table, found: pd.DataFrame) -> list[Basis]:
    """The basis of what is read from several rows."""
    return [row(spec, each) for each in found.to_dict("records")]


def made(spec: Table, figures: Mapping[str, str], *columns: str) -> Basis:
    """The basis of what is made from many rows: how each figure is made, and the figure.

    >>> from voc_lib import schema
    >>> made(schema.CATEGORY_STATS, {"出现频次之和": "397"}, "n").figures
    (('出现频次之和', '397'),)
    """
    return Basis(spec.name, (), tuple(figures.items()), columns)


def whole(spec: Table) -> Basis:
    """The basis of what is read from a table here and there."""
    return Basis(spec.name)


def counted(spec: Table, found: pd.DataFrame, column: str) -> Basis:
    """The basis of how many rows have each value of a column."""
    counts = found[column].value_counts().sort_index()
    label = spec.labels[column]
    told = {f"{label}为“{name}”的行数": f"{n:,}" for name, n in counts.items()}
    return made(spec, {"行数": f"{len(found):,}", **told}, column)


def _figure(column: Column, value: Any, unit: Any) -> str:
    """The figure as its table shows it; without a unit and not whole with two decimals, as sentences do."""
    kind = tables.KINDS.get(column.name, column.kind)
    if column.name in tables.NOT_IN_UNIT or column.kind != "float" or not isinstance(unit, str):
        if kind == "float" and pd.notna(value) and float(value).is_integer():
            return tables.number(value, "int")
        return tables.number(value, "score" if kind in ("float", "times") else kind)
    level = column.name in tables.LEVELS and unit == POINTS
    return tables.number(value, "share" if level else kind, unit)


def _counts(column: Column, where: Mapping[str, str]) -> bool:
    return column.kind not in WORDS and column.name not in where


def _explains(spec: Table) -> bool:
    return spec.labels.get(HOW) == "口径"
