"""HTML, PDF and Excel of a step, made from its executed notebook and its tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from voc_lib import schema
from voc_lib.errors import PublishError, RenderError, VocError
from voc_lib.params import Outputs
from voc_lib.period import Period
from voc_lib.report.subject import CUSTOMERS, cells
from voc_lib.report.subject import table as worded
from voc_lib.run.steps import BY_NAME, STEPS, StepSpec, report_path, spoken, title, workbook_path
from voc_lib.run.tables import read_table

OF_ALL_MONTHS = ("feedback", "answers", "tags")  # rows of feedback; their sheets hold the period's
WORKING = ("summary", "requests", "overdue", "urgent", "load", "ticket_cross", "tickets")
BEHIND = (  # tables of other steps whose figures the summary shows
    "category_stats",
    "changes",
    "mix",
    "trend",
    "forecast",
    "rates",
    "emerging",
    "service",
    "satisfaction",
    "diagnosis",
    "why",
    "quadrants",
    "effects",
    "goals",
    "commitments",
)
VERSION = (  # of which an audience gets the workbooks, and the report of the last
    replace(BY_NAME["03_clean_and_tag"], sheets=WORKING),
    BY_NAME["06_improve"],
    replace(BY_NAME["08_report"], sheets=(*BY_NAME["08_report"].tables, *BEHIND)),
)
ELSE = "只列本期的行；以往各期的行可请分析人员另行导出"


def prepare() -> None:
    """Nothing; what pages, PDF and workbooks are made with is imported."""
    import typst  # noqa: F401
    import xlsxwriter  # noqa: F401

    for form in ("html", "pdf"):
        _exporter(form)


def step(
    folder: Path,
    spec: StepSpec,
    *,
    name: str,
    period: Period,
    outputs: Outputs,
    subject: str = CUSTOMERS,
    history: bool = False,
) -> list[Path]:
    """The files made for a step of a run folder, none if it was left out; RenderError names what failed.

    With `history` the sheets of feedback hold the rows of all periods, not of the report's alone.
    """
    path = folder / "notebooks" / f"{spec.name}.ipynb"
    if spec.input and not path.is_file():
        return []
    node = _titled(nbformat.read(path, as_version=4), _about(spec, name, period, subject))
    made = []
    if outputs.html:
        made.append(_report(folder, spec, period, node, "html"))
    if outputs.pdf:
        made.append(_report(folder, spec, period, node, "pdf"))
    if outputs.excel and spec.workbook:
        made.append(_workbook(folder, spec, node.metadata["voc"], None if history else period))
    return made


def version(folder: Path, *, name: str, period: Period, outputs: Outputs, subject: str) -> None:
    """The files of an audience's version made in its folder: the summary and the workbooks of `VERSION`."""
    last, about = VERSION[-1], {spec.name: _about(spec, name, period, subject, VERSION) for spec in VERSION}
    node = nbformat.read(folder / "notebooks" / f"{last.name}.ipynb", as_version=4)
    for form in ("html", "pdf"):
        if getattr(outputs, form):
            _report(folder, last, period, _titled(node, about[last.name]), form)
    for spec in VERSION if outputs.excel else ():
        _workbook(folder, spec, about[spec.name], period)


def _about(
    spec: StepSpec, name: str, period: Period, subject: str, given: tuple[StepSpec, ...] = STEPS
) -> NotebookNode:
    """What a page or workbook says of itself; `given` are the steps whose workbooks go with it."""
    about = {"name": name, "period": period.label, "period_title": period.title, "subject": subject}
    deliverable = title(spec, period, subject)
    return nbformat.from_dict(
        {**about, "deliverable": deliverable, "step": spec.name, "places": _places(subject, given)}
    )


def _titled(node: NotebookNode, about: NotebookNode) -> NotebookNode:
    node.metadata["voc"], node.metadata["title"] = about, about.deliverable
    return node


def _places(subject: str, given: tuple[StepSpec, ...]) -> dict[str, list[str]]:
    """The workbook and the sheet of every table that readers get."""
    from voc_lib.report import excel

    return {
        name: [spoken(step, subject).workbook, excel.sheet_name(worded(schema.table(name), subject).title)]
        for step in given
        if step.workbook
        for name in step.sheets or step.tables
    }


def _report(folder: Path, spec: StepSpec, period: Period, node: NotebookNode, form: str) -> Path:
    path = report_path(folder, spec, period, form, node.metadata["voc"].subject)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        body, _ = _exporter(form).from_notebook_node(node)  # type: ignore[attr-defined]
        path.write_bytes(body.encode() if isinstance(body, str) else body)
    except VocError:
        raise
    except Exception as error:
        raise _failed(spec, form.upper(), error) from error
    return path


def _exporter(form: str) -> object:
    if form == "html":
        from voc_lib.report.html import VocHTMLExporter

        return VocHTMLExporter()
    from voc_lib.report.pdf import VocPDFExporter

    return VocPDFExporter()


def _workbook(folder: Path, spec: StepSpec, about: NotebookNode, period: Period | None) -> Path:
    from voc_lib.report import excel, references

    path = workbook_path(folder, spec, about.subject)
    sheets, notes, definitions = {}, {}, []
    for table in map(schema.table, spec.sheets or spec.tables):
        spoken, only = worded(table, about.subject), []
        if period and table.name in OF_ALL_MONTHS:
            only, notes[spoken.title] = _of_period(table, folder, period), ELSE
        held = folder / "tables" / f"{table.name}.parquet"
        rows = schema.shape(read_table(held, only=only), table)
        sheets[spoken.title] = (cells(rows, table, about.subject), spoken)
        if len(rows):  # a table without rows has no sheet
            definitions += references.definitions(table, about.period_title, about.subject)
    words = f"{about.deliverable} · {about.name} · {about.period_title}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        excel.write(path, sheets, contents=excel.Contents(words, notes, definitions))
    except VocError:
        raise
    except Exception as error:
        raise _failed(spec, "Excel", error) from error
    return path


def _of_period(table: schema.Table, folder: Path, period: Period) -> list[tuple[str, str, Any]]:
    """Which rows were given in the period, for `read_table`; what bears no time is told by its feedback."""
    start, end = period.moments
    within = [("created_at", ">=", start), ("created_at", "<", end)]
    if "created_at" in table.names:
        return within
    told = read_table(folder / "tables" / "tagged.parquet", ["feedback_id"], only=within)
    return [("feedback_id", "in", told["feedback_id"].tolist() or [""])]  # an empty list has no type


def _failed(spec: StepSpec, form: str, error: Exception) -> VocError:
    """A full disk is the disk's fault; anything else is the renderer's."""
    if isinstance(error, OSError):
        return PublishError(
            f"写步骤 {spec.name} 的 {form} 时磁盘出错：{error.strerror or error}。请检查磁盘空间和权限。"
        )
    return RenderError(f"步骤 {spec.name} 的 {form} 生成失败：{type(error).__name__}：{str(error)[:200]}。")
