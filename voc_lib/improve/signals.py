"""The run charts of a month: which indicators broke a rule on their bad side."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib.improve import control_charts, monthly, track
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.stats import metrics, trends
from voc_lib.stats.basis import Evidence
from voc_lib.stats.exposure import PER
from voc_lib.stats.windows import MINIMUM
from voc_lib.tag.taxonomy import OTHER

MONTHS = 24  # of a chart, the last one judged against the others
INDICATORS = (Metric(kind="sla"), Metric(kind="csat"))
WHOLE = "每千单问题数"
COLUMNS = ["category", "term", "month", "before", "value", "lower", "upper", "center", "signal", "unit"]


def table(evidence: Evidence, month: str) -> pd.DataFrame:
    """COLUMNS of each chart whose `month` is worse than its limits, or ends eight worse ones in a row.

    Charts as `control_charts` draws them: share of every category but 其他 with five problems, all problems
    per 1,000 orders, SLA, mean score. `before`: the problems of the category the centre line expects; else 0.
    """
    until = Period.parse(month)
    trend = trends.monthly(evidence.issues, until=until, months=MONTHS, exposure=evidence.exposure)
    rows = [*_categories(trend, month), *_per_order(trend), *_indicators(evidence, until)]
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found[found["signal"].notna()].reset_index(drop=True)


def _categories(trend: pd.DataFrame, month: str) -> Iterator[dict]:
    last = control_charts.trend(trend)
    last = last[(last["month"] == month) & (last["category"] != OTHER) & (last["n"] >= MINIMUM)]
    for row in last[last["share"] > last["center"]].to_dict("records"):
        told = {"term": row["category"], "value": row["share"], "unit": "比例"}
        yield row | told | {"before": row["center"] * row["total"]}


def _per_order(trend: pd.DataFrame) -> Iterator[dict]:
    """The chart of all problems by the orders of the month."""
    by = trend.groupby("month", observed=True)
    series = pd.DataFrame({"value": by["rate"].sum(min_count=1), "n": by["exposure"].max()})
    series = series.astype("float64").reset_index().assign(count=lambda rows: rows["value"] * rows["n"] / PER)
    row = _last(series[series["count"].fillna(0).ne(0).cummax()], kind="rate")
    if row and row["value"] > row["center"]:
        yield row | {"category": WHOLE, "term": WHOLE, "before": 0.0, "unit": "件/千单"}


def _indicators(evidence: Evidence, until: Period) -> Iterator[dict]:
    end = pd.Period(until.end, freq="M")
    windows = monthly.months(end - MONTHS + 1, end)
    for metric in INDICATORS:
        found = monthly.estimates(metric, evidence, windows)
        rows = [{**vars(each), "month": window.label} for each, window in zip(found, windows, strict=True)]
        row = _last(pd.DataFrame(rows), kind=track.kind(metric.kind))
        if row and (row["value"] - row["center"]) * (metric.towards or 0) < 0:
            name = metrics.describe(metric)
            yield row | {"category": name, "term": name, "before": 0.0}


def _last(series: pd.DataFrame, *, kind: str) -> dict:
    """The last month on its chart; nothing where there is none."""
    if series.empty:
        return {}
    before = series["month"] < series["month"].max()
    phase = before.map({True: control_charts.BEFORE, False: ""})
    return control_charts.limits(series.assign(phase=phase), kind=kind).iloc[-1].to_dict()
