"""What next month is expected to be, or why nothing is said of it."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.schema.stats import BEATS, FAILS

TRIED = ["indicator", "n", "error", "naive_error"]  # what is told of a model not good enough to forecast with


def forecast(found: pd.DataFrame) -> TextView | None:
    """Next month of the indicators whose past forecasts beat naive ones; None where there is none."""
    told = found[found["claim"] == BEATS]
    if told.empty:
        return None
    items = [cited.said(_ahead(row), cited.row(schema.FORECAST, row)) for row in told.to_dict("records")]
    return text([], items=items)


def _ahead(row: dict) -> str:
    value, low, high = (number(row[name], "float") for name in ("value", "low", "high"))
    off, naive = number(row["error"], "float"), number(row["naive_error"], "float")
    month = Period.parse(row["month"]).title
    return (
        f"{row['indicator']}：{month}预计 {value}（{row['model']}，95% 区间 {low} 至 {high}）；"
        f"最近 12 个月逐月回测，平均差 {off}，照抄上月或去年同月差 {naive}。前提是没有新的变化。"
    )


def not_forecast(found: pd.DataFrame) -> TextView | None:
    """Why the other indicators with a history are not forecast; None where all are."""
    left = found[(found["claim"] != BEATS) & (found["n"] > 0)]
    if left.empty:
        return None
    words = "；".join(map(_why, left.to_dict("records")))
    return text([cited.said(f"没有给出下月预计：{words}。", *cited.rows(schema.FORECAST, left[TRIED]))])


def _why(row: dict) -> str:
    if row["claim"] == FAILS:
        off, naive = number(row["error"], "float"), number(row["naive_error"], "float")
        return f"{row['indicator']}的模型（平均差 {off}）没有明显好于照抄上月或去年同月（{naive}）"
    return f"{row['indicator']}的连续历史只有 {row['n']} 个月，不足 24 个月"
