from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep
from statsmodels.stats.rates import power_poisson_diff_2indep

from benchmarks import simulate
from voc_lib import schema
from voc_lib.improve import power
from voc_lib.improve.power import Present
from voc_lib.metric import Metric

KPI = {"kind": "kpi", "name": "发货率", "better": "higher"}
TRIAL = {"metric": KPI, "target": 0.85, "before": "2025-12-01..2026-02-28", "after": "2026-05-01..2026-08-31"}
MANY = 1e8
SHARE = Present("proportion", 0.5, MANY, 100, 0.25, 1.0)


def test_cases_are_those_of_the_textbook():
    """Cohen (1988): shares .50 and .60, groups alike: 388 each (h = .20136); half where one is known."""
    assert power.needed(SHARE, 0.1) == pytest.approx(388 / 2, rel=0.01)
    mean = Present("mean", 4.0, MANY, 100, 1.0, 1.0)
    assert power.needed(mean, 0.5) == pytest.approx((1.959964 + 0.841621) ** 2 / 0.25, rel=0.01)
    rate = Present("rate", 4.0, MANY, 10, 4.0, 1.0)
    assert power.needed(rate, -1.0) == pytest.approx(
        (1.959964 + 0.841621) ** 2 / (2 * (2 - 3**0.5)) ** 2, rel=0.01
    )


def test_the_cases_have_the_power_other_tests_say_they_have():
    """statsmodels' own tests of shares, rates and means, whose formulas are others."""
    n = power.needed(Present("proportion", 0.25, 1200, 100, 0.25 * 0.75, 1.0), -0.05)
    assert power_proportions_2indep(-0.05, 0.25, n, ratio=1200 / n).power == pytest.approx(0.8, abs=0.01)
    n = power.needed(Present("rate", 3.0, 60, 5, 3.0, 1.0), -0.8)
    found = power_poisson_diff_2indep(2.2, 3.0, n, nobs_ratio=60 / n, method_var="alt", return_results=False)
    assert found == pytest.approx(0.8, abs=0.01)
    n = power.needed(Present("mean", 4.0, 600, 100, 1.2, 1.0), 0.15)
    assert TTestIndPower().power(0.15 / 1.2**0.5, n, 0.05, ratio=600 / n) == pytest.approx(0.8, abs=0.01)


def test_a_median_varies_as_much_a_case_as_theory_says(evidence):
    """Of log-normal hours the logarithm of the median has π/2 · σ²; measured, a tenth more at most."""
    months = [(str(month), "物流延迟", 200) for month in pd.period_range("2026-01", "2026-12", freq="M")]
    rows, rng = evidence(issues=months).issues, np.random.default_rng(5)
    hours = pd.to_timedelta(np.exp(3 + 0.9 * rng.standard_normal(len(rows))), unit="h")
    found = replace(evidence(), issues=rows.assign(closed_at=rows["created_at"] + hours))
    past = power._past(Metric(kind="handling_hours"), found, date(2026, 12, 31))
    assert Present.of(past).unit == pytest.approx(np.pi / 2 * 0.9**2, rel=0.15)


def test_months_that_vary_more_need_as_many_more_cases():
    wide = Present("proportion", 0.5, MANY, 100, 0.25, 3.0)
    assert power.needed(wide, 0.1) == pytest.approx(3 * power.needed(SHARE, 0.1), rel=0.01)


def test_the_smallest_change_seen_in_a_window_needs_that_window():
    found = power.detectable(SHARE, 5, 1)
    assert power.needed(SHARE, found) == pytest.approx(500, rel=0.01)
    assert power.detectable(SHARE, 5, -1) == pytest.approx(-found)


def test_too_few_before_is_never_enough_and_more_before_needs_fewer_after():
    assert power.needed(Present("proportion", 0.2, 20, 100, 0.16, 1.0), -0.05) == np.inf
    few, many = (power.needed(Present("proportion", 0.2, n, 100, 0.16, 1.0), -0.05) for n in (1000, 5000))
    assert np.isfinite(few) and few > many


def test_the_planned_cases_do_find_the_change_in_four_of_five():
    """A change of 6 points with the cases planned for it, 1,500 times, by the test of two proportions."""
    now = Present("proportion", 0.8, 6000, 500, 0.16, 1.0)
    n = int(power.needed(now, 0.06)) + 1
    rng = np.random.default_rng(11)
    before, after = rng.binomial(6000, 0.8, 1500) / 6000, rng.binomial(n, 0.86, 1500) / n
    pooled = (6000 * before + n * after) / (6000 + n)
    z = (after - before) / np.sqrt(pooled * (1 - pooled) * (1 / 6000 + 1 / n))
    assert 0.76 <= np.mean(np.abs(z) > 1.96) <= 0.86


@pytest.fixture
def planned(known, measure, evidence):
    def build(n, **more):
        rng = np.random.default_rng(2)
        months = pd.period_range("2024-03", "2026-02", freq="M")
        kept = simulate.months(rng, np.full(24, 0.8), n, 1)
        kpis = [(str(m), round(v * n), n) for m, v in zip(months, kept, strict=True)]
        told = known(measure(**TRIAL), measure(id="M2"))
        return schema.check(
            power.table(told, evidence(kpis=kpis), as_of=date(2026, 3, 1), **more), schema.POWER
        )

    return build


def test_each_measure_with_a_metric_has_its_plan(planned):
    row = planned(400).iloc[0]
    assert row["measure_id"] == "M01" and len(planned(400)) == 1
    assert row["level"] == pytest.approx(0.8, abs=0.02) and row["size"] == pytest.approx(0.85 - row["level"])
    assert row["monthly"] == 400 and row["weeks"] == np.ceil(row["cases"] / 400 * power.WEEKS)
    assert 0 < row["detectable"] < row["size"] and "够看出" in row["note"]


def test_a_window_too_short_and_a_size_asked_for(planned):
    assert "不够看出" in planned(20)["note"].iloc[0] or "再等也看不出" in planned(20)["note"].iloc[0]
    small, large = planned(400, change=0.03).iloc[0], planned(400, change=0.08).iloc[0]
    assert small["size"] == pytest.approx(0.03) and small["cases"] > large["cases"]


def test_nothing_known_says_so(known, measure, evidence):
    row = power.table(known(measure(**TRIAL)), evidence(), as_of=date(2026, 3, 1)).iloc[0]
    assert (
        row["note"] == "没有数据或每月太少，算不出" and pd.isna(row["cases"]) and pd.isna(row["detectable"])
    )


LOWER, SHARED, HOURS = (
    {**KPI, "better": "lower"},
    {"kind": "share", "category": "物流延迟"},
    {"kind": "handling_hours"},
)
REACHED, FEW = "现在的水平已达到目标，没有要看出的变化", "改进前的样本太少，再等也看不出这样大的变化"
FLAT = "改进前的值没有波动，算不出要多少样本"


@pytest.mark.parametrize(
    ("metric", "level", "n", "target", "change", "says"),
    [
        (LOWER, 0.0, 100, 0.05, None, REACHED),
        (LOWER, 0.0, 100, 0.05, 0.02, "现在是 0.0%，变到 −2.0% 超出了这个指标能有的值"),
        (KPI, 0.8, 100, 0.8, None, REACHED),
        (KPI, 0.8, 100, 0.9, 5.0, "现在是 80.0%，变到 580.0% 超出了这个指标能有的值"),
        (KPI, 1.0, 100, 0.9, 0.1, "现在是 100.0%，变到 110.0% 超出了这个指标能有的值"),
        (KPI, 0.0, 1, 0.1, None, FEW),
        (SHARED, 0.2, 50, 0.2, None, REACHED),
        (SHARED, 0.2, 50, 0.1, 0.5, "现在是 20.0%，变到 −30.0% 超出了这个指标能有的值"),
        (HOURS, 48.0, 20, 24, None, FLAT),
        (HOURS, 48.0, 1, 24, None, "没有数据或每月太少，算不出"),
    ],
)
def test_what_cannot_be_told_is_a_sentence_and_no_number(
    known, measure, evidence, metric, level, n, target, change, says
):
    """A level of nothing, at its target, of one case a month, that never varies, or asked to go too far."""
    months, hours = [str(m) for m in pd.period_range("2025-01", "2026-02", freq="M")], metric is HOURS
    kept, said = (0, n) if hours else (round(level * n), round(level * n))
    issues = [(month, tag, k) for month in months for tag, k in (("物流延迟", said), ("其他", n - said))]
    found = evidence(issues=issues, kpis=[(month, kept, n) for month in months])
    closed = found.issues["created_at"] + pd.Timedelta(hours=level)
    found = replace(found, issues=found.issues.assign(closed_at=closed))
    told = known(measure(**TRIAL | {"metric": metric, "target": target}))
    row = power.table(told, found, as_of=date(2026, 3, 1), change=change).iloc[0]
    assert row["note"].startswith(says) and pd.isna(row["cases"]) and pd.isna(row["weeks"])


def test_the_whole_way_to_the_end_of_a_share_can_be_asked_for(known, measure, evidence):
    kpis = [(str(m), 95, 100) for m in pd.period_range("2025-01", "2026-02", freq="M")]
    found = power.table(known(measure(**TRIAL)), evidence(kpis=kpis), as_of=date(2026, 3, 1), change=0.05)
    row = found.iloc[0]
    assert (row["level"], row["size"]) == pytest.approx((0.95, 0.05)) and row["cases"] > 0
