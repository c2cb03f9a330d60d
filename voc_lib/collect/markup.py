"""Tables in HTML, as systems export them under the name .xls."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from voc_lib.collect import encoding as encodings
from voc_lib.collect import guard, messy
from voc_lib.collect.table import Table, from_rows, unique_names
from voc_lib.errors import DataError

MAX_HTML = 128 << 20


class _Rows(HTMLParser):
    """Collects the cells of every table row; the text of nested tags is joined."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = []
            span = dict(attrs).get("colspan") or "1"
            self.span = min(int(span), 200) if span.isdigit() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1] += ["".join(self.cell).strip(), *[""] * (self.span - 1)]
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def read(
    file: Path, *, encoding: str | None = None, known: frozenset[str] = frozenset(), label: str | None = None
) -> Table:
    """The rows of an HTML document's tables as one table; `lines` count the rows."""
    guard.check_size(file, MAX_HTML, "HTML 文件")
    name = label or file.name
    decoded = encodings.decode(file.read_bytes(), encoding=encoding, where=name)
    parser = _Rows()
    parser.feed(decoded.data.decode("utf-8").replace("\0", ""))
    rows = [row for row in parser.rows if row]
    if len(rows) < 2:
        raise DataError(f"{name} 是网页（HTML），里面没有表格。请导出为 Excel 或 CSV。")
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    header = messy.find_header(rows, known=known)
    columns = unique_names(header.names)
    lines = np.arange(1, len(rows) + 1, dtype="int64")
    aside, titles = messy.above(rows, header, lines.tolist())
    cells = from_rows(rows[header.body :], columns)
    table = Table(name, None, columns, cells, lines[header.body :], aside=aside)
    notes = ["文件其实是网页（HTML）表格，已按表格读取", *([titles] if titles else [])]
    return messy.tidy(table.note(*(f"{name}：{note}" for note in notes)), header.names)
