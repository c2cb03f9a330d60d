"""Guards that look before anything is parsed: hostile or broken files are refused cheaply."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from voc_lib.collect import child
from voc_lib.errors import DataError

MB, MAX_CELLS, SMALL, MAX_RATIO = child.MB, child.CELLS, child.SMALL, child.RATIO
MAX_TEXT = 4 << 30
MAX_LINE = 16 * MB
MAX_UNPACKED = 600 * MB
FARTHEST = 26  # columns looked through for the first that holds anything
MAX_ENTRIES = 5_000
MAX_JSON = 512 * MB
SHEET = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d{1,7}"(?:[^>]*[^/>])?>')  # not <c …/>: an empty, only formatted cell
ROW = re.compile(rb'<row [^>]*?r="(\d+)"')
UNVALUED = re.compile(  # a text that came out empty is a value: t="str"
    rb'<c r="([A-Z]+\d+)"(?![^>]*t="str")[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v>\s*</v>)?</c>'
)
HIDDEN_ROW = re.compile(rb'<row (?=[^>]*?hidden="(?:1|true)")[^>]*?r="(\d+)"')
MERGE = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
DATE_1904 = re.compile(rb'<workbookPr [^>]*?date1904="(?:1|true)"')
APART = 1_462  # days from 1899-12-30 to 1904-01-01
DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
BODY = re.compile(r"word/document\d*\.xml")
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class SheetFacts:
    """What the XML of one sheet says before it is parsed: merged ranges (0-based), hidden rows (1-based),
    cells with a formula whose value no program has stored (`unvalued`: D2).

    Columns are counted from the first that holds anything, as the parser counts them. `epoch` are the days by
    which the workbook counts its days later than Excel for Windows does.
    """

    name: str
    visible: bool = True
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    unvalued: tuple[str, ...] = ()
    epoch: int = 0


def check_text(file: Path, *, limit: int = MAX_TEXT) -> None:
    """Nothing, if the text file can be read line by line; DataError for an endless line or a giant."""
    size = file.stat().st_size
    if size > limit:
        raise DataError(
            f"{file.name} 有 {size / MB:.0f} MB，超过 {limit / MB:.0f} MB 的上限。请按月拆分后再导入。"
        )
    line, since = 1, 0
    with file.open("rb") as stream:
        while chunk := stream.read(MB):
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            since = since + len(chunk) if last < 0 else len(chunk) - last
            if since > MAX_LINE:
                raise DataError(
                    f"{file.name} 第 {line} 行之后有一行超过 {MAX_LINE // MB} MB，不是表格文本。请检查导出。"
                )
            line += chunk.count(b"\n")


def check_size(file: Path, limit: int, what: str) -> None:
    """Nothing, if the file is no larger than the limit."""
    size = file.stat().st_size
    if size > limit:
        raise DataError(
            f"{what} {file.name} 有 {size / MB:.0f} MB，超过 {limit / MB:.0f} MB 的上限。请拆分后再导入。"
        )


def inspect_workbook(file: Path) -> list[SheetFacts]:
    """The sheets of an .xlsx/.xlsm, if safe to parse; DataError for bombs, entities, other zips.

    None of an .ods or .xlsb, which the child process alone can read.
    """
    with _archive(file, "Excel 工作簿") as archive:
        _check_kind(file, archive)
        _check_entries(file, archive)
        _check_heads(file, archive)
        epoch = _epoch(file, archive)
        return [replace(_sheet(file, archive, *entry), epoch=epoch) for entry in _sheets(file, archive)]


def inspect_document(file: Path) -> str:
    """The part of a .docx that holds its words, if safe to parse; DataError for bombs, entities, others."""
    with _archive(file, "Word 文档") as archive:
        _check_entries(file, archive)
        _check_heads(file, archive)
        parts = sorted(name for name in archive.namelist() if BODY.fullmatch(name))
        if not parts:
            raise DataError(f"{file.name} 里没有 Word 正文。请用 Word 打开并另存后再试。")
        archive.open(parts[0]).close()  # a password is asked for here
        return parts[0]


def holds(file: Path, name: str) -> bool:
    """Whether a zip archive has an entry whose name begins so."""
    try:
        with zipfile.ZipFile(file) as archive:
            return any(entry.startswith(name) for entry in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return False


@contextmanager
def _archive(file: Path, what: str) -> Iterator[zipfile.ZipFile]:
    """An open archive; what goes wrong with it is a DataError that says what the file should have been."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        KeyError,
        ET.ParseError,
        RuntimeError,
    ) as error:
        raise DataError(f"{file.name} 不是完整的 {what}（{_why(error)}）。请重新导出或另存后再试。") from None
    except (ValueError, zipfile.LargeZipFile, UnicodeDecodeError) as error:
        raise DataError(f"{file.name} 已损坏，无法打开（{type(error).__name__}）。请重新导出。") from None
    except Exception as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{file.name} 已损坏，无法解压（{type(error).__name__}）。请重新导出。") from None


def _why(error: Exception) -> str:
    text = str(error)
    if "password" in text or "encrypted" in text:
        return "文件有密码"
    return "压缩包损坏或缺少部分内容"


def _check_kind(file: Path, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if not any(name.startswith("xl/workbook.") for name in names) and not _open_document(archive):
        kind = next(
            (k for p, k in (("word/", "Word 文档"), ("ppt/", "PPT")) if any(n.startswith(p) for n in names)),
            "压缩包",
        )
        raise DataError(f"{file.name} 不是 Excel 工作簿，而是{kind}。可用：CSV、Excel、JSON、Parquet。")


def _open_document(archive: zipfile.ZipFile) -> bool:
    """Whether it is an .ods, as LibreOffice and WPS save tables; the child process alone reads it."""
    if "mimetype" not in archive.namelist():
        return False
    with archive.open("mimetype") as stream:  # so much of it alone: it may be a bomb
        return stream.read(len(OPEN_DOCUMENT)) == OPEN_DOCUMENT


def _check_entries(file: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise DataError(
            f"{file.name} 解压后有 {unpacked / MB:.0f} MB（上限 {MAX_UNPACKED // MB} MB）。请拆分。"
        )
    if unpacked > SMALL and unpacked / packed > MAX_RATIO:
        raise DataError(
            f"{file.name} 压缩比 {unpacked / packed:.0f} 倍（上限 {MAX_RATIO} 倍），未读取。请重新导出。"
        )


def _check_heads(file: Path, archive: zipfile.ZipFile) -> None:
    """Refuse XML parts that define entities (external files, billions of laughs)."""
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(entry) as stream:
                _no_entities(file, stream.read(4096))


def _sheets(file: Path, archive: zipfile.ZipFile) -> list[tuple[str, str, bool]]:
    """(name, path of its XML, visible) of every sheet, in order."""
    if "xl/workbook.xml" not in archive.namelist():
        return []  # .xlsb: binary parts, read in the child process alone
    targets = {}
    for relation in ET.fromstring(_small(file, archive, "xl/_rels/workbook.xml.rels")):  # noqa: S314 (no DTD, see _small)
        target = relation.get("Target", "")
        targets[relation.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    book = ET.fromstring(_small(file, archive, "xl/workbook.xml"))  # noqa: S314
    return [
        (node.get("name", ""), targets.get(node.get(RELATION), ""), node.get("state", "visible") == "visible")
        for node in book.findall(".//{*}sheet")
    ]


def _epoch(file: Path, archive: zipfile.ZipFile) -> int:
    if "xl/workbook.xml" not in archive.namelist():
        return 0
    return APART if DATE_1904.search(_small(file, archive, "xl/workbook.xml")) else 0


def _small(file: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > 8 * MB:
        raise DataError(f"{file.name} 的 {name} 过大，未读取。请重新导出。")
    return _no_entities(file, archive.read(name))


def _no_entities(file: Path, data: bytes) -> bytes:
    if DTD.search(data[:4096]):
        raise DataError(f"{file.name} 的 XML 里定义了实体（DOCTYPE），可能是恶意文件，未读取。请重新导出。")
    return data


def _sheet(file: Path, archive: zipfile.ZipFile, name: str, path: str, visible: bool) -> SheetFacts:
    """Facts of one sheet, read as a stream; DataError when its bounding box would not fit in memory."""
    if path not in archive.namelist() or "worksheets/" not in path:
        return SheetFacts(name, visible)
    rows, width, left, tail = 0, 0, FARTHEST, b""
    merges: list[tuple[int, int, int, int]] = []
    hidden: list[int] = []
    unvalued: list[str] = []
    with archive.open(path) as stream:
        while chunk := stream.read(4 * MB):
            data = tail + chunk
            cut = data.rfind(b"<") if len(chunk) == 4 * MB else len(data)
            data, tail = (data[:cut], data[cut:]) if cut > 0 else (data, b"")
            rows = max(rows, *_last_rows(data))
            width = max(width, _width(data, width))
            left = next((column for column in range(left) if _holds(data, column)), left)
            hidden += [int(row) for row in HIDDEN_ROW.findall(data)] if b"hidden=" in data else []
            unvalued += [cell.decode() for cell in UNVALUED.findall(data)] if b"<f" in data else []
            merges += [_range(m) for m in MERGE.findall(data)] if b"<mergeCell " in data else []
            if rows * width > MAX_CELLS:
                raise DataError(
                    f"{file.name} 工作表 “{name}” 占用 {rows} 行 × {width} 列，远大于实际数据，未读取。"
                    "请删除表格外多余的单元格，或另存为 CSV。"
                )
    left = left if left < FARTHEST else 0
    moved = tuple((top, a - left, bottom, b - left) for top, a, bottom, b in merges if a >= left)
    return SheetFacts(name, visible, moved, tuple(hidden), unvalued=tuple(unvalued))


def _holds(data: bytes, column: int) -> bool:
    """Whether some cell of a column (0-based) has content."""
    return re.search(rb'<c r="%c\d+"(?:[^>]*[^/>])?>' % (ord("A") + column), data) is not None


def _last_rows(data: bytes) -> tuple[int, int]:
    """Highest row numbers of the cells and rows in a piece of XML (they ascend: its end is enough)."""
    tail = data[-200_000:]
    cells = [int(row) for _, row in SHEET.findall(tail)]
    rows = [int(row) for row in ROW.findall(tail)]
    return max(cells, default=0), max(rows, default=0)


def _width(data: bytes, known: int) -> int:
    columns = set(WIDE.findall(data))
    return max([known, 26, *(column_number(c.decode()) + 1 for c in columns)])


def column_number(letters: str) -> int:
    """0-based number of a column's letters.

    >>> column_number("A"), column_number("XFD")
    (0, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _range(match: tuple[bytes, bytes, bytes, bytes]) -> tuple[int, int, int, int]:
    """(first row, first column, last row, last column), 0-based."""
    left, top, right, bottom = (part.decode() for part in match)
    return int(top) - 1, column_number(left), int(bottom) - 1, column_number(right)
