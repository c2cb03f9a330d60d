import pandas as pd
import pytest

from voc_lib.improve import monthly
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.stats import metrics

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
    data = evidence(issues=rows, kpis=[("2026-01", 9, 10), ("2026-03", 8, 10)])
    created = data.issues["created_at"]
    hours = pd.to_timedelta(range(len(created)), unit="h")
    data.issues["closed_at"] = (created + hours).where(created.dt.day % 3 > 0)
    data.issues["csat"] = (created.dt.day % 5 + 1).astype("float64")
    data.issues["due_at"], data.issues["repeat_count"] = (
        created + pd.Timedelta(days=1),
        created.dt.day % 2 + 1,
    )
    windows = [
        *monthly.months(pd.Period("2026-01"), pd.Period("2026-04")),
        Period.parse("2026-02-10..2026-03-05"),
    ]
    found = monthly.estimates(metric, data, windows)
    assert [str(f) for f in found] == [str(metrics.measure(metric, data, w.start, w.end)) for w in windows]
    assert any(f.n for f in found)
