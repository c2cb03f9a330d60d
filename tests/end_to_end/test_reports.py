"""What readers open: one offline file each, no script, every glyph, pages numbered."""

import re
from html.parser import HTMLParser

import openpyxl
import pytest
from pypdf import PdfReader

from voc_lib.params import Outputs
from voc_lib.period import Period
from voc_lib.run.publish import render
from voc_lib.run.steps import STEPS, find

FORBIDDEN_TAGS = {"script", "iframe", "object", "embed", "link", "base", "form"}


class Sinks(HTMLParser):
    """Collects everything in a page that could run or fetch."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.csp = ""
        self.language = ""

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang", "")
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.csp = values["content"]
        if tag in FORBIDDEN_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            external = (value or "").strip().lower().startswith(("http:", "https:", "//", "javascript:"))
            if name.startswith("on") or (name in ("src", "href") and external):
                self.found.append((tag, name, value))


def report(project, number, form):
    (path,) = (project.run / "reports").glob(f"{number}_*.{form}")
    return path


@pytest.fixture(params=STEPS, ids=lambda spec: spec.name)
def pages(request, project, crm):
    """The step and its report in either form, of every sample that has data for it."""
    spec = request.param
    having = [one for one in (project, crm) if "absent" not in one.manifest["steps"][spec.name]]
    assert having
    return spec, {form: [report(one, spec.number, form) for one in having] for form in ("html", "pdf")}


def test_html_is_one_chinese_offline_file_without_scripts_or_code(pages):
    spec, paths = pages
    for words in (path.read_text(encoding="utf-8") for path in paths["html"]):
        page = Sinks()
        page.feed(words)
        assert page.found == [] and page.language.startswith("zh") and "default-src 'none'" in page.csp
        assert "open_step(" not in words and "from voc_lib" not in words
        assert not re.search(r"\bvoc [a-z]", words)  # commands are for analysts
        assert spec.name == "01_plan" or words.count('alt="') or "<table" in words


def test_pdf_is_tagged_chinese_and_numbered(pages):
    for pdf in (PdfReader(path) for path in pages[1]["pdf"]):
        root = pdf.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and root["/Lang"].startswith("zh")
        first = pdf.pages[0].extract_text().replace(" ", "")
        assert f"共{len(pdf.pages)}页" in first and "2026年9月" in first
        headings = [entry for entry in pdf.outline if not isinstance(entry, list)]
        assert ("目录：" in first) == (len(headings) >= 6)


def test_index_lists_the_run_with_its_deliverables(project):
    words = (project.outputs / "index.html").read_text(encoding="utf-8")
    page = Sinks()
    page.feed(words)
    assert page.found == [] and project.manifest["name"] in words and "2026年9月" in words
    assert words.count(".pdf") >= len(STEPS) - len(project.manifest["absent"]) and words.count(".xlsx") >= 7


def test_ledger_stands_on_the_first_pages_of_the_summary(project):
    pages = PdfReader(report(project, "08", "pdf")).pages
    words = "".join(page.extract_text() for page in pages[:3]).replace(" ", "")
    assert "读入" in words and "隔离" in words


@pytest.mark.parametrize("history", [False, True])
def test_sheets_of_feedback_hold_the_period_and_all_months_on_request(project, tmp_path, history):
    for part in ("tables", "notebooks"):
        (tmp_path / part).symlink_to(project.run / part)
    spec, period = find("02_collect"), Period.parse("2026-09")
    asked = Outputs(html=False, pdf=False)
    (book,) = render.step(tmp_path, spec, name="小店", period=period, outputs=asked, history=history)
    for title, table in (("标准化反馈明细", "feedback"), ("问卷各题作答明细", "answers")):
        rows = project.table(table)
        rows = (
            rows
            if history
            else rows[rows["created_at"].between("2026-09-01", "2026-10-01", inclusive="left")]
        )
        sheet = openpyxl.load_workbook(book, read_only=True)[title]
        assert len(list(sheet.iter_rows(min_row=2, max_col=1))) == len(rows) < 10_000


def test_both_rounds_of_a_measure_stand_in_the_plan_and_in_its_effects(project):
    first, second = "高峰时段临时加 6 个外包坐席", "客服按时段排班"
    for number in ("06", "07"):
        words = report(project, number, "html").read_text(encoding="utf-8")
        assert first in words and second in words
    assert "没有成、又做一轮的措施" in words and "临时坐席不熟悉业务，高峰仍然排队" in words
