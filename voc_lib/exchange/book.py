"""A workbook people fill in: instructions first, keys protected, the few right answers to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from voc_lib.errors import RenderError
from voc_lib.exchange import seals
from voc_lib.exchange.fields import KEY, NUMBERS, ORDER, SEAL, VERSION, Field, Form
from voc_lib.report import layout, subject
from voc_lib.report.dropdowns import choose
from voc_lib.report.excel import CREATED, safe_text
from voc_lib.report.page import em

GUIDE = "填写说明"
BLANK = 20  # rows below for new ones that offer choices
STYLE = {"font_name": "微软雅黑", "font_size": 10, "valign": "top", "text_wrap": True}
SMALL = {**STYLE, "text_wrap": False, "font_size": 6, "font_color": "#777777", "shrink": True}
# a cell of text keeps “80%” and “2026-05” as typed; any other makes .8 and a day of them
LOOKS = {"day": {"num_format": "yyyy-mm-dd"}, "percent": {"num_format": "@"}, "window": {"num_format": "@"}}
GREY, BLUE = "#EEEEEE", "#1F5F8B"
SLIM = 6  # the width of what nobody reads


@dataclass(frozen=True)
class Line:
    """An entry as a row: key, version (0: nobody has written it yet), cells, and what is only shown."""

    key: str
    version: int
    cells: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A sheet: the rows of a form, headers of what is only shown, and choices a header may have besides."""

    form: Form
    lines: Sequence[Line]
    shown: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """The headers in order: the key, what is shown, what is filled in, the version an entry has."""
        labels, named = self.form.labels, self.form.named
        last = [VERSION] if self.form.model else []
        return [KEY, *labels[:named], *self.shown, *labels[named:], *last]


def write(file: Path, guide: Iterable[str], pages: Iterable[Page], *, about: str = subject.CUSTOMERS) -> None:
    """Nothing; the workbook is written, in the words of what it is about. RenderError where it cannot be."""
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options: dict[str, Any] = {**plain, "default_format_properties": {**layout.RULER}}
    try:
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties({"created": CREATED, "author": "", "comments": ""})
            _guide(book, [subject.said(line, about) for line in guide])
            for page in pages:
                _page(book, page, about)
    except (xlsxwriter.exceptions.FileCreateError, OSError) as error:
        raise RenderError(f"无法写入 {file.name}：{error}。若文件正在 Excel 中打开，请先关闭。") from None


def _guide(book: Any, lines: Iterable[str]) -> None:
    sheet, look = book.add_worksheet(GUIDE), book.add_format({**STYLE, "font_size": 11})
    sheet.set_column(0, 0, 100)
    for row, words in enumerate(lines):
        sheet.write_string(row, 0, safe_text(words), look)


def _page(book: Any, page: Page, about: str) -> None:
    sheet = book.add_worksheet(page.form.title)
    looks, wide = _looks(book), []
    fields = {field.label: field for field in page.form.fields}
    rows = [
        {**line.shown, **line.cells, KEY: line.key, VERSION: str(line.version or ""), ORDER: str(number)}
        for number, line in enumerate(page.lines, start=1)
    ]
    rows = [{**row, SEAL: seals.of((KEY, *page.shown, VERSION), row)} for row in rows]
    labels = [*page.labels, *([ORDER, SEAL] if page.form.model else [])]
    for column, label in enumerate(labels):
        words, field = [row.get(label, "") for row in rows], fields.get(label)
        own_look = field.kind if field and field.kind in LOOKS else ""
        free = "locked" if not field and label != KEY else own_look or "free"
        sheet.write_string(0, column, subject.label(label, about), looks["head"])
        wide.append(SLIM if label == SEAL else _width(words, label))
        sheet.set_column(column, column, wide[-1], looks[free])  # empty cells take this look
        own = f"locked{own_look}" if not field or page.form.guards(field) else free
        own = "seal" if label == SEAL else own
        for row, said in enumerate(words, start=1):
            if label == ORDER:
                sheet.write_number(row, column, row, looks[own])
            elif said or own != free:
                _cell(sheet, (row, column), said, field, looks[own])
        if choices := (page.choices.get(label) or (field.choices if field else ())):
            area = (1, column, len(rows) + BLANK, column)
            choose(sheet, area, choices, only=bool(field and field.choices))
    layout.on_paper(sheet, wide, len(rows), "")
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(page.lines), 1), len(labels) - 1)
    # no "sort": where some cells are locked, Excel and LibreOffice then sort nothing but one free column
    allowed = ("format_columns", "format_rows", "autofilter", "insert_rows", "delete_rows")
    sheet.protect("", dict.fromkeys(allowed, True))


def _looks(book: Any) -> dict[str, Any]:
    head = {"bold": True, "bg_color": BLUE, "font_color": "#FFFFFF"}
    return {
        "head": book.add_format({**STYLE, **head}),
        "locked": book.add_format({**STYLE, "bg_color": GREY}),
        "seal": book.add_format({**SMALL, "bg_color": GREY}),
        "free": book.add_format({**STYLE, "locked": False}),
        **{
            f"locked{kind}": book.add_format({**STYLE, **look, "bg_color": GREY})
            for kind, look in LOOKS.items()
        },
        **{kind: book.add_format({**STYLE, **look, "locked": False}) for kind, look in LOOKS.items()},
    }


def _cell(sheet: Any, place: tuple[int, int], words: str, field: Field | None, look: Any) -> None:
    if not words:
        sheet.write_blank(*place, None, look)
    elif field and field.kind == "day":
        sheet.write_datetime(*place, date.fromisoformat(words), look)
    elif field and field.kind in NUMBERS:
        sheet.write_number(*place, float(words), look)
    else:
        sheet.write_string(*place, safe_text(words), look)


def _width(words: Sequence[str], label: str) -> float:
    longest = max(map(em, {label, *words[: layout.SAMPLE_ROWS]}))
    return min(longest * 1.9 + 3, 45)
