"""Excel workbooks to tables: guarded first, parsed in a limited child process, then tidied sheet by sheet."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import child, guard, headers, messy
from voc_lib.collect.table import Table, unique_names
from voc_lib.errors import DataError, did_you_mean

WALL_SECONDS = child.SECONDS + 30


def read(
    file: Path, *, sheet: str | None = None, known: frozenset[str] = frozenset(), label: str | None = None,
    legacy: bool = False,
) -> list[Table]:  # fmt: skip
    """One table per visible sheet (or the named one) with any row of data."""
    name = label or file.name
    guard.check_size(file, guard.MAX_UNPACKED, "工作簿")
    facts = {} if legacy else {f.name: f for f in guard.inspect_workbook(file)}
    chosen = _chosen(facts, sheet, name)
    grids, hidden = _grids(file, chosen if facts or sheet else None, name)
    hidden = hidden or [f.name for f in facts.values() if not f.visible and sheet is None]
    found = [
        _table(grid, name, title, facts.get(title, guard.SheetFacts(title, merges=tuple(merges))), known)
        for title, grid, merges in grids
    ]
    tables = [table for table in found if table.read]
    if not tables:
        raise DataError(f"{name} 的可见工作表里没有数据。请检查导出，或在参数 sheet 中写工作表名。")
    bare = [
        f"{table.sheet}（{table.total} 行标题或表头）" for table in found if not table.read and table.total
    ]
    if bare:
        tables[0] = tables[0].note(f"{name}：没有数据行的工作表：{'、'.join(bare)}")
    if hidden:
        tables[0] = tables[0].note(f"{name}：隐藏的工作表未读取：{'、'.join(hidden)}")
    return tables


def _chosen(facts: dict[str, guard.SheetFacts], sheet: str | None, name: str) -> list[str]:
    if sheet is None:
        return [f.name for f in facts.values() if f.visible]
    if facts and sheet not in facts:
        raise DataError(f"{name} 没有名为 “{sheet}” 的工作表。{did_you_mean(sheet, facts)}")
    return [sheet]


def _grids(
    file: Path, names: Sequence[str] | None, label: str
) -> tuple[list[tuple[str, pa.Table, list]], list[str]]:
    """The cells of the sheets as text, and the hidden sheets' names where only the parser can tell."""
    grids: list[tuple[str, pa.Table, list]] = []
    hidden: list[str] = []
    for table, about in run_child("sheets", file, label, list(names) if names is not None else None):
        if about["sheet"]:
            grids.append((about["sheet"], table, about["merges"]))
        hidden += about["hidden"] or []
    return grids, hidden


def run_child(job: str, file: Path, label: str, argument: object = None) -> list[tuple[pa.Table, dict]]:
    """What the limited process read: tables and their facts; DataError when it refused or died."""
    command = [sys.executable, "-I", str(Path(child.__file__)), job, str(file), json.dumps(argument)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 (own script)
    except subprocess.TimeoutExpired:
        raise DataError(f"{label} 读取超过 {WALL_SECONDS} 秒，已停止。请拆分文件，或另存为 CSV。") from None
    if done.stderr.startswith(child.BOMB.encode()):
        size = done.stderr.removeprefix(child.BOMB.encode()).decode("ascii", "replace").strip()
        size = size.replace("cells", "百万个单元格").replace("MB+", "MB 以上")
        raise DataError(f"{label} 解开后有 {size}，远大于文件本身，未读取。若确有这么多数据，请按月拆分。")
    if done.returncode != 0:
        program = {"document": "Word", "outlook": "Outlook"}.get(job, "Excel")
        raise DataError(
            f"{label} 无法读取：{_reason(done.returncode, done.stderr)}。请用 {program} 打开并另存后再试。"
        )
    return list(_streams(done.stdout))


def _reason(code: int, stderr: bytes) -> str:
    message = stderr.decode("utf-8", "replace").lower()
    if "password" in message or "encrypt" in message:
        return "文件有密码，请先去掉密码"
    if message.strip() == "doctype":
        return "XML 里定义了实体（DOCTYPE），可能是恶意文件"
    if "not found" in message and "sheet" in message:
        return "没有参数 sheet 中写的工作表"
    if code < 0 or "memory" in message or "alloc" in message:
        return "解析所需的内存或时间超过上限，文件可能已损坏或恶意"
    return "文件已损坏或格式不对"


def _streams(data: bytes) -> Iterator[tuple[pa.Table, dict]]:
    source = io.BytesIO(data)
    while source.tell() < len(data):
        with pa.ipc.open_stream(source) as reader:
            table = reader.read_all()
        yield table, json.loads(table.schema.metadata[b"about"])


def _table(grid: pa.Table, file: str, sheet: str, facts: guard.SheetFacts, known: frozenset[str]) -> Table:
    """One sheet with its header found and its body tidied."""
    cells = [pc.fill_null(column, "") for column in grid.columns]
    head = [list(row) for row in zip(*(c.slice(0, messy.HEAD).to_pylist() for c in cells), strict=True)]
    header = messy.find_header(head, known=known, merges=facts.merges)
    columns = unique_names(header.names)
    end = _last_row(cells)
    body = max(0, end - header.body)
    aside, titles = messy.above(head[:end], header, range(1, len(head) + 1))
    cells, spread = _spread(cells, columns, [m for m in facts.merges if m[0] >= header.body and m[2] > m[0]])
    table = Table(
        file, sheet, columns,
        pa.Table.from_arrays([c.slice(header.body, body) for c in cells], names=list(columns)),
        np.arange(header.body + 1, header.body + 1 + body, dtype="int64"), aside=aside, epoch=facts.epoch,
    )  # fmt: skip
    hidden = [row for row in facts.hidden_rows if row > header.body]
    notes = [f"{table.place}：有 {len(hidden)} 个隐藏行，已照常读入"] if hidden else []
    notes += [f"{table.place}：{note}" for note in (titles, *spread) if note]
    return messy.tidy(table.note(*notes), header.names)


def _spread(
    cells: list[pa.ChunkedArray], columns: Sequence[str], merges: Sequence[messy.Range]
) -> tuple[list[pa.ChunkedArray], list[str]]:
    """The columns with the value of a cell merged over several rows in each of them, and what to tell.

    Ids and words are left alone: they are those of one feedback, and would be counted once a row.
    """
    by_column: dict[int, list[messy.Range]] = {}
    for merge in (m for m in merges if m[1] < len(columns)):
        by_column.setdefault(merge[1], []).append(merge)
    own = {m.header for m in headers.match(columns) if m.field in ("feedback_id", *headers.JOINED)}
    result, notes = list(cells), []
    for place, ranges in sorted(by_column.items()):
        name = columns[place]
        if name in own:
            notes.append(f"“{name}”有 {len(ranges)} 处跨行合并，值只算第一行的")
            continue
        rows = np.arange(len(cells[place]))
        for top, _, bottom, _ in ranges:
            rows[top : bottom + 1] = top
        blank = pc.equal(cells[place], "")
        result[place] = pc.if_else(blank, cells[place].take(pa.array(rows)), cells[place])
        notes.append(f"“{name}”有 {len(ranges)} 处跨行合并，值已填入所跨的每一行")
    return result, notes


def _last_row(cells: list[pa.ChunkedArray]) -> int:
    """Number of rows up to the last one with any value."""
    last = 0
    for column in cells:
        filled = np.flatnonzero(pc.greater(pc.binary_length(column), 0).to_numpy(zero_copy_only=False))
        last = max(last, int(filled[-1]) + 1 if len(filled) else 0)
    return last
