"""Verdicts about nothing, simulated: the small, seeded version of benchmarks/simulate.py."""

import pytest

from benchmarks import simulate
from voc_lib.improve import verdict

RUNS = 120
WRONG = 0.10  # 5 % and what chance adds to it in so few runs


@pytest.mark.parametrize(
    "draw",
    [
        simulate.worst_month(300, 1, 12, half=True),
        simulate.worst_month(300, 3, 12, half=True),
        simulate.season(1000, 1, 24),
        simulate.season(300, 3, 14),
        simulate.trend(1000, 1, 24),
        simulate.steady(1000, 3, was=0.8, now=0.8, target=0.81),
        simulate.steady(400, 1, was=0.8, now=0.945, target=0.95, last=1),
    ],
    ids=["worst-month", "worst-month-wide", "season", "season-short", "trend", "near", "just-short"],
)
def test_where_nothing_happened_or_not_enough_a_target_is_hardly_ever_met(draw):
    assert simulate.shares(draw, RUNS)[verdict.MET] <= WRONG


def test_a_true_change_with_two_years_before_is_found_more_often_than_not():
    assert simulate.shares(simulate.true_change(300, 1, 24), RUNS)[verdict.MET] >= 0.65


def test_a_steady_month_in_chance_alone_is_not_said_to_be_missed():
    draw = simulate.steady(1000, 1, was=0.8, now=0.85, target=0.8)
    assert simulate.shares(draw, RUNS)[verdict.MISSED] == 0


@pytest.mark.parametrize("span", list(simulate.SPANS)[:3])
def test_a_young_window_of_handling_time_hardly_ever_meets_a_target(span):
    """The mean of what is closed met it in 78–100 % (windows 3 → 1 and 6 → 1 months)."""
    draw = simulate.handling(300, "96 小时，1.2", span)
    assert simulate.shares(draw, RUNS, towards=-1)[verdict.MET] <= WRONG / 2


def test_handling_time_that_truly_fell_is_found():
    draw = simulate.handling(300, "96 小时，1.2", "24 个月 → 5 个月", errors=3, target=1)
    found = simulate.shares(draw, RUNS, towards=-1)
    assert found[verdict.MET] >= 0.75 and found[verdict.MISSED] == 0


def test_the_restricted_mean_covers_in_windows_of_unequal_length():
    """1,000 a month: 95 % ± 3 standard errors of 200 runs."""
    assert 0.90 <= simulate.restricted(1000, "48 小时，1.2", "24 个月 → 1 个月", 200) <= 0.995


def test_the_restricted_mean_of_few_cases_covers_although_they_lean():
    """90.5 % with a normal interval; 95 % ± 3 standard errors of 300 runs."""
    assert (
        0.905 <= simulate.restricted(100, "中位数 24 小时，对数标准差 1.0", "12 个月 → 15 天", 300) <= 0.985
    )


@pytest.mark.parametrize("sides", [(18, 5), (24, 5), (36, 6)], ids=str)
@pytest.mark.parametrize("name", ["夏季五个月 +4 点，其余 −4 点", "春节两个月 −8 点"])
def test_a_season_of_any_shape_is_no_step_of_a_series_and_makes_it_no_vaguer(name, sides):
    """A yearly wave covered 89 % (18 months) to 99.8 %; 95 % ± 3 standard errors of 200 runs."""
    assert 0.905 <= simulate.stepped(name, 1000, 1, sides, 200) <= 0.995
