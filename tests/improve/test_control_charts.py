import pandas as pd
import pytest

from voc_lib.improve import control_charts


def test_xmr_limits_by_hand():
    values = pd.Series([39, 41, 41, 41, 43, 44, 41, 42, 40, 41, 44, 40], dtype="float64")
    chart = control_charts.xmr(values)
    mean, moving = 497 / 12, (2 + 0 + 0 + 2 + 1 + 3 + 1 + 2 + 1 + 3 + 4) / 11
    assert chart["center"].iloc[0] == pytest.approx(mean)
    assert chart["high"].iloc[0] == pytest.approx(mean + 2.66 * moving)
    assert chart["low"].iloc[0] == pytest.approx(mean - 2.66 * moving)
    assert chart["signal"].isna().all()


def test_p_limits_by_hand_follow_each_denominator_and_stay_in_range():
    chart = control_charts.p_chart(pd.Series([2, 3, 1]), pd.Series([100, 50, 50]))
    p = 6 / 200
    assert chart["center"].tolist() == pytest.approx([p] * 3)
    assert chart["high"].tolist() == pytest.approx([p + 3 * (p * (1 - p) / n) ** 0.5 for n in (100, 50, 50)])
    assert (chart["low"] == 0).all()


def test_a_point_outside_the_baseline_limits_is_signalled():
    values = pd.Series([10.0, 12, 11, 13, 12, 11, 30])
    chart = control_charts.xmr(values, baseline=pd.Series([True] * 6 + [False]))
    assert chart["signal"].tolist()[-1] == "越界" and chart["signal"].isna().sum() == 6


@pytest.mark.parametrize(("run", "signalled"), [(7, False), (8, True)])
def test_eight_in_a_row_are_a_shift_and_seven_are_not(run, signalled):
    values = pd.Series([11.0, 9.0] * 6 + [10.5] * run)
    chart = control_charts.xmr(values, baseline=pd.Series([True] * 12 + [False] * run))
    assert chart["signal"].eq("连续偏移").sum() == (run if signalled else 0)


def test_a_point_on_the_centre_or_a_month_without_data_breaks_a_run():
    for gap in (10.0, None):
        values = pd.Series([9.0, 11.0, 9.0, 11.0, 9.0] + [10.5] * 5 + [gap] + [10.5] * 5, dtype="float64")
        marked = pd.Series([True] * 4 + [False] * 12)
        assert control_charts.xmr(values, baseline=marked)["signal"].isna().all()


def test_nothing_known_gives_no_limits_and_no_error():
    chart = control_charts.p_chart(pd.Series([0, 0]), pd.Series([0, 0]))
    assert chart[["value", "center", "low", "high", "signal"]].isna().all(axis=None)
