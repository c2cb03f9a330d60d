"""The rule of a verdict at its edges, from made changes; what makes a change is tested in test_effect.py."""

from dataclasses import replace

import numpy as np
import pytest

from voc_lib.improve import verdict
from voc_lib.improve.change import Change, Contrast
from voc_lib.improve.track import Track
from voc_lib.intervals import Interval

START = 24_000


def track(share, n=1000, months=3, first=START + 12):
    return Track("proportion", first + np.arange(months), np.full(months, share), np.full(months, float(n)))


def contrast(value, reach=0.02):
    return Contrast(value, reach / 1.96, value - reach, value + reach)


def moved(value, **more):
    same = contrast(value)
    made = Change(same, same, same, seasonal=True, covered=1, dispersion=1, freedom=0, months=24, slope=0)
    return replace(made, **more)


@pytest.fixture
def judge(monkeypatch):
    """The verdict and reason on a made change; `after` at .9 of 3,000, history far before it."""

    def call(seen, target=0.8, towards=1, after=None, history=None):
        monkeypatch.setattr(verdict, "change", lambda *_: seen)
        history = history or track(0.7, first=START - 7)
        return verdict.judge(history, after or track(0.9), target, towards)

    return call


@pytest.mark.parametrize(
    ("low", "high", "towards", "side"),
    [
        (0.80, 0.90, 1, "reached"), (0.79, 0.90, 1, "open"),
        (0.70, 0.80, 1, "open"), (0.70, 0.79, 1, "missed"),
        (0.70, 0.80, -1, "reached"), (0.70, 0.81, -1, "open"),
        (0.80, 0.90, -1, "open"), (0.81, 0.90, -1, "missed"),
    ],
)  # fmt: skip
def test_an_interval_that_touches_the_target_has_reached_it_and_misses_it_only_beyond(
    low, high, towards, side
):
    assert verdict.against(Interval(*np.array([0.8, low, high])), 0.8, towards) == side


def test_a_change_beyond_zero_with_the_target_reached_is_met(judge):
    found = judge(moved(0.2))
    assert (found.verdict, found.reason) == ("达标", "达到目标，且变化超出偶然波动")
    assert (round(float(found.level.value), 6), found.change.months, np.isnan(found.needed)) == (
        0.9,
        24,
        True,
    )
    assert judge(moved(0.05)).reason.endswith("；改进前已在目标之上")
    down = judge(moved(-0.2), target=0.95, towards=-1)
    assert (down.verdict, down.reason) == ("达标", "达到目标，且变化超出偶然波动")


def test_no_change_beyond_zero_is_open_and_says_whether_it_was_there_before(judge):
    assert judge(moved(0.02)).reason == "改进前已达到目标，看不出措施的作用"
    touching = judge(moved(0.02), target=0.885)
    assert touching.verdict == "证据不足" and touching.reason.startswith("达到目标，但变化可能只是偶然波动")
    assert judge(moved(0.02), target=0.88).reason == "改进前已达到目标，看不出措施的作用"


def test_a_target_that_is_missed_needs_no_history(judge):
    short = moved(0.2, months=2)
    assert judge(short, target=0.95).reason == "未到目标，改进后区间不含目标值"
    assert judge(short).reason.startswith("改进前只有 2 个月的数据，少于 6 个月")
    assert judge(moved(0.2, months=5)).verdict == "证据不足" and judge(moved(0.2, months=6)).verdict == "达标"


def test_a_change_for_the_worse_is_missed_unless_something_else_explains_it(judge):
    worse = judge(moved(-0.05))
    assert (worse.verdict, worse.reason) == ("未达标", "指标变差，变化区间整个在不好的一边")
    assert judge(moved(0.05), target=0.95, towards=-1).verdict == "未达标"
    assert judge(moved(-0.02)).verdict == "证据不足"
    assert judge(moved(-0.05, slope=-3, steady=contrast(-0.02))).verdict == "证据不足"
    assert judge(moved(-0.05, slope=3, steady=contrast(0.02))).verdict == "未达标"
    doubted = judge(moved(-0.05, seasonal=False))
    assert (doubted.verdict, doubted.reason) == ("证据不足", "改进前已达到目标，看不出措施的作用")


def test_a_season_that_cannot_be_told_forbids_success(judge):
    found = judge(moved(0.2, seasonal=False))
    assert found.verdict == "证据不足" and found.reason.startswith("达到目标，但改进前没有与改进后相同的月份")


@pytest.mark.parametrize(("first", "doubted"), [(9, True), (8, False), (21, True), (20, False)])
def test_a_start_after_a_bad_month_is_doubted_where_that_month_is_compared_with(judge, first, doubted):
    """History ends in month 11 (START + 11); the months after repeat its last three, or end before them."""
    history, after = track(0.7, months=12, first=START), track(0.9, months=1, first=START + 12 + first)
    found = judge(moved(0.2, long=contrast(0.02)), history=history, after=after)
    assert (found.verdict == "证据不足", "向均值回归" in found.reason) == (doubted, doubted)
    held = judge(moved(0.2, long=contrast(0.2)), history=history, after=after)
    assert held.verdict == "达标"


@pytest.mark.parametrize(
    ("months", "slope", "doubted"),
    [(24, 1.97, True), (24, 1.96, False), (23, 1.01, True), (23, 1.0, False), (24, -9, False)],
)  # fmt: skip
def test_a_trend_that_may_go_on_is_doubted_sooner_where_the_past_is_short(judge, months, slope, doubted):
    seen = moved(0.2, months=months, slope=slope, steady=contrast(0.02))
    assert ("原有趋势的延续" in judge(seen).reason) == doubted
    assert judge(replace(seen, steady=contrast(0.2))).verdict == "达标"
    down = replace(seen, contrast=contrast(-0.2), long=contrast(-0.2), slope=-slope, steady=contrast(-0.02))
    assert ("原有趋势的延续" in judge(down, target=0.95, towards=-1).reason) == doubted


@pytest.mark.parametrize(
    ("history", "after", "said"),
    [
        (track(0.7, months=0), track(0.9), "改进前没有数据"),
        (track(0.7), track(0.9, n=0), "改进后没有数据"),
        (track(0.7, n=29, months=1), track(0.9), "改进前样本只有 29，少于 30"),
        (track(0.7), track(0.9, n=29, months=1), "改进后样本只有 29，少于 30"),
    ],
)
def test_too_few_cases_are_a_sentence(history, after, said):
    found = verdict.judge(history, after, 0.8, 1)
    assert (found.verdict, found.reason, found.level) == ("证据不足", said, None)


def test_thirty_cases_are_enough_to_miss_a_target():
    found = verdict.judge(track(0.1, n=30, months=1, first=START), track(0.1, n=30, months=1), 0.8, 1)
    assert found.verdict == "未达标"


def test_what_is_needed_is_the_base_that_would_shrink_the_interval_to_the_gap(judge):
    """Three months of 1,000 at .9: ±1.07 points; half a point from the target takes (1.07 / .5)² × 3."""
    found = judge(moved(0.2), target=0.895)
    assert found.reason == "改进后区间含目标值，还不能下结论；照现在的量，改进后共需约 14 个月"
    assert found.needed == 14
    assert judge(moved(0.2), target=0.897).reason.endswith("差得太小，照现在的量三年内也分不出")
    assert np.isnan(judge(moved(0.2), target=0.9).needed)
    assert judge(moved(0.2, dispersion=2), target=0.895).needed == 28


def test_what_is_needed_to_tell_a_change_is_worked_by_hand(judge):
    """Error² = .01²; the months after give .09 / 3000 of it; 1.96 × error must fall below .015."""
    error = 0.01
    seen = moved(0, contrast=Contrast(0.015, error, 0.015 - 1.96 * error, 0.015 + 1.96 * error))
    after = track(0.9)
    late = after.unit / 3000
    rest = (0.015 / 1.96) ** 2 - (error**2 - late)
    assert rest < 0 and np.isnan(judge(seen, target=0.888).needed)
    seen = replace(seen, contrast=Contrast(0.015, 0.008, 0.015 - 1.96 * 0.008, 0.015 + 1.96 * 0.008))
    rest = (0.015 / 1.96) ** 2 - (0.008**2 - late)
    assert judge(seen, target=0.888).needed == np.ceil(3 * late / rest)


def test_dispersion_of_few_degrees_of_freedom_counts_by_students_t():
    assert verdict.inflation(2, 0) == 2
    assert verdict.inflation(2, 10) == pytest.approx(2 * (2.228139 / 1.959964) ** 2, abs=1e-5)


@pytest.mark.parametrize(
    ("months", "said"), [(36, "约 36 个月"), (37, "三年内也分不出"), (float("inf"), "三年")]
)
def test_three_years_are_the_most_to_wait_for(judge, months, said, monkeypatch):
    monkeypatch.setattr(verdict, "_months_to_target", lambda *_: months)
    assert said in judge(moved(0.2), target=0.895).reason


@pytest.mark.parametrize(
    ("before", "after", "target", "towards", "share"),
    [(48, 24, 20, -1, 24 / 28), (0.8, 0.7, 0.95, 1, -2 / 3), (0.8, 0.9, 0.8, 1, np.nan)],
)  # fmt: skip
def test_attainment_is_the_part_of_the_way_gone(before, after, target, towards, share):
    found = verdict.attainment(before, after, target, towards)
    assert found == pytest.approx(share, nan_ok=True)
