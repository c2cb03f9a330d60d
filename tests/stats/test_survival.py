"""Curves and log-rank tests against statsmodels, and by hand."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from voc_lib.stats import survival


def drawn(seed, n=160, groups=3, ties=True):
    """Durations of groups of which the last is slower, some not over; rounded so that many are equal."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, n)
    times = rng.exponential(np.where(group == groups - 1, 40, 25))
    seen = rng.uniform(5, 90, n)
    return np.round(np.minimum(times, seen)) + 1 if ties else np.minimum(times, seen), times <= seen, group


@pytest.mark.parametrize("seed", range(6))
def test_curves_are_those_of_statsmodels(seed):
    times, ended, _ = drawn(seed, ties=seed % 2 == 0)
    ours = survival.curve(times, ended).iloc[1:]
    theirs = SurvfuncRight(times, ended)
    event = np.isin(theirs.surv_times, ours["hours"])
    assert np.allclose(ours["open"], theirs.surv_prob[event])
    assert (ours["at_risk"].to_numpy() == theirs.n_risk[event]).all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("groups", [2, 4])
def test_log_rank_is_that_of_statsmodels(seed, groups):
    times, ended, group = drawn(seed, groups=groups)
    found = survival.logrank(times, ended, group)
    chi2, p = survdiff(times, ended, group)
    assert found.chi2 == pytest.approx(chi2) and found.p == pytest.approx(p)
    assert found.observed.sum() == ended.sum() and found.expected.sum() == pytest.approx(ended.sum())


@pytest.mark.parametrize("seed", range(4))
def test_strata_compare_like_with_like(seed):
    times, ended, group = drawn(seed, groups=2)
    level = np.random.default_rng(seed + 99).choice(["P0", "P1", "P2"], len(times))
    found = survival.logrank(times, ended, group, level)
    chi2, p = survdiff(times, ended, group, strata=level)
    assert found.chi2 == pytest.approx(chi2) and found.p == pytest.approx(p)


def test_a_known_curve_of_six_patients_by_hand():
    # 1 of 6 ends at 2, one leaves at 3, 1 of 4 at 5, 2 of 3 at 8, one is open: 5/6, 5/8, 5/24
    found = survival.curve([2, 3, 5, 8, 8, 9], [True, False, True, True, True, False])
    assert found["open"].tolist() == pytest.approx([1, 5 / 6, 5 / 8, 5 / 24])
    assert (found["low"] <= found["open"]).all() and (found["open"] <= found["high"]).all()


@pytest.mark.parametrize(
    ("times", "ended", "group"),
    [([], [], []), ([1, 2], [True, True], [0, 0]), ([1, 2, 3], [False] * 3, [0, 1, 1])],
)
def test_without_two_groups_or_an_end_there_is_no_p(times, ended, group):
    assert np.isnan(survival.logrank(times, ended, group).p)
    assert len(survival.curve(times, ended)) == 1 + len(set(np.array(times)[np.array(ended, dtype=bool)]))


def test_missing_strata_are_a_stratum_of_their_own():
    times, ended, group = drawn(3, groups=2)
    assert survival.logrank(times, ended, group, pd.Series([None] * len(times))).observed.sum() == ended.sum()
