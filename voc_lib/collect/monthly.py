"""Rows of a side table that tell of the same month: repeats, parts of one number, or contradictions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.collect import headers, kinds
from voc_lib.collect.columns import series
from voc_lib.collect.scores import values_file
from voc_lib.collect.table import Table
from voc_lib.errors import DataError

KEYS = {"exposure": ("month", "region", "product"), "kpis": ("month", "kpi", "region")}
VALUES = {"exposure": ("orders",), "kpis": ("kept", "total")}
PART, ROW, LINE = "_part", "_row", "_line"  # where a row stands, until it is known to be usable
REPEATED = "与{file}第 {line} 行相同（同一月份只算一次）"
TWICE = "有 {n} 行与别的行同月同值，是重复的，只算一次"
SHOWN = 5
SUMMED = "同一月份有 {n} 行按“{header}”分列，已相加；若不是分项，请只留一行"
CONTRARY = (
    "{title}里有 {n} 处同一月份写了不同的数，不知道该用哪一个：{told}。请在文件里每个月份{with_}只留一行；"
    "若是几个分项（如各门店），请留着写明分项的那一列，读取时会相加。"
)


def settled(
    rows: pd.DataFrame, tables: Sequence[Table], spec: schema.Table
) -> tuple[dict[int, str], list[str]]:
    """Row -> why it is left out, and notes; DataError where rows of one month contradict each other.

    `rows` are the usable ones with `month`, the other keys and values of `spec`, _part, _row and _line.
    """
    key = [name for name in KEYS[spec.name] if name in rows]
    same = rows[rows.duplicated(key, keep=False)]
    if same.empty:
        return {}, []
    if header := _part_of(same, tables, key):
        return {}, [SUMMED.format(n=len(same), header=header)]
    values = [*key, *VALUES[spec.name]]
    repeats = same[same.duplicated(values)]
    left = same.drop(index=repeats.index)
    contrary = left[left.duplicated(key, keep=False)]
    if len(contrary):
        raise DataError(_contrary(contrary, tables, key, spec))
    return _repeats(repeats, same, tables, values), [TWICE.format(n=len(repeats))]


def _part_of(same: pd.DataFrame, tables: Sequence[Table], key: list[str]) -> str:
    """The column of words, used for nothing, that names what every row is a part of; "" for none."""
    group = same.groupby(key, dropna=False, sort=False).ngroup()
    for header in _free(tables):
        parts = _words(same, tables, header)
        told = pd.DataFrame({"group": group, "part": parts})
        if parts.notna().all() and not told.duplicated().any():
            return header
    return ""


def _free(tables: Sequence[Table]) -> list[str]:
    """Columns of words that every table has and that may name a part: no remarks, versions, times."""
    shared = [h for h in tables[0].columns if all(h in table.columns for table in tables)]
    never = {headers.normal(word) for word in values_file()["no_parts"]}
    wordy = [h for h in shared if headers.normal(h) not in never]
    return [h for h in wordy if all(kinds.of(table.cells[h]) == "文字" for table in tables)]


def _words(same: pd.DataFrame, tables: Sequence[Table], header: str) -> pd.Series:
    """The cells of a column beside the rows; nothing where they are blank."""
    cells = [series(table.cells[header]).str.strip() for table in tables]
    told = [cells[part].iloc[row] for part, row in zip(same[PART], same[ROW], strict=True)]
    return pd.Series(told, index=same.index, dtype="str").replace("", np.nan)


def _repeats(
    repeats: pd.DataFrame, same: pd.DataFrame, tables: Sequence[Table], values: list[str]
) -> dict[int, str]:
    """Reasons of the rows that an earlier one says already."""
    group = same.groupby(values, dropna=False, sort=False).ngroup()
    first = same.groupby(group)[[PART, LINE]].first()
    reasons = {}
    for row, mine in zip(repeats.index, repeats[PART], strict=True):
        part, line = first.loc[group[row]]
        reasons[int(row)] = REPEATED.format(file="" if part == mine else f" {tables[part].place} ", line=line)
    return reasons


def _contrary(rows: pd.DataFrame, tables: Sequence[Table], key: list[str], spec: schema.Table) -> str:
    """What is told of rows that contradict each other: the key, every line and its number."""
    told = []
    groups = rows.groupby(key, dropna=False, sort=True)
    for _, part in groups:
        names = "、".join(str(value) for value in part.iloc[0][key].dropna())
        lines = [f"{_place(row, tables, rows)} {_number(row, spec)}" for _, row in part.iterrows()]
        told.append(f"{names}（{'，'.join(lines)}）")
    more = f"等 {len(told)} 处" if len(told) > SHOWN else ""
    beside = "、".join(spec.labels[name] for name in key if name != "month")
    return CONTRARY.format(
        title=spec.title,
        n=len(told),
        told="；".join(told[:SHOWN]) + more,
        with_=f"（同{beside}）" if beside else "",
    )


def _place(row: pd.Series, tables: Sequence[Table], rows: pd.DataFrame) -> str:
    file = f"{tables[row[PART]].place} " if len(rows[PART].unique()) > 1 else ""
    return f"{file}第 {row[LINE]} 行"


def _number(row: pd.Series, spec: schema.Table) -> str:
    return "/".join(f"{row[name]:g}" for name in VALUES[spec.name])
