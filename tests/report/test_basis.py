"""Figures carry what they rest on, from a sentence to the section at the end of a report."""

import re

import pandas as pd
from bs4 import BeautifulSoup
from nbformat import v4

from tests.report import samples
from tests.report.test_html import Dom
from voc_lib import schema
from voc_lib.report import basis, cited, html, pdf, plots, references, tables
from voc_lib.report.narrative import text
from voc_lib.report.tables import Card

PLACES = {"category_stats": ["分类统计", "客户反馈问题分类统计表"], "tickets": ["信息汇总表", "透视明细"]}
ABOUT = {"name": "小店", "period_title": "2026年9月", "subject": "customers", "places": PLACES}


def notebook(*shown):
    cells = [
        v4.new_code_cell("", outputs=[v4.new_output("display_data", data=one._repr_mimebundle_())])
        for one in shown
    ]
    return v4.new_notebook(cells=cells, metadata={"voc": ABOUT})


def first():
    return cited.row(schema.CATEGORY_STATS, samples.category_stats().iloc[0])


def test_a_row_says_which_it_is_and_all_it_holds():
    found = first()
    assert found.where == (("category", "物流延迟"),)
    assert ("出现频次", "120") in found.figures and ("占比(%)", "30.0%") in found.figures


def test_an_indicator_brings_how_it_is_made():
    row = {"indicator": "满意率", "group": "全部", "value": 0.25, "unit": "比例", "n": 40, "note": "4–5 分"}
    found = cited.row(schema.SATISFACTION, row)
    assert found.how == "4–5 分" and ("数值", "25.0%") in found.figures


def test_only_sentences_with_figures_are_marked():
    rest = basis.Basis("category_stats")
    shown = text(["没有变化。", "M01 应于 2026-09-15 完成。", "共 397 个问题。"], of=[rest]).data()
    assert shown["basis"] == [[], [], [rest.data()]]


def test_every_mark_leads_to_its_table_row_and_sheet():
    told = text([cited.said("物流延迟 120 件。", first())], items=["共 400 个", "没有数字"], of=[first()])
    card = tables.cards([Card("最多", "120", basis=(first(),))])
    page = html.render(notebook(told, card, tables.table(samples.category_stats(), schema.CATEGORY_STATS)))
    dom = Dom(page)
    marks = [v[1:] for t, k, v in dom.attrs if (t, k) == ("a", "href") and v.startswith("#b")]
    assert marks == ["b1-1", "b1-1", "b1-1", "b1"]
    assert set(marks) <= {v for _, k, v in dom.attrs if k == "id"} and not dom.faults()
    assert "工作簿《分类统计》工作表“客户反馈问题分类统计表”" in page
    assert "工作簿《信息汇总表》工作表“透视明细”，筛选 问题类型 = 物流延迟" in page
    assert "2026年9月提出（第一次或再次）的独立问题" in page and "{period}" not in page


def test_a_bundle_of_another_hand_breaks_nothing():
    odd = {
        "table": "category_stats",
        "where": [["nothing", "x"], 3],
        "figures": [["a", "1"]],
        "columns": ["?"],
    }
    data = {
        "application/vnd.voc.text+json": {"paragraphs": ["3 件"], "basis": [[odd, "?", {"table": "none"}], 7]}
    }
    cell = v4.new_code_cell("", outputs=[v4.new_output("display_data", data=data)])
    page = html.render(v4.new_notebook(cells=[cell], metadata={"voc": ABOUT}))
    assert "[1.1]" in page and "nothing = x" in page


def test_the_numbers_of_a_chart_are_folded_below_it_on_a_screen_and_lead_where_its_table_does():
    data, told = plots.pareto(samples.category_stats())._repr_mimebundle_()
    cell = v4.new_code_cell("", outputs=[v4.new_output("display_data", data=data, metadata=told)])
    drawn = v4.new_notebook(cells=[cell], metadata={"voc": ABOUT})
    page = BeautifulSoup(html.render(drawn), "html.parser")
    folded = page.select_one(".voc-chart + details")
    rows = [[cell.get_text() for cell in row.select("td")] for row in folded.select("tbody tr")]
    assert len(rows) == (samples.category_stats()["n"] > 0).sum() and rows[0][:2] == ["物流延迟", "120"]
    assert [mark["href"] for mark in folded.select(".voc-ref")] == ["#b1"]
    assert folded.select_one(".voc-table")["aria-label"] == "客户反馈问题分类统计表" and not folded.has_attr(
        "open"
    )
    assert all("numbers" not in block for block in pdf.model(drawn)["blocks"])


def test_tables_have_names_of_their_own():
    view = tables.table(samples.category_stats(), schema.CATEGORY_STATS)
    names = [v for t, k, v in Dom(html.render(notebook(view, view))).attrs if (t, k) == ("div", "aria-label")]
    assert names == ["客户反馈问题分类统计表", "客户反馈问题分类统计表（2）"]


def test_the_pdf_has_the_section_with_links():
    report = pdf.model(notebook(tables.table(samples.category_stats(), schema.CATEGORY_STATS)))
    assert report["blocks"][-1]["type"] == "basis"
    assert b"/Link" in pdf.compile_report(report)


def test_what_a_row_holds_is_data_and_never_markup():
    row = {"category": "<script>alert(1)</script>", "n": 3, "share": 0.1}
    page = html.render(notebook(text([cited.said("共 3 件", cited.row(schema.CATEGORY_STATS, row))])))
    assert not Dom(page).faults() and "&lt;script&gt;" in page


def test_tables_nobody_described_have_no_mark():
    frame = schema.shape(pd.DataFrame({"function": ["报表"]}), schema.FUNCTIONS)
    assert "voc-ref" not in re.sub(
        "<style>.*?</style>", "", html.render(notebook(tables.table(frame, schema.FUNCTIONS))), flags=re.S
    )


def test_what_is_described_is_declared():
    """A column nobody declared, or a key or sheet that is none, would never be shown."""
    named: dict[int, set[str]] = {}  # tables may share what is said of columns
    for name, mine in basis.described().items():
        named.setdefault(id(mine["columns"]), set()).update(schema.table(name).names)
    for name, mine in basis.described().items():
        spec, told = schema.table(name), basis.words(name)
        assert set(mine["columns"]) <= named[id(mine["columns"])], name
        assert set(told.get("key", ())) <= set(spec.names), name
        if rows := told.get("rows"):
            assert set(rows["by"]) <= set(spec.names)
            assert set(rows["by"].values()) <= set(schema.table(rows["sheet"]).names)
        numbers = {column.name for column in spec.columns if column.kind in ("int", "float", "share")}
        assert name == "issues" or numbers <= set(told["columns"]), (name, numbers - set(told["columns"]))
        assert references.definitions(spec, "2026年9月")
