"""A sheet of the plan as a grid: what a new row is given, what is pasted, what is kept meanwhile."""

import json

import pytest

from tests.widgets.test_plan import KNOWN, recorded, stands, write
from voc_lib.exchange.fields import CALLS, KEY, MEASURES, PROGRESS
from voc_lib.widgets import grid, plan, views

NEW = {
    "问题": "物流延迟",
    "改进目标": "更快",
    "具体措施": "换快递",
    "责任人": "王敏",
    "计划完成": "2099-11-30",
}


@pytest.fixture
def panel(shop):
    return plan.panel(recorded(shop, KNOWN), who="赵六")


def sheet(panel, form):
    return next(each for each in panel.sheets if each.page.form is form)


def said(row, *labels):
    return [row[label].value for label in labels]


def paste(grid, row, column, words):
    """What a browser sends of a block pasted at a cell."""
    grid.pasted.value = json.dumps([1, row, column, words])


def test_a_new_measure_is_given_number_day_department_and_what_its_metric_is_of(panel):
    write(panel, MEASURES, 2, **NEW, 指标="占比", 目标值="0.1")
    row = panel.cells[MEASURES][2]
    assert said(row, KEY, "责任部门", "问题类型", "改进后") == [
        "M03",
        "仓储部",
        "物流延迟",
        "2099-12-01..2100-02-28",
    ]
    write(panel, MEASURES, 3, 问题="服务态度")
    write(panel, MEASURES, 2, 具体措施="换两家快递")
    assert said(panel.cells[MEASURES][3], KEY) == ["M04"] and said(row, KEY) == ["M03"]
    write(panel, MEASURES, 3, 问题="")
    panel.save()
    assert ">保存 1 处。" in panel.said.value and stands(panel).measure("M03").action == "换两家快递"


def test_what_was_given_is_written_over_and_then_let_alone(panel):
    write(panel, CALLS, 1, 方案编号="M01", 反馈ID="F001", 回访评分="5")
    row = panel.cells[CALLS][1]
    assert said(row, "回访日期") == [str(panel.bench.clock().date())]
    write(panel, CALLS, 1, 回访日期="")
    write(panel, CALLS, 1, 回访评分="4")
    assert said(row, "回访日期") == [""]


def test_a_call_recorded_before_gets_no_day_of_today(panel):
    write(panel, CALLS, 0, 回访评分="5")
    assert said(panel.cells[CALLS][0], "回访日期") == [""]


def test_blank_rows_never_run_out(panel):
    for row in range(12):
        write(panel, PROGRESS, row, 方案编号="M01")
    assert len(panel.cells[PROGRESS]) >= 12 + grid.FREE


def test_a_filter_another_view_or_page_keeps_what_was_written(panel):
    write(panel, MEASURES, 0, 改进目标="降到 10%")
    panel.owner.value = "李强"
    sheet(panel, MEASURES).view.value = "全部列"
    assert said(panel.cells[MEASURES][0], "改进目标") == ["少投诉"]
    panel.save()
    assert stands(panel).measure("M01").goal == "降到 10%"


def test_what_is_pasted_beside_the_sheet_or_in_no_list_is_told(panel):
    calls = sheet(panel, CALLS)
    paste(calls, 1, 2, "看看\t7\r\n看看\t4" + "\t" * 9 + "x")
    told = panel.said.value
    assert "贴了 2 行" in told and "“回访评分” 不能写 “7”" in told and "没有地方放" in told
    assert "“问题描述” 不能写 “看看”" in told and said(calls.blank[1], "回访评分") == ["4"]


def test_a_cell_of_several_lines_is_pasted_as_one(panel):
    paste(sheet(panel, MEASURES), 2, 3, '"降到\n一成"\t换快递')
    assert said(panel.cells[MEASURES][2], "具体措施") == ["换快递"]
    assert said(panel.cells[MEASURES][3], "改进目标") == [""]


def test_only_the_cell_at_fault_is_marked_until_it_is_mended(panel):
    write(panel, MEASURES, 0, 计划完成="月底")
    panel.save()
    row = panel.cells[MEASURES][0]
    assert panel.said.value.count("workbench") == 0
    assert "voc-wrong" in row["计划完成"]._dom_classes and "voc-wrong" not in row["责任人"]._dom_classes
    write(panel, MEASURES, 0, 计划完成="2026-05-31", 责任人="王敏、李强")
    panel.save()
    assert "voc-wrong" not in row["计划完成"]._dom_classes and "voc-wrong" in row["责任人"]._dom_classes


def test_more_rows_than_a_page_are_turned_over(shop):
    many = KNOWN + "".join(f"  - {{measure: M01, feedback_id: F{n:03d}, score: 4}}\n" for n in range(1, 29))
    calls = sheet(plan.panel(recorded(shop, many)), CALLS)
    calls.draw()
    told, before, after = calls.pager.children
    assert "第 1–20 行，共 29 行" in told.value and before.disabled
    calls.there[0]["备注"].value = "满意"
    after.click()
    assert "第 21–29 行，共 29 行" in calls.pager.children[0].value
    assert [row.line.key for row, _ in calls.written] == [calls.there[0].line.key]


def test_a_block_does_not_run_on_below_a_page_into_new_rows(shop):
    many = KNOWN + "".join(f"  - {{measure: M01, feedback_id: F{n:03d}, score: 4}}\n" for n in range(1, 29))
    calls = sheet(panel := plan.panel(recorded(shop, many)), CALLS)
    calls.draw()
    place = views.labels(calls.page, str(calls.view.value)).index("备注")
    paste(calls, 18, place, "甲\r\n乙\r\n丙\r\n丁\r\n")
    assert [said(row, "备注") for row in calls.there[18:20]] == [["甲"], ["乙"]]
    assert "贴了 2 行" in panel.said.value and "其余 2 行没有贴" in panel.said.value
    assert not any(row.begun for row in calls.blank)


def test_only_the_ends_of_lines_part_the_rows_of_a_block(panel):
    measures = sheet(panel, MEASURES)
    paste(measures, 2, 3, "降到\u2028一成\t换\v快递\r\n")
    assert said(panel.cells[MEASURES][2], "具体措施") == ["换\v快递"]
    paste(measures, 2, 3, "\r\n\r\n")
    assert "贴了 2 行" in panel.said.value
