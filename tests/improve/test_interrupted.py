import numpy as np
import pandas as pd
import pytest

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


def test_newey_west_interval_by_hand():
    values = np.random.default_rng(5).normal(0, 1, 36) + np.where(AFTER, 2.0, 0)
    x = np.column_stack([np.ones(36), np.arange(36), AFTER])
    bread = np.linalg.inv(x.T @ x)
    score = x * (values - x @ bread @ x.T @ values)[:, None]
    lagged = [(1 - lag / 3) * score[lag:].T @ score[:-lag] for lag in (1, 2)]
    meat = score.T @ score + sum(part + part.T for part in lagged)
    error = np.sqrt((bread @ meat @ bread)[2, 2])
    found = interrupted.step(pd.Series(values), AFTER)
    assert (found.high - found.level) == pytest.approx(2.0345153 * error, rel=1e-6)  # t(0.975, 33)


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
    assert row["verdict"] == "达标" and "扣除此前 20 个月的趋势后" in row["note"]
    assert "不能排除只是原有趋势的延续" in row["note"]
