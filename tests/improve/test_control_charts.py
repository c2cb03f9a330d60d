import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from benchmarks import simulate
from voc_lib.improve import control_charts
from voc_lib.report import control


def charted(values, base, *, kind="mean", n=300):
    months = [str(m) for m in pd.period_range("2024-01", periods=len(values), freq="M")]
    phase = ["改进前"] * base + ["改进后"] * (len(values) - base)
    frame = pd.DataFrame({"month": months, "value": values, "n": n, "phase": phase})
    return control_charts.limits(frame.assign(value=frame["value"].astype("float64")), kind=kind)


TWELVE = [39, 41, 41, 41, 43, 44, 41, 42, 40, 41, 44, 40]


def test_limits_of_single_values_by_hand():
    chart = charted([*TWELVE, 42], 12)
    half = t.ppf(1 - control_charts.ALPHA / 2, 11) * np.std(TWELVE, ddof=1) * (1 + 1 / 12) ** 0.5
    assert chart["center"].tolist() == pytest.approx([np.mean(TWELVE)] * 13)
    assert chart["upper"].tolist() == pytest.approx([np.mean(TWELVE) + half] * 13)
    assert chart["lower"].tolist() == pytest.approx([np.mean(TWELVE) - half] * 13)
    assert chart["signal"].isna().all()


def test_limits_of_shares_follow_each_denominator_and_stay_in_range():
    rng = np.random.default_rng(1)
    n = np.array([100, 400] * 7)
    chart = charted(rng.binomial(n, 0.03) / n, 12, kind="proportion", n=n)
    assert chart["upper"].iloc[0] > chart["upper"].iloc[1] > chart["center"].iloc[1]
    assert (chart["lower"] >= 0).all() and chart["center"].between(0.02, 0.04).all()


@pytest.mark.parametrize("base", [1, 3, 6, 11])
def test_fewer_than_twelve_months_have_no_limits_and_the_sentence_says_why(base):
    chart = charted([*TWELVE[:base], 90, 90], base)
    assert chart[["center", "lower", "upper", "signal"]].isna().all(axis=None)
    told = str(control.effect(chart, "M01"))
    assert f"只有 {base} 个月" in told and "不足 12 个月，不画控制限" in told


def test_a_month_outside_the_limits_is_signalled_and_named_with_its_rule():
    chart = charted([*TWELVE, 60], 12)
    assert chart["signal"].tolist()[-1] == "越界" and chart["signal"].isna().sum() == 12
    assert "2025年1月 60.0 分，越界（控制限 33.5 分 至 49.3 分" in str(
        control.effect(chart, "M01", unit="分")
    )


def test_months_in_a_row_that_break_the_same_rule_are_one_line():
    chart = charted([*TWELVE, 60, 62, 61], 12)
    told = str(control.effect(chart, "M01", unit="分"))
    assert "2025年1月至2025年3月共 3 个月越界，在中心线之上（60.0 分 至 62.0 分）" in told


@pytest.mark.parametrize(("run", "signalled"), [(7, False), (8, True)])
def test_eight_in_a_row_are_a_shift_and_seven_are_not(run, signalled):
    chart = charted([*TWELVE, *[45.5] * run], 12)
    assert chart["signal"].eq("连续偏移").sum() == (run if signalled else 0)


def test_a_month_without_data_breaks_a_run():
    chart = charted([*TWELVE, *[45.5] * 5, None, *[45.5] * 5], 12)
    assert chart["signal"].isna().all()


def test_eight_a_hair_off_the_centre_are_chance():
    assert charted([*TWELVE, *[41.6] * 8], 12)["signal"].isna().all()


def test_the_wave_of_the_year_is_in_the_centre_once_two_years_are_known():
    rng = np.random.default_rng(3)
    wave = 0.3 + 0.05 * np.sin(2 * np.pi * np.arange(36) / 12)
    chart = charted(rng.binomial(5000, wave) / 5000, 24, kind="proportion", n=5000)
    assert np.abs(chart["center"] - wave).max() < 0.01 and chart["signal"].isna().all()


def test_nothing_known_gives_no_limits_and_no_error():
    assert charted([None] * 14, 12)["center"].isna().all()
    assert control_charts.trend(pd.DataFrame(columns=["month", "category", "share", "total"])).empty


@pytest.mark.parametrize("base", [12, 24])
@pytest.mark.parametrize("name", simulate.CHARTS)
def test_stable_months_hardly_ever_break_a_rule(name, base):
    """120 series: at 2 % more than seven false alarms have a chance of .4 %."""
    assert simulate.alarms(name, base, 120) <= 7 / 120


def test_a_large_shift_is_found_within_three_months():
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(60):
        values = np.append(rng.normal(0, 1, 24), rng.normal(5, 1, 3))
        found += charted(values, 24)["signal"].notna().any()
    assert found / 60 >= 0.8
