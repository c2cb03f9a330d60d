"""The sheets of a workbook that came back: cells as text, by header; what was done to its shape is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from voc_lib.collect import guard, workbook
from voc_lib.errors import DataError, ParamsError
from voc_lib.exchange.fields import KEY, VERSION, Form


@dataclass(frozen=True)
class Row:
    """A row with anything in it: its place in words and its cells by header, "" for nothing."""

    place: str
    cells: Mapping[str, str]


def read(file: Path, forms: tuple[Form, ...]) -> dict[str, list[Row]]:
    """Kind of entry -> rows; DataError where the file lacks the sheets or their shape was broken."""
    if not file.is_file():
        raise ParamsError(f"找不到文件 {file}。请写 voc plan export 写出、填好的工作簿。")
    guard.check_size(file, guard.MAX_UNPACKED, "工作簿")
    guard.inspect_workbook(file)
    read = workbook.run_child("sheets", file, file.name)
    grids = {about["sheet"]: (table, about["merges"]) for table, about in read}
    if gone := [form.title for form in forms if form.title not in grids]:
        raise DataError(f"没有工作表 “{'”、“'.join(gone)}”；请用 voc plan export 写出的工作簿填写")
    return {form.kind: _rows(form, *grids[form.title]) for form in forms}


def _rows(form: Form, table: pa.Table, merges: Any) -> list[Row]:
    grid = [[(cell or "").strip() for cell in row.values()] for row in table.to_pylist()]
    if merges:
        first, _, last, _ = merges[0]
        raise DataError(f"{form.title} 第 {first + 1}–{last + 1} 行有合并的单元格；请取消合并，每行各写各的")
    head = next((number for number, row in enumerate(grid) if KEY in row), None)
    if head is None:
        raise DataError(f"{form.title} 没有表头 “{KEY}”；请保留导出时的表头和列")
    labels, wanted = grid[head], [KEY, *form.labels, VERSION]
    if gone := [label for label in wanted if label not in labels]:
        raise DataError(f"{form.title} 缺少列 “{'”、“'.join(gone)}”；请保留导出时的每一列")
    if twice := [label for label in wanted if labels.count(label) > 1]:
        raise DataError(f"{form.title} 的列 “{twice[0]}” 出现了两次；请只留一列")
    rows = ({label: row[labels.index(label)] for label in wanted} for row in grid[head + 1 :])
    return [
        Row(f"{form.title} 第 {number} 行", cells)
        for number, cells in enumerate(rows, start=head + 2)
        if any(cells.values())
    ]
