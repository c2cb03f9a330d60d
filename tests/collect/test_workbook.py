import datetime as dt

import pytest
import xlsxwriter

from voc_lib.collect import readers, workbook
from voc_lib.errors import DataError


@pytest.fixture
def book(tmp_path):
    """Opens a new workbook; `with` closes it."""
    return lambda name="工单.xlsx": xlsxwriter.Workbook(tmp_path / name)


def fill(sheet, rows, top=0):
    for number, row in enumerate(rows, start=top):
        sheet.write_row(number, 0, row)


def test_titles_merged_headers_totals_and_hidden_rows(book, tmp_path):
    with book() as file:
        sheet = file.add_worksheet("登记")
        sheet.merge_range("A1:E1", "客服部 9 月登记表")
        sheet.write(1, 0, "制表：某某")
        sheet.merge_range("A3:A4", "工单号")
        sheet.merge_range("B3:C3", "反馈信息")
        sheet.merge_range("D3:E3", "处理情况")
        fill(sheet, [["", "反馈内容", "创建时间", "处理人", "评分"]], top=3)
        sheet.write_blank(3, 0, None)
        fill(
            sheet,
            [
                ["1", "慢", "2026-09-01", "王", 5],
                ["2", "坏", "2026-09-02", "李", 4],
                [],
                ["合计", "", "", "", 9],
            ],
            top=4,
        )
        sheet.set_row(5, None, None, {"hidden": True})
    (table,) = readers.read(tmp_path / "工单.xlsx")
    assert table.columns == (
        "工单号",
        "反馈信息/反馈内容",
        "反馈信息/创建时间",
        "处理情况/处理人",
        "处理情况/评分",
    )
    assert table.lines.tolist() == [5, 6] and table.rejects["reason"].tolist() == ["空行", "合计行"]
    assert any("隐藏行" in note for note in table.notes)


def test_cells_come_as_people_see_them(book, tmp_path):
    with book() as file:
        sheet = file.add_worksheet()
        day = file.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        fill(
            sheet,
            [
                ["工单号", "反馈内容", "创建时间", "评分"],
                [188006, "NA", "", 4.5],
                ["00123", "null", "", True],
            ],
        )
        sheet.write_datetime(1, 2, dt.datetime(2026, 9, 1, 8, 30), day)
        sheet.write_datetime(2, 2, dt.datetime(2026, 9, 2), day)
    (table,) = readers.read(tmp_path / "工单.xlsx")
    first, second = (list(row.values()) for row in table.cells.to_pylist())
    assert first == ["188006", "NA", "2026-09-01 08:30:00", "4.5"] and second[:2] == ["00123", "null"]


def test_visible_sheets_are_read_and_hidden_ones_named(book, tmp_path):
    rows = [["工单号", "反馈内容"], ["1", "慢"]]
    with book() as file:
        for name in ("八月", "九月", "底稿"):
            fill(file.add_worksheet(name), rows)
        file.get_worksheet_by_name("底稿").hide()
        file.add_worksheet("空表")
    tables = readers.read(tmp_path / "工单.xlsx")
    assert [t.sheet for t in tables] == ["八月", "九月"] and "底稿" in tables[0].notes[-1]
    assert [t.sheet for t in readers.read(tmp_path / "工单.xlsx", sheet="底稿")] == ["底稿"]
    with pytest.raises(DataError, match=r"是否想写 “九月”|可用"):
        readers.read(tmp_path / "工单.xlsx", sheet="九 月")


def test_phantom_unnamed_and_repeated_columns(book, tmp_path):
    with book() as file:
        sheet = file.add_worksheet()
        fill(
            sheet,
            [
                ["工单号", "反馈内容", "内容", "内容", ""],
                ["1", "慢", "a", "b", "有值"],
                ["工单号", "反馈内容", "内容", "内容", ""],
            ],
        )
        sheet.write_blank(1, 9, None, file.add_format({"bold": True}))
    (table,) = readers.read(tmp_path / "工单.xlsx")
    assert table.columns == ("工单号", "反馈内容", "内容", "内容.2", "未命名列5")
    assert table.rejects["reason"].tolist() == ["重复表头"]


def test_what_a_file_is_comes_from_its_bytes(tmp_path):
    text = "工单号\t反馈内容\n1\t慢\n"
    (tmp_path / "导出.xls").write_bytes(text.encode("gb18030"))
    rows = "<tr><th>工单号</th><th>反馈内容</th></tr><tr><td>1</td><td>慢&amp;坏<br>差</td></tr>"
    page = f"<html><table>{rows}</table></html>"
    (tmp_path / "网页.xls").write_bytes(page.encode("gb18030"))
    with xlsxwriter.Workbook(tmp_path / "其实是表.csv") as file:
        fill(file.add_worksheet(), [["工单号", "反馈内容"], ["1", "慢"]])
    cells = {
        name: readers.read(tmp_path / name)[0].cells.to_pylist()[0]
        for name in ("导出.xls", "网页.xls", "其实是表.csv")
    }
    assert cells["导出.xls"] == cells["其实是表.csv"] == {"工单号": "1", "反馈内容": "慢"}
    assert cells["网页.xls"]["反馈内容"] == "慢&坏\n差"


def test_an_empty_workbook_is_said(book, tmp_path):
    with book() as file:
        file.add_worksheet()
    with pytest.raises(DataError, match="没有数据"):
        workbook.read(tmp_path / "工单.xlsx")


def test_a_date_merged_over_rows_belongs_to_each_of_them(book, tmp_path):
    with book() as file:
        sheet = file.add_worksheet()
        fill(
            sheet,
            [
                ["日期", "反馈内容", "处理人"],
                ["", "慢", "王"],
                ["", "坏", ""],
                ["", "差", ""],
                ["9/2", "贵", "李"],
            ],
        )
        sheet.merge_range("A2:A4", "2026-09-01")
    (table,) = readers.read(tmp_path / "工单.xlsx")
    assert table.cells.column("日期").to_pylist() == ["2026-09-01"] * 3 + ["9/2"]
    assert table.cells.column("处理人").to_pylist() == ["王", "", "", "李"]
    assert any("“日期”有 1 处跨行合并，值已填入" in note for note in table.notes)


def test_a_text_merged_over_rows_is_one_text_and_told(book, tmp_path):
    with book() as file:
        sheet = file.add_worksheet()
        fill(sheet, [["工单号", "反馈内容", "日期"], ["1", "", "2026-09-01"], ["2", "", "2026-09-02"]])
        sheet.merge_range("B2:B3", "慢")
    (table,) = readers.read(tmp_path / "工单.xlsx")
    assert table.cells.column("反馈内容").to_pylist() == ["慢", ""]
    assert any("“反馈内容”有 1 处跨行合并，值只算第一行的" in note for note in table.notes)


def test_merged_cells_of_a_sheet_that_begins_further_in(book, tmp_path):
    with book() as file:
        sheet = file.add_worksheet()
        for row, cells in enumerate([["日期", "反馈内容"], ["", "慢"], ["", "坏"]], start=3):
            sheet.write_row(row, 2, cells)
        sheet.merge_range("C5:C6", "2026-09-01")
    (table,) = readers.read(tmp_path / "工单.xlsx")
    assert table.cells.column("日期").to_pylist() == ["2026-09-01"] * 2 and table.lines.tolist() == [5, 6]
