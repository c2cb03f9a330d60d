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
