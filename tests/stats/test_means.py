import numpy as np
import pytest

from voc_lib.stats import means

SCORES = {
    "95 % fives": [0.0125] * 4 + [0.95],
    "80 % fives": [0.05] * 4 + [0.8],
    "mild": [0.05, 0.1, 0.25, 0.35, 0.25],
}


def covered(shares, n, runs=600):
    rng = np.random.default_rng(n)
    truth = float(np.arange(1, 6) @ shares)
    drawn = rng.choice(5, size=(runs, n), p=shares) + 1
    found = [means.scores(row, 1, 5) for row in drawn]
    return np.mean([low <= truth <= high for _, low, high in found])


@pytest.mark.parametrize("shares", SCORES.values(), ids=SCORES)
@pytest.mark.parametrize("n", [10, 30, 100, 300])
def test_skewed_scores_are_covered(shares, n):
    assert covered(shares, n) >= 0.925


def test_equal_scores_are_no_certainty_and_a_few_have_no_interval():
    value, low, high = means.scores([5.0] * 8, 1, 5)
    assert value == high == 5 and low < 4.5
    assert np.isnan(means.scores([5.0] * 5, 1, 5).low) and np.isnan(means.scores([], 1, 5).value)


def test_bounds_stay_on_the_scale():
    rng = np.random.default_rng(1)
    for _ in range(50):
        value, low, high = means.scores(rng.choice([1.0, 1, 1, 5], 7), 1, 5)
        assert 1 <= low <= value <= high <= 5


def test_customers_who_score_often_count_as_customers():
    scores = np.repeat([5.0, 1, 4, 2, 5, 3, 5, 1], 10)
    alone, often = (means.scores(scores, 1, 5, who) for who in (np.arange(80), np.arange(80) // 10))
    assert often.high - often.low > 2.5 * (alone.high - alone.low)


@pytest.mark.parametrize(("n", "least"), [(10, 0.86), (30, 0.88), (100, 0.89)])
def test_skewed_hours_are_covered_better_than_by_students_t(n, least):
    rng = np.random.default_rng(n)
    found = [means.hours(rng.lognormal(0, 1, n)) for _ in range(300)]
    assert np.mean([low <= np.exp(0.5) <= high for _, low, high in found]) >= least
    assert min(low for _, low, _ in found) > 0


def test_hours_never_fall_below_the_shortest_or_rise_above_the_longest():
    value, low, high = means.hours([1, 2, 1, 3, 2, 600], 1000)
    assert value == 101.5 and low == 1 and high == 1000
    assert np.isnan(means.hours([1, 2, 3]).low) and np.isnan(means.hours([4.0] * 9).low)


def test_many_hours_are_as_good_as_normal():
    rng = np.random.default_rng(2)
    hours = rng.exponential(10, 5_000)
    value, low, high = means.hours(hours)
    assert (low, high) == pytest.approx(
        (value - 1.96 * hours.std() / 5_000**0.5, value + 1.96 * hours.std() / 5_000**0.5), rel=1e-3
    )
