"""The working ticket list of the sample says the same as its report."""

import openpyxl
import pandas as pd

from voc_lib import schema


def counted(table, column="category"):
    return table.loc[table["counts"] == 1, column].value_counts().to_dict()


def test_report_and_sheets_count_the_same(project):
    stats = project.table("category_stats").set_index("category")["n"]
    said = stats[stats > 0].to_dict()
    assert "其他" in said
    for name in ("summary", "requests", "tickets"):
        assert counted(project.table(name)) == said, name
        assert "其他" not in set(project.table(name).query("counts == 0")["category"]), name
    cross = project.table("ticket_cross")
    assert cross.set_index("category")["n"].to_dict() == said
    assert (cross["p0"] + cross["p1"] + cross["p2"] == cross["n"]).all()


def test_overdue_cases_are_those_the_service_table_counts(project):
    service = project.table("service").query("group == '全部'").set_index("indicator")["value"]
    late, load = project.table("overdue"), project.table("load")
    assert len(late) == service["超期待处理量"] == load["late"].sum() > 0
    assert (load[["age_3", "age_7", "age_30", "age_more"]].sum(axis=1) == load["late"]).all()
    assert (late["due_at"] < pd.Timestamp("2026-10-01")).all() and (late["overdue_days"] > 0).all()
    whole = project.table("tickets")
    assert set(project.table("urgent")["issue_id"]) == set(whole.loc[whole["urgency"] == "P0", "issue_id"])


def test_the_workbook_has_the_working_columns_and_plain_cells(project):
    book = openpyxl.load_workbook(project.run / "excel" / "客户反馈信息汇总表.xlsx", read_only=True)
    asked = ["客户类型", "问题属性", "诉求类别", "情感", "地区", "产品", "应完成时间", "是否超期", "责任部门"]
    for sheet in ("客户反馈信息汇总表", "客户问题与服务需求记录表"):
        heads = [str(cell.value) for cell in next(book[sheet].iter_rows(max_row=1))]
        assert set(asked) <= set(heads) and any("满意度" in head for head in heads), heads
    for title in ("超期", "P0", "透视明细", "超期与P0按处理人", "问题类型×紧急程度"):
        assert title in book.sheetnames
    rows = list(book["透视明细"].iter_rows(values_only=True))
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    assert len(frame) == len(project.table("tickets")) and frame["问题ID"].is_unique
    stats = project.table("category_stats").set_index("category")["n"]
    pivot = frame.groupby("问题类型")["计入统计"].sum()
    assert pivot[pivot > 0].to_dict() == stats[stats > 0].to_dict()
    schema.check(project.table("tickets"), schema.TICKETS)
