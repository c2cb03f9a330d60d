"""Where a messy sheet's table begins, what its columns are called, and which rows of the body are no data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect.headers import normal, spellings, words
from voc_lib.collect.table import Table

HEAD = 60
ODD = 0.2  # so many cells of a header may be numbers or dates
TITLE, HEADER, EMPTY, BREAK = "标题行", "表头行", "空行", "格内换行"  # lines that are no rows
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?%?")
DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*(?:\d{1,2}.*)?)?")
TOTAL = (
    r"^\s*[（(]?(?:\d{4}\s*年\s*)?(?:\d{1,2}\s*月\s*)?"
    r"(?i:合\s*计|总\s*计|小\s*计|汇\s*总|本页合计|共\s*计|平\s*均(?:分|值|数)?|均\s*值"
    r"|total|subtotal|grand total|sum|average|avg|mean)"
    r"[)）]?\s*(?:[（(][^()（）]*[)）])?\s*[:：]?\s*$"
)
# 9条、共 12 件、平均3.1、8（均2.7分）
COUNTED = re.compile(
    r"(?=\D*\d)(?:[-+\d,.%\s:：()（）/]|共计?|合计|总计?|平均|均[分值]?|人次|[条件个份人次单分元票起户名例项]"
    r"|其中|[已未待在]?(?:办结|办理|办|处理|完成|解决|回复|答复|结案|整改|闭环))+"
)
LINK = re.compile(r"https?://|@.+\.")
DATED = r"\d[-/.:年月]\s?\d"
LAYERS, BELOW, LEAST = 2, 20, 2  # rows that may name columns again, rows below them, and what both need
Range = tuple[int, int, int, int]


@dataclass(frozen=True)
class Header:
    """Rows `first`..`last` (0-based) hold the header; no header at all when `last` < `first`."""

    first: int
    last: int
    names: tuple[str, ...]

    @property
    def body(self) -> int:
        """The row where data begin."""
        return self.last + 1


def find_header(
    rows: Sequence[Sequence[str]], *, known: frozenset[str] = frozenset(), merges: Sequence[Range] = ()
) -> Header:
    """The header among the first rows of a sheet: title rows lie above it, group rows are joined with “/”.

    >>> find_header([["客服月报", "", ""], ["工单号", "内容", "时间"], ["1", "慢", "2026/9/1"]]).names
    ('工单号', '内容', '时间')
    """
    grid = [[cell.strip() for cell in row] for row in rows[:HEAD]]
    width = max((len(row) for row in grid), default=0)
    grid = [row + [""] * (width - len(row)) for row in grid]
    row = _header_row(grid, words() | known)
    if row is None:
        first = next((i for i, cells in enumerate(grid) if any(cells)), 0)
        names = tuple(f"列{i + 1}" for i in range(width)) if width > 1 else ("内容",) * width
        return Header(first, first - 1, names)
    first, last = _group_rows(grid, row, merges)
    levels = [_filled(grid[i], i, merges) if i < last else grid[i] for i in range(first, last + 1)]
    names = tuple(_joined([level[column] for level in levels]) for column in range(width))
    return Header(first, last, names)


def above(rows: Sequence[Sequence[str]], header: Header, lines: Sequence[int]) -> tuple[dict[str, int], str]:
    """How many rows over the body are titles, header or empty; and what to tell the analyst about titles.

    >>> rows = [["客服月报", ""], ["", ""], ["工单号", "内容"], ["1", "慢"]]
    >>> above(rows, find_header(rows), [1, 2, 3, 4])
    ({'标题行': 1, '空行': 1, '表头行': 1}, '第 1 行在表头（第 3 行）之上，视为标题，未作数据读入；请核对')
    """
    titles = [
        line for row, line in zip(rows[: header.first], lines, strict=False) if any(map(str.strip, row))
    ]
    counts = {
        TITLE: len(titles),
        EMPTY: header.first - len(titles),
        HEADER: header.body - header.first,
    }
    if not titles:
        return counts, ""
    where = f"{titles[0]}–{titles[-1]}" if len(titles) > 1 else f"{titles[0]}"
    return counts, f"第 {where} 行在表头（第 {lines[header.last]} 行）之上，视为标题，未作数据读入；请核对"


def _header_row(grid: list[list[str]], known: frozenset[str]) -> int | None:
    filled = [sum(map(bool, row)) for row in grid]
    usual = Counter(n for n in filled if n > 1).most_common(1)
    need = max(1, min(usual[0][0], max(filled)) * 0.6) if usual else 1
    if usual and len(grid[0]) == 2 and _numbered(grid[0], grid[1:]):
        return 0
    best: tuple[int, int] | None = None
    for i, row in enumerate(grid[:30]):
        hits = len({normal(cell) for cell in row if cell} & known)
        if best and best[0] >= 2 and any(map(_is_value, row)):
            break  # data: a header further down repeats the first
        if hits and (best is None or hits > best[0]) and hits >= 0.2 * filled[i]:
            best = (hits, i)
    if best and (best[0] >= 2 or filled[best[1]] >= need):
        return best[1]
    for i, row in enumerate(grid):
        if filled[i] >= need and filled[i] > 0:
            return i if _is_header(row, grid[i + 1 :]) else None
    return None


def _is_header(row: list[str], below: list[list[str]]) -> bool:
    """Cells that are words, and more than one; a few may be values where what is below words is values."""
    cells = [cell for cell in row if cell]
    named = [j for j, cell in enumerate(row) if cell and not _is_value(cell)]
    odd = len(cells) - len(named)
    if odd > max(1, ODD * len(cells)) or (odd and len(named) < 2):
        return False
    if len(row) == 1 or (len(cells) == 1 and not _numbered(row, below)):
        return False
    if len(set(cells)) < len(cells) * 0.5:
        return False
    typed = [any(_is_value(r[j]) for r in below[:20] if j < len(r)) for j in named]
    if odd:
        return any(typed)
    short = sum(len(cell) <= 12 for cell in cells) / len(cells)
    return any(typed) or short >= 0.5 or any(re.search(r"[?？：:、]|^\d+[.、]", cell) for cell in cells)


def _numbered(row: list[str], below: list[list[str]]) -> bool:
    """Whether what has no name here are the row numbers that programs write before a table."""
    unnamed = [[r[j] for r in below if any(r)] for j, cell in enumerate(row) if not cell]
    return any(len(n) > 1 and n in _counting(len(n)) for n in unnamed[:1])


def _counting(n: int) -> list[list[str]]:
    """The first n numbers, from 0 and from 1."""
    return [[str(number) for number in range(start, start + n)] for start in (0, 1)]


def _is_value(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell) or LINK.match(cell))


def _group_rows(grid: list[list[str]], row: int, merges: Sequence[Range]) -> tuple[int, int]:
    """First and last row of a header of up to three rows around the row that was recognised."""
    first = last = row
    while last + 1 < len(grid) and last - row < 2 and _continues(grid, last, merges):
        last += 1
    while first > 0 and last - first < 2 and _groups(grid, first, merges):
        first -= 1
    return first, last


def _continues(grid: list[list[str]], row: int, merges: Sequence[Range]) -> bool:
    """Whether the row below still belongs to the header: it names what is blank or spanned here."""
    here, below = grid[row], grid[row + 1]
    if not any(below) or any(_is_value(cell) for cell in below if cell):
        return False
    spans = [m for m in merges if m[0] <= row <= m[2] and (m[3] > m[1] or m[2] > row)]
    across = [m for m in spans if m[3] > m[1] and m[0] == row]
    if across and len(across) < sum(map(bool, here)) + 1:
        return all(not below[m[1]] or m[2] == m[0] for m in spans if m[2] > row and m[1] < len(below))
    blank = [j for j, cell in enumerate(here) if not cell and j > 0 and any(here[:j])]
    return (
        bool(blank)
        and all(below[j] for j in blank)
        and any(h and not b for h, b in zip(here, below, strict=True))
    )


def _groups(grid: list[list[str]], row: int, merges: Sequence[Range]) -> bool:
    """Whether the row above holds group names: at least two, all words."""
    above = [cell for cell in grid[row - 1] if cell]
    return len(above) >= 2 and not any(_is_value(c) or "：" in c or ":" in c for c in above)


def _filled(row: list[str], number: int, merges: Sequence[Range]) -> list[str]:
    """Group names carried over the columns they span: by the merged ranges, else to the next name."""
    here = [m for m in merges if m[0] <= number <= m[2]]
    result, last = list(row), ""
    for column, cell in enumerate(row):
        span = next((m for m in here if m[1] <= column <= m[3]), None)
        if here:
            result[column] = (row[span[1]] if span[0] == number else "") if span else cell
        else:
            last = cell or last
            result[column] = last
    return result


def _joined(levels: list[str]) -> str:
    parts = list(dict.fromkeys(re.sub(r"\s*\n\s*", "", level) for level in levels if level))
    return "/".join(parts)


def tidy(table: Table, header: Sequence[str] | None = None) -> Table:
    """The table without phantom columns; blank rows, repeated headers and total rows moved to the rejects."""
    says = dict(zip(table.columns, header or table.columns, strict=False))
    table = drop_phantoms(table)
    bad = {row: "表头的下一层" for row in _second(table)}
    bad |= {row: "重复表头" for row in _repeated(table, says)}
    bad |= {row: "合计行" for row in _totals(table)}
    bad |= {row: "空行" for row in _blank(table)}
    return table.reject(bad)


def drop_phantoms(table: Table) -> Table:
    """The table without columns that have neither a name nor a value."""
    unnamed = [name for name in table.columns if re.fullmatch(r"未命名列\d+", name)]
    phantom = {name for name in unnamed if not pc.any(_present(table.cells[name])).as_py()}
    if not phantom:
        return table
    keep = [name for name in table.columns if name not in phantom]
    slim = replace(table, columns=tuple(keep), cells=table.cells.select(keep))
    return slim.note(f"{table.place}：{len(phantom)} 个既无表头又无内容的列已略去")


def _present(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.greater(pc.binary_length(pc.utf8_trim_whitespace(column)), 0)


def _blank(table: Table) -> list[int]:
    """Rows where every cell is blank; each column looks only at the rows still in question."""
    rows = np.arange(len(table.lines))
    for name in table.columns:
        if not len(rows):
            break
        column = table.cells[name]
        part = column if len(rows) == len(column) else column.take(pa.array(rows))
        rows = rows[~_present(part).to_numpy(zero_copy_only=False)]
    return rows.tolist()


def _second(table: Table) -> list[int]:
    """The first rows that name columns again: words or nothing where all below hold numbers and times.

    Survey tools write them under the header (SurveyMonkey: Response, Qualtrics: the question).
    """
    rows = table.cells.slice(0, LAYERS + BELOW).to_pylist()
    top, below = rows[:LAYERS], rows[LAYERS:]
    valued = [c for c in table.columns if all(_is_value(row[c].strip()) for row in below)]
    if len(below) < LEAST or len(valued) < LEAST:
        return []
    dated = [any(re.search(DATED, cell) for cell in row.values()) for row in top]
    plain = [not any(_is_value(row[c].strip()) for c in valued) for row in top]
    named = [words and not time for words, time in zip(plain, dated, strict=True)]
    return [*range(named.index(False) if False in named else len(named))]


def _repeated(table: Table, says: dict[str, str]) -> list[int]:
    """Rows that say the header again, in full or a level of it (`says`: column -> header text), or in other
    header words, as English names under Chinese ones do."""
    levels = {
        c: {says[c].strip(), *(part.strip() for part in says[c].split("/"))} - {""} for c in table.columns
    }
    spelt = pa.array(sorted(spellings().union(*levels.values())), pa.large_string())
    rows: set[int] = set()
    open_rows = pa.array(np.arange(len(table.lines)))  # a row that names nothing here may begin further on
    for name in table.columns[:3]:
        cells = table.cells[name]
        cells = cells if len(open_rows) == len(cells) else cells.take(open_rows)
        hits = pc.is_in(cells, value_set=spelt)
        rows.update(open_rows.filter(hits.combine_chunks()).to_pylist())
        open_rows = open_rows.filter(pc.invert(_present(cells)).combine_chunks())
    if not rows:
        return []
    ordered = sorted(rows)
    records = table.cells.take(pa.array(ordered)).to_pylist()
    return [row for row, record in zip(ordered, records, strict=True) if _is_header_again(record, levels)]


def _is_header_again(record: dict[str, str], levels: dict[str, set[str]]) -> bool:
    """Whether the cells of a row are names: nearly all where they fill the row, each of at least two else.

    Fewer than three that are names of other columns only are values: a list of functions (客户, 产品).
    """
    cells = {name: cell.strip() for name, cell in record.items() if cell.strip()}
    named = sum(cell in levels[name] or normal(cell) in words() for name, cell in cells.items())
    least = 0.8 * len(cells) if len(cells) > 0.5 * len(record) else len(cells)
    own = any(cell in levels[name] for name, cell in cells.items())
    return len(cells) >= (min(2, len(record)) if own else 3) and named >= least


def _totals(table: Table) -> list[int]:
    """Rows that add the others up: a total word in the first three cells, and nothing but numbers beside."""
    rows: set[int] = set()
    for name in table.columns[:3]:
        column = table.cells[name]
        short = np.flatnonzero(pc.less_equal(pc.utf8_length(column), 20).to_numpy(zero_copy_only=False))
        part = column if len(short) == len(column) else column.take(pa.array(short))
        hits = pc.match_substring_regex(part, TOTAL).to_numpy(zero_copy_only=False)
        rows.update(short[hits].tolist())
    if not rows:
        return []
    ordered = np.array(sorted(rows))
    records = table.cells.take(pa.array(ordered)).to_pylist()
    return [int(row) for row, record in zip(ordered, records, strict=True) if _only_numbers(record)]


def _only_numbers(record: dict[str, str]) -> bool:
    cells = [cell.strip() for cell in record.values() if cell.strip()]
    plain = re.compile(TOTAL)
    return (
        len(cells) > 0
        and len(record) > 1
        and all(plain.match(c) or NUMBER.fullmatch(c) or COUNTED.fullmatch(c) for c in cells)
    )
