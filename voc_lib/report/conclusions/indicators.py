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
from voc_lib.stats.changes import DOWN, UP, WITHIN

SCORED = ("满意度均分", "满意率", "NPS")


def service(table: pd.DataFrame, changes: pd.DataFrame) -> TextView:
    """Which indicators changed beyond chance against the period before; schema.SERVICE, schema.CHANGES in."""
    rows = _whole(table)
    if rows.empty:
        return text(["本期数据没有可计算的服务时间或评分。"], tone="warn")
    known = changes[changes["indicator"].isin(rows["indicator"]) & changes["claim"].isin([UP, DOWN, WITHIN])]
    sure = known[known["claim"] != WITHIN]
    apart = [
        f"{note}；表里的本期与上期各按全部来源，不能直接相减。" for note in known["note"].dropna().unique()
    ]
    if len(sure):
        return text(apart, items=moved.sentences(sure), tone="warn")
    return text(["与上期相比，变化都在误差范围内。" if len(known) else "上期没有可比数据。", *apart])


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """The indicators of everything together that have a value; schema.SERVICE in."""
    return table[(table["group"] == "全部") & table["value"].notna()]


def basis(row: Mapping[Any, Any] | pd.Series) -> Basis:
    """The basis of an indicator: its row of schema.SATISFACTION or schema.SERVICE."""
    spec = schema.SATISFACTION if row["indicator"] in SCORED else schema.SERVICE
    return cited.row(spec, row)


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
