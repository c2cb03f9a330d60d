from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from statsmodels.stats.proportion import confint_proportions_2indep

from voc_lib import schema
from voc_lib.improve import effect
from voc_lib.period import Period

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/verdicts.yaml").read_text(encoding="utf-8"))
AS_OF = date(2026, 9, 30)
SHARE = {"kind": "share", "category": "物流延迟"}
KPI = {"kind": "kpi", "name": "发货率", "better": "higher"}
WINDOWS = {"before": "2025-06", "after": "2026-06", "done": "2026-04-28"}


def two_months(kind, before, after):
    """Evidence of one month before and the same month a year later."""
    if kind == "kpi":
        return {"kpis": [("2025-06", *before), ("2026-06", *after)]}
    months = (("2025-06", before), ("2026-06", after))
    return {"issues": [row for m, (n, of) in months for row in ((m, "物流延迟", n), (m, "其他", of - n))]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_verdicts(case, known, measure, evidence):
    metric = {**KPI, "better": case.get("better", "higher")} if case["kind"] == "kpi" else SHARE
    plan = known(measure(metric=metric, target=case["target"], **WINDOWS))
    data = evidence(**two_months(case["kind"], case["before"], case["after"]))
    row = effect.table(plan, data, as_of=AS_OF).iloc[0]
    assert (row["verdict"], row["next_step"]) == (case["verdict"], case["next"]), row["note"]
    assert row["attainment"] == pytest.approx(case.get("attainment", float("nan")), abs=1e-4, nan_ok=True)


def test_figures_agree_with_statsmodels(known, measure, evidence):
    plan = known(measure(metric=SHARE, target=0.12, **WINDOWS))
    table = effect.table(plan, evidence(**two_months("share", (100, 400), (40, 400))), as_of=AS_OF)
    low, high = confint_proportions_2indep(40, 400, 100, 400, method="newcomb")
    row = schema.check(table, schema.EFFECTS).iloc[0]
    assert (row["before"], row["after"], row["n_before"], row["n_after"]) == (0.25, 0.10, 400, 400)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((-0.15, low, high), abs=1e-9)
    assert row["metric"] == "物流延迟占比"


def test_windows_are_cut_at_the_end_of_the_period_and_say_so(known, measure, evidence):
    plan = known(
        measure(
            metric=KPI, target=0.95, before="2025-06", after="2026-06..2026-09".replace("..", "-01..") + "-30"
        )
    )
    data = evidence(kpis=[("2025-06", 320, 400), ("2026-06", 384, 400), ("2026-08", 0, 400)])
    row = effect.table(plan, data, as_of=date(2026, 7, 31)).iloc[0]
    assert row["after"] == 0.96
    assert "改进后窗口截至 2026-07-31（原定至 2026-09-30）" in row["note"] and "措施尚未完成" in row["note"]


def test_a_window_ahead_is_no_evidence(known, measure, evidence):
    plan = known(measure(metric=KPI, target=0.95, **WINDOWS))
    row = effect.table(plan, evidence(kpis=[("2025-06", 320, 400)]), as_of=date(2026, 5, 31)).iloc[0]
    assert row["before"] == 0.8 and pd.isna(row["after"]) and row["verdict"] == "证据不足"
    assert "2026-06-01 才开始" in row["note"]


def test_a_measure_without_metric_is_not_lost_and_a_cancelled_one_is_left_out(known, measure, evidence):
    plan = known(measure(), measure(id="M02", cancelled=True))
    table = schema.check(effect.table(plan, evidence(), as_of=AS_OF), schema.EFFECTS)
    assert table[["measure_id", "verdict", "next_step"]].values.tolist() == [["M01", "证据不足", "补充指标"]]


def test_a_kpi_without_a_declared_direction_is_not_judged(known, measure, evidence):
    plan = known(measure(metric={"kind": "kpi", "name": "发货率"}, target=0.95, **WINDOWS))
    row = effect.table(plan, evidence(**two_months("kpi", (60, 1000), (100, 1000))), as_of=AS_OF).iloc[0]
    assert (row["verdict"], row["next_step"]) == ("证据不足", "补充指标") and "better" in row["note"]


def test_empty_knowledge_gives_an_empty_table(known, evidence):
    table = schema.check(effect.table(known(), evidence(), as_of=AS_OF), schema.EFFECTS)
    assert table.empty


def test_revisit_satisfaction_is_the_mean_of_the_scores_known_by_then(known, measure, evidence):
    scores = [(4, None), (5, "2026-06-01"), (1, "2026-12-01"), (None, None)]
    visits = [{"measure": "M01", "feedback_id": i, "score": s, "at": at} for i, (s, at) in enumerate(scores)]
    plan = known(measure(metric=KPI, target=0.95, **WINDOWS), revisits=visits)
    assert effect.table(plan, evidence(), as_of=AS_OF)["revisit_csat"].tolist() == [4.5]


def test_comparison_group_is_taken_off_and_can_forbid_standardising(known, measure, evidence):
    regions = {"华东": ((320, 400), (384, 400)), "华南": ((300, 400), (372, 400))}
    kpis = [
        (m, *v, r) for r, pair in regions.items() for m, v in zip(("2025-06", "2026-06"), pair, strict=True)
    ]
    metric = {**KPI, "where": {"region": "华东"}}
    plan = known(measure(metric=metric, target=0.95, comparison={"region": "华南"}, **WINDOWS))
    row = effect.table(plan, evidence(kpis=kpis), as_of=AS_OF).iloc[0]
    assert row["verdict"] == "达标" and row["next_step"] == "继续观察"
    assert "（华南）变化 +18.0 个百分点，扣除后 -2.0 个百分点" in row["note"]


def test_season_extreme_start_and_mixture_are_named(known, measure, evidence):
    months = [(str(m), "物流延迟", 20) for m in pd.period_range("2025-04", "2026-01", freq="M")]
    others = [(str(m), "其他", 80) for m in pd.period_range("2025-04", "2026-05", freq="M")]
    rows = [
        *months,
        ("2026-02", "物流延迟", 60),
        *others,
        ("2026-05", "物流延迟", 70),
        ("2026-05", "其他", 900),
    ]
    plan = known(measure(metric=SHARE, target=0.12, before="2026-02", after="2026-05"))
    row = effect.table(plan, evidence(issues=rows), as_of=AS_OF).iloc[0]
    assert "改进前窗口比此前 10 个月都差" in row["note"]
    assert "（2月 与 5月），可能有季节影响；与上年同期相比 -13.3 个百分点" in row["note"]
    assert "占比下降，但条数没有减少" in row["note"] and row["next_step"] == "继续观察"


def test_series_has_phases_and_limits_from_the_months_before(measure, known, evidence):
    kpis = [(str(m), 80, 100) for m in pd.period_range("2025-11", "2026-02", freq="M")]
    kpis += [("2026-03", 85, 100), ("2026-05", 96, 100), ("2026-06", 97, 100)]
    plan = known(
        measure(metric=KPI, target=0.95, before="2025-11-01..2026-02-28", after="2026-05-01..2026-09-30")
    )
    series = effect.series(plan.measures[0], evidence(kpis=kpis), until=Period.parse("2026-06"))
    assert series["phase"].tolist() == ["改进前"] * 4 + ["实施中"] * 2 + ["改进后"] * 2
    assert series["n"].tolist() == [100, 100, 100, 100, 100, 0, 100, 100]
    assert series["center"].iloc[0] == pytest.approx(0.8)
    assert series["upper"].iloc[0] == pytest.approx(0.8 + 3 * (0.8 * 0.2 / 100) ** 0.5)
    assert series["signal"].tolist()[-2:] == ["越界", "越界"]


def test_series_of_a_measure_without_metric_is_empty(measure, known, evidence):
    series = effect.series(known(measure()).measures[0], evidence(), until=AS_OF)
    assert series.empty and "phase" in series and "signal" in series
