from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.improve import change, monthly, track, verdict
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.stats import basis, metrics

METRICS = [
    Metric(kind="share", category="物流延迟", where={"region": "华东"}),
    Metric(kind="kpi", name="发货率"),
    Metric(kind="csat"),
    Metric(kind="sla"),
    Metric(kind="fcr"),
    Metric(kind="handling_hours"),
]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.kind)
def test_cutting_once_gives_what_searching_every_time_gives(metric, evidence):
    rows = [
        (f"2026-0{m}", tag, 5 + m, r)
        for m in (3, 1, 2)
        for tag in ("物流延迟", "其他")
        for r in ("华东", "华南")
    ]
    data = _handled(evidence(issues=rows, kpis=[("2026-01", 9, 10), ("2026-03", 8, 10)]))
    windows = [
        *monthly.months(pd.Period("2026-01"), pd.Period("2026-04")),
        Period.parse("2026-02-10..2026-03-05"),
    ]
    found = monthly.estimates(metric, data, windows)
    assert [str(f) for f in found] == [str(metrics.measure(metric, data, w.start, w.end)) for w in windows]
    assert any(f.n for f in found)


def _handled(data):
    """The evidence with how the issues were handled and scored."""
    created = data.issues["created_at"]
    hours = pd.to_timedelta(range(len(created)), unit="h")
    data.issues["closed_at"] = (created + hours).where(created.dt.day % 3 > 0)
    data.issues["csat"] = (created.dt.day % 5 + 1).astype("float64")
    data.issues["due_at"], data.issues["repeat_count"] = (
        created + pd.Timedelta(days=1),
        created.dt.day % 2 + 1,
    )
    return data


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.kind)
def test_a_metric_is_the_same_of_the_columns_it_reads_alone(metric, evidence):
    rows = [(f"2026-0{m}", "物流延迟", 5 + m, "华东") for m in (1, 2)]
    data = _handled(evidence(issues=rows, kpis=[("2026-01", 9, 10)]))
    few = basis.slim(data, metric, also=["channel"])
    window = Period.parse("2026-01-01..2026-02-28")
    measured = [str(metrics.measure(metric, each, window.start, window.end)) for each in (data, few)]
    assert measured[0] == measured[1]
    assert "channel" in few.issues
    assert {"text", "handler", "tags"}.isdisjoint(few.issues)
    assert metric.kind != "share" or set(few.issues) == {*basis.RAISED, *metric.where, "channel"}


def waited(median, spread=1.0, done=1.0, n=90):
    """Hours of n issues at the quantiles of a lognormal, the slowest not over yet."""
    from scipy.stats import norm

    hours = median * np.exp(spread * norm.ppf((np.arange(n) + 0.5) / n))
    return pd.DataFrame({"hours": hours, "ended": np.arange(n) < done * n})


def hours_track(*rows, first="2025-01"):
    windows = monthly.months(pd.Period(first), pd.Period(first) + len(rows) - 1)
    return monthly.of(METRICS[-1], windows, [metrics.median(METRICS[-1], row) for row in rows])


def test_a_change_of_hours_is_told_by_the_middle_third_and_the_level_by_the_median():
    before, after = hours_track(*[waited(20)] * 12), hours_track(*[waited(10)] * 3, first="2026-01")
    found = verdict.judge(before, after, np.log(12), -1)
    assert found.verdict == verdict.MET and found.change.contrast.value == pytest.approx(
        np.log(0.5), abs=1e-3
    )
    assert float(found.level.value) == pytest.approx(after.value[0])
    medians = change.change(before, after)
    assert found.change.contrast.error < 0.95 * medians.contrast.error


def test_where_two_thirds_of_a_month_are_not_over_the_medians_tell_the_change_of_all():
    before = hours_track(*[waited(20)] * 12)
    after = hours_track(waited(10), waited(10, done=0.6), first="2026-01")
    assert len(after) == 2 and after.steadier is None
    assert track.steadiest(before, after) == (before, after)
    assert before[6:].steadier.month.tolist() == before.month[6:].tolist()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("where", [{}, {"region": "华东"}], ids=["all", "region"])
def test_rates_of_many_windows_are_those_of_each_window_alone(seed, where, evidence):
    rng = np.random.default_rng(seed)
    months = monthly.months(pd.Period("2026-01"), pd.Period("2026-06"))
    names = [month.label for month in months]
    regions = ["华东", "华南", "东北"]
    rows = [
        (m, tag, int(rng.integers(0, 9)), r) for m in names for tag in ("物流延迟", "其他") for r in regions
    ]
    data = evidence(issues=rows)
    again = data.issues["created_at"] + pd.to_timedelta(rng.integers(1, 70, len(data.issues)), unit="D")
    data.issues["again_at"] = again.dt.strftime("%Y-%m-%d %H:%M:%S").where(rng.random(len(again)) < 0.3)
    given = [(m, r, 1000.0 + 10 * i) for i, m in enumerate(names) for r in regions if rng.random() < 0.85]
    orders = pd.DataFrame(given, columns=["month", "region", "orders"])
    data = replace(data, exposure=schema.shape(orders, schema.EXPOSURE))
    metric = Metric(kind="rate", category="物流延迟", where=where)
    whole = [*months, Period.parse("2026-02-01..2026-04-30")]
    for windows in (whole, [*whole, Period.parse("2026-02-10..2026-03-05")]):
        found = basis.rates(metric, data, windows)
        assert found == [basis.rate(metric, data, window) for window in windows]
        assert any(count for count, _ in found)
