import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report import samples
from voc_lib import schema
from voc_lib.errors import RenderError
from voc_lib.report import excel, layout
from voc_lib.schema import Column, Table

SPEC = Table(
    "t",
    "测试表",
    (
        Column("text", "text", "问题描述"),
        Column("share", "share", "占比"),
        Column("at", "time", "时间"),
        Column("n", "int", "频次"),
        Column("ok", "bool", "是否"),
    ),
)


def frame(texts, **columns):
    return pd.DataFrame({"text": pd.Series(texts, dtype="str"), **columns})


def sheet(path, name="测试表"):
    return openpyxl.load_workbook(path)[name]


@pytest.mark.parametrize(
    "payload",
    ["=1+1", "{=1+1}", "=HYPERLINK('x')", "+1", "-1", "@a", "＝1+1", "  =1", "http://a.cn", "mailto:a@b"],
)
def test_customer_text_stays_text(tmp_path, payload):
    excel.write(tmp_path / "a.xlsx", {"测试表": (frame([payload]), SPEC)})
    cell = sheet(tmp_path / "a.xlsx")["A2"]
    assert cell.data_type == "s" and cell.value == payload and cell.hyperlink is None


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=20))
def test_any_text_is_written_row_by_row_and_never_as_formula(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    assert excel.write(
        path, {"测试表": (pd.DataFrame({"text": pd.Series(texts, dtype=object)}), SPEC)}
    ) == len(texts)
    cells = [row[0] for row in sheet(path).iter_rows(min_row=2)]
    assert all(cell.data_type in ("s", "n", "inlineStr") for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_numbers_dates_shares_and_gaps_keep_their_kind(tmp_path):
    data = frame(
        ["好", None],
        share=[0.3, None],
        at=pd.to_datetime(["2026-09-01 08:30", None]),
        n=[3, None],
        ok=[True, None],
    )
    excel.write(tmp_path / "a.xlsx", {"测试表": (data, SPEC)})
    rows = sheet(tmp_path / "a.xlsx")
    assert [cell.value for cell in rows[1]] == ["问题描述", "占比", "时间", "频次", "是否"]
    assert rows["B2"].number_format == "0.0%" and rows["B2"].value == 0.3
    assert str(rows["C2"].value) == "2026-09-01 08:30:00" and rows["E2"].value == "是"
    assert all(cell.value is None for cell in rows[3])
    assert rows.freeze_panes == "B2" and rows.auto_filter.ref == "A1:E3"


def test_overlong_cell_is_cut_visibly(tmp_path):
    excel.write(tmp_path / "a.xlsx", {"测试表": (frame(["长" * 40_000]), SPEC)})
    value = sheet(tmp_path / "a.xlsx")["A2"].value
    assert len(value) == excel.MAX_CELL and value.endswith(excel.CUT)


def test_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MAX_ROWS", 4)
    assert excel.write(tmp_path / "a.xlsx", {"测试表": (frame(list("甲乙丙丁戊")), SPEC)}) == 5
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["测试表", "测试表(2)"]


def test_same_tables_give_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        excel.write(tmp_path / name, {"测试表": (frame(["好"]), SPEC)})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_sheet_names_are_legal_and_distinct():
    assert excel.sheet_name("a[b]:*?/\\c" + "长" * 40) == ("a_b______c" + "长" * 40)[:31]
    assert excel.sheet_name("表", {"表"}) == "表(2)"


def test_unwritable_place_is_a_clear_error(tmp_path):
    with pytest.raises(RenderError, match=r"a\.xlsx"):
        excel.write(tmp_path / "gone" / "a.xlsx", {"测试表": (frame(["好"]), SPEC)})


def test_figures_of_a_row_follow_its_unit(tmp_path):
    spec = schema.SERVICE
    named = {"indicator": ["达成率", "时长", "积压", "日均"], "unit": ["比例", "小时", "件", "件"]}
    data = pd.DataFrame(named | {"value": [0.9, 12.0, 43.0, 2.4]})
    excel.write(tmp_path / "a.xlsx", {"服务": (schema.shape(data, spec), spec)})
    rows = sheet(tmp_path / "a.xlsx", "服务")
    assert [rows[f"C{row}"].number_format for row in (2, 3, 4, 5)] == ["0.0%", "#,##0.0", "#,##0", "#,##0.0"]


def test_a_column_of_whole_figures_has_no_decimals(tmp_path):
    spec = schema.RATES
    data = pd.DataFrame({"category": ["物流", "客服"], "orders": [40600.0, 120.0], "rate": [2.0, 0.4]})
    excel.write(tmp_path / "a.xlsx", {"每千单": (schema.shape(data, spec), spec)})
    rows = sheet(tmp_path / "a.xlsx", "每千单")
    looks = {head.value: rows.cell(2, head.column).number_format for head in rows[1]}
    assert looks["订单量"] == "#,##0" and looks["每千单件数"] == "#,##0.0"


def test_unreadable_values_are_written_as_text_not_refused(tmp_path):
    data = frame(["好"], share=[float("inf")], at=[pd.Timestamp("1850-01-01")], n=["不详"], ok=[None])
    excel.write(tmp_path / "a.xlsx", {"测试表": (data, SPEC)})
    assert [cell.value for cell in sheet(tmp_path / "a.xlsx")[2]] == ["好", "inf", "1850-01-01", "不详", None]


def test_every_table_of_the_house_can_be_written_empty(tmp_path):
    sheets = {spec.title: (schema.empty(spec), spec) for spec in schema.TABLES.values()}
    assert excel.write(tmp_path / "a.xlsx", sheets) == 0


def test_the_first_sheet_lists_and_links_the_others_and_empty_ones_stand_there_alone(tmp_path):
    path = tmp_path / "a.xlsx"
    sheets = {"甲/乙": (frame(["好", "差"]), SPEC), "空表": (frame([]), SPEC)}
    told = [("甲/乙", "频次", "=主标签为它的问题数")]
    about = excel.Contents("=统计表 · 小店", {"甲/乙": "只列本期"}, told)
    assert excel.write(path, sheets, contents=about) == 2
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["目录", "口径", "甲_乙"] and book.properties.title == "=统计表 · 小店"
    page = book["目录"]
    assert page["A1"].value == "=统计表 · 小店" and page["A1"].data_type == "s"
    assert page["A4"].hyperlink.location == "'口径'!A1"
    assert page["A5"].hyperlink.location == "'甲_乙'!A1"
    assert [page.cell(5, column).value for column in (1, 2, 3)] == ["甲_乙", 2, "只列本期"]
    assert [page.cell(6, column).value for column in (1, 2)] == ["空表", 0] and page["A6"].hyperlink is None
    assert [cell.value for cell in book["口径"][2]] == list(told[0]) and book["口径"]["C2"].data_type == "s"


def test_months_are_dates(tmp_path):
    path = tmp_path / "a.xlsx"
    excel.write(path, {"趋势": (samples.trend(), schema.TREND)})
    month = sheet(path, "趋势")["A2"]
    assert (
        month.is_date
        and month.number_format == "yyyy-mm"
        and f"{month.value:%Y-%m}" == samples.trend()["month"][0]
    )


def legible(page):
    """Whether what a sheet prints fits A4 at 70 % (10 points as 7)."""
    area = page.print_area.split("!")[-1].replace("$", "") if page.print_area else page.dimensions
    last = next(iter(page[area]))[-1].column
    spans = page.column_dimensions.values()
    pixels = sum((min(held.max, last) - held.min + 1) * held.width * 7 for held in spans if held.min <= last)
    room = (11.69 - 0.8) * 96 if page.page_setup.orientation == "landscape" else (8.27 - 0.8) * 96
    return page.page_setup.fitToWidth in (None, 1) and room / pixels >= 0.7


def test_every_table_of_the_house_prints_legibly_on_one_page_across(tmp_path):
    path, long = tmp_path / "a.xlsx", "很长的一段说明文字" * 30
    full = {
        spec.title: (
            schema.shape(pd.DataFrame({c.name: [long] for c in spec.columns if c.kind == "text"}), spec),
            spec,
        )
        for spec in schema.TABLES.values()
    }
    excel.write(path, full)
    pages = openpyxl.load_workbook(path).worksheets
    assert [page.title for page in pages if not legible(page)] == []
    assert all(page.print_title_rows == "$1:$1" for page in pages)


def test_columns_that_are_not_printed_are_told_at_the_foot(tmp_path):
    path = tmp_path / "a.xlsx"
    tables = {"效果": (schema.empty(schema.EFFECTS), schema.EFFECTS), "甲": (frame(["短"]), SPEC)}
    excel.write(path, tables)
    wide, narrow = sheet(path, "效果"), sheet(path, "甲")
    columns = len(schema.EFFECTS.columns)
    assert f"共 {columns} 列，打印前" in wide.oddFooter.center.text and wide.print_area
    assert not narrow.oddFooter.center.text and not narrow.print_area


def test_rows_are_as_high_as_their_text_needs(tmp_path):
    path = tmp_path / "a.xlsx"
    excel.write(path, {"统计": (frame(["短", "很长的一段说明文字" * 10]), SPEC)})
    heights = openpyxl.load_workbook(path)["统计"].row_dimensions
    assert heights[2].height is None and heights[3].height == pytest.approx(3 * layout.LINE + 2, abs=1)
