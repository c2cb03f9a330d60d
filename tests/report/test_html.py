import base64
import re
from functools import cache
from html.parser import HTMLParser

import pandas as pd
import pytest
from nbformat import v4

from tests.report import samples
from voc_lib import schema
from voc_lib.report import foreign, html, pdf, plots, tables
from voc_lib.report.narrative import text
from voc_lib.report.plots import Chart
from voc_lib.report.tables import Card

ABOUT = {
    "name": "示例电商",
    "period": "2026-09",
    "period_title": "2026年9月",
    "deliverable": "诊断报告",
    "step": "04",
}
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "[点我](javascript:alert(1))",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "<style>@import 'https://evil.example/a.css'</style>",
    "<form action=https://evil.example><input></form>",
    "{{ 7*7 }}{% raw %}",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<details open ontoggle=alert(1)>x</details>",
    "<table background='https://evil.example/a.png'><td style='background:url(https://evil.example)'>x</table>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "![x](https://evil.example/a.png)",
    "<https://evil.example>",
]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Dom(HTMLParser):
    """Every tag with its attributes, as a browser would meet them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attrs = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attrs += [(tag, key, value or "") for key, value in attrs]

    def faults(self):
        bad = [
            tag
            for tag in self.tags
            if tag in ("script", "iframe", "form", "base", "object", "embed", "svg", "math")
        ]
        bad += [
            f"{t} {k}"
            for t, k, _ in self.attrs
            if k.startswith("on") or k in ("style", "action", "background")
        ]
        urls = [
            value for _, key, value in self.attrs if key in ("href", "src", "srcset", "formaction", "content")
        ]
        bad += [url for url in urls if re.match(r"\s*(javascript|https?|//|0;)", url, re.I)]
        return bad


def out(data, metadata=None):
    output = v4.new_output("display_data", data=data, metadata=metadata or {})
    return v4.new_code_cell("secret_code()", outputs=[output])


def show(view):
    bundle = view._repr_mimebundle_()
    return out(*bundle) if isinstance(bundle, tuple) else out(bundle)


def notebook(*cells, **about):
    return v4.new_notebook(cells=list(cells), metadata={"voc": {**ABOUT, **about}})


@cache
def sinks(p):
    """Each way a text can come into a report, with the payload in it."""
    stats = samples.category_stats().assign(category=p, keywords=p)
    quotes = pd.DataFrame({"text": [p], "category": [p], "feedback_id": [p], "channel": [p]})
    column = schema.Column("x", "text", p)
    frame = pd.DataFrame({p: [p]}, index=pd.Index([p], name=p))
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><title>{p}</title></svg>"
    return {
        "table cell": show(tables.table(stats, schema.CATEGORY_STATS)),
        "table head": show(tables.table(pd.DataFrame({"x": ["1"]}), schema.Table("t", p, (column,)))),
        "caption and notes": show(tables.table(stats, schema.CATEGORY_STATS, caption=p, notes=[p])),
        "cards": show(tables.cards([Card(p, p, p, p)])),
        "text": show(text([p], items=[p], tone=p)),
        "quotes": show(tables.quotes(quotes)),
        "chart labels": show(plots.pareto(stats)),
        "chart words": show(Chart("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>", p, p)),
        "foreign svg": out({"image/svg+xml": svg}, {"image/svg+xml": {"alt": p}}),
        "foreign bundle": out(
            {
                "application/vnd.voc.table+json": {
                    "columns": [{"label": p, "align": p}],
                    "rows": [[{"text": p, "tone": p}], [p, p], []],
                }
            }
        ),
        "png words": out(
            {"image/png": base64.b64encode(PNG).decode()}, {"image/png": {"alt": p, "caption": p}}
        ),
        "png is no png": out({"image/png": base64.b64encode(p.encode()).decode(), "text/plain": p}),
        "pandas repr": out({"text/html": frame.to_html(), "text/plain": str(frame)}),
        "pandas unescaped": out({"text/html": frame.to_html(escape=False)}),
        "pandas links": out(
            {"text/html": pd.DataFrame({"a": ["https://evil.example/" + p]}).to_html(render_links=True)}
        ),
        "caption of html": out(
            {"text/html": f"<table><caption>{p}</caption><tr><th title='{p}'>{p}</th></tr></table>"}
        ),
        "raw html": out({"text/html": p}),
        "html attribute": out({"text/html": f'<p class="{p}" id="{p}" title="{p}">x</p>'}),
        "javascript": out({"application/javascript": p, "text/plain": p}),
        "widget": out({"application/vnd.jupyter.widget-view+json": {"model_id": p}, "text/plain": p}),
        "latex": out({"text/latex": p, "text/plain": p}),
        "markdown output": out({"text/markdown": p}),
        "markdown cell": v4.new_markdown_cell(p),
        "markdown heading": v4.new_markdown_cell(
            f"## {p}\n\n- {p}\n\n> {p}\n\n`{p}`\n\n```\n{p}\n```\n\n| {p} |\n|---|\n| {p} |"
        ),
        "plain": out({"text/plain": p}),
        "error": v4.new_code_cell("x", outputs=[v4.new_output("error", ename=p, evalue=p, traceback=[p])]),
        "stream": v4.new_code_cell("x", outputs=[v4.new_output("stream", text=p)]),
    }


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_a_customer_wrote_runs_or_calls_out(payload):
    cells = sinks(payload)
    assert len(cells) == 27
    page = html.render(
        notebook(*cells.values(), name=payload, period_title=payload, deliverable=payload, note=payload)
    )
    dom = Dom(page)
    assert dom.faults() == []
    assert dom.tags.count("style") == 1 and "secret_code" not in page


def test_fragments_for_the_notebook_are_as_safe():
    for payload in PAYLOADS:
        for name, cell in sinks(payload).items():
            fragment = (
                cell.get("outputs", [{}])[0].get("data", {}).get("text/html", "") if "source" in cell else ""
            )
            if 'class="voc"' in fragment:
                assert Dom(fragment).faults() == [], name


def test_hostile_words_reach_paper_as_words():
    for payload in PAYLOADS[:3]:
        data = pdf.compile_report(pdf.model(notebook(*sinks(payload).values(), name=payload)))
        assert data.startswith(b"%PDF")


def full():
    return notebook(
        v4.new_markdown_cell("# 客户服务问题诊断报告\n\n本期结论在前。\n\n## 一、结论"),
        show(
            tables.cards([Card("问题数", "412", "上期 380"), Card("SLA 达成率", "86.0%", "目标 95%", "bad")])
        ),
        v4.new_markdown_cell("## 二、分布\n\n### 帕累托"),
        show(plots.pareto(samples.category_stats())),
        show(tables.table(samples.category_stats(), schema.CATEGORY_STATS, caption="分类统计")),
    )


def test_page_is_chinese_offline_and_has_contents_but_no_code():
    page, resources = html.VocHTMLExporter().from_notebook_node(full())
    dom = Dom(page)
    assert resources["output_extension"] == ".html"
    assert '<html lang="zh-CN">' in page and dom.tags.count("h1") == 1
    links = [v for t, k, v in dom.attrs if (t, k) == ("a", "href")]
    assert links[:5] == ["#main", "#s1", "#s2", "#s3", "#s4"]
    assert {link[1:] for link in links} <= {v for _, k, v in dom.attrs if k == "id"}
    assert all(
        v.startswith("data:image/svg+xml;base64,") for t, k, v in dom.attrs if (t, k) == ("img", "src")
    )
    assert all(
        word in page for word in ("示例电商", "2026年9月", "诊断报告", "怎样读数字", "30.0%", "@page{size:A4")
    )
    assert "secret_code" not in page and dom.faults() == []


def test_policy_forbids_scripts():
    page = html.render(full())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; img-src data:;") and "form-action 'none'" in policy


def test_every_chart_has_words_and_every_head_a_scope():
    dom = Dom(html.render(full()))
    assert all(v for t, k, v in dom.attrs if (t, k) == ("img", "alt"))
    assert dom.tags.count("th") == sum(1 for t, k, v in dom.attrs if (t, k, v) == ("th", "scope", "col"))


def test_same_notebook_gives_the_same_bytes():
    assert html.render(full()) == html.render(full())


def test_pandas_tables_become_tables_with_spans_filled_in():
    frame = pd.DataFrame(
        {("甲", "n"): [1, 2], ("甲", "m"): [3, 4]}, index=pd.MultiIndex.from_tuples([("x", "a"), ("x", "b")])
    )
    (block,) = foreign.blocks(frame.to_html())
    assert [column["label"] for column in block["columns"]] == ["", "", "甲 n", "甲 m"]
    assert block["rows"] == [["x", "a", "1", "3"], ["x", "b", "2", "4"]]
    assert block["columns"][2]["align"] == "right"


def test_pictures_are_shown_in_both_formats():
    nb = notebook(out({"image/png": base64.b64encode(PNG).decode()}, {"image/png": {"alt": "点"}}))
    assert 'src="data:image/png;base64,' in html.render(nb)
    assert pdf.compile_report(pdf.model(nb)).startswith(b"%PDF")


def test_notebook_without_metadata_and_without_output_is_a_page():
    page = html.render(v4.new_notebook(cells=[]), fallback_title="我的笔记")
    assert "我的笔记" in page and "本报告没有内容" in page


def test_exporter_is_registered_by_name():
    from nbconvert.exporters import get_exporter

    assert get_exporter("voc-html") is html.VocHTMLExporter
