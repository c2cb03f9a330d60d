"""Delimited text to a table: which delimiter, which rows are ragged."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from voc_lib.collect import encoding as encodings
from voc_lib.collect import guard, messy, quoting
from voc_lib.collect.quoting import Record, scan
from voc_lib.collect.table import Table, from_rows, raw_json, rejects, unique_names
from voc_lib.errors import DataError

DELIMITERS = (",", "\t", ";", "|", "，")
HEAD_BYTES = 1 << 20
HEAD_ROWS = 200
SHAPE_ROWS = 1_000  # lines that say what a row looks like
RAGGED = 0.2  # a width shared by this part of the rows belongs to the table
BLOCK = 64 << 20
MAX_COLUMNS = 16_384
TAIL = 1 << 16  # bytes in which a file's last line lies
DIGITS = re.compile(r"\d+")


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
    if not data or data.isspace():
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
        if 2 * data.count(b"\r\r\n") > data.count(b"\n"):  # written twice through a text mode
            data = data.replace(b"\r\r\n", b"\r\n")
        lone = data.count(b"\r") - data.count(b"\r\n")
        if lone and b"\n" not in data:
            return data.replace(b"\r", b"\n"), nuls
    return data, nuls


def parse(data: bytes, *, label: str, known: frozenset[str] = frozenset()) -> Table:
    """The table in UTF-8 delimited text."""
    if (plain := quoting.unescaped(data)) is not data:
        return parse(plain, label=label, known=known).note(f'{label}：引号写作 \\"，已还原')
    head = _head(data)
    if max(map(head.split("\n", 1)[0].count, DELIMITERS)) >= MAX_COLUMNS:
        raise DataError(f"{label} 的第一行超过 {MAX_COLUMNS} 列，不是正常的表格。请检查导出。")
    delimiter = choose_delimiter(head, known)
    if (joined := quoting.rejoined(data, delimiter)) is not data:
        return _restored(parse(joined, label=label, known=known), joined)
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
    table = table.note(f"{label}：{titles}") if titles else table
    if _cut(data, delimiter, width):
        table = table.note(
            f"{label}：最后一行没有写完（列数不足，也没有换行），后面的行可能丢了；请核对文件是否完整"
        )
    return messy.tidy(table, header.names)


def _cut(data: bytes, delimiter: str | None, width: int) -> bool:
    """Whether a file ends in the middle of a row: no line end, too few cells, the first like that above.

    >>> rows = "号,话,日\\nA1,慢,1\\n"
    >>> _cut(f"{rows}A2,坏".encode(), ",", 3), _cut(f"{rows}合计,1".encode(), ",", 3)
    (True, False)
    """
    above, _, last = data[-TAIL:].decode("utf-8", "ignore").rpartition("\n")
    if delimiter is None or not last.strip():
        return False
    cells = last.split(delimiter)
    first = above.rpartition("\n")[2].split(delimiter)[0].strip()
    return 1 < len(cells) < width and DIGITS.sub("9", cells[0].strip()) == DIGITS.sub("9", first)


def _restored(table: Table, data: bytes) -> Table:
    """The table of data with marks for line feeds inside cells, with the line feeds and their lines."""
    pieces = data.split(quoting.BREAK)[:-1]
    marked = 1 + np.cumsum([piece.count(b"\n") for piece in pieces])
    mark = quoting.BREAK.decode()
    cells = [pc.replace_substring(column, mark, "\n") for column in table.cells.columns]
    gone = table.rejects
    return replace(
        table,
        cells=pa.Table.from_arrays(cells, names=table.cells.column_names),
        lines=table.lines + np.searchsorted(marked, table.lines),
        rejects=gone.assign(
            line=gone["line"] + np.searchsorted(marked, gone["line"].to_numpy()),
            raw=gone["raw"].str.replace("\\u001e", "\\n", regex=False),
        ),
        aside={**table.aside, messy.BREAK: table.aside.get(messy.BREAK, 0) + len(pieces)},
    ).note(f"{table.file}：有 {len(pieces)} 处换行没有引号（行尾是 CRLF，格内是 LF），已并回原来的单元格")


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
    if first.count('"') % 2 == 0 and normal(first) in words() | known:
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


def _slow(data: bytes, layout: _Layout, usual: set[int]) -> Table:
    """The body record by record: for ragged files and stray quotes."""
    good, lines, bad, inside = [], [], [], 0
    width, doubts = len(layout.columns), defaultdict(list)
    text = data[layout.offset :].decode("utf-8")
    for record in scan(text, layout.delimiter, usual=width, shape=_shape(data, layout)):
        inside += record.after - record.line - 1
        line = record.line + layout.start - 1
        if record.doubt:
            doubts[record.doubt].append(line)
        n = len(record.fields)
        if n == width or n in usual or (n < width and not any(record.fields)):
            good.append([*record.fields, *[""] * (width - n)][:width])
            lines.append(line)
        else:
            bad.append((line, ragged(width, n), raw_json(record.text)))
    cells = from_rows(good, layout.columns)
    empty = _physical(data, layout.offset) - len(good) - len(bad) - inside
    aside = {messy.EMPTY: empty, messy.BREAK: inside}
    where = np.array(lines, dtype="int64")
    table = Table(layout.label, None, layout.columns, cells, where, rejects(bad), aside=aside)
    return table.note(*(f"{layout.label}：{note}" for note in quoting.notes(doubts)))


def _shape(data: bytes, layout: _Layout) -> quoting.Shape:
    """What the table's rows look like, from its first lines."""
    head = data[layout.offset : layout.offset + HEAD_BYTES].decode("utf-8", "ignore")
    some = head.split("\n")[:SHAPE_ROWS]
    width = len(layout.columns)
    return quoting.learn(some, layout.delimiter, width=width) if layout.delimiter else quoting.ANY


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
    if any("\n" in text for _, _, text in bad) or len(bad) > RAGGED * max(1, cells.num_rows):
        return None
    broken = cells.num_rows + len(bad) != _physical(data, layout.offset)
    if broken and _suspicious(cells, data, layout):
        return None
    return _located(data, layout, cells, bad)


def _suspicious(cells: pa.Table, data: bytes, layout: _Layout) -> bool:
    """Whether some quoted field holds what looks like a row of its own, or part of one."""
    mark, width = layout.delimiter or ",", cells.num_columns
    rows: set[int] = set()
    for column in cells.columns:
        some = pc.greater(pc.count_substring(column, "\n"), 0)
        if not pc.any(some).as_py():
            continue
        broken = pc.filter(column, some)
        if pc.max(pc.count_substring(broken, "\n")).as_py() > quoting.QUOTED_LINES:
            return True
        many = pc.greater_equal(pc.count_substring(broken, mark), width - 1).to_numpy(zero_copy_only=False)
        rows.update(np.flatnonzero(some.to_numpy(zero_copy_only=False))[many].tolist())
    if not rows:
        return False
    shape, columns = _shape(data, layout), cells.take(pa.array(sorted(rows))).columns
    whole = (mark.join(row).split("\n") for row in zip(*(c.to_pylist() for c in columns), strict=True))
    return any(shape.fits(line.split(mark)) for lines in whole for line in lines)


def _located(data: bytes, layout: _Layout, cells: pa.Table, bad: list[tuple[int, int, str]]) -> Table:
    """The parsed rows with their physical lines, empty lines left out, ragged rows as rejects."""
    total = cells.num_rows + len(bad)
    is_bad = np.zeros(total, dtype=bool)
    is_bad[[number - 1 for number, _, _ in bad]] = True
    inner = np.zeros(total, dtype="int64")
    lines = layout.start + np.arange(total)
    if total != _physical(data, layout.offset):
        inner[~is_bad] = sum((pc.count_substring(c, "\n").to_numpy() for c in cells.columns), np.int64(0))
        lines += np.cumsum(inner) - inner
    good = lines[~is_bad] if bad else lines
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
