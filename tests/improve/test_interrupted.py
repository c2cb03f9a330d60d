import numpy as np
import pandas as pd
import pytest
from statsmodels.api import GLS

from voc_lib.improve import effect, interrupted

AFTER = pd.Series([False] * 24 + [True] * 12)


def test_an_exact_step_on_an_exact_trend_is_found():
    values = pd.Series(np.arange(36) * 0.5 + np.where(AFTER, -6.0, 0))
    found = interrupted.step(values, AFTER)
    assert (found.level, found.trend) == pytest.approx((-6, 0.5))
    assert (found.before, found.after) == (24, 12)


def test_a_trend_alone_is_no_step_although_the_means_differ():
    noise = np.random.default_rng(3).normal(0, 1, 36)
    found = interrupted.step(pd.Series(np.arange(36) * -0.5 + noise), AFTER)
    assert found.low < 0 < found.high


def test_with_one_correlation_it_is_generalised_least_squares(monkeypatch):
    monkeypatch.setattr(interrupted, "CORRELATIONS", np.array([0.5]))
    interrupted._roots.cache_clear()
    values = np.random.default_rng(5).normal(0, 1, 20) + np.where(AFTER[12:32], 2.0, 0)
    x = np.column_stack([np.ones(20), np.arange(20), AFTER[12:32]])
    fit = GLS(values, x, sigma=0.5 ** np.abs(np.subtract.outer(np.arange(20), np.arange(20)))).fit()
    found = interrupted.step(pd.Series(values), AFTER[12:32])
    interrupted._roots.cache_clear()
    assert (found.level, found.low, found.high) == pytest.approx(
        (fit.params[2], *fit.conf_int()[2]), abs=1e-6
    )


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
@pytest.mark.parametrize(("before", "late"), [(12, 4), (18, 5)])
def test_intervals_cover_with_few_months_that_follow_each_other(rho, before, late):
    """400 series each: 95 % ± 3 standard errors (3.3 points) around the promised 93–97 %."""
    rng, after = np.random.default_rng(11), pd.Series([False] * before + [True] * late)
    hit = 0
    for noise in rng.normal(0, 1, (400, before + late)):
        series = [noise[0]]
        for shock in noise[1:]:
            series.append(rho * series[-1] + (1 - rho**2) ** 0.5 * shock)
        found = interrupted.step(pd.Series(series), after)
        hit += found.low <= 0 <= found.high
    assert 0.917 <= hit / 400 <= 0.983


def test_a_season_that_repeats_to_the_point_is_taken_off_whole():
    season = np.random.default_rng(2).normal(0, 9, 12)
    values = pd.Series(np.tile(season, 3) + np.where(AFTER, -6.0, 0))
    found = interrupted.step(values, AFTER)
    assert (found.level, found.low, found.high) == pytest.approx((-6, -6, -6), abs=1e-5)


def test_a_season_that_missing_months_cannot_tell_from_the_step_is_left_out():
    """Months after that were never seen before: their own levels would be the step."""
    months = np.array([k for k in range(60) if k % 12 < 6 or k > 54])
    after = months > 54
    assert interrupted.columns(months, after, season=True).shape[1] == 3
    assert interrupted.columns(np.arange(36), np.arange(36) >= 24, season=True).shape[1] == 14


def test_too_few_months_give_nothing():
    values = pd.Series(range(10), dtype="float64")
    assert interrupted.step(values, pd.Series([False] * 7 + [True] * 3)) is None
    assert interrupted.step(values.mask(values < 3), pd.Series([False] * 9 + [True])) is None


def test_the_note_takes_the_trend_off(known, measure, evidence):
    """A rate that rose by itself every month: met, beyond chance, but only its old trend."""
    months = pd.period_range("2024-07", "2026-06", freq="M")
    kpis = [(str(m), 600 + 15 * i + (-1) ** i * 10, 1000) for i, m in enumerate(months)]
    metric = {"kind": "kpi", "name": "发货率", "better": "higher"}
    plan = known(
        measure(
            metric=metric,
            target=0.9,
            before="2025-07..2026-02".replace("..", "-01..") + "-28",
            after="2026-03-01..2026-06-30",
        )
    )
    row = effect.table(plan, evidence(kpis=kpis), as_of=pd.Timestamp("2026-06-30").date()).iloc[0]
    assert row["verdict"] == "证据不足" and "扣除此前 20 个月的趋势后" in row["note"]
    assert "不能排除只是原有趋势的延续" in row["reason"]
