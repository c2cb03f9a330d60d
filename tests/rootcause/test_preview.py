"""A query while it is typed: the figures are those of the report, and quickly there."""

import pandas as pd
import pytest

from voc_lib.knowledge import Query
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.rootcause import evidence, operations, preview
from voc_lib.stats.basis import Evidence
from voc_lib.text import matching

SEPTEMBER = Period.parse("2026-09")


@pytest.fixture
def data(issues):
    return issues(
        {"primary_tag": "物流延迟", "text": "分拣太慢", "times": 12, "region": "华东"},
        {"primary_tag": "物流延迟", "times": 108, "region": "华南"},
        {"primary_tag": "服务态度", "text": "说分拣是别人的事", "times": 14},
        {"primary_tag": "服务态度", "times": 266},
        {"primary_tag": "物流延迟", "text": "分拣慢", "created_at": "2026-08-31", "times": 9},
    )


def test_it_counts_what_the_report_counts_and_sets_the_others_beside_it(data):
    query = Query(category="物流延迟", contains=["分揀"])
    seen = preview.look(query, preview.ground(data, SEPTEMBER))
    found = evidence.find(query, evidence.problems(data, SEPTEMBER))
    assert (
        (seen.found.n, seen.found.base, seen.found.low)
        == (12, 120, found.low)
        == (found.n, found.base, found.low)
    )
    assert (seen.others.n, seen.others.base) == (14, 280)
    assert [round(float(x), 4) for x in seen.gap] == [0.05, -0.0028, 0.1196]  # Newcombe by hand
    assert seen.quotes == ("分拣太慢",)


def test_a_filter_narrows_both_sides(data):
    query = Query(category="物流延迟", contains=["分拣"], where={"region": "华东"})
    seen = preview.look(query, preview.ground(data, SEPTEMBER))
    assert (seen.found.n, seen.found.base, seen.others.base) == (12, 12, 0)


def test_the_values_to_choose_from_are_those_of_the_problem(data):
    values = preview.ground(data, SEPTEMBER).values("物流延迟")
    assert values["region"] == ["华南", "华东"] and values["product"] == []


def test_looking_again_makes_no_text_ready_again(data, monkeypatch):
    on, query = preview.ground(data, SEPTEMBER), Query(category="物流延迟", contains=["分拣", "人手"])
    monkeypatch.setattr(matching, "corpora", lambda texts: pytest.fail("texts are made ready again"))
    assert preview.look(query, on).found.n == 12
    with pytest.raises(pytest.fail.Exception):
        evidence.find(query, evidence.problems(data, SEPTEMBER))


def test_a_kpi_that_moves_against_the_problem_speaks_for_the_cause(issues):
    months = [str(month) for month in pd.period_range("2025-01", "2026-09", freq="M")]
    late = [10 + 7 * (n * 5 % 8) for n in range(len(months))]
    rows = [
        {"primary_tag": tag, "created_at": f"{month}-10", "times": n}
        for month, many in zip(months, late, strict=True)
        for tag, n in (("物流延迟", many), ("服务态度", 100))
    ]
    kpis = pd.DataFrame({"month": months, "kpi": "发货率", "region": None})
    kpis = kpis.assign(kept=[1000 - 10 * n for n in late], total=1000)
    metric = Metric(kind="kpi", name="发货率", better="higher")
    found = _tried(metric, issues(*rows), kpis)
    assert found.speaks and "占比逐月变化的秩相关 −0.72（20 次变化" in found.found
    other = _tried(Metric(kind="kpi", name="发货率", better="lower"), issues(*rows), kpis)
    assert other.speaks is False
    assert _tried(metric, issues(*rows[-8:]), kpis).speaks is None


def _tried(metric, rows, kpis):
    from voc_lib import schema

    evidence_ = Evidence(rows, schema.empty(schema.EXPOSURE), schema.shape(kpis, schema.KPIS))
    return operations.tried(metric, "物流延迟", evidence_, SEPTEMBER)


def test_waits_of_the_problem_stand_beside_those_of_the_others(issues):
    begun = pd.Timestamp("2026-09-05 09:00")
    rows = issues(
        {"primary_tag": "物流延迟", "created_at": begun, "times": 60},
        {"primary_tag": "服务态度", "created_at": begun, "times": 60},
    )
    hours = pd.Series([40 + n % 7 for n in range(60)] + [8 + n % 5 for n in range(60)])
    rows = rows.assign(closed_at=begun + pd.to_timedelta(hours, unit="h"), status="已完成")
    found = _tried(Metric(kind="handling_hours"), rows, pd.DataFrame(columns=["month", "kpi"]))
    assert found.speaks and found.found.startswith("处理时长中位数：物流延迟 43.0 小时")
    assert "其他问题 10.0 小时" in found.found
