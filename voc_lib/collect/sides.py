"""The tables beside the feedback: customers, orders, exposure and KPIs."""

from __future__ import annotations

import logging

import pandas as pd

from voc_lib import schema
from voc_lib.collect import dates, headers, readers, scores
from voc_lib.collect.standardize import _bare, _series
from voc_lib.collect.table import Table
from voc_lib.errors import DataError
from voc_lib.params import Settings, TableRef

PLACE, LINE = "_place", "_line"  # where a row stands, until it is known to be usable
SHOWN = 5
LOGGER = logging.getLogger(__name__)
MONEY = r"[,，￥¥$元\s]"


def load(ref: TableRef | None, spec: schema.Table, settings: Settings) -> tuple[pd.DataFrame, list[str]]:
    """One side table shaped by its schema, and notes on what was left out; empty when there is none."""
    if ref is None:
        return schema.empty(spec), []
    parts, notes = [], []
    known = frozenset(map(headers.normal, ref.columns))
    for file, label in readers.paths(settings.resolve(ref.path)):
        for table in readers.read(file, known=known, label=label):
            parts.append(_shaped(table, ref, spec, settings))
            notes += [f"{spec.title} {note}" for note in table.notes]
            if len(table.rejects):
                notes.append(
                    f"{spec.title} {table.place}：{len(table.rejects)} 行不是数据（空行、合计行等），未读入"
                )
    frame = pd.concat(parts, ignore_index=True)
    frame, faults = _usable(frame, spec)
    return schema.shape(frame, spec), notes + faults


def _shaped(table: Table, ref: TableRef, spec: schema.Table, settings: Settings) -> pd.DataFrame:
    for header, field in ref.columns.items():
        if field not in spec.names:
            raise DataError(
                f"{spec.title}的 columns 里 “{header}: {field}” 不是它的字段。可用：{'、'.join(spec.names)}。"
            )
    matches = headers.match(table.columns, ref.columns, table=spec.name, where=f"{spec.title} {table.place}")
    fields = {m.field: _series(table.cells[m.header]) for m in matches if m.field}
    lacking = [c for c in spec.columns if c.required and c.name not in fields]
    if lacking:
        names = "、".join(f"{c.label}（{c.name}）" for c in lacking)
        raise DataError(
            f"{spec.title} {table.place} 缺少列：{names}。文件里的表头：{'、'.join(table.columns[:40])}。"
            "请在参数 columns 里写明，例如 {原表头: 标准字段}。"
        )
    typed = {c.name: _typed(fields[c.name], c, settings) for c in spec.columns if c.name in fields}
    return pd.DataFrame({**typed, PLACE: table.place, LINE: table.lines})


def _typed(values: pd.Series, column: schema.Column, settings: Settings) -> pd.Series:
    missing = scores.values_file()["missing"]
    values = values.mask(values.isin(missing))
    if column.name == "month":
        return dates.months(values, zone=settings.params.zone)
    if column.kind == "time":
        return dates.parse(values, zone=settings.params.zone).times
    if column.kind in ("int", "float", "share"):
        numbers = pd.to_numeric(values.str.replace(MONEY, "", regex=True), errors="coerce")
        numbers = numbers.round() if column.kind == "int" else numbers
        low = column.low if column.low is not None else -float("inf")
        return numbers.where(numbers.between(low, column.high if column.high is not None else float("inf")))
    return _bare(values) if column.name.endswith("_id") else values


def _usable(frame: pd.DataFrame, spec: schema.Table) -> tuple[pd.DataFrame, list[str]]:
    """Rows with every required value, one per key (the last one given)."""
    notes = []
    required = [c.name for c in spec.columns if c.required]
    good = frame[required].notna().all(axis=1)
    if not good.any() and len(frame):
        raise DataError(
            f"{spec.title}没有一行可用：{'、'.join(spec.labels[c] for c in required)} 要有值且可读。请检查。"
        )
    if (~good).any():
        notes.append(f"{spec.title}：{_where(frame[~good])}缺少必需的值或无法识别，未读入")
    frame = frame[good]
    if spec.key:
        twice = frame.duplicated(list(spec.key), keep="last")
        if twice.any():
            notes.append(f"{spec.title}：{_where(frame[twice])}的{spec.labels[spec.key[0]]}重复，取最后一行")
        frame = frame[~twice]
    return frame.reset_index(drop=True), notes


def _where(rows: pd.DataFrame) -> str:
    """How many rows, and where the first of them stand.

    >>> _where(pd.DataFrame({"_place": ["a.csv", "a.csv"], "_line": [3, 7]}))
    '2 行（a.csv 第 3、7 行）'
    """
    first = rows.head(SHOWN)
    places = [
        f"{place} 第 {'、'.join(map(str, part[LINE]))} 行" for place, part in first.groupby(PLACE, sort=False)
    ]
    more = " 等" if len(rows) > SHOWN else ""
    return f"{len(rows)} 行（{'；'.join(places)}{more}）"
