import numpy as np
import pandas as pd
import pytest

from benchmarks import simulate
from voc_lib import params, schema
from voc_lib.improve import aims
from voc_lib.metric import Metric
from voc_lib.params import Goal
from voc_lib.period import Period
from voc_lib.report import conclusions

SEPTEMBER = Period.parse("2026-09")
KPI = Metric(kind="kpi", name="发货率", better="higher")
LOWER = Metric(kind="kpi", name="发货率", better="lower")


@pytest.fixture
def judged(evidence):
    """The row of a goal about a KPI whose last months, ending 2026-09, were `values`, of 4,000 each."""

    def build(values, **goal):
        months = pd.period_range(end="2026-09", periods=len(values), freq="M")
        kpis = [(str(m), round(v * 4000), 4000) for m, v in zip(months, values, strict=True)]
        given = {"name": "发货", "metric": KPI, "target": 0.95, **goal}
        source = {"name": "a", "path": "a.csv", "channel": "电话"}
        plan = params.parse(params.Params, {"name": "x", "period": "2026-09", "sources": [source]}, where="x")
        plan = plan.model_copy(update={"goals": [Goal(**given)]})
        table = aims.table(plan, evidence(kpis=kpis), SEPTEMBER)
        return schema.check(table, schema.GOALS).iloc[0]

    return build


def test_a_goal_is_told_by_value_interval_attainment_and_verdict(judged):
    row = judged([0.80] * 6 + [0.85], baseline=0.80)
    assert row["current"] == pytest.approx(0.85) and row["low"] < 0.85 < row["high"] < 0.87
    assert row["attainment"] == pytest.approx(1 / 3) and row["verdict"] == "未达标"
    assert judged([0.80] * 6 + [0.97], baseline=0.80)["verdict"] == "达标"
    assert judged([0.80] * 6 + [0.951], baseline=0.80)["verdict"] == "证据不足"


def test_where_less_is_better_falling_is_progress(judged):
    row = judged([0.20] * 6 + [0.12], metric=LOWER, target=0.10, baseline=0.20)
    assert row["attainment"] == pytest.approx(0.8) and row["verdict"] == "未达标" and pd.isna(row["caution"])


def test_a_baseline_beside_the_data_is_said(judged):
    row = judged([0.90] * 7, baseline=0.80)
    assert row["baseline_data"] == pytest.approx(0.90) and "基线不在上期" in row["caution"]
    assert pd.isna(judged([0.80] * 7, baseline=0.80)["caution"])
    assert "1 个目标，本期未达标 1 个" in str(conclusions.goals(pd.DataFrame([row])))


def test_the_baseline_can_be_of_the_months_written(judged):
    row = judged([0.80] * 6 + [0.90] * 7, baseline=0.80, baseline_period="2025-Q4")
    assert row["baseline_data"] == pytest.approx(0.80) and pd.isna(row["caution"])
    assert row["baseline_from"].startswith("基线期 2025")


@pytest.mark.parametrize(
    ("values", "goal", "said"),
    [
        ([0.80] * 6 + [0.97], {"baseline_period": "2026-09"}, "基线期 2026年9月 含有本期的日子，看不出变化"),
        ([0.80] * 6 + [0.97], {"baseline_period": "2026-Q3"}, "含有本期的日子"),
        ([0.80] * 6 + [0.97], {"baseline_period": "2026-09-01..2026-09-15"}, "含有本期的日子"),
        ([0.97], {}, "上期没有数据，取本期，只能与自己相比"),
    ],
    ids=["same", "holds", "overlaps", "alone"],
)
def test_a_baseline_that_holds_days_of_the_period_shows_no_way_gone(judged, values, goal, said):
    row = judged(values, **goal)
    assert pd.isna(row["attainment"]) and said in row["caution"]
    assert row["verdict"] == "达标" and "目标可能定低了" not in row["caution"]


def test_a_given_baseline_stands_though_its_period_is_the_one_judged(judged):
    row = judged([0.80] * 6 + [0.90], baseline=0.80, baseline_period="2026-09")
    assert row["attainment"] == pytest.approx(2 / 3) and "含有本期的日子" in row["caution"]
    assert "不在基线期" not in row["caution"]


def test_a_target_met_before_anything_was_done_and_a_turn_for_the_worse_are_named(judged):
    assert "已达到目标" in judged([0.96] * 7)["caution"]
    assert "方向相反" in judged([0.80] * 6 + [0.70], baseline=0.80)["caution"]


@pytest.mark.parametrize(
    ("values", "due", "outlook"),
    [
        (np.linspace(0.70, 0.82, 12), "2026-12-31", "达不到"),
        (np.linspace(0.70, 0.94, 12), "2027-03-31", "可达"),
        ([0.80] * 6 + [0.98] * 6, "2026-12-31", "可达"),
        ([0.80] * 4, "2026-12-31", "只有 4 个月的数据，不足 6 个月，不外推"),
        ([0.80] * 12, "2026-09-30", "已到期"),
        ([0.80] * 12, "2028-09-30", "期限在 12 个月以后，不外推"),
        ([0.80] * 12, None, "没有写期限（due）"),
    ],
)
def test_the_outlook_follows_the_trend_or_the_level_since_a_jump(judged, values, due, outlook):
    assert judged(list(values), due=due)["outlook"] == outlook


def test_a_forecast_covers_the_month_to_come():
    """400 series with a trend: between 91 and 98.5 % of the months foretold lie in the interval."""
    rng, inside = np.random.default_rng(4), 0
    for _ in range(400):
        truth = 0.6 + 0.01 * np.arange(16)
        found = simulate.series(simulate.months(rng, truth, 300, 1.5), 300)
        _, low, high = aims.forecast(found[:13], int(found.month[-1]))
        inside += low <= found.value[-1] <= high
    assert 0.91 <= inside / 400 <= 0.985


def test_a_goal_without_data_or_direction_is_open(judged):
    row = judged([0.80] * 6, metric=Metric(kind="kpi", name="退货率", better="lower"))
    assert row["verdict"] == "证据不足" and "本期没有数据" in row["caution"]
    assert "没有说明" in judged([0.80] * 6, metric=Metric(kind="kpi", name="发货率"))["caution"]


def test_the_strip_says_what_each_goal_is_now_and_its_verdict(judged):
    goals = pd.DataFrame([judged([0.97] * 7, baseline=0.80), judged([0.80] * 7, baseline=0.79)])
    view = conclusions.strip(goals, schema.empty(schema.COMMITMENTS))
    told = [(card.value, card.direction, card.tone) for card in view.cards]
    assert told == [("97.0%", "达标", "good"), ("80.0%", "未达标", "bad")] and view.strip
    assert conclusions.strip(goals.head(0), schema.empty(schema.COMMITMENTS)) is None
