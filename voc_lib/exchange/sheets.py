"""The sheets of a workbook that came back: cells as text, by header; what was done to its shape is told."""

from __future__ import annotations

import csv
import io
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voc_lib.collect import delimited, guard, readers, workbook
from voc_lib.collect import encoding as encodings
from voc_lib.errors import DataError, ParamsError
from voc_lib.exchange.fields import KEY, VERSION, Form
from voc_lib.report import subject

LETTERS = string.ascii_uppercase


@dataclass(frozen=True)
class Row:
    """A row with anything in it: its place in words and its cells by header, also those only shown."""

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Grid:
    """A sheet as it lies there: rows of cells as text, and which cells are merged."""

    rows: Sequence[Sequence[str]]
    merges: Sequence[Sequence[int]] = ()


@dataclass(frozen=True)
class Sheets:
    """The rows of a workbook by kind of entry, what was not there when it went out, and columns added."""

    rows: Mapping[str, list[Row]]
    lacking: Sequence[str]
    beside: Sequence[str]


def opened(file: Path) -> dict[str, Grid]:
    """The sheets of a workbook by name, or the one of a CSV file; ParamsError where there is no such file.

    DataError where a cell is a formula without a value: it would be taken for an emptied one.
    """
    if not file.is_file():
        raise ParamsError(f"找不到文件 {file}。请写 voc plan export 写出、填好的工作簿。")
    kind = readers.kind(file)
    if kind == "text":
        return {file.name: Grid(_lines(file))}
    guard.check_size(file, guard.MAX_UNPACKED, "工作簿")
    for facts in guard.inspect_workbook(file) if kind != "legacy" else []:
        if facts.unvalued and facts.visible:
            cell = facts.unvalued[0]
            raise DataError(
                f"{file.name} 不能导入，没有保存任何内容：{facts.name} 第 {cell.strip(LETTERS)} 行的 {cell} "
                "是公式，文件里没有算出的值；请用 Excel 打开、保存后再导入，或直接写值"
            )
    read = workbook.run_child("sheets", file, file.name)
    return {about["sheet"]: Grid(_cells(table.to_pylist()), about["merges"]) for table, about in read}


def _lines(file: Path) -> list[list[str]]:
    """The rows of a CSV file, in whatever encoding a Chinese tool writes."""
    guard.check_text(file)
    text = encodings.decode(file.read_bytes(), where=file.name).data.decode("utf-8")
    delimiter = delimited.choose_delimiter(text) or ","
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _cells(rows: Sequence[Mapping[str, str | None]]) -> list[list[str]]:
    return [[(cell or "").strip() for cell in row.values()] for row in rows]


def read(grids: Mapping[str, Grid], forms: tuple[Form, ...], *, shown: Collection[str] = ()) -> Sheets:
    """The rows of a workbook; DataError where it lacks sheets it had or their shape was broken.

    Also where a copy of a sheet says something else. `shown` are headers of what is only read by people.
    """
    absent = [form for form in forms if form.title not in grids]
    if gone := [form.title for form in absent if not form.later]:
        raise DataError(f"没有工作表 “{'”、“'.join(gone)}”；请用 voc plan export 写出的工作簿填写")
    rows: dict[str, list[Row]] = {form.kind: [] for form in forms}
    lacking, beside = [f"工作表 “{form.title}”" for form in absent], []
    for form in forms:
        if form not in absent:
            rows[form.kind], gone = _rows(form, grids[form.title], shown)
            lacking += [f"{form.title} 的列 “{'”、“'.join(gone)}”"] if gone else []
            beside += _beside(form, grids[form.title], shown)
            _one_alone(form, grids)
    return Sheets(rows, lacking, beside)


def _beside(form: Form, sheet: Grid, shown: Collection[str]) -> list[str]:
    """The columns with something in them that were not handed out."""
    head = next(number for number, row in enumerate(sheet.rows) if KEY in row)
    ours = {KEY, VERSION, *form.labels, *shown}
    ours |= {subject.label(label, each) for label in ours for each in subject.subjects()}
    filled = [place for place, cells in enumerate(zip(*sheet.rows[head + 1 :], strict=True)) if any(cells)]
    return [f"{form.title} 的列 “{name}”" for p in filled if (name := sheet.rows[head][p]) not in ours]


def _one_alone(form: Form, grids: Mapping[str, Grid]) -> None:
    """Nothing; DataError where a sheet under another name begins like the form's and goes on otherwise."""
    sheet = grids[form.title].rows
    copies = [name for name in grids if name != form.title and name.startswith(form.title)]
    for name in copies:
        if grids[name].rows[:1] == sheet[:1] and list(grids[name].rows) != list(sheet):
            told = f"工作表 “{name}” 是 “{form.title}” 的副本，内容却不同"
            raise DataError(f"{told}；只读 “{form.title}”，请把要改的写在那里，再删去副本")


def _headed(form: Form, head: Sequence[str], shown: Collection[str]) -> list[str]:
    """The headers as the house calls them, in whatever words of a subject they were handed out."""
    ours = [*form.labels, *shown]
    spoken = {subject.label(label, each): label for label in ours for each in subject.subjects()}
    return [label if label in ours else spoken.get(label, label) for label in head]


def _rows(form: Form, sheet: Grid, shown: Collection[str]) -> tuple[list[Row], list[str]]:
    """The rows of a sheet, and the later columns it lacks."""
    grid = sheet.rows
    head = next((number for number, row in enumerate(grid) if KEY in row), None)
    if head is None:
        raise DataError(f"{form.title} 没有表头 “{KEY}”；请保留导出时的表头和列")
    if merged := [merge for merge in sheet.merges if merge[2] >= head]:  # a title above does no harm
        first, _, last, _ = merged[0]
        lines = f"{first + 1}" if first == last else f"{first + 1}–{last + 1}"
        raise DataError(f"{form.title} 第 {lines} 行有合并的单元格；请取消合并，每行各写各的")
    labels = _headed(form, grid[head], shown)
    older = [field.label for field in form.fields if field.later and field.label not in labels]
    wanted = [label for label in (KEY, *form.labels, VERSION) if label not in older]
    if gone := [label for label in wanted if label not in labels]:
        raise DataError(f"{form.title} 缺少列 “{'”、“'.join(gone)}”；请保留导出时的每一列")
    if twice := [label for label in wanted if labels.count(label) > 1]:
        raise DataError(f"{form.title} 的列 “{twice[0]}” 出现了两次；请只留一列")
    places = {label: labels.index(label) for label in (*wanted, *shown) if label in labels}
    cells = ({label: row[place] for label, place in places.items()} for row in grid[head + 1 :])
    numbered = enumerate(cells, start=head + 2)
    said = [(n, row) for n, row in numbered if any(row[label] for label in wanted)]
    return [Row(f"{form.title} 第 {n} 行", row) for n, row in said], older
