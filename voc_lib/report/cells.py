"""A sheet that writes whole rows of plain cells straight away, in the bytes of xlsxwriter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellStringTuple, Worksheet

Value = str | float | datetime
# Characters that XML or Excel wants written otherwise, and blanks at the ends that have to be kept.
SPECIAL = re.compile(r"[&<>\"\x00-\x1f\ufffe\uffff]|_x|^\s|\s$")
LONG = 16_383  # characters from which a text may be longer than a cell in the units Excel counts


class Sheet(Worksheet):
    """A worksheet that is given its rows one after the other, each with a format in every cell.

    A row waits until the next one, as those of xlsxwriter do: formats are numbered in the order they are
    written in.
    """

    previous_row: int

    def __init__(self) -> None:
        super().__init__()
        self._columns: dict[int, str] = {}
        self._looks: dict[Any, str] = {}
        self._waiting: Sequence[tuple[int, Value, Any]] | None = None

    def put(self, row: int, cells: Sequence[tuple[int, Value, Any]], *, height: float | None = None) -> None:
        """Nothing; the row, below all others, has these cells (column, value, format) and is so high."""
        if height is not None:
            self.set_row(row, height)
        long = any(isinstance(value, str) and len(value) > LONG for _, value, _ in cells)
        if long or not self.constant_memory:
            for column, value, look in cells:
                self._put_one(row, column, value, look)
        elif cells:
            self._write_single_row(row)
            for column in (cells[0][0], cells[-1][0]):
                self._check_dimensions(row, column)
            self._waiting = cells

    def _put_one(self, row: int, column: int, value: Value, look: Any) -> None:
        if isinstance(value, str):
            self.write_string(row, column, value, look)
        elif isinstance(value, datetime):
            self.write_datetime(row, column, value, look)
        else:
            self.write_number(row, column, value, look)

    def _write_single_row(self, current_row_num: int = 0) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            super()._write_single_row(current_row_num)
            return
        row, self.previous_row = self.previous_row, current_row_num
        self._write_row(row, None, self.row_info.pop(row, None))
        number, written = str(row + 1), []
        for column, value, look in waiting:
            place = self._begun(column) + number + self._look(look)
            if not isinstance(value, str):
                held = self._convert_date_time(value) if isinstance(value, datetime) else value
                written.append(f"{place}><v>{held:.16G}</v></c>")
            elif not SPECIAL.search(value):
                written.append(f'{place} t="inlineStr"><is><t>{value}</t></is></c>')
            else:
                self.fh.write("".join(written))
                written.clear()
                self._write_cell(row, column, CellStringTuple(value, look))
        self.fh.write("".join(written))
        self._xml_end_tag("row")

    def _begun(self, column: int) -> str:
        """What every cell of a column begins with."""
        return self._columns.get(column) or self._columns.setdefault(
            column, f'<c r="{xl_col_to_name(column)}'
        )

    def _look(self, look: Any) -> str:
        """How a cell says its format; asked first in the order cells are written."""
        return self._looks.get(look) or self._looks.setdefault(look, f'" s="{look._get_xf_index()}"')
