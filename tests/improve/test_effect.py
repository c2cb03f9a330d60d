from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from statsmodels.stats.proportion import confint_proportions_2indep

from tests.improve.conftest import make_issues, make_kpis
from voc_lib import schema
from voc_lib.improve import effect
from voc_lib.period import Period
from voc_lib.stats.basis import Evidence

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/verdicts.yaml").read_text(encoding="utf-8"))
AS_OF = date(2026, 9, 30)
SHARE = {"kind": "share", "category": "物流延迟"}
KPI = {"kind": "kpi", "name": "发货率", "better": "higher"}
WINDOWS = {"before": "2025-06", "after": "2026-06", "done": "2026-04-28"}


def two_months(kind, before, after, history=1):
    """Evidence of a month before (the last of `history` months alike) and the same month a year later."""
    months = [str(m) for m in pd.period_range(end="2025-06", periods=history, freq="M")]
    counted = [*((month, before) for month in months), ("2026-06", after)]
    if kind == "kpi":
        return {"kpis": [(month, *count) for month, count in counted]}
    return {"issues": [row for m, (n, of) in counted for row in ((m, "物流延迟", n), (m, "其他", of - n))]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_verdicts(case, known, measure, evidence):
    metric = {**KPI, "better": case.get("better", "higher")} if case["kind"] == "kpi" else SHARE
    plan = known(measure(metric=metric, target=case["target"], **WINDOWS))
    data = evidence(**two_months(case["kind"], case["before"], case["after"], case.get("history", 12)))
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
    row = effect.table(plan, evidence(**two_months("kpi", (60, 1000), (100, 1000), 12)), as_of=AS_OF).iloc[0]
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
    regions = {r: [tuple(10 * x for x in side) for side in pair] for r, pair in regions.items()}
    before = [str(m) for m in pd.period_range("2024-07", "2025-06", freq="M")]
    kpis = [(m, *pair[0], r) for r, pair in regions.items() for m in before]
    kpis += [("2026-06", *pair[1], r) for r, pair in regions.items()]
    metric = {**KPI, "where": {"region": "华东"}}
    plan = known(measure(metric=metric, target=0.95, comparison={"region": "华南"}, **WINDOWS))
    row = effect.table(plan, evidence(kpis=kpis), as_of=AS_OF).iloc[0]
    assert row["verdict"] == "证据不足" and row["next_step"] == "继续观察"
    assert (
        row["reason"].startswith("达到目标，但同期对照组")
        and "（华南）变化 +18.0 个百分点，扣除后 −2.0 个百分点" in row["reason"]
    )


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
    assert "（2月 与 5月），可能有季节影响；与上年同期相比 −13.3 个百分点" in row["note"]
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
    assert series["center"].isna().all() and series["signal"].isna().all()
    earlier = [(str(m), 80, 100) for m in pd.period_range("2025-03", "2025-10", freq="M")]
    series = effect.series(plan.measures[0], evidence(kpis=earlier + kpis), until=Period.parse("2026-06"))
    assert series["phase"].tolist()[:12] == ["更早"] * 8 + ["改进前"] * 4
    assert series["center"].iloc[0] == pytest.approx(0.8, abs=1e-3)
    assert series["signal"].tolist()[-2:] == ["越界", "越界"]


def test_series_of_a_measure_without_metric_is_empty(measure, known, evidence):
    series = effect.series(known(measure()).measures[0], evidence(), until=AS_OF)
    assert series.empty and "phase" in series and "signal" in series


def monthly_kpis(first, values, n=10_000):
    months = pd.period_range(first, periods=len(values), freq="M")
    return [(str(m), round(value * n), n) for m, value in zip(months, values, strict=True)]


def judged(known, measure, evidence, kpis, as_of, **more):
    told = {"target": 0.95, "before": "2025-12-01..2026-02-28", "after": "2026-05-01..2026-08-31", **more}
    plan = known(measure(metric=KPI, **told))
    return effect.table(plan, evidence(kpis=kpis), as_of=as_of).iloc[0]


def test_a_kpi_is_judged_on_the_months_its_figures_are_of(known, measure, evidence):
    """The window begins in mid April, whose KPI is of the whole month: nothing counts it."""
    kpis = monthly_kpis("2024-03", [0.80] * 24 + [0.80, 0.85] + [0.96] * 4)
    row = judged(known, measure, evidence, kpis, date(2026, 8, 31), after="2026-04-15..2026-08-31")
    assert row["after"] == pytest.approx(0.96) and row["verdict"] == "达标", row["reason"]
    late = judged(known, measure, evidence, kpis, date(2026, 8, 10))  # nor the month the report cuts
    assert late["verdict"] == "达标", late["reason"]


def test_a_measure_that_worked_and_collapsed_is_not_met(known, measure, evidence):
    kpis = monthly_kpis("2024-03", [0.80] * 26 + [0.97] * 4 + [0.86] * 3)
    held = judged(known, measure, evidence, kpis, date(2026, 8, 31))
    lost = judged(known, measure, evidence, kpis, date(2026, 11, 30))
    assert (held["verdict"], held["next_step"]) == ("达标", "继续看守")
    assert (lost["verdict"], lost["next_step"]) == ("未达标", "回到根因分析")
    assert lost["reason"] == "曾达标，最近 3 个月已回落，区间不含目标值"


def test_a_season_is_no_effect_with_last_years_months_and_undecidable_without(known, measure, evidence):
    year = [0.80, 0.80, 0.82, 0.90, 0.97, 0.97, 0.97, 0.97, 0.80, 0.80, 0.80, 0.80]
    kpis = monthly_kpis("2024-01", year * 2 + year[:8])
    whole = judged(known, measure, evidence, kpis, AS_OF)
    assert (whole["verdict"], whole["difference"]) == ("证据不足", pytest.approx(0))
    short = judged(known, measure, evidence, kpis[20:], AS_OF)
    assert short["verdict"] == "证据不足" and "不能排除季节影响" in short["reason"]


def test_a_mix_of_regions_is_no_effect(known, measure, evidence):
    """Worse in both regions; the total improves because the good region grows."""
    months = pd.period_range("2024-03", "2026-08", freq="M")
    sizes = [
        ((400, 3600), (0.60, 0.99)) if m >= pd.Period("2026-05") else ((3600, 400), (0.61, 1.0))
        for m in months
    ]
    kpis = [
        (str(m), round(n * p), n, region)
        for m, (ns, ps) in zip(months, sizes, strict=True)
        for n, p, region in zip(ns, ps, ("华东", "华南"), strict=True)
    ]
    row = judged(known, measure, evidence, kpis, AS_OF, target=0.9)
    assert row["verdict"] == "证据不足" and "地区构成的变化" in row["reason"] and "方向相反" in row["reason"]


def test_a_renamed_kpi_is_said(known, measure, evidence):
    plan = known(measure(metric={**KPI, "name": "发货率2"}, target=0.95, **WINDOWS))
    row = effect.table(plan, evidence(kpis=[("2025-06", 90, 100)]), as_of=AS_OF).iloc[0]
    assert (
        row["verdict"] == "证据不足"
        and "KPI 表里没有 “发货率2”" in row["note"]
        and "发货率”？" in row["note"]
    )


def test_months_without_a_denominator_are_no_months(known, measure, evidence):
    kpis = [
        (m, k, 0 if m < "2025-12" else n) for m, k, n in monthly_kpis("2024-03", [0.80] * 26 + [0.97] * 4)
    ]
    kpis = [(m, 0 if n == 0 else k, n) for m, k, n in kpis]
    row = judged(known, measure, evidence, kpis, AS_OF)
    assert row["verdict"] == "证据不足" and "只有 3 个月" in row["reason"]


def hours_evidence(months, seed=3):
    """A stable service, median 48 hours, 300 issues a month, told at the end of the last month."""
    rows = make_issues([(m, "物流延迟", 300) for m in months])
    rng = np.random.default_rng(seed)
    closed = rows["created_at"] + pd.to_timedelta(rng.lognormal(np.log(48), 1.2, len(rows)), unit="h")
    end = pd.Period(months[-1]).end_time
    issues = rows.assign(source="工单", closed_at=closed.where(closed <= end), status="处理中")
    issues["status"] = issues["status"].mask(issues["closed_at"].notna(), "已完成")
    return Evidence(schema.shape(issues, schema.ISSUES), schema.empty(schema.EXPOSURE), make_kpis([]))


@pytest.mark.parametrize("months", [8, 20])
def test_a_young_window_does_not_shorten_handling(known, measure, months):
    """Before six months, after three of which one has passed: the mean of what is closed fell by 30 %."""
    names = [str(m) for m in pd.period_range(end="2026-08", periods=months, freq="M")]
    plan = known(
        measure(
            metric={"kind": "handling_hours"}, target=40, before="2026-01-01..2026-06-30",
            after="2026-08-01..2026-10-31",
        )
    )  # fmt: skip
    row = effect.table(plan, hours_evidence(names), as_of=date(2026, 8, 31)).iloc[0]
    assert row["verdict"] != "达标" and 40 < row["after"] < 57 and 43 < row["before"] < 53


def test_the_mean_stands_beside_the_median_and_slower_slow_ones_forbid_success(known, measure):
    """The median halves while every fifth waits for weeks: met by the median, longer on the whole."""
    names = [str(m) for m in pd.period_range(end="2026-08", periods=30, freq="M")]
    evidence = hours_evidence(names)
    issues, late = evidence.issues, evidence.issues["created_at"] >= "2026-05-01"
    hours = np.where(np.arange(len(issues)) % 5 == 0, 600.0, 15 + np.arange(len(issues)) % 7)
    closed = issues["created_at"] + pd.to_timedelta(hours, unit="h")
    issues = issues.assign(closed_at=issues["closed_at"].mask(late, closed.where(closed < "2026-09-01")))
    plan = known(
        measure(
            metric={"kind": "handling_hours"}, target=40, before="2025-05-01..2025-07-31",
            after="2026-05-01..2026-07-31",
        )
    )  # fmt: skip
    row = effect.table(plan, replace(evidence, issues=issues), as_of=date(2026, 8, 31)).iloc[0]
    assert row["after"] < 40 and row["verdict"] == "证据不足" and "慢的更慢" in row["reason"]
    assert "处理时长均值（每件至多计 30 天，未办完的也计）" in row["note"]


def test_issues_of_which_few_are_closed_are_a_sentence_and_a_mean(known, measure):
    names = [str(m) for m in pd.period_range(end="2026-08", periods=14, freq="M")]
    evidence = hours_evidence(names)
    issues = evidence.issues
    young = issues["created_at"].between("2026-08-01", "2026-08-31")
    young &= np.arange(len(issues)) % 10 > 0
    issues = issues.assign(
        closed_at=issues["closed_at"].mask(young), status=issues["status"].mask(young, "处理中")
    )
    plan = known(measure(metric={"kind": "handling_hours"}, target=40, before="2025-08", after="2026-08"))
    row = effect.table(plan, replace(evidence, issues=issues), as_of=date(2026, 8, 31)).iloc[0]
    assert (row["verdict"], row["reason"]) == ("证据不足", "改进后的 300 件还没有过半办结，中位数看不出")
    assert "处理时长均值（每件至多计 16 天，未办完的也计）" in row["note"]


def test_impossible_durations_are_left_out(known, measure):
    evidence = hours_evidence([str(m) for m in pd.period_range(end="2026-08", periods=14, freq="M")])
    issues = evidence.issues
    wrong = issues["created_at"] + pd.to_timedelta(
        np.where(np.arange(len(issues)) % 8, -24, 4 * 365 * 24), unit="h"
    )
    odd = issues.assign(closed_at=issues["closed_at"].mask(np.arange(len(issues)) % 4 == 0, wrong))
    plan = known(measure(metric={"kind": "handling_hours"}, target=40, before="2026-05", after="2026-07"))
    row = effect.table(plan, replace(evidence, issues=odd), as_of=date(2026, 8, 31)).iloc[0]
    assert 40 < row["before"] < 57 and row["verdict"] != "达标"


YEARS = [str(month) for month in pd.period_range("2024-01", "2026-08", freq="M")]


@pytest.mark.parametrize(
    ("kpis", "verdict", "said"),
    [
        ([("2026-08", 99, 100)], "证据不足", "改进前没有数据"),
        ([("2026-02", 99, 100)], "证据不足", "改进后没有数据"),
        ([("2026-02", 50, 100), ("2026-08", 99, 100)], "证据不足", "改进前只有 1 个月"),
        ([(month, 950, 1000) for month in YEARS], "证据不足", "含目标值"),
        ([(month, 1000, 1000) for month in YEARS], "证据不足", "改进前已达到目标"),
        ([(month, 0, 1000) for month in YEARS], "未达标", "区间不含目标值"),
        ([(month, 0, 0) for month in YEARS], "证据不足", "改进前没有数据"),
        ([(month, 5, 0 if month > "2026-04" else 9) for month in YEARS], "证据不足", "改进后没有数据"),
    ],
    ids=["one month", "only before", "two", "equal", "all kept", "none kept", "no cases", "no cases after"],
)  # fmt: skip
def test_thin_flat_and_empty_histories_are_a_sentence(known, measure, evidence, kpis, verdict, said):
    row = judged(known, measure, evidence, kpis, AS_OF)
    assert row["verdict"] == verdict and said in row["note"]


@pytest.mark.parametrize(
    ("metric", "target"),
    [(SHARE, 0.1), ({**SHARE, "kind": "rate"}, 2), ({"kind": "csat"}, 4.5), ({"kind": "handling_hours"}, 24)],
    ids=["share", "rate without orders", "csat", "hours"],
)  # fmt: skip
def test_of_nothing_nothing_is_judged(known, measure, evidence, metric, target):
    plan = known(measure(metric=metric, target=target, **WINDOWS))
    issues = [("2026-02", "物流延迟", 50), ("2026-06", "物流延迟", 5)] if metric["kind"] == "rate" else []
    row = effect.table(plan, evidence(issues), as_of=AS_OF).iloc[0]
    assert row["verdict"] == "证据不足" and "没有数据" in row["note"]
