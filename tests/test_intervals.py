"""Formulas against statsmodels, scipy, published figures and figures worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as sp
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats import proportion, rates
from statsmodels.stats.multitest import multipletests

from voc_lib import intervals

counts = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
some = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_wilson_is_statsmodels_and_holds_the_share(pair):
    share, low, high = intervals.wilson(*pair)
    if pair[1] == 0:
        assert np.isnan([share, low, high]).all()
        return
    assert (low, high) == pytest.approx(proportion.proportion_confint(*pair, method="wilson"), abs=1e-12)
    assert 0 <= low <= share <= high <= 1


def test_wilson_is_the_published_example():  # Newcombe 1998a, table I: 81 of 263
    assert [round(float(x), 4) for x in intervals.wilson(81, 263)] == [0.3080, 0.2553, 0.3662]


@given(some, some)
def test_newcombe_and_score_test_are_statsmodels(now, before):
    low, high = proportion.confint_proportions_2indep(*now, *before, method="newcomb")
    ours = intervals.newcombe(*now, *before)
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-9)
    pooled = now[0] + before[0]
    if 0 < pooled < now[1] + before[1]:
        chi2 = sp.chi2_contingency(
            [[now[0], now[1] - now[0]], [before[0], before[1] - before[0]]], correction=False
        )
        assert intervals.score_test(*now, *before) == pytest.approx(chi2.pvalue, abs=1e-9)
    else:
        assert intervals.score_test(*now, *before) == 1


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [  # Newcombe 1998b, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_newcombe_is_the_published_table(now, before, low, high):
    found = intervals.newcombe(*now, *before)
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (low, high)


@given(st.integers(0, 500), st.floats(0.5, 1e4))
def test_poisson_is_statsmodels_exact(count, exposure):
    low, high = rates.confint_poisson(count, exposure, method="exact-c")
    found = intervals.poisson(count, exposure)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-12)


@given(st.integers(0, 200), st.integers(1, 200), st.floats(1, 1e3), st.floats(1, 1e3))
def test_rate_test_is_statsmodels_score_test(x1, x0, e1, e0):
    expected = rates.test_poisson_2indep(x1, e1, x0, e0, method="score", compare="ratio").pvalue
    assert intervals.rate_test(x1, e1, x0, e0) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_is_statsmodels(p_values):
    assert intervals.benjamini_hochberg(p_values) == pytest.approx(
        multipletests(p_values, method="fdr_bh")[1]
    )


def test_a_larger_family_costs_more():
    assert intervals.benjamini_hochberg([0.001, 0.01], tests=20) == pytest.approx([0.02, 0.1])
    assert intervals.benjamini_hochberg([0.5], tests=4) == pytest.approx([1.0])


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (10, 2), (20, 6), (30, 10), (50, 18), (100, 40)])
def test_median_takes_the_tabled_order_statistics(n, rank):  # Conover 1999, binomial(n, 1/2), 95 %
    found = intervals.median(np.arange(1, n + 1))
    assert (found.low, found.high) == (rank, n + 1 - rank)


def test_median_of_few_values_has_no_interval():
    assert intervals.median([1, 2, 3]).value == 2
    assert np.isnan(intervals.median([1, 2, 3]).low) and np.isnan(intervals.median([]).value)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=3, max_size=60))
def test_survival_median_is_statsmodels(pairs):
    times, ended = (np.array(x) for x in zip(*pairs, strict=True))
    found = intervals.survival_median(times, ended)
    curve = SurvfuncRight(times.astype(float), ended.astype(int))
    median = curve.surv_times[curve.surv_prob <= 0.5 + 1e-12]
    assert found.value == pytest.approx(median[0] if len(median) else np.nan, nan_ok=True)
    if ended.any():
        assert np.isnan(found.low) or not found.low > found.value


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # statsmodels takes log(0) at both ends
def test_survival_interval_is_statsmodels():
    rng = np.random.default_rng(3)
    times, ended = rng.exponential(30, 200), rng.random(200) < 0.7
    low, high = SurvfuncRight(times, ended.astype(int)).quantile_ci(0.5)
    found = intervals.survival_median(times, ended)
    assert (float(found.low), float(found.high)) == pytest.approx((low, high))


@pytest.mark.parametrize("n", [1, 3, 5])
def test_a_survival_median_of_few_cases_has_no_interval(n):
    found = intervals.survival_median(np.arange(1, n + 1), np.ones(n, dtype=bool))
    assert found.value == (n + 1) / 2 and np.isnan(found.low) and np.isnan(found.high)


def test_nps_by_hand():
    value, low, high = (float(x) for x in intervals.nps(5, 3, 10))
    up, down = 5.75 / 13, 3.75 / 13
    half = 1.959963984540054 * math.sqrt((up + down - (up - down) ** 2) / 13)
    assert value == pytest.approx(20)
    assert (low, high) == pytest.approx((100 * (up - down - half), 100 * (up - down + half)))


def test_nps_interval_holds_nineteen_of_twenty_in_small_samples():
    rng = np.random.default_rng(1)
    up, _, down = rng.multinomial(20, [0.55, 0.25, 0.20], size=4_000).T
    found = intervals.nps(up, down, 20)
    assert 0.93 < ((found.low <= 35) & (found.high >= 35)).mean() < 0.975


def test_nothing_known_is_nan_without_a_warning(recwarn):
    for found in (intervals.wilson(0, 0), intervals.newcombe(1, 2, 0, 0), intervals.poisson(0, 0)):
        assert np.isnan(found.value)
    assert np.isnan(intervals.nps(0, 0, 0)).all()
    assert np.isnan(intervals.score_test(1, 2, 0, 0)) and np.isnan(intervals.rate_test(1, 2, 0, 0))
    assert not recwarn.list


def hall(adds):
    """Deviations from a mean, bent by their own skewness (Hall 1992), as the textbook has it."""
    n, skew = len(adds), sp.skew(adds, bias=False)
    q = sp.t.ppf([0.975, 0.025], n - 1)
    bent = 3 / skew * n**0.5 * (np.cbrt(1 + skew / n**0.5 * (q - skew / 6 / n**0.5)) - 1)
    return -bent * np.std(adds, ddof=1) / n**0.5


@given(st.lists(st.floats(0.1, 49), min_size=3, max_size=20).filter(lambda x: np.ptp(x) > 0.1))
def test_the_restricted_mean_of_even_times_none_waiting_is_students(times):
    both = np.array([*times, *(50 - np.array(times))])
    value, low, high = intervals.survival_mean(both, np.ones(len(both), dtype=bool), 60)
    half = sp.t.ppf(0.975, len(both) - 1) * sp.sem(both)
    assert (value, low, high) == pytest.approx((25, max(25 - half, 0), min(25 + half, 60)), abs=1e-4)


@given(st.integers(0, 999), st.floats(5, 60))
def test_the_restricted_mean_of_uneven_times_leans_to_the_long_side(seed, until):
    times = np.random.default_rng(seed).lognormal(2, 1, 30)
    cut = np.minimum(times, until)
    value, low, high = intervals.survival_mean(times, np.ones(30, dtype=bool), until)
    assert value == pytest.approx(cut.mean())
    bounds = value + hall(cut - cut.mean())
    assert (low, high) == pytest.approx((max(bounds[0], 0), min(bounds[1], until)))


def test_the_restricted_mean_of_waiting_ones_is_worked_by_hand():
    """Open 5/6 from 1, 5/8 from 3 (1 waits at 2), 0.3125 from 5 (1 waits at 4); up to 6."""
    value, *_ = intervals.survival_mean([1, 2, 3, 4, 5, 9], [1, 0, 1, 0, 1, 0], 6)
    assert value == pytest.approx(1 + 2 * 5 / 6 + 2 * 5 / 8 + 5 / 16)
    assert np.isnan(intervals.survival_mean([1, 2], [1, 1], 6).low)
    assert np.isnan(intervals.survival_mean([7] * 6, [1] * 6, 6).low)  # all beyond: nothing known of chance
    assert np.isnan(intervals.survival_mean([], [], 6)).all()


def test_the_restricted_mean_of_waiting_ones_has_the_bounds_of_its_jackknife():
    rng = np.random.default_rng(4)
    lasted, known = rng.lognormal(1, 1, 200), rng.uniform(0, 12, 200)
    times, ended = np.minimum(lasted, known), lasted <= known
    value, low, high = intervals.survival_mean(times, ended, 6)
    left_out = [
        intervals.survival_mean(*(np.delete(x, i) for x in (times, ended)), 6).value for i in range(200)
    ]
    adds = 199 * (np.mean(left_out) - np.array(left_out))
    assert (low - value, high - value) == pytest.approx(hall(adds), rel=0.01)


@given(st.lists(st.floats(0.1, 50), min_size=3, max_size=30, unique=True))
def test_the_middle_third_of_times_none_waiting_is_their_mean_logarithm(times):
    """Three times as many cases: the middle third are whole cases."""
    logs = np.sort(np.log(np.repeat(times, 3)))
    value, variance = intervals.survival_middle(np.repeat(times, 3), np.ones(len(logs), dtype=bool))
    assert value == pytest.approx(logs[len(times) : -len(times)].mean(), abs=1e-6) and variance >= 0


def test_the_middle_third_varies_as_it_says_and_less_than_the_median():
    rng = np.random.default_rng(9)
    drawn = rng.lognormal(3, 1, (800, 90))
    found = np.array([intervals.survival_middle(row, row < 60) for row in np.minimum(drawn, 60)])
    assert found[:, 0].mean() == pytest.approx(3, abs=0.02)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].var(), rel=0.12)
    assert found[:, 0].var() < 0.9 * np.log(np.median(drawn, axis=1)).var()


def test_the_middle_third_is_unknown_until_two_thirds_have_ended_or_where_a_third_took_no_time():
    assert np.isnan(intervals.survival_middle([1, 2, 3, 9, 9, 9], [1, 1, 1, 0, 0, 0])).all()
    assert np.isnan(intervals.survival_middle([0, 0, 0, 1, 2, 3], [1] * 6)).all()
    assert np.isnan(intervals.survival_middle([], [])).all()


def test_spearman_has_the_error_of_bonett_and_wright():
    one, other = range(12), [3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10]
    value, low, high = intervals.spearman(one, other)
    rho = sp.spearmanr(one, other).statistic
    reach = sp.norm.ppf(0.975) * math.sqrt((1 + rho * rho / 2) / 9)
    bounds = [math.tanh(math.atanh(rho) + side * reach) for side in (-1, 1)]
    assert [value, low, high] == pytest.approx([rho, *bounds])
