"""Workbooks that readers can trust: no live formula or link from data, nothing lost, same bytes each time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from voc_lib.errors import RenderError
from voc_lib.report import layout
from voc_lib.report.dropdowns import choose
from voc_lib.report.glyphs import INVISIBLE
from voc_lib.report.tables import COUNTED, KINDS, NOT_IN_UNIT, PERCENT_UNITS, whole
from voc_lib.schema import Table

MAX_ROWS = 1_048_576
MAX_CELL = 32_767
CUT = "…(截断)"
# What Excel, WPS or a CSV re-import may run as a formula; full-width twins too.
TRIGGER = re.compile(r"^[\s\u00a0]*[=+\-@＝＋－＠\t\r\n]")
NUMBER_FORMATS = {
    "share": "0.0%",
    "int": "#,##0",
    "float": "#,##0.0",
    "percent": "0.0%",
    "points": "+0.0;-0.0;0.0",
    "p": '[<0.001]"<0.001";0.000',
    "score": "0.00",
    "times": "0.0",
    "time": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
}
MONTHS = frozenset({"month", "cohort"})  # text columns that Excel holds as dates
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
CREATED = datetime(2000, 1, 1)
CONTENTS, DEFINITIONS = "目录", "口径"
NOTHING = "本期没有，不另列工作表"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
NO_CHOICES: Mapping[str, Sequence[str] | str] = MappingProxyType({})


@dataclass(frozen=True)
class _Paper:
    """A workbook being written, its formats and the sheet names given out."""

    book: Any
    formats: dict[str, Any]
    about: str = ""
    names: set[str] = field(default_factory=set)

    def sheet(self, title: str) -> Any:
        from voc_lib.report.cells import Sheet

        name = sheet_name(title, self.names)
        self.names.add(name)
        return self.book.add_worksheet(name, Sheet)


@dataclass(frozen=True)
class Contents:
    """The first sheets of a workbook: what it is, what is to be said of single sheets by their names.

    `definitions`: sheet, column and how it is made, for a sheet of their own.
    """

    about: str
    notes: Mapping[str, str]
    definitions: Sequence[tuple[str, str, str]] = ()


def write(
    path: Path,
    sheets: Mapping[str, tuple[pd.DataFrame, Table]],
    *,
    contents: Contents | None = None,
    choices: Mapping[str, Sequence[str] | str] = NO_CHOICES,
) -> int:
    """Rows written to a workbook, one sheet per table; RenderError when it holds fewer than the tables.

    A table longer than a sheet goes on in “名称(2)”; a cell longer than Excel allows ends in “…(截断)”.
    With `contents` the first sheet lists and links the others, and a table without rows stands there alone.
    Columns with `choices` offer them (a range: beside other words).
    """
    import xlsxwriter

    options = {**OPTIONS, "default_format_properties": {**layout.RULER}}  # it is written into
    try:
        with xlsxwriter.Workbook(path, options) as book:
            written = _written(book, sheets, contents, choices)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise RenderError(f"无法写入 {path.name}：{error}。若文件正在 Excel 中打开，请先关闭。") from error
    expected = sum(len(frame) for frame, _ in sheets.values())
    if written != expected:
        raise RenderError(f"{path.name} 应写 {expected} 行，实际写 {written} 行；请重新运行。")
    return written


def _written(
    book: Any,
    sheets: Mapping[str, tuple[pd.DataFrame, Table]],
    contents: Contents | None,
    choices: Mapping[str, Sequence[str] | str],
) -> int:
    """Rows written to an open workbook: its first sheets, its tables, what their cells offer."""
    book.set_properties({"created": CREATED, "author": "", "comments": ""})
    paper = _Paper(book, _formats(book), contents.about if contents else "")
    if contents:
        book.set_properties({"created": CREATED, "title": contents.about, "author": "客户之声"})
        paper.sheet(CONTENTS)
        _definitions(paper, contents)
    shown = {name: sheet for name, sheet in sheets.items() if len(sheet[0]) or not contents}
    written = sum(_table(paper, name, *sheet) for name, sheet in shown.items())
    for name, (frame, _) in shown.items():
        _offer(book.get_worksheet_by_name(sheet_name(name)), frame, choices)
    if contents:
        _contents(paper, contents, sheets)
    return written


def _offer(sheet: Any, frame: pd.DataFrame, choices: Mapping[str, Sequence[str] | str]) -> None:
    """The columns of a sheet with choices offer them in every row."""
    for place, name in enumerate(map(str, frame.columns)):
        if name in choices and len(frame):
            offered = choices[name]
            choose(sheet, (1, place, len(frame), place), offered, only=not isinstance(offered, str))


def sheet_name(title: str, taken: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """A sheet name Excel accepts and no other sheet has.

    >>> sheet_name("5Why/分析"), sheet_name("History")
    ('5Why_分析', 'History_')
    """
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", title).strip("'")[:31] or "Sheet"
    name = f"{name}_" if name.lower() == "history" else name
    stem, count = name, 1
    while name.lower() in {other.lower() for other in taken}:
        count += 1
        name = f"{stem[: 29 - len(str(count))]}({count})"
    return name


def safe_text(value: str) -> str:
    """The text as Excel can hold it: no control characters, no lone surrogates, at most 32,767 characters.

    >>> safe_text("a\\x0bb")
    'ab'
    """
    value = INVISIBLE.sub(lambda match: match[0] if match[0] in "\ufe0f\u200d" else "", value)
    return value if len(value) <= MAX_CELL else value[: MAX_CELL - len(CUT)] + CUT


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "微软雅黑", "font_size": 10, "valign": "top", "bottom": 1, "bottom_color": "#D5DCE2"}
    number = {**base, "align": "right", "indent": 1}
    cells = {kind: book.add_format({**number, "num_format": form}) for kind, form in NUMBER_FORMATS.items()}
    return {
        **cells,
        "text": book.add_format({**base, "text_wrap": True}),
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "link": book.add_format({**base, "font_color": "#1F5F8B", "underline": 1}),
        "quoted": book.add_format({**base, "text_wrap": True, "quote_prefix": True}),
        "header": book.add_format(
            {
                **base,
                "bold": True,
                "bg_color": "#1F5F8B",
                "font_color": "#FFFFFF",
                "text_wrap": True,
                "valign": "vcenter",
            }
        ),
    }


def _definitions(paper: _Paper, contents: Contents) -> None:
    """The sheet that says how each column is made, where anything is said."""
    if not contents.definitions:
        return
    page, looks = paper.sheet(DEFINITIONS), paper.formats
    wide = [28.0, 24.0, 80.0]
    _head(paper, page, ["工作表", "列", "怎样算"], wide, len(contents.definitions))
    for row, words in enumerate(contents.definitions, start=1):
        page.set_row(row, layout.LINE * layout.lines(words, wide) + 2)
        for column, text in enumerate(words):
            page.write_string(row, column, safe_text(text), looks["text"])


def _contents(paper: _Paper, contents: Contents, sheets: Mapping[str, tuple[pd.DataFrame, Table]]) -> None:
    """Fill the first sheet, once it is known how the others are called."""
    page, looks = paper.book.get_worksheet_by_name(CONTENTS), paper.formats
    for column, width in enumerate((34, 10, 60)):
        page.set_column(column, column, width)
    layout.on_paper(page, [34, 10, 60], 0, contents.about)
    page.repeat_rows(2)
    page.hide_gridlines(2)
    page.write_string(0, 0, safe_text(contents.about), looks["title"])
    for column, label in enumerate(("工作表", "行数", "说明")):
        page.write_string(2, column, label, looks["header"])
    first = 3
    if contents.definitions:
        page.write_url(first, 0, f"internal:'{DEFINITIONS}'!A1", looks["link"], DEFINITIONS)
        page.write_number(first, 1, len(contents.definitions), looks["int"])
        page.write_string(first, 2, "每一列怎样算、数了哪些行", looks["text"])
        first += 1
    for row, (title, (frame, _)) in enumerate(sheets.items(), start=first):
        name = sheet_name(title)
        if len(frame):
            page.write_url(row, 0, f"internal:'{name}'!A1", looks["link"], name)
        else:
            page.write_string(row, 0, name, looks["text"])
        page.write_number(row, 1, len(frame), looks["int"])
        page.write_string(row, 2, contents.notes.get(title, "") if len(frame) else NOTHING, looks["text"])


def _table(paper: _Paper, title: str, frame: pd.DataFrame, spec: Table) -> int:
    room = MAX_ROWS - 1
    pieces = range(0, max(len(frame), 1), room)
    return sum(_sheet(paper, title, frame.iloc[start : start + room], spec) for start in pieces)


def _sheet(paper: _Paper, title: str, frame: pd.DataFrame, spec: Table) -> int:
    sheet = paper.sheet(title)
    kinds = {column.name: KINDS.get(column.name, column.kind) for column in spec.columns}
    kinds |= {name: "month" for name in MONTHS if kinds.get(name) == "text"}
    columns = [
        (column, _kind(frame[column], kinds.get(str(column), "text"), spec)) for column in frame.columns
    ]
    units = _units(frame, spec)
    in_unit = [kind == "float" and name not in NOT_IN_UNIT for name, kind in columns]
    labels = [spec.labels.get(column, str(column)) for column, _ in columns]
    named = zip(labels, columns, strict=True)
    wide = layout.widths([(frame[name], label, kind) for label, (name, kind) in named])
    _head(paper, sheet, labels, wide, len(frame))
    sheet.autofilter(0, 0, max(len(frame), 1), max(len(columns) - 1, 0))
    count = 0
    for row, cells in enumerate(zip(*(_values(frame[c], kind) for c, kind in columns), strict=True), start=1):
        lines = layout.lines(cells, wide)
        held = []
        for index, value in enumerate(cells):
            if value is not None:
                kind = _in_unit(value, units[row - 1]) if in_unit[index] else columns[index][1]
                shown, look = _cell(value, kind)
                held.append((index, shown, paper.formats[look]))
        sheet.put(row, held, height=layout.LINE * lines + 2 if lines > 1 else None)
        count += 1
    return count


def _kind(values: pd.Series, kind: str, spec: Table) -> str:
    """The kind of a column; figures without a unit that are all whole need no decimals."""
    bare = kind == "float" and "unit" not in spec.names
    return "int" if bare and pd.api.types.is_numeric_dtype(values) and whole(values) else kind


def _units(frame: pd.DataFrame, spec: Table) -> list[Any]:
    """The unit of each row's figures."""
    return frame["unit"].tolist() if "unit" in spec.names and "unit" in frame else [""] * len(frame)


def _in_unit(value: Any, unit: Any) -> str:
    """How a figure is written in its unit: as a share, as a count if it is whole, or as it is.

    >>> _in_unit(0.5, "比例"), _in_unit(43.0, "件"), _in_unit(2.4, "件")
    ('share', 'int', 'float')
    """
    if unit in PERCENT_UNITS:
        return "share"
    return "int" if unit in COUNTED and _is_number(value) and value == round(value) else "float"


def _head(paper: _Paper, sheet: Any, labels: list[str], wide: list[float], rows: int) -> None:
    """The row of labels, always in sight, over columns so wide; the sheet set to print so many rows."""
    sheet.freeze_panes(1, 1)
    for index, width in enumerate(wide):
        sheet.set_column(index, index, width, paper.formats["text"])
    layout.on_paper(sheet, wide, rows, paper.about)
    sheet.set_row(0, layout.head(labels, wide))
    for index, label in enumerate(labels):
        sheet.write_string(0, index, safe_text(label), paper.formats["header"])


def _values(column: pd.Series, kind: str) -> list[Any]:
    if kind in ("time", "date"):
        moments = pd.to_datetime(column, errors="coerce").dt.to_pydatetime()
        return [None if moment is pd.NaT else _moment(moment) for moment in moments]
    if kind == "month":
        return [_month(value) for value in _plain(column)]
    if kind == "bool":
        return ["是" if value else "否" if value is not None else None for value in _plain(column)]
    return _plain(column)


def _month(value: Any) -> Any:
    """The first day of a month; whatever else stands there as it is."""
    known = isinstance(value, str) and MONTH.fullmatch(value)
    return datetime(int(value[:4]), int(value[5:]), 1) if known else value


def _moment(value: datetime) -> datetime | str:
    return value.replace(tzinfo=None) if value.year >= 1900 else str(value.date())


def _plain(column: pd.Series) -> list[Any]:
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    held: list[Any] = values.tolist()
    return held


def _cell(value: Any, kind: str) -> tuple[str | float | datetime, str]:
    """The value as Excel holds it and the name of its format; a day before 1900 and infinity become text."""
    if isinstance(value, str):
        words = safe_text(value)
        return words, "quoted" if TRIGGER.match(words) else "text"
    if isinstance(value, datetime):
        return value, kind
    if _is_number(value):
        return value, kind if kind in NUMBER_FORMATS else "float"
    return _cell(str(value), kind)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
