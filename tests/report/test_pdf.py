from pathlib import Path

import pytest
from nbformat import v4
from pypdf import PdfReader

from voc_lib.errors import RenderError
from voc_lib.report import document, glyphs, html, page, pdf

TABLE = "application/vnd.voc.table+json"


def show(mime: str, data, metadata=None):
    output = v4.new_output("display_data", data={mime: data}, metadata=metadata or {})
    return v4.new_code_cell("secret_code()", outputs=[output])


def table(labels, rows, notes=(), caption=""):
    columns = [{"label": label, "align": "left"} for label in labels]
    return {"version": 1, "caption": caption, "columns": columns, "rows": rows, "notes": list(notes)}


def notebook(*cells):
    about = {"name": "示例电商", "period": "2026-09", "period_title": "2026年9月", "deliverable": "诊断报告"}
    return v4.new_notebook(cells=list(cells), metadata={"voc": about})


def words(data: bytes, tmp_path: Path) -> str:
    file = tmp_path / "r.pdf"
    file.write_bytes(data)
    return "\n".join(page.extract_text() for page in PdfReader(file).pages).replace("\u200b", "")


def test_words_tables_and_page_numbers_are_printed_but_code_is_not(tmp_path):
    nb = notebook(
        v4.new_markdown_cell("# 客户诊断\n\n结论在前。"), show(TABLE, table(["问题类型"], [["物流延迟"]]))
    )
    data, resources = pdf.VocPDFExporter().from_notebook_node(nb)
    text = words(data, tmp_path)
    assert resources["output_extension"] == ".pdf"
    assert "结论在前" in text and "物流延迟" in text and "第1页" in text.replace(" ", "")
    assert "secret_code" not in text


def test_customer_text_is_data_never_markup(tmp_path):
    hostile = '#raw[x] $x^2$ *b* @ref <script>alert(1)</script> #import "@preview/a:1"'
    data = pdf.compile_report(pdf.model(notebook(show(TABLE, table(["原话"], [[hostile]])))))
    assert "alert(1)" in words(data, tmp_path)
    assert "@preview/a:1" in words(data, tmp_path)


def test_document_is_tagged_and_the_same_bytes_each_time(tmp_path):
    report = pdf.model(notebook(v4.new_markdown_cell("# 标题\n\n### 跳级标题\n\n正文")))
    data = pdf.compile_report(report)
    assert data == pdf.compile_report(report)
    assert b"/MarkInfo" in data or PdfReader(_saved(data, tmp_path)).trailer["/Root"].get("/MarkInfo")


def _saved(data: bytes, tmp_path: Path) -> Path:
    (tmp_path / "s.pdf").write_bytes(data)
    return tmp_path / "s.pdf"


def test_wide_table_stays_on_its_page_with_every_word(tmp_path):
    wide = table([f"列{i}" for i in range(12)], [[f"一二三四五六第{i}" for i in range(12)]])
    nb = notebook(v4.new_markdown_cell("前文\n\n## 汇总表"), show(TABLE, wide), v4.new_markdown_cell("后文"))
    pages = PdfReader(_saved(pdf.compile_report(pdf.model(nb)), tmp_path)).pages
    text = "".join(pages[0].extract_text().split())
    assert len(pages) == 1 and pages[0].mediabox.width < pages[0].mediabox.height
    assert all(f"第{i}" in text for i in range(12)) and "后文" in text


def test_header_row_repeats_on_every_page(tmp_path):
    nb = notebook(show(TABLE, table(["问题类型"], [[f"第{i}行"] for i in range(120)])))
    pages = PdfReader(_saved(pdf.compile_report(pdf.model(nb)), tmp_path)).pages
    assert len(pages) > 2 and all("问题类型" in p.extract_text() for p in pages)


def test_characters_without_glyph_are_replaced_and_counted():
    report = pdf.model(notebook(show(TABLE, table(["原话"], [["好\U00020002\x00\ufeff的"]]))))
    assert report["blocks"][0]["rows"] == [["好〓的"]]
    assert "1 个字符" in report["notes"][0]


def test_rare_characters_of_names_and_places_are_printed(tmp_path):
    """Of the 8,105 of 通用规范汉字表 (GB 18030-2022 level 2) those outside GBK: extension A to E."""
    rare = "䶮㭎䲠䴓𠙶𡐓𣗋𣲗𤧛𥔲𦈡𨙸𨟠𨱇𩽾𩾌𪟝𪣻𪾢𫄧𫍽𫓧𫖯𫘜"
    rare += "𫚕𫟅𫠜𫭟𫮃𬀩𬇕𬍛𬒈𬕂𬘓𬙂𬜬𬣙𬤇𬬭𬬻𬭛𬭳𬱖𬳵𬴊𬶋𬷕𬸘𬸚𬺈𬺓"
    report = pdf.model(notebook(show(TABLE, table(["原话"], [[rare]]))))
    assert report["blocks"][0]["rows"] == [[rare]] and not report["notes"]
    text = "".join(
        page.extract_text() for page in PdfReader(_saved(pdf.compile_report(report), tmp_path)).pages
    )
    assert set(rare) <= set(text)


def test_missing_glyph_that_slips_through_fails_the_build():
    report = pdf.model(notebook(v4.new_markdown_cell("正文")))
    report["blocks"][0]["runs"][0]["text"] = "\U00020002"
    with pytest.raises(RenderError, match="PDF"):
        pdf.compile_report(report)


def test_unreadable_font_is_named(tmp_path, monkeypatch):
    (tmp_path / "VocSans-Regular.otf").write_bytes(b"not a font")
    monkeypatch.setattr(glyphs, "FONT_FOLDER", tmp_path)
    glyphs.covered.cache_clear()
    try:
        with pytest.raises(RenderError, match=r"VocSans-Regular\.otf"):
            glyphs.covered()
    finally:
        glyphs.covered.cache_clear()


def test_bold_headings_hold_rare_characters():
    pdf.compile_report(
        pdf.model(notebook(v4.new_markdown_cell("# 镕喆堃囧嘅"), show(TABLE, table(["喆镕"], [["😀"]]))))
    )


def test_long_latin_runs_can_break():
    report = pdf.model(notebook(show(TABLE, table(["链接"], [["x" * 300]]))))
    assert "\u200b" in report["blocks"][0]["rows"][0][0]
    pdf.compile_report(report)


def test_every_kind_of_block_is_laid_out(tmp_path):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"><rect width="10" height="5"/></svg>'
    nb = notebook(
        v4.new_markdown_cell(
            "- 甲\n- 乙\n\n1. 一\n\n> 引文\n\n```\n代码\n```\n\n| 左 | 右 |\n|---|--:|\n| a | b |\n\n---"
        ),
        show("image/svg+xml", svg, {"image/svg+xml": {"alt": "柱图", "caption": "图一"}}),
        show("application/vnd.voc.cards+json", {"version": 1, "cards": [{"label": "反馈", "value": "412"}]}),
        show(
            "application/vnd.voc.text+json",
            {"version": 1, "tone": "warn", "paragraphs": ["样本小"], "items": ["一"]},
        ),
        show(
            "application/vnd.voc.quotes+json", {"version": 1, "quotes": [{"text": "太慢了", "meta": "微博"}]}
        ),
    )
    text = words(pdf.compile_report(pdf.model(nb)), tmp_path)
    for word in ("甲", "引文", "代码", "图一", "412", "样本小", "太慢了", "微博"):
        assert word in text


def test_a_chart_stays_below_the_heading_it_stands_alone_under_and_floats_below_text():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"><rect width="10" height="5"/></svg>'
    chart = show("image/svg+xml", svg, {"image/svg+xml": {"alt": "图"}})
    spoken = show("application/vnd.voc.text+json", {"paragraphs": ["样本小"]})
    cells = [
        v4.new_markdown_cell("## 分地区\n\n越深越高。"),
        chart,
        chart,
        v4.new_markdown_cell("## 趋势"),
        spoken,
        chart,
    ]
    blocks = pdf.model(notebook(*cells))["blocks"]
    assert [b.get("fixed", False) for b in blocks if b["type"] == "chart"] == [True, False, False]
    assert [b["leads"] for b in blocks if b["type"] == "paragraph"] == [True]


def test_a_folded_table_is_left_to_the_screen(tmp_path):
    cell = show(TABLE, table(["措施"], [["怎样查验"]]) | {"folded": "查验细节"})
    assert "怎样查验" not in words(pdf.compile_report(pdf.model(notebook(cell))), tmp_path)
    page, _ = html.VocHTMLExporter().from_notebook_node(notebook(cell))
    assert "<summary>查验细节（1 行）</summary>" in page and "怎样查验" in page


def test_error_outputs_are_shown_as_a_sentence():
    nb = v4.new_notebook(
        cells=[v4.new_code_cell("x", outputs=[v4.new_output("error", ename="E", evalue="坏", traceback=[])])]
    )
    assert document.blocks(nb)[0]["paragraphs"] == ["E：坏"]


def test_an_optional_section_with_nothing_to_show_is_left_out():
    optional = {"tags": ["optional"]}
    first, second, third = (v4.new_code_cell("x = 1") for _ in range(3))
    spoken = show(TABLE, table(["列"], [["值"]]))
    cells = [
        *(v4.new_markdown_cell("## 没有的", metadata=optional), first),
        *(v4.new_markdown_cell("## 有的", metadata=optional), second, spoken),
        *(v4.new_markdown_cell("## 说明"), third),
    ]
    heads = [document.heading_text(b) for b in document.blocks(notebook(*cells)) if b["type"] == "heading"]
    assert heads == ["有的", "说明"]


def test_heading_levels_never_skip():
    levels = [b["level"] for b in document._levels_closed(document.markdown("### a\n\n###### b\n\n## c"))]
    assert levels == [1, 2, 1]


def test_column_widths_keep_numbers_whole_and_let_text_wrap():
    block = {
        "type": "table",
        "columns": [{"label": "频次"}, {"label": "原话"}],
        "rows": [["1,234", "很长的话" * 30]],
    }
    laid = page.laid(block)
    assert laid["widths"][0].endswith("em") and laid["widths"][1].endswith("fr") and not laid["more"]


def test_exporter_is_registered_by_name():
    from nbconvert.exporters import get_exporter

    assert get_exporter("voc-pdf").__name__ == "VocPDFExporter"


def test_heads_take_two_lines_before_a_column_is_told_below_its_row():
    columns = [{"label": "权重变动时居首比例"} for _ in range(8)]
    laid = page.laid({"type": "table", "columns": columns, "rows": [["12.0%"] * 8]})
    assert not laid["more"] and all(width.endswith("em") for width in laid["widths"])


def wide_table(rows):
    long = [
        "责任人沟通记录",
        "下一步打算做的事",
        "目前遇到的困难",
        "改进措施的全文",
        "验收标准的说明",
        "预算",
    ]
    return table(["编号", *long, "状态"], rows)


def test_what_a_line_has_no_room_for_stands_below_its_row(tmp_path):
    long = [f"第{k}栏" + "很长的说明文字" * 4 for k in range(6)]
    shown = {**wide_table([["M01", *long, "达标"], ["M02", *long[:5], "—", "未达标"]]), "type": "table"}
    folded = page.folded(shown, page.ROOM)
    heads = [column["label"] for column in folded["columns"]]
    told = [part["label"] for part in folded["more"][0]]
    assert (
        heads[0] == "编号"
        and "状态" in heads
        and sorted(heads + told) == sorted(column["label"] for column in shown["columns"])
    )
    assert all(part["text"] != "—" for part in folded["more"][1])
    written = words(pdf.compile_report(pdf.model(notebook(show(TABLE, shown)))), tmp_path)
    assert all(word in "".join(written.split()) for word in ["M01", "M02", "第0栏", "第5栏", "未达标"])


def test_five_thousand_rows_are_laid_out():
    rows = [[f"F{i:05d}", "三天前下的单，到现在还显示待揽收", "微博", "P1"] for i in range(5000)]
    report = pdf.model(notebook(show(TABLE, table(["反馈ID", "问题描述", "渠道", "紧急程度"], rows))))
    assert pdf.compile_report(report).startswith(b"%PDF")


def test_empty_table_says_so(tmp_path):
    data = pdf.compile_report(pdf.model(notebook(show(TABLE, table(["问题类型", "频次"], [])))))
    assert "本期无数据" in words(data, tmp_path)


def test_picture_that_cannot_be_read_is_said_and_the_rest_stays(tmp_path):
    nb = notebook(show("image/svg+xml", "<svg><b></svg>", {"image/svg+xml": {"alt": "坏图"}}))
    assert "图片无法绘制" in words(pdf.compile_report(pdf.model(nb)), tmp_path)
