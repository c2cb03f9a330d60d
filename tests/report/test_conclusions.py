import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions

SEPTEMBER = Period.parse("2026-09")


def frame(spec, *rows):
    return schema.shape(pd.DataFrame(list(rows), columns=spec.names), spec)


def stats(*rows):
    names = ("category", "n", "share", "low", "high", "customers", "previous_n", "change", "change_low")
    names += ("change_high", "p_adjusted")
    return frame(schema.CATEGORY_STATS, *(dict(zip(names, row, strict=True)) for row in rows))


LATE = ("物流延迟", 120, 0.3, 0.257, 0.347, 98, 80, 5.0, 1.0, 9.0, 0.01)
FAULT = ("功能异常", 90, 0.225, 0.187, 0.268, 75, 95, -1.0, -4.0, 2.0, 0.6)


def ledger(**change):
    row = {"source": "工单", "file": "a.csv", "read": 10, "quarantined": 1, "kept": 9, "merged": 2}
    return frame(schema.LEDGER, {**row, "issues": 7, "in_period": 5, **change})


def test_ledger_says_where_every_row_went():
    said = str(conclusions.ledger(ledger(), SEPTEMBER))
    assert "共读入 10 行，保留 9 行，隔离 1 行（10.0%）" in said
    assert "2 行是重复反馈，已并入，得到 7 个独立问题" in said and "台账已核对" in said


def test_ledger_that_does_not_close_is_said():
    view = conclusions.ledger(ledger(issues=6), SEPTEMBER)
    assert view.tone == "bad" and "对不上" in str(view)


def test_categories_give_share_interval_customers_and_only_sure_changes():
    said = str(conclusions.categories(stats(LATE, FAULT), SEPTEMBER))
    assert "物流延迟最多：120 个，占 30.0%（25.7%–34.7%），涉及 98 位客户" in said
    assert "物流延迟占比上升 5.0 个百分点（校正后区间 +1.0 至 +9.0）" in said
    assert "功能异常占比" not in said and "其余类型的变化在误差范围内" in said


def test_no_comparable_month_is_said():
    row = (*LATE[:6], *[None] * 5)
    assert "上期没有可比数据" in str(conclusions.categories(stats(row), SEPTEMBER))


def test_late_measures_are_named_with_owner_and_date():
    row = {name: "x" for name in ("measure_id", "goal", "action", "department")}
    row |= {"owner": "王敏", "start": "2026-05-01", "due": "2026-08-31", "state": "已逾期"}
    view = conclusions.tracking(frame(schema.TRACKING, row))
    assert view.tone == "bad" and "应于 2026-08-31 完成，责任人 王敏" in str(view)


def test_effects_count_verdicts_and_say_by_name_what_follows():
    row = {"measure_id": "M01", "action": "增设晚班", "metric": "物流延迟占比（华东）", "before": 0.25}
    row |= {"after": 0.1, "target": 0.12, "verdict": "达标", "unit": "比例", "next_step": "机制固化"}
    said = str(conclusions.effects(frame(schema.EFFECTS, row)))
    assert "达标 1 项" in said and "达标：“增设晚班”（M01）；后续：机制固化" in said
    rows = [row, row | {"measure_id": "M02", "action": "换线路（1. 招标）"}, row | {"verdict": "未达标"}]
    lines = conclusions.effects(frame(schema.EFFECTS, *rows)).items
    assert lines[0].startswith("未达标：") and "“增设晚班”（M01）、“换线路”（M02）" in lines[1]


def test_indicators_say_only_what_changed_beyond_chance():
    shown = frame(schema.SERVICE, {"indicator": "一次解决率", "group": "全部", "value": 0.9, "unit": "比例"})
    row = {
        "indicator": "一次解决率",
        "kind": "指标",
        "unit": "百分点",
        "change": -9.0,
        "low": -12.0,
        "high": -6.0,
    }
    fell = frame(schema.CHANGES, row | {"claim": "下降"})
    assert conclusions.service(shown, fell).items[0].startswith("一次解决率下降 9.0")
    within = frame(schema.CHANGES, row | {"claim": "在误差范围内"})
    assert "都在误差范围内" in str(conclusions.service(shown, within))
    assert "上期没有可比数据" in str(conclusions.service(shown, within.head(0)))
    apart = within.assign(note="来源“问卷”本期才有，没有计入与上期的比较")
    assert "来源“问卷”本期才有" in str(conclusions.service(shown, apart))
    assert "不能直接相减" in str(conclusions.service(shown, apart))


def test_actions_name_the_open_measure_with_owner_and_date_or_ask_for_one():
    pains = frame(
        schema.DIAGNOSIS,
        *({"rank": i, "category": name, "priority": "高", "score": 1.0, "n": 1, "finding": "x"}
          for i, name in enumerate(["物流延迟", "服务态度", "功能异常"], 1)),
    )  # fmt: skip
    plan = [("M01", "物流延迟", "增设晚班"), ("M02", "物流延迟", "换线路"), ("M03", "功能异常", "回滚版本")]
    states = {"M01": "按期", "M02": "进行中", "M03": "按期"}
    fixed = {"owner": "王敏", "start": "2026-08-01", "due": "2026-10-31", "goal": "x", "department": "x"}
    judged = {
        "measure_id": "M03",
        "category": "功能异常",
        "metric": "x",
        "target": 0.1,
        "verdict": "证据不足",
    }
    rest = (
        frame(schema.PLAN, *({"measure_id": i, "problem": p, "action": a} for i, p, a in plan)),
        frame(
            schema.TRACKING,
            *({**fixed, "measure_id": i, "action": a, "state": states[i]} for i, _, a in plan),
        ),
    )
    said = str(conclusions.actions(pains, *rest, frame(schema.EFFECTS)))
    assert "物流延迟：推进“换线路”（M02，王敏，2026-10-31 前完成）" in said
    assert "服务态度：还没有改进措施" in said and "功能异常：“回滚版本”（M03）已结束" in said
    assert "已结束，痛点仍在前列，请补充新的措施" in said
    open_ = str(conclusions.actions(pains, *rest, pd.DataFrame([judged])))
    assert "“回滚版本”（M03）已结束，痛点仍在前列，效果还没有定论，先继续观察" in open_


def test_a_year_without_a_calendar_is_said_where_due_times_are_shown():
    row = {
        name: "x"
        for name in ("issue_id", "feedback_ids", "channel", "source", "text", "file", "feedback_id", "tags")
    }
    row |= {"line": 1, "repeat_count": 1, "primary_tag": "其他", "attribute": "其他", "customer_type": "未知"}
    row |= {
        "urgency": "P1",
        "intent": "抱怨",
        "vague": False,
        "created_at": "2031-01-02",
        "due_at": "2031-01-07",
    }
    issues = frame(schema.ISSUES, row)
    said = str(conclusions.labels(issues, Period.parse("2031-01")))
    assert "2031年的法定节假日" in said and "描述含糊" not in said


EMPTY = {
    "quarantine": [schema.QUARANTINE],
    "coverage": [schema.COVERAGE],
    "emerging": [schema.EMERGING],
    "service": [schema.SERVICE, schema.CHANGES],
    "diagnosis": [schema.DIAGNOSIS, schema.CATEGORY_STATS],
    "priorities": [schema.QUADRANTS],
    "tracking": [schema.TRACKING],
    "effects": [schema.EFFECTS],
    "commitments": [schema.COMMITMENTS],
    "goals": [schema.GOALS],
    "actions": [schema.DIAGNOSIS, schema.PLAN, schema.TRACKING, schema.EFFECTS],
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_month_is_a_sentence(name):
    assert str(getattr(conclusions, name)(*map(schema.empty, EMPTY[name])))


def test_an_empty_month_of_issues_is_a_sentence():
    issues = schema.empty(schema.ISSUES)
    assert "没有反馈" in str(conclusions.labels(issues, SEPTEMBER))
    assert "没有问题反馈" in str(conclusions.categories(schema.empty(schema.CATEGORY_STATS), SEPTEMBER))


def test_what_no_rule_speaks_of_is_never_what_to_solve_first():
    row = {"n": 9, "reach": 0.9, "value": 0.5, "urgency_score": 1, "cost": 0.5, "quadrant": "立即解决"}
    table = pd.DataFrame([{**row, "problem": "其他", "rank": 1}, {**row, "problem": "物流延迟", "rank": 2}])
    told = conclusions.priorities(schema.shape(table, schema.QUADRANTS))
    assert "建议先解决物流延迟" in str(told.paragraphs)
    alone = conclusions.priorities(schema.shape(table[:1], schema.QUADRANTS))
    assert "建议先解决" not in str(alone.paragraphs)
