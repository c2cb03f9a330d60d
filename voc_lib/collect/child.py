"""The limited process that parses workbooks, Word documents, Outlook's mails and Parquet: run by path, it
imports nothing of the house.

Its standard output is one Arrow stream per sheet; facts of the sheet stand in the schema's metadata.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MEMORY = 3 << 30
SECONDS = 120
DEEP = 3
MB = 1 << 20
CELLS = 60_000_000
UNPACKED = 1_500 * MB  # about three million feedbacks; the process may take twice as much
SMALL, RATIO = 10 * MB, 200  # above that size no export packs that well
PROBED = 256  # rows looked at in each row group
BOMB = "unpacks to "


def limit() -> None:
    """Cap memory and processor time of this process (where the system can)."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))


def sheets(file: str, names: list[str] | None) -> None:
    """Write the sheets of a workbook as text cells; all visible ones when no names are given."""
    import fastexcel
    import pyarrow as pa

    visible, merges = facts(file) if names is None else (names, {})
    reader = fastexcel.read_excel(file)
    for name in visible:
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string", eager=True)
        table = pa.Table.from_batches([sheet])
        write(
            table.cast(pa.schema([(n, pa.large_string()) for n in table.column_names])),
            sheet=name,
            merges=merges.get(name, []),
            hidden=None,
        )
    hidden = [n for n in reader.sheet_names if n not in visible] if names is None else []
    write(pa.table({}), sheet="", merges=[], hidden=hidden)


def facts(file: str) -> tuple[list[str], dict]:
    """Names of the visible sheets and merged ranges, for formats whose guard cannot tell (.xls, .xlsb)."""
    import python_calamine as calamine

    book = calamine.CalamineWorkbook.from_path(file)
    shown = [
        m.name
        for m in book.sheets_metadata
        if m.visible == calamine.SheetVisibleEnum.Visible and m.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return shown, {name: merges(book.get_sheet_by_name(name)) for name in shown}


def merges(sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged ranges of a sheet, columns counted from the first that holds anything."""
    left = (sheet.start or (0, 0))[1]
    ranges = sheet.merged_cell_ranges or []
    return [(top, a - left, bottom, b - left) for (top, a), (bottom, b) in ranges if a >= left]


def parquet(file: str) -> None:
    """Write a Parquet file's columns as text cells."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    handle = pq.ParquetFile(file)
    refuse_bomb(handle, Path(file).stat().st_size)
    table = handle.read()
    for _ in range(DEEP):
        table = table.flatten()  # the fields of a struct become “outer.inner” columns
    write(pa.table({name: text(table[i]) for i, name in enumerate(unique(table.column_names))}))


def refuse_bomb(handle: Any, packed: int) -> None:
    """Nothing; the process ends where a Parquet file would unpack to far more than it holds.

    The footer tells rows, columns and sizes before runs and dictionaries are spread out; what those come to
    is told by the first rows of each row group.
    """
    footer = handle.metadata
    cells = footer.num_rows * footer.num_columns
    unpacked = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    if cells > CELLS:
        sys.exit(f"{BOMB}{cells / 1e6:.0f} cells")
    if unpacked > UNPACKED or (unpacked > SMALL and unpacked > RATIO * packed):
        sys.exit(f"{BOMB}{unpacked / MB:.0f} MB")
    spread = 0.0
    for number in range(footer.num_row_groups):
        rows = footer.row_group(number).num_rows
        head = next(handle.iter_batches(batch_size=PROBED, row_groups=[number]), None)
        spread += head.nbytes * rows / head.num_rows if head is not None and head.num_rows else 0
        if spread > UNPACKED:
            sys.exit(f"{BOMB}{spread / MB:.0f} MB+")


def unique(names: list[str]) -> list[str]:
    """Names made distinct by a suffix."""
    return [n if names.index(n) == i else f"{n}.{i + 1}" for i, n in enumerate(names)]


def text(column: Any) -> Any:
    """A column as text; what has no plain text form (lists, structs, bytes) as JSON."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return text(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind) and kind.tz:
        return pa.chunked_array(
            [[None if v is None else v.isoformat() for v in column.to_pylist()]], pa.large_string()
        )
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        words = [None if v is None else word(v) for v in column.to_pylist()]
        return pa.chunked_array([words], pa.large_string())
    try:
        return column.cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        cells = [
            None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()
        ]
        return pa.chunked_array([cells], pa.large_string())


def word(data: bytes) -> str:
    """Bytes as the text they are in UTF-8 or GB18030, else as hexadecimal digits.

    >>> word("慢".encode()), word("很慢".encode("gb18030")), word(bytes([0, 255]))
    ('慢', '很慢', '0x00ff')
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(char.isprintable() or char in "\r\n\t" for char in text):
            return text
    return f"0x{data.hex()}"


class Document:
    """The paragraphs of a Word document as they stand after its tracked changes; a table's row is one.

    The cells of a row are parted by tabs. What a change deleted or moved away is left out and counted.
    """

    GONE = ("del", "moveFrom", "Fallback")  # Fallback: a text box said again for old programs

    def __init__(self) -> None:
        from xml.parsers import expat

        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.StartElementHandler = self.opened
        self.parser.EndElementHandler = self.closed
        self.parser.CharacterDataHandler = self.said
        self.done: list[str] = []
        self.open: list[list[str]] = []
        self.rows: list[list[str]] = []
        self.gone = self.deleted = self.inserted = 0
        self.writing = False

    def refuse(self, *_: Any) -> None:
        """The process ends: no document of Word declares entities."""
        sys.exit("doctype")

    def opened(self, name: str, _: dict[str, str]) -> None:
        """An element begins."""
        tag = name.rpartition(" ")[2]
        self.deleted += tag in ("del", "moveFrom") and not self.gone
        self.inserted += tag in ("ins", "moveTo")
        self.gone += tag in self.GONE
        self.writing = tag == "t" and not self.gone
        if tag == "p":
            self.open.append([])
        elif tag == "tr":
            self.rows.append([])
        elif tag == "tc" and self.rows:
            self.rows[-1].append("")
        elif tag in ("tab", "br", "cr") and self.open and not self.gone:
            self.open[-1].append(" " if tag == "tab" else "\n")

    def closed(self, name: str) -> None:
        """An element ends."""
        tag = name.rpartition(" ")[2]
        self.gone -= tag in self.GONE
        self.writing = False
        if tag == "p" and self.open:
            self.paragraph("".join(self.open.pop()).strip())
        elif tag == "tr" and self.rows:
            self.paragraph("\t".join(self.rows.pop()))

    def paragraph(self, words: str) -> None:
        """A whole paragraph: of a cell, or of the document."""
        if not self.rows:
            self.done.append(words)
        elif self.rows[-1] and words:
            cell = self.rows[-1][-1]
            self.rows[-1][-1] = f"{cell} {words}".strip().replace("\t", " ").replace("\n", " ")

    def said(self, words: str) -> None:
        """Characters."""
        if self.writing and self.open:
            self.open[-1].append(words)


def document(file: str, part: str) -> None:
    """Write the paragraphs of a Word document whose words stand in a part of its archive."""
    import zipfile

    import pyarrow as pa

    found = Document()
    with zipfile.ZipFile(file) as archive, archive.open(part) as stream:
        found.parser.ParseFile(stream)
    write(
        pa.table({"text": pa.array(found.done, pa.large_string())}),
        deleted=found.deleted,
        inserted=found.inserted,
    )


def outlook(file: str) -> None:
    """Write the properties of an Outlook mail by name, those of its attachments and receivers left out."""
    import olefile
    import pyarrow as pa

    with olefile.OleFileIO(file) as found:
        names = [path[0] for path in found.listdir() if len(path) == 1]
        data = [found.openstream(name).read() for name in names]
    write(pa.table({"name": pa.array(names, pa.large_string()), "data": pa.array(data, pa.large_binary())}))


def write(table: Any, **about: Any) -> None:
    """Write one table to standard output with its facts."""
    import pyarrow as pa

    table = table.replace_schema_metadata({"about": json.dumps(about)})
    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table)


if __name__ == "__main__":
    limit()
    job, path, chosen = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    if job == "parquet":
        parquet(path)
    elif job == "document":
        document(path, chosen)
    elif job == "outlook":
        outlook(path)
    else:
        sheets(path, chosen)
