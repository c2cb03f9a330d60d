"""How the service did: indicators with their base and interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited, tables
from voc_lib.report.basis import Basis
from voc_lib.report.conclusions import moved
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.stats.changes import DOWN, UP

SCORED = ("满意度均分", "满意率", "NPS")


def service(table: pd.DataFrame, changes: pd.DataFrame | None = None) -> TextView:
    """The service indicators of the whole, with the period before; schema.SERVICE, schema.CHANGES in."""
    whole = table[(table["group"] == "全部") & table["value"].notna()]
    if whole.empty:
        return text(["本期数据没有可计算的服务时间或评分。"], tone="warn")
    rows = {} if changes is None else {row["indicator"]: row for _, row in changes.iterrows()}
    return text([], items=[_indicator(row, rows.get(row["indicator"])) for _, row in whole.iterrows()])


def basis(row: Mapping[Any, Any] | pd.Series) -> Basis:
    """The basis of an indicator: its row of schema.SATISFACTION or schema.SERVICE."""
    spec = schema.SATISFACTION if row["indicator"] in SCORED else schema.SERVICE
    return cited.row(spec, row)


def _indicator(row: pd.Series, change: pd.Series | None) -> str:
    words = f"{row['indicator']} {shown(row['value'], row['unit'])}"
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        words += f"（95% 区间 {shown(row['low'], row['unit'])} 至 {shown(row['high'], row['unit'])}）"
    if pd.notna(row["previous"]):
        words += f"，上期 {shown(row['previous'], row['unit'])}{moved.told(change)}"
    words += f"，样本 {int(row['n']):,}" if pd.notna(row["n"]) else ""
    claimed = [] if change is None or change["claim"] not in (UP, DOWN) else [change]
    return cited.said(words, basis(row), *(cited.row(schema.CHANGES, each) for each in claimed))


def shown(value: object, unit: object) -> str:
    """A value in its unit.

    >>> shown(0.25, "比例"), shown(2.5, "小时"), shown(3, "件"), shown(1.5, None)
    ('25.0%', '2.5 小时', '3 件', '1.5')
    """
    unit = unit if isinstance(unit, str) else ""
    return number(value, "float", unit)


def share(row: pd.Series) -> str:
    """“30.0%（25.7%–34.7%）” of a row with share, low, high."""
    return tables.share_interval(row["share"], row["low"], row["high"])
