"""What a meeting sets in Excel: goals, decisions, incidents, who left, and what each has due."""

import openpyxl
import pytest

from tests.exchange.conftest import stands
from voc_lib.exchange.cells import plain, shown
from voc_lib.exchange.fields import GOALS

GOAL = {"目标名称": "物流延迟降到 12%", "指标": "占比", "问题类型": "物流延迟", "目标值": 0.12}
DECIDED = {"日期": "2026/4/6", "决定": "换承运商", "负责人": "王敏", "何时前": "2026-04-20"}
MEETING = {
    "目标": {**GOAL, "负责人": "王敏", "期限": "2026-12-31"},
    "会议决定": {**DECIDED, "方案编号": "M01"},
    "事件": {"日期": "2026-05-06", "事件": "分拣线停机"},
}


def test_a_metric_by_the_name_it_had_in_an_older_workbook_is_taken(books):
    older = {"目标名称": "办得更快", "指标": "处理时长", "目标值": 24, "负责人": "王敏", "期限": "2026-12-31"}
    books.fill("王敏", older, sheet="目标")
    assert books.take("王敏")[0] == 0
    assert [goal.metric.kind for goal in stands(books.params).goals] == ["handling_hours"]


def test_a_big_number_goes_out_whole_and_is_told_from_the_next():
    goal = {"name": "按时", "target": 1234567.0}
    assert shown(GOALS, goal)["目标值"] == "1234567"
    target = next(field for field in GOALS.fields if field.label == "目标值")
    assert plain(target, "1234567.0") == "1234567" != plain(target, "1234568")


def test_goals_decisions_and_incidents_go_out_and_come_back(books):
    for sheet, cells in MEETING.items():
        books.fill("王敏", cells, sheet=sheet)
    code, words = books.take("王敏")
    assert code == 0 and "导入 3 处" in words
    held = stands(books.params)
    (goal,), (decision,), (incident,) = held.goals, held.decisions, held.incidents
    assert (goal.metric.kind, goal.metric.category, goal.target) == ("share", "物流延迟", 0.12)
    assert (str(decision.at), decision.owner, decision.measure) == ("2026-04-06", "王敏", "M01")
    assert (incident.incident, incident.until) == ("分拣线停机", None)
    assert "导入 0 处" in books.take("王敏")[1]
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    assert openpyxl.load_workbook(books.path("李强"))["会议决定"]["B2"].value is None
    assert openpyxl.load_workbook(books.path("李强"))["事件"]["C2"].value == "分拣线停机"
    books.fill("王敏", {"办完日期": "2026-04-18"}, sheet="会议决定")
    books.fill("王敏", {"目标值": 0.1}, sheet="目标")
    assert "导入 2 处" in books.take("王敏")[1]
    held = stands(books.params)
    assert (str(held.decisions[0].done), held.goals[0].target) == ("2026-04-18", 0.1)


def test_an_incident_is_withdrawn_by_an_emptied_row_and_not_by_half_of_one(books):
    books.fill("王敏", MEETING["事件"], sheet="事件")
    assert books.take("王敏")[0] == 0
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    sheet = openpyxl.load_workbook(books.path("李强"))["事件"]
    assert not sheet["B2"].protection.locked and not sheet["C2"].protection.locked
    books.fill("李强", {"日期": None}, sheet="事件")
    assert "这一列不能改" in books.take("李强")[1]
    books.fill("李强", {"日期": None, "事件": None}, sheet="事件")
    assert "导入 1 处" in books.take("李强")[1]
    assert stands(books.params).incidents == []


def test_who_left_is_entered_in_a_workbook_and_gets_nothing_new(books):
    books.fill("王敏", {"姓名": "李强", "不在的日期": "2026-04-01", "接手人": "王敏"}, sheet="离岗")
    assert books.take("王敏")[0] == 0
    (left,) = stands(books.params).departures
    assert (left.owner, str(left.at), left.successor) == ("李强", "2026-04-01", "王敏")
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    books.fill("王敏", {**DECIDED, "负责人": "李强"}, sheet="会议决定")
    code, words = books.take("王敏")
    assert code == 3 and "会议决定 第 2 行：决定 2026-04-06/换承运商：负责人 李强" in words
    assert stands(books.params).decisions == []


@pytest.mark.parametrize(
    ("sheet", "cells", "says"),
    [
        ("目标", {"指标": "好评"}, "目标 第 2 行：“指标” 应是占比、"),
        ("目标", {"问题类型": None}, "目标 第 2 行：“指标” 占比 需要 “问题类型”"),
        ("会议决定", {"负责人": None}, "会议决定 第 2 行：“负责人” 缺少负责人"),
        ("会议决定", {"何时前": "2026-04-01"}, "早于作决定的 2026-04-06"),
        ("事件", {"日期": None}, "事件 第 2 行：没有写 “日期”"),
    ],
)
def test_a_goal_decision_or_incident_that_cannot_be_is_named(books, sheet, cells, says):
    books.fill("王敏", {**MEETING[sheet], **cells}, sheet=sheet)
    code, words = books.take("王敏")
    assert code == 3 and says in words and "没有保存任何内容" in words


def test_voc_check_says_whether_stages_are_in_their_order(books):
    assert "措施阶段：次序和日期都对得上" in books.call("check", books.params)[1]
    pilot = {"试点条件": "地区=华东", "试点开始": "2026-06-01", "试点结束": "2026-06-30"}
    books.fill("王敏", {**pilot, "推广日期": "2026-07-05"})
    assert "措施 M01：写了推广 2026-07-05，试点却没有判定" in books.take("王敏")[1]
    books.fill("王敏", {"判定": "通过", "判定日期": "2026-07-09", "判定人": "评审会"})
    assert books.take("王敏")[0] == 0
    said = books.call("check", books.params)[1]
    assert "措施阶段：注意：M01" in said and "推广" in said.split("措施阶段：")[1].split("\n")[0]


def test_a_calendar_holds_what_else_a_person_has_to_do(books, call, tmp_path):
    stones = 'milestones:\n  - {name: 发布月报, due: "2026-10-10", owner: 王敏}\n'
    books.params.write_text(books.params.read_text(encoding="utf-8") + stones, encoding="utf-8")
    assert call("plan", "export", books.params, tmp_path / "later")[0] == 0
    held = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "later").glob("*.ics")}
    assert "SUMMARY:里程碑：发布月报（王敏）" in held["改进计划_王敏"]
    assert "里程碑" not in held["改进计划_李强"]


def test_nobody_without_anything_due_gets_a_calendar(books, call, tmp_path):
    books.fill("王敏", {"状态": "已完成", "实际完成": "Apr 28, 2026"})
    assert books.take("王敏")[0] == 0 and str(books.measure().done) == "2026-04-28"
    assert "2 份工作簿" in call("plan", "export", books.params, tmp_path / "later")[1]
    assert [path.stem for path in (tmp_path / "later").glob("*.ics")] == ["改进计划_李强"]


@pytest.mark.parametrize(
    ("sheet", "cells", "says"),
    [
        (
            "进展",
            {"方案编号": "M9", "日期": "2026-04-15", "进展": "好"},
            "进展 第 3 行：“方案编号” 没有措施 “M9”。",
        ),
        (
            "进展",
            {"方案编号": "M01", "日期": "2026-01-15", "进展": "好"},
            "进展 第 3 行：进展 M01/2026-01-15：2026-01-15 早于",
        ),
        ("目标", {**GOAL, "问题类型": "送花"}, "目标 第 3 行：“问题类型” 标签体系中没有 “送花”。"),
        ("目标", {**GOAL, "问题类型": None}, "目标 第 3 行：“指标” 占比 需要 “问题类型”"),
        ("目标", {**GOAL, "目标值": "12%"}, "“目标值” 应是数字，百分之几写成小数，现在是 “12%”"),
        (
            "目标",
            {**GOAL, "负责人": "王敏、李强"},
            "“负责人” 写了 2 个人（王敏、李强）；只能由一个人负责，请留一个",
        ),
    ],
)
def test_what_does_not_fit_the_rest_is_named_with_sheet_and_row(books, sheet, cells, says):
    books.fill("王敏", cells, sheet=sheet, row=3)
    code, words = books.take("王敏")
    assert code == 3 and says in words and "没有保存任何内容" in words


@pytest.mark.parametrize("change", ["0", "nan", "inf"])
def test_a_change_that_is_none_is_refused(filled, call, change):
    code, words = call("plan", "power", filled, "--change", change)
    assert code == 2 and "--change 应是不为 0 的数" in words and "例如 0.05" in words
