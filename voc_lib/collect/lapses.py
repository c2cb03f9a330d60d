"""What tables of numbers by month lack of the period: all of it, a KPI that stopped, totals of zero."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period

UNKNOWN = "没有{months}的数（表里是 {first} 至 {last}），这几个月的指标算不出来；请核对文件是不是还没有更新"
STOPPED = "“{name}” 到 {last} 为止，{months}没有数；请核对文件"
RENAMED = "“{name}” 只到 {last}，“{others}” 从 {since} 才有；若改了名，请在文件里写成同样的名称"
ZERO = "{months}{name}的{total}是 0，算不出来，没有计入；请核对文件"
TOTALS = {"exposure": "orders", "kpis": "total"}


def notes(rows: pd.DataFrame, spec: schema.Table, period: Period) -> Iterator[str]:
    """What to tell of the usable rows of schema.EXPOSURE or KPIS beside a period; nothing of no rows."""
    if rows.empty:
        return
    missing = [month for month in period.months if month not in set(rows["month"])]
    if missing:
        span = {"first": rows["month"].min(), "last": rows["month"].max()}
        yield UNKNOWN.format(months="、".join(missing), **span)
    names = rows["kpi"] if "kpi" in rows else pd.Series("", index=rows.index)
    for name, own in rows.groupby(names, observed=True, sort=True):
        yield from _of(str(name), own, rows, spec, [m for m in period.months if m not in missing])


def renamed(name: str, kpis: pd.DataFrame) -> list[str]:
    """A sentence where a KPI stops and others begin after it, as if it had been renamed; else nothing."""
    months = kpis.groupby("kpi", observed=True)["month"].agg(["min", "max"])
    if name not in months.index:
        return []
    last = months.loc[name, "max"]
    after = months[months["min"] > last]
    if after.empty:
        return []
    since = after["min"].min()
    others = "”、“".join(map(str, after.index[after["min"] == since]))
    return [RENAMED.format(name=name, last=last, others=others, since=since)]


def _of(
    name: str, own: pd.DataFrame, rows: pd.DataFrame, spec: schema.Table, months: list[str]
) -> Iterator[str]:
    """What one KPI lacks of months others have a number of, and those it has no case in."""
    lacking = [month for month in months if month not in set(own["month"])]
    stopped = bool(lacking) and own["month"].max() < lacking[0]
    told = renamed(name, rows) if stopped else []
    if stopped:
        yield from told or [STOPPED.format(name=name, last=own["month"].max(), months="、".join(lacking))]
    total = TOTALS[spec.name]
    sums = own[own["month"].isin(months)].groupby("month", sort=True)[total].sum()
    if len(empty := sums.index[sums == 0]):
        yield ZERO.format(months="、".join(empty), name=f" {name} " * bool(name), total=spec.labels[total])
