"""What a person does in LibreOffice, done by its own code: run by Debian's Python, see `tests/office.py`."""

import json
import sys
import time

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.lang import Locale  # type: ignore[import-not-found]
from com.sun.star.sheet import TableFilterField  # type: ignore[import-not-found]
from com.sun.star.table import TableSortField  # type: ignore[import-not-found]

FORMATS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97"}


def option(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def office(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


class Desk:
    """One workbook. Rows are counted as people do, columns are named by their header."""

    def __init__(self, desktop, file):
        where = uno.systemPathToFileUrl(file)
        self.book = desktop.loadComponentFromURL(where, "_blank", 0, (option("Hidden", True),))

    def _sheet(self, name):
        return self.book.Sheets.getByName(name)

    def _last(self, sheet):
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        row, column = cursor.RangeAddress.EndRow, cursor.RangeAddress.EndColumn
        while row and not any(sheet.getCellByPosition(c, row).String for c in range(column + 1)):
            row -= 1
        return row, column

    def _column(self, name, label):
        sheet = self._sheet(name)
        return [sheet.getCellByPosition(c, 0).String for c in range(self._last(sheet)[1] + 1)].index(label)

    def _cell(self, name, row, label):
        return self._sheet(name).getCellByPosition(self._column(name, label), row - 1)

    def type(self, name, row, label, words):
        """As typed on the keyboard: LibreOffice decides what it is."""
        self._cell(name, row, label).FormulaLocal = words

    def text(self, name, row, label, words):
        self._cell(name, row, label).String = words

    def look(self, name, row, label, code):
        formats, here = self.book.NumberFormats, Locale("zh", "CN", "")
        key = formats.queryKey(code, here, False)
        self._cell(name, row, label).NumberFormat = key if key >= 0 else formats.addNew(code, here)

    def comment(self, name, row, label, words):
        self._sheet(name).Annotations.insertNew(self._cell(name, row, label).CellAddress, words)

    def widen(self, name, label):
        self._sheet(name).Columns.getByIndex(self._column(name, label)).Width = 9000

    def unprotect(self, name):
        self._sheet(name).unprotect("")

    def delete(self, name, row):
        self._sheet(name).Rows.removeByIndex(row - 1, 1)

    def insert(self, name, row):
        self._sheet(name).Rows.insertByIndex(row - 1, 1)

    def sort(self, name, label, alone):
        """By a column, the whole sheet or that column alone."""
        sheet, column = self._sheet(name), self._column(name, label)
        row, last = self._last(sheet)
        left, top, right = (column, 1, column) if alone else (0, 0, last)
        by = TableSortField()
        by.Field, by.IsAscending = column - left, True
        fields = uno.Any("[]com.sun.star.table.TableSortField", (by,))
        sheet.getCellRangeByPosition(left, top, right, row).sort(
            (option("SortFields", fields), option("ContainsHeader", not alone))
        )

    def filter(self, name, label, words):
        sheet = self._sheet(name)
        row, last = self._last(sheet)
        area = sheet.getCellRangeByPosition(0, 0, last, row)
        wanted, asked = area.createFilterDescriptor(True), TableFilterField()
        asked.Field, asked.StringValue = self._column(name, label), words
        asked.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
        wanted.setFilterFields((asked,))
        wanted.ContainsHeader = True
        area.filter(wanted)

    def save(self, file):
        kind = FORMATS[file.rsplit(".", 1)[1]]
        self.book.storeToURL(uno.systemPathToFileUrl(file), (option("FilterName", kind),))


def main(pipe, file, steps):
    context = office(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    if not file:
        desktop.terminate()
        return
    desk = Desk(desktop, file)
    try:
        for name, *arguments in steps:
            getattr(desk, name)(*arguments)
    finally:
        desk.book.close(True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
