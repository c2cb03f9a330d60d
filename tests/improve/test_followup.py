from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.errors import ParamsError
from voc_lib.improve import effect, followup

NO_EFFECTS = schema.empty(schema.EFFECTS)


def two_customers(evidence):
    issues = evidence(
        issues=[("2026-04", "物流延迟", 4), ("2026-05", "物流延迟", 1), ("2026-04", "其他", 1)]
    ).issues
    issues["customer_id"] = pd.Series(["C1", "C1", "C2", None, "C9", "C8"], dtype="str")
    issues["customer_type"] = pd.Series(["老客", "老客", "高价值客户", "老客", "老客", "老客"], dtype="str")
    return issues


def test_one_row_per_customer_high_value_first_unknown_last(known, measure, evidence):
    table = followup.table(known(measure(done="2026-04-28")), two_customers(evidence), NO_EFFECTS)
    schema.check(table, schema.FOLLOWUPS)
    assert table["customer_id"].tolist()[:2] == ["C2", "C1"] and pd.isna(table["customer_id"].iloc[2])
    assert table["feedback_ids"].tolist() == ["F00002", "F00000、F00001", "F00003"]
    assert "已做了：华东仓增设晚班分拣（2026-04-28 完成）；效果还没有定论" in table["reason"].iloc[0]


def test_only_where_the_target_is_met_customers_hear_of_an_improvement(known, measure, evidence):
    for judged_as, improved in (("达标", True), ("证据不足", False), ("未达标", False)):
        effects = pd.DataFrame({"measure_id": ["M01"], "verdict": [judged_as]})
        table = followup.table(known(measure(done="2026-04-28")), two_customers(evidence), effects)
        assert table["reason"].str.contains("已改进").all() == improved, judged_as
        assert table["reason"].str.contains("已改进").any() == improved, judged_as


def test_a_call_nobody_answered_leaves_the_customer_to_be_called(known, measure, evidence):
    visits = [{"measure": "M01", "feedback_id": "F00002", "state": "联系不上", "at": "2026-05-03"}]
    plan = known(measure(done="2026-04-28"), revisits=visits)
    table = followup.table(plan, two_customers(evidence), NO_EFFECTS)
    assert table["reason"].str.startswith("待回访").all() and table["csat"].isna().all()
    with pytest.raises(ParamsError, match="写了联系不上，却有评分"):
        known(measure(), revisits=[{**visits[0], "score": 3}])


def test_calls_about_no_feedback_there_is_do_not_count(known, measure, evidence):
    """Of four calls one is about an id nobody has and one about what the customer took back."""
    ids = ["F00000", "F00001", "F00002", "F99"]
    visits = [
        {"measure": "M01", "feedback_id": i, "score": s} for i, s in zip(ids, (5, 3, 1, 1), strict=True)
    ]
    found = evidence(issues=[("2026-04", "物流延迟", 4)])
    rows = found.issues.assign(
        source="工单", status=pd.Series(["已办结"] * 2 + ["已撤销", None], dtype="str")
    )
    told = known(measure(), revisits=visits)
    row = effect.table(told, replace(found, ratings=rows), as_of=date(2026, 9, 30)).iloc[0]
    assert row["revisit_csat"] == 4
    assert "2 次回访没有计入：没有这条反馈，或客户已撤回（F00002、F99）" in row["caution"]


def test_a_measure_not_done_by_then_calls_nobody(known, measure, evidence):
    issues = two_customers(evidence)
    assert followup.table(known(measure()), issues, NO_EFFECTS).empty
    done = known(measure(done="2026-04-28"))
    assert followup.table(done, issues, NO_EFFECTS, as_of=date(2026, 4, 27)).empty


def test_who_was_called_goes_last_with_score_and_day(known, measure, evidence):
    visits = [{"measure": "M01", "feedback_id": "F00002", "score": 4, "at": "2026-05-03", "note": "已好转"}]
    plan = known(measure(done="2026-04-28"), revisits=visits)
    last = followup.table(plan, two_customers(evidence), NO_EFFECTS).iloc[-1]
    assert (last["customer_id"], last["csat"], last["reason"]) == ("C2", 4.0, "已回访（2026-05-03）；已好转")


def test_a_failed_measure_asks_to_apologise_first(known, measure, evidence):
    effects = pd.DataFrame({"measure_id": ["M01"], "verdict": ["未达标"]})
    table = followup.table(known(measure(done="2026-04-28")), two_customers(evidence), effects)
    assert table["reason"].str.contains("先致歉").all()


def test_who_made_a_suggestion_hears_that_it_was_taken_up(known, measure, evidence):
    issues = two_customers(evidence).assign(intent="需求")
    table = followup.table(known(measure(done="2026-04-28")), issues, NO_EFFECTS)
    assert table["reason"].str.contains("您的建议已采纳").all()


def test_only_the_part_of_the_business_the_measure_is_about(known, measure, evidence):
    rows = [("2026-04", "物流延迟", 2, "华东"), ("2026-04", "物流延迟", 3, "华南")]
    metric = {"kind": "share", "category": "物流延迟", "where": {"region": "华东"}}
    trial = {"metric": metric, "target": 0.1, "before": "2026-01", "after": "2026-05"}
    plan = known(measure(done="2026-04-28", **trial))
    assert len(followup.table(plan, evidence(issues=rows).issues, NO_EFFECTS)) == 2


PAYMENT = [
    {
        "cause": "支付失败",
        "evidence": {"category": "功能异常", "contains": ["支付", "付款"]},
        "why": [{"cause": "支付通道只有一家", "root": True}],
    }
]
KPI = {"metric": {"kind": "kpi", "name": "发货率", "better": "higher"}, "target": 0.99}


@pytest.fixture
def app(known, measure, evidence):
    """A measure on payments among all that does not work: what it knows, and five customers' words."""

    def built(metric, **rest):
        windows = {"before": "2026-01-01..2026-02-28", "after": "2026-05-01..2026-08-31"}
        of = {"problem": "功能异常", "cause": "支付通道只有一家", **windows, **metric}
        rows = evidence(issues=[("2026-04", "功能异常", 5)]).issues
        rows["text"] = pd.Series(["支付失败", "付款没反应", "黑屏", "登录不上", "闪退"], dtype="str")
        causes = [{"problem": "功能异常", "why": PAYMENT}]
        return known(measure(done="2026-04-28", **of), causes=causes, **rest), rows

    return built


def test_only_who_spoke_of_the_cause_hears_of_a_measure_no_metric_counts_the_problems_of(app):
    """A KPI of payments says nothing of who could not log in; who was called before stays on the list."""
    met = pd.DataFrame({"measure_id": ["M01"], "verdict": ["达标"]})
    plan, rows = app(KPI)
    assert followup.table(plan, rows, met)["text"].tolist() == ["付款没反应", "支付失败"]
    plan, rows = app(KPI, revisits=[{"measure": "M01", "feedback_id": "F00002", "score": 4}])
    assert followup.table(plan, rows, met)["text"].tolist() == ["付款没反应", "支付失败", "黑屏"]


def test_everybody_with_the_problem_hears_where_the_metric_counts_all_of_it(app):
    share = {"metric": {"kind": "share", "category": "功能异常"}, "target": 0.1}
    plan, rows = app(share)
    assert len(followup.table(plan, rows, NO_EFFECTS)) == 5
