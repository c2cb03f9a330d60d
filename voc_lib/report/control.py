"""What the control charts say: which month broke which rule, or why no limits are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve.control_charts import FEWEST, OUTSIDE, RUN, base_months
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import PERCENT_UNITS, number

STABLE = "没有月份违反控制图的规则。"


def trend(trend: pd.DataFrame) -> TextView:
    """The months of each category that broke a rule; `control_charts.trend` in."""
    known = trend.dropna(subset=["share"])
    if known.empty or known["center"].isna().all():
        months = max(known["month"].nunique() - 1, 0)
        return text([_few(f"此前只有 {months} 个月的数据")], of=[cited.whole(schema.TREND)])
    items = [
        cited.said(
            f"{row['category']} {_told(row, number(row['share'], 'share'), 'share', '')}",
            cited.row(schema.TREND, row),
        )
        for row in known.dropna(subset=["signal"]).to_dict("records")
    ]
    return text([] if items else [STABLE], items=items, tone="warn" if items else "info")


def effect(series: pd.DataFrame, title: str, *, unit: str = "") -> TextView | None:
    """The months of a measure that broke a rule; `effect.series` in. None where none did."""
    if series["center"].isna().all():
        words = f"{title}：{_few(f'改进前（含更早）只有 {base_months(series)} 个月的数据')}"
        return text([words], of=[cited.whole(schema.EFFECT_MONTHS)])
    kind, unit = ("share", "") if unit in PERCENT_UNITS else ("float", unit)
    items = [_spell(part, kind, unit, title) for part in _spells(series)]
    rest = [cited.whole(schema.EFFECT_MONTHS)]
    return text([f"{title}：违反控制图规则的月份"], items=items, of=rest) if items else None


def fired(row: Mapping[Any, Any]) -> str:
    """The month of a chart that broke a rule, with the rule; `improve.signals.table` in.

    >>> row = {"month": "2026-09", "value": 0.18, "lower": 0.09, "upper": 0.15, "center": 0.12}
    >>> fired(row | {"unit": "比例", "signal": "越界"})
    '2026年9月 18.0%，越界（控制限 9.0% 至 15.0%）'
    """
    kind, unit = ("share", "") if row["unit"] in PERCENT_UNITS else ("float", row["unit"])
    return _told(row, number(row["value"], kind, unit), kind, unit)


def _spells(series: pd.DataFrame) -> list[pd.DataFrame]:
    """The months in a row that broke the same rule, together."""
    broken = series["signal"].fillna("")
    number_ = broken.ne(broken.shift()).cumsum()
    return [part for _, part in series[broken.ne("")].groupby(number_, sort=True)]


def _spell(part: pd.DataFrame, kind: str, unit: str, title: str) -> Said:
    rows = part.to_dict("records")
    if len(rows) == 1:
        words = _told(rows[0], number(rows[0]["value"], kind, unit), kind, unit)
        return cited.said(words, cited.row(schema.EFFECT_MONTHS, rows[0]))
    least, most = (number(value, kind, unit) for value in (part["value"].min(), part["value"].max()))
    what = "越界" if rows[0]["signal"] == OUTSIDE else "连续偏移"
    side = "上" if (part["value"] > part["center"]).all() else "下"
    when = f"{Period.parse(rows[0]['month']).title}至{Period.parse(rows[-1]['month']).title}"
    words = f"{when}共 {len(rows)} 个月{what}，在中心线之{side}（{least} 至 {most}）"
    told = {f"{title}，{when}{what}的月数": f"{len(rows)}", "数值最小": least, "数值最大": most}
    return cited.said(words, cited.made(schema.EFFECT_MONTHS, told, "value", "signal"))


def _told(row: Mapping[Any, Any], value: str, kind: str, unit: str) -> str:
    low, high = (number(row[name], kind, unit) for name in ("lower", "upper"))
    month = Period.parse(row["month"]).title
    if row["signal"] == OUTSIDE:
        return f"{month} {value}，越界（控制限 {low} 至 {high}）"
    center = number(row["center"], kind, unit)
    return f"{month} {value}，连续偏移（连续 {RUN} 个月以上在中心线 {center} 同一侧，超出偶然）"


def _few(why: str) -> str:
    return f"{why}，不足 {FEWEST} 个月，不画控制限（月份太少，界限不可靠）。"
