"""A forecast is told only where it would have been nearer than “as last month” or “as a year before”."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.holtwinters import SimpleExpSmoothing

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions, plots
from voc_lib.stats import forecast

SEPTEMBER = Period.parse("2026-09")


def line(values):
    index = pd.period_range(end="2026-09", periods=len(values), freq="M")
    return forecast.table({"每月问题数": pd.Series(np.asarray(values, dtype=float), index=index)}).iloc[0]


def test_noise_around_a_level_is_better_forecast_by_the_level_and_the_interval_holds_it():
    rng = np.random.default_rng(4)
    values = rng.normal(400, 20, 24)
    row = line(values)
    assert row["claim"] == "好于照抄" and row["month"] == "2026-10"
    level = SimpleExpSmoothing(values, initialization_method="estimated").fit().forecast(1)[0]
    assert row["value"] == pytest.approx(level, rel=0.02)
    assert row["low"] < 400 < row["high"] and row["high"] - row["low"] == pytest.approx(4 * 20, rel=0.5)


def test_a_season_is_told_from_noise():
    months = np.arange(36)
    values = 300 + 80 * np.sin(2 * np.pi * months / 12) + np.random.default_rng(1).normal(0, 8, 36)
    row = line(values)
    truth = 300 + 80 * np.sin(2 * np.pi * 36 / 12)
    assert row["low"] < truth < row["high"] and row["high"] - row["low"] < 100
    last = np.abs(values[24:] - values[12:24]).mean()
    assert row["naive_error"] == pytest.approx(min(last, np.abs(np.diff(values)[-12:]).mean()))


def test_months_that_swing_around_a_mean_are_forecast_by_arima():
    rng, values = np.random.default_rng(3), [400.0]
    for _ in range(47):
        values.append(400 - 0.85 * (values[-1] - 400) + rng.normal(0, 10))
    row = line(values)
    assert (row["claim"], row["model"]) == ("好于照抄", "ARIMA")
    assert row["value"] == pytest.approx(400 - 0.85 * (values[-1] - 400), abs=6)
    assert row["high"] - row["low"] == pytest.approx(4 * 10, rel=0.35)


def test_a_walk_at_random_is_hardly_ever_forecast():
    told = [line(400 + np.random.default_rng(seed).normal(0, 10, 24).cumsum())["claim"] for seed in range(8)]
    assert told.count("好于照抄") <= 1


@pytest.mark.parametrize("n", [0, 1, 23])
def test_a_short_history_is_said_to_be_short(n):
    row = line(np.arange(n))
    assert row["claim"] == "历史太短" and pd.isna(row["value"]) and row["n"] == n


def test_a_forecast_of_scores_stays_on_the_scale():
    months = pd.period_range(end="2026-09", periods=24, freq="M")
    values = pd.Series(np.clip(4.9 + np.random.default_rng(0).normal(0, 0.08, 24), 1, 5), index=months)
    row = forecast.table({forecast.SCORE: values}).iloc[0]
    assert row["low"] < row["value"] < row["high"] == 5


def test_equal_months_are_no_error():
    assert line(np.full(24, 7.0))["value"] == 7


def test_months_before_a_gap_and_a_month_cut_off_are_left_out(make):
    trend = pd.DataFrame({"month": ["2026-05", "2026-07", "2026-08", "2026-09"], "total": [1, 2, 3, 4]})
    scored = pd.DataFrame({"created_at": pd.to_datetime(["2026-08-02", "2026-09-03", "2026-09-04"])})
    scored = scored.assign(csat=[3.0, 4.0, 5.0], csat_scale=None)
    found = forecast.series(trend, scored, SEPTEMBER)
    assert [list(found[name]) for name in found] == [[2, 3, 4], [3, 4.5]]
    cut = forecast.series(trend, scored, Period.parse("2026-09-01..2026-09-20"))
    assert list(cut["每月问题数"]) == [2, 3]
    assert schema.check(forecast.table(found), schema.FORECAST)["claim"].tolist() == ["历史太短"] * 2


def test_only_what_beats_naive_is_said_and_drawn_and_the_rest_says_why():
    index = pd.period_range(end="2026-09", periods=24, freq="M")
    series = {"每月问题数": pd.Series(np.random.default_rng(4).normal(400, 20, 24), index=index)}
    told = forecast.table(series | {"每月满意度均分": series["每月问题数"].iloc[:3]})
    assert "每月问题数：2026年10月预计" in str(conclusions.forecast(told))
    assert "每月满意度均分的连续历史只有 3 个月" in str(conclusions.not_forecast(told))
    assert "每月问题数 2026年10月预计" in plots.forecast(series, told).alt
    poor = told.assign(claim="不如照抄")
    assert conclusions.forecast(poor) is None and plots.forecast(series, poor) is None
    left = conclusions.not_forecast(poor)
    assert "没有明显好于照抄" in str(left)
    assert not [label for each in left.paragraphs[0].basis for label, _ in each.figures if label == "预计"]
