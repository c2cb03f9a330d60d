"""A sheet that writes plain cells of text and numbers straight away, in the bytes of xlsxwriter."""

from __future__ import annotations

import re
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# Characters that XML or Excel wants written otherwise, and blanks at the ends that have to be kept.
SPECIAL = re.compile(r"[&<>\"\x00-\x1f\ufffe\uffff]|_x|^\s|\s$")


class Sheet(Worksheet):
    """A worksheet whose cells with a format and nothing special in them take the short way."""

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[int, str] = {}

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind, inner = type(cell).__name__, ""
        if cell.format and kind in ("Number", "Datetime"):
            inner = f"><v>{cell.number:.16G}</v></c>"
        elif cell.format and kind == "String" and self.constant_memory and not SPECIAL.search(cell.string):
            inner = f' t="inlineStr"><is><t>{cell.string}</t></is></c>'
        if not inner:
            super()._write_cell(row, col, cell)
            return
        letters = self._letters.get(col) or self._letters.setdefault(col, xl_col_to_name(col))
        self.fh.write(f'<c r="{letters}{row + 1}" s="{cell.format._get_xf_index()}"{inner}')
