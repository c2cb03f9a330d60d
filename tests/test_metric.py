import pytest

from voc_lib import knowledge, params
from voc_lib.errors import ParamsError
from voc_lib.metric import Definition, Metric, undeclared

RETURNS = {"kind": "kpi", "name": "退货率"}
LOWER = {"name": "退货率", "better": "lower"}
MEASURE = {
    "id": "M01", "problem": "退换货流程", "goal": "退货率降到 8%", "action": "改包装", "owner": "王敏",
    "department": "仓储", "start": "2026-03-01", "due": "2026-04-30", "metric": RETURNS,
    "target": 0.08, "before": "2025-06", "after": "2026-06",
}  # fmt: skip
BASE = {"name": "报告", "period": "2026-09", "sources": [{"name": "a", "path": "a.csv"}]}


def read(**more):
    return params.parse(params.Params, {**BASE, **more}, where="params.yaml")


@pytest.mark.parametrize("kind", ["share", "rate", "handling_hours", "first_response_hours"])
def test_less_is_better_of_what_customers_suffer_from(kind):
    assert Metric(kind=kind, category="物流延迟").towards == -1


def test_a_goal_in_a_kpi_without_direction_is_refused_with_the_line_to_write():
    with pytest.raises(ParamsError, match=r"- \{name: 退货率, better: higher\}"):
        read(goals=[{"name": "降退货", "metric": RETURNS, "target": 0.08}])
    assert read(goals=[{"name": "降退货", "metric": RETURNS, "target": 0.08}], metrics=[LOWER])


def test_a_measure_in_a_kpi_without_direction_is_refused_with_the_line_to_write():
    found = knowledge.read({"measures": [MEASURE]})
    with pytest.raises(ParamsError, match=r"measures\.M01\.metric：没有说明 “退货率”.*better: higher"):
        knowledge.declared(found, [], where="knowledge.yaml")
    told = knowledge.declared(found, [Definition(**LOWER)], where="knowledge.yaml")
    assert told.measures[0].metric.towards == -1


def test_two_directions_for_one_metric_are_a_contradiction():
    assert "不一致" in undeclared(Metric(**RETURNS, better="higher"), [Definition(**LOWER)])
    with pytest.raises(ParamsError, match="请删去 better"):
        read(goals=[{"name": "好评", "metric": {"kind": "csat", "better": "lower"}, "target": 4.5}])


@pytest.mark.parametrize(
    ("metric", "target", "baseline", "said"),
    [
        ({"kind": "handling_hours"}, 48, 24, "越低越好"),
        ({"kind": "fcr"}, 0.7, 0.8, "越高越好"),
        (RETURNS, 0.08, 0.06, "越低越好"),
        ({"kind": "csat"}, 4.5, 4.5, "越高越好"),
    ],
)
def test_a_target_that_is_no_better_than_the_baseline_is_refused(metric, target, baseline, said):
    goal = {"name": "目标甲", "metric": metric, "target": target, "baseline": baseline}
    with pytest.raises(ParamsError, match=f"goals.目标甲：目标 {target:g} 并不好于基线 {baseline:g}.*{said}"):
        read(goals=[goal], metrics=[LOWER])


@pytest.mark.parametrize(
    ("metric", "target", "said"),
    [
        ({"kind": "sla"}, 95, "95% 写成 0.95"),
        ({"kind": "csat"}, 90, "1–5 分"),
        ({"kind": "handling_hours"}, -3, "小时"),
        ({"kind": "nps"}, 120, "点"),
        ({"kind": "rate", "category": "物流延迟"}, -1, "每千单"),
        ({"kind": "handling_hours"}, "24 小时", "应是数字"),
        ({"kind": "sla"}, 0, "什么结果都达到"),
        ({"kind": "share", "category": "物流延迟"}, 1, "什么结果都达到"),
    ],
)
def test_a_target_in_another_unit_is_refused_with_the_unit(metric, target, said):
    with pytest.raises(ParamsError, match=said):
        read(goals=[{"name": "甲", "metric": metric, "target": target}])
    with pytest.raises(ParamsError, match=said):
        knowledge.read({"measures": [{**MEASURE, "metric": metric, "target": target}]})


def test_a_metric_is_declared_once():
    with pytest.raises(ParamsError, match="metrics 中的名称重复：退货率"):
        read(metrics=[LOWER, LOWER])


def test_a_flag_is_no_target_and_a_baseline_may_be_the_worst_there_is():
    goal = {"name": "甲", "metric": {"kind": "sla"}, "target": 0.9}
    assert read(goals=[goal | {"baseline": 0}])
    with pytest.raises(ParamsError, match=r"goals.0.target：应是数字.*现在是 True"):
        read(goals=[goal | {"target": True}])
