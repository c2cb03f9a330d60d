"""Goals and promises."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.conclusions import indicators
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.schema import VERDICTS


def goals(table: pd.DataFrame) -> TextView | None:
    """How many goals are met; schema.GOALS in. None where none has been judged."""
    if table.empty:
        return text(["还没有定目标。"], tone="warn")
    counts = table["verdict"].value_counts()
    told = "，".join(f"{name} {counts[name]} 个" for name in VERDICTS if name in counts)
    if not told:
        return None
    rest = cited.counted(schema.GOALS, table, "verdict")
    return text([cited.said(f"{len(table)} 个目标，本期{told}。", rest)])


def commitments(table: pd.DataFrame, absent: Sequence[str] = ()) -> TextView:
    """Promises as last known; schema.COMMITMENTS and what is said of promises without a KPI in."""
    last = latest(table)
    if last.empty and not absent:
        return text(["没有登记服务承诺，或没有可核对的数据。"], tone="warn")
    items = [
        cited.said(
            f"{row['promise']}：{Period.parse(row['month']).title}兑现率 {indicators.share(row)}，"
            f"目标 {number(row['target'], 'share')}，"
            f"未兑现 {int(row['breaches']):,} 次，{row['verdict']}"
            f"{'，此后没有数据' * bool(row['month'] < table['month'].max())}",
            cited.row(schema.COMMITMENTS, row),
        )
        for _, row in last.iterrows()
    ]
    return text([], items=[*items, *absent])


def breaches(table: pd.DataFrame, summed: Sequence[str]) -> TextView:
    """Where the cases behind the promises stand; schema.BREACHES and the promises known in sums in."""
    counts = table.groupby("promise", sort=True, observed=True).size()
    items = [f"{promise}：未兑现 {n:,} 件，逐件见工作簿“未兑现承诺清单”" for promise, n in counts.items()]
    items += (
        [f"{'、'.join(f'“{name}”' for name in summed)}：按指标表的汇总数计算，没有逐件的记录"]
        if summed
        else []
    )
    if not items:
        return text(["本期没有未兑现的承诺。"], tone="good")
    return text([], items=items, of=[cited.counted(schema.BREACHES, table, "promise")])


def latest(table: pd.DataFrame) -> pd.DataFrame:
    """The last month known of each promise; schema.COMMITMENTS in."""
    known = table.dropna(subset=["share"]).sort_values("month")
    return known.groupby("promise", observed=True, sort=True).tail(1)
