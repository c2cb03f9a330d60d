"""Delimited text to a table: which delimiter, which rows are ragged, which quotes swallow lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from voc_lib.collect import encoding as encodings
from voc_lib.collect import guard, messy
from voc_lib.collect.table import Table, from_rows, raw_json, rejects, unique_names
from voc_lib.errors import DataError

DELIMITERS = (",", "\t", ";", "|", "，")
HEAD_BYTES = 1 << 20
HEAD_ROWS = 200
QUOTED_LINES = 20  # beyond this a quoted field is looked at closely
MAX_QUOTED_LINES = 2_000
SWALLOWED = 2  # so many whole records right after an open quote: the quote is a stray one
RAGGED = 0.2  # a width shared by this part of the rows belongs to the table
BLOCK = 64 << 20
MAX_COLUMNS = 16_384


@dataclass(frozen=True)
class Record:
    """One record: its physical line (1-based), the line after it, and its fields."""

    line: int
    after: int
    fields: list[str]


@dataclass(frozen=True)
class _Layout:
    """Where a table's body lies: its first physical line and byte, its delimiter and column names."""

    label: str
    columns: tuple[str, ...]
    delimiter: str | None
    start: int
    offset: int


def read(
    file: Path, *, encoding: str | None = None, known: frozenset[str] = frozenset(), label: str | None = None
) -> Table:
    """The table in a delimited text file; ragged and blank rows, repeated headers, totals are rejects."""
    guard.check_text(file)
    name = label or file.name
    decoded = encodings.decode(file.read_bytes(), encoding=encoding, where=name)
    data, nuls = _line_ends(decoded.data)
    if not data.strip():
        raise DataError(f"{name} 是空文件，没有任何内容。请检查导出。")
    table = parse(data, label=name, known=known)
    notes = [f"{name}：{note}" for note in decoded.notes]
    notes += [f"{name}：去掉了 {nuls} 个 NUL 字节"] if nuls else []
    return table.note(*notes, *([f"{name}：有双重编码的文字"] if decoded.mojibake else []))


def _line_ends(data: bytes) -> tuple[bytes, int]:
    """The data without NUL bytes and with line feeds where it had carriage returns only."""
    nuls = data.count(b"\0")
    data = data.replace(b"\0", b"") if nuls else data
    if b"\r" in data[: 1 << 20] or b"\r" in data:
        lone = data.count(b"\r") - data.count(b"\r\n")
        if lone and b"\n" not in data:
            return data.replace(b"\r", b"\n"), nuls
    return data, nuls


def parse(data: bytes, *, label: str, known: frozenset[str] = frozenset()) -> Table:
    """The table in UTF-8 delimited text."""
    head = _head(data)
    if max(map(head.split("\n", 1)[0].count, DELIMITERS)) >= MAX_COLUMNS:
        raise DataError(f"{label} 的第一行超过 {MAX_COLUMNS} 列，不是正常的表格。请检查导出。")
    delimiter = choose_delimiter(head, known)
    records = list(_take(scan(head, delimiter), HEAD_ROWS))
    header = messy.find_header([r.fields for r in records], known=known)
    widths = Counter(len(r.fields) for r in records[header.body :] if any(r.fields))
    start = records[header.last].after if header.last >= header.first else _first_line(records, header.first)
    named = _named(header, records, widths)
    width = max([named, *(w for w, n in widths.items() if n >= RAGGED * max(1, sum(widths.values())))])
    columns = unique_names((*header.names, *[""] * width)[:width])
    usual = {w for w, n in widths.items() if n >= RAGGED * max(1, sum(widths.values()))} | {named}
    layout = _Layout(label, columns, delimiter, start, _offset(data, start))
    table = None
    if len(usual) == 1 and delimiter is not None and len(delimiter.encode()) == 1 and _plain(data):
        table = _fast(data, layout)
    if table is None:
        table = _slow(data, layout, usual)
    aside, titles = messy.above([r.fields for r in records], header, [r.line for r in records])
    table = replace(table, aside=_counted(table.aside, aside, records[: header.body], start))
    return messy.tidy(table.note(f"{label}：{titles}") if titles else table, header.names)


def _counted(
    body: Mapping[str, int], above: Mapping[str, int], head: list[Record], start: int
) -> Mapping[str, int]:
    """All lines that are no rows: those in the body, and those before the line where it starts."""
    inside = sum(record.after - record.line - 1 for record in head)
    counts = Counter(body) + Counter(above)
    counts[messy.BREAK] += inside
    counts[messy.EMPTY] += start - 1 - len(head) - inside
    return counts


def _head(data: bytes) -> str:
    if len(data) <= HEAD_BYTES:
        return data.decode("utf-8")
    cut = data.rfind(b"\n", 0, HEAD_BYTES)
    cut = cut if cut > 0 else data.find(b"\n")
    return data[: cut + 1 if cut >= 0 else len(data)].decode("utf-8")


def _take(records: Iterator[Record], n: int) -> Iterator[Record]:
    for _, record in zip(range(n), records, strict=False):
        yield record


def _first_line(records: list[Record], first: int) -> int:
    return records[first].line if records else 1


def _named(header: messy.Header, records: list[Record], widths: Counter[int]) -> int:
    """How many columns the header names, or without a header, what most rows have."""
    if header.last >= header.first:
        return max(len(r.fields) for r in records[header.first : header.body])
    return widths.most_common(1)[0][0] if widths else len(header.names)


def _offset(data: bytes, line: int) -> int:
    """The byte where a physical line (1-based) begins."""
    offset = 0
    for _ in range(line - 1):
        offset = data.find(b"\n", offset) + 1
        if offset == 0:
            return len(data)
    return offset


def _plain(data: bytes) -> bool:
    """No carriage return inside a line, which the fast parser would take for a line end."""
    return b"\r" not in data or data.count(b"\r") == data.count(b"\r\n")


def choose_delimiter(text: str, known: frozenset[str] = frozenset()) -> str | None:
    """The delimiter that gives the steadiest number of columns; None for one column of text.

    >>> choose_delimiter("编号;内容\\n1;慢，很慢\\n2;坏"), choose_delimiter("内容\\n太慢了，等了三天\\n很好")
    (';', None)
    """
    from voc_lib.collect.headers import normal, words

    best, best_score = None, 0.0
    first = text.lstrip("\n\r ").split("\n", 1)[0].strip()
    if normal(first) in words() | known:
        return None
    for rank, delimiter in enumerate(DELIMITERS):
        rows = [r.fields for r in _take(scan(text, delimiter), HEAD_ROWS) if any(r.fields)]
        widths = Counter(len(row) for row in rows)
        width, n = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
        if width < 2:
            continue
        hits = max((len({normal(c) for c in row if c} & (words() | known)) for row in rows[:15]), default=0)
        score = n / len(rows) + 0.25 * min(hits, 4) + 0.01 * min(width, 30) - 0.001 * rank
        if (n / len(rows) >= 0.5 or hits >= 2) and score > best_score:
            best, best_score = delimiter, score
    return best


def scan(text: str, delimiter: str | None, *, usual: int = 0) -> Iterator[Record]:
    """Records of a text, line by line; a quote that does not close sensibly is a plain character.

    >>> [r.fields for r in scan('1,"a\\nb"\\n2,"c\\n3,d', ",")]
    [['1', 'a\\nb'], ['2', '"c'], ['3', 'd']]
    """
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    number = 0
    while number < len(lines):
        line = lines[number].removesuffix("\r")
        if not line:
            number += 1
            continue
        fields, used = _fields(lines, number, line, delimiter, usual)
        usual = usual or len(fields)
        yield Record(number + 1, number + 1 + used, fields)
        number += used


def _fields(
    lines: list[str], number: int, line: str, delimiter: str | None, usual: int
) -> tuple[list[str], int]:
    """The fields of the record that begins at a line, and how many lines it takes."""
    if delimiter is None:
        return [line], 1
    plain = line.split(delimiter)
    if '"' not in line:
        return plain, 1
    fields = split(line, delimiter)
    if fields is not None:
        return fields, 1
    return _several_lines(lines, number, delimiter, usual) or (plain, 1)


def _several_lines(lines: list[str], number: int, delimiter: str, usual: int) -> tuple[list[str], int] | None:
    """The record whose quote is open at the end of its first line; None when the quote is a stray one."""
    limit = MAX_QUOTED_LINES if usual > 2 else QUOTED_LINES
    quotes, whole = lines[number].count('"'), 0
    for last in range(number + 1, min(number + limit + 1, len(lines))):
        line = lines[last]
        quotes += line.count('"')
        if quotes % 2 == 0:
            parts = [part.removesuffix("\r") for part in lines[number : last + 1]]
            fields = split("\n".join(parts), delimiter, strict=True)
            if fields is not None and usual in (0, len(fields)):
                return fields, last + 1 - number
        whole += _is_record(line, delimiter, usual)
        if last - number == whole and whole >= SWALLOWED:
            return None
    return None


def _is_record(line: str, delimiter: str, usual: int) -> bool:
    """Whether a line inside an open quote looks like a row of its own."""
    if usual <= 2 or '"' in line or line.count(delimiter) != usual - 1:
        return False
    return all(cell.strip() for cell in line.split(delimiter))


def split(record: str, delimiter: str, *, strict: bool = False) -> list[str] | None:
    """The fields of one record; None while a quoted field is open, or in `strict` when text follows a quote.

    >>> split('a,"b,c",d', ","), split('a,"b', ",")
    (['a', 'b,c', 'd'], None)
    """
    fields, start, size = [], 0, len(record)
    while True:
        if start < size and record[start] == '"':
            end = _closing(record, start + 1)
            if end < 0:
                return None
            stop = record.find(delimiter, end + 1)
            stop = size if stop < 0 else stop
            if strict and stop != end + 1:
                return None
            fields.append(record[start + 1 : end].replace('""', '"') + record[end + 1 : stop])
        else:
            stop = record.find(delimiter, start)
            stop = size if stop < 0 else stop
            fields.append(record[start:stop])
        if stop >= size:
            return fields
        start = stop + len(delimiter)


def _closing(record: str, position: int) -> int:
    """Where a quoted field ends, doubled quotes skipped; -1 when it does not."""
    while True:
        position = record.find('"', position)
        if position < 0 or record[position : position + 2] != '""':
            return position
        position += 2


def _slow(data: bytes, layout: _Layout, usual: set[int]) -> Table:
    """The body record by record: for ragged files and stray quotes."""
    good, lines, bad, inside = [], [], [], 0
    width = len(layout.columns)
    for record in scan(data[layout.offset :].decode("utf-8"), layout.delimiter, usual=width):
        inside += record.after - record.line - 1
        line = record.line + layout.start - 1
        n = len(record.fields)
        if n == width or n in usual or (n < width and not any(record.fields)):
            good.append([*record.fields, *[""] * (width - n)][:width])
            lines.append(line)
        else:
            bad.append((line, ragged(width, n), raw_json(record.fields)))
    cells = from_rows(good, layout.columns)
    empty = _physical(data, layout.offset) - len(good) - len(bad) - inside
    aside = {messy.EMPTY: empty, messy.BREAK: inside}
    where = np.array(lines, dtype="int64")
    return Table(layout.label, None, layout.columns, cells, where, rejects(bad), aside=aside)


def _physical(data: bytes, offset: int) -> int:
    """Number of lines from a byte on."""
    return data.count(b"\n", offset) + (offset < len(data) and not data.endswith(b"\n"))


def ragged(expected: int, actual: int) -> str:
    """The reason a row of the wrong width is quarantined."""
    return f"列数不符：应为 {expected} 列，实为 {actual} 列"


def _fast(data: bytes, layout: _Layout) -> Table | None:
    """The body by the C++ parser; None when its result cannot be trusted (stray quotes, many ragged rows)."""
    bad: list[tuple[int, int, str]] = []

    def keep(row: pcsv.InvalidRow) -> str:
        bad.append((row.number, row.actual_columns, row.text))
        return "skip"

    view = pa.py_buffer(data).slice(layout.offset)
    names = layout.columns
    if not view.size:
        return Table(layout.label, None, names, from_rows([], names), np.array([], dtype="int64"))
    try:
        cells = pcsv.read_csv(
            pa.BufferReader(view),
            read_options=pcsv.ReadOptions(column_names=list(names), use_threads=False, block_size=BLOCK),
            parse_options=pcsv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                invalid_row_handler=keep,
                ignore_empty_lines=False,
            ),
            convert_options=pcsv.ConvertOptions(
                column_types={name: pa.large_string() for name in names},
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(bad) > RAGGED * max(1, cells.num_rows) or _suspicious(cells, bad, layout.delimiter or ","):
        return None
    return _located(data, layout, cells, bad)


def _suspicious(cells: pa.Table, bad: list[tuple[int, int, str]], delimiter: str) -> bool:
    """Whether some quoted field holds what look like whole records."""
    width = cells.num_columns
    if any("\n" in text for _, _, text in bad):
        return True
    for column in cells.columns:
        newlines = pc.count_substring(column, "\n")
        if not pc.any(pc.greater(newlines, 0)).as_py():
            continue
        if pc.max(newlines).as_py() > QUOTED_LINES:
            return True
        some = pc.greater(newlines, 0)
        breaks = pc.filter(newlines, some).to_numpy()
        marks = pc.count_substring(pc.filter(column, some), delimiter).to_numpy()
        if width > 2 and (marks >= breaks * (width - 1)).any():
            return True
    return False


def _located(data: bytes, layout: _Layout, cells: pa.Table, bad: list[tuple[int, int, str]]) -> Table:
    """The parsed rows with their physical lines, empty lines left out, ragged rows as rejects."""
    total = cells.num_rows + len(bad)
    is_bad = np.zeros(total, dtype=bool)
    is_bad[[number - 1 for number, _, _ in bad]] = True
    inner = np.zeros(total, dtype="int64")
    if total != _physical(data, layout.offset):
        inner[~is_bad] = sum((pc.count_substring(c, "\n").to_numpy() for c in cells.columns), np.int64(0))
    lines = layout.start + np.arange(total) + np.cumsum(inner) - inner
    good = lines[~is_bad]
    gone = [
        (int(lines[number - 1]), ragged(len(layout.columns), n), raw_json(text)) for number, n, text in bad
    ]
    empty = np.isin(good, _empty_lines(data, layout)) if b"\n\n" in data or b"\n\r\n" in data else None
    aside = {messy.EMPTY: 0, messy.BREAK: int(inner.sum())}
    if empty is not None and empty.any():
        cells, good = cells.filter(pa.array(~empty)), good[~empty]
        aside[messy.EMPTY] = int(empty.sum())
    return Table(layout.label, None, layout.columns, cells, good, rejects(gone), aside=aside)


def _empty_lines(data: bytes, layout: _Layout) -> np.ndarray:
    """Numbers of the physical lines with nothing on them."""
    raw = np.frombuffer(data, dtype=np.uint8)[layout.offset :]
    ends = np.flatnonzero(raw == 10)
    begins = np.concatenate([[0], ends[:-1] + 1])
    length = ends - begins
    blank = (length == 0) | ((length == 1) & (raw[begins] == 13))
    return np.flatnonzero(blank) + layout.start
