"""What a customer added later (追评): a table beside the first, each row a feedback at its own time."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import headers, senses
from voc_lib.collect.candidates import Settled
from voc_lib.collect.headers import Match
from voc_lib.collect.table import Table
from voc_lib.params import IGNORE, Source

FIRST = (
    "text",
    "request",
    "csat",
    "nps",
    "first_response_at",
    "closed_at",
)  # what belongs to the first words
TOLD = (
    "{place}：“{text}” 的 {n} 条已作为单独的反馈（时间：{time}，编号：原编号-{text}）；"
    "不要时写 columns: {{{text}: ignore}}"
)


def excluded(source: Source) -> dict[str, str]:
    """The headers of the params' follow-up, as headers that are not to be used otherwise."""
    given = source.follow_up
    names = (given.text, given.created_at) if given else ()
    return {name: IGNORE for name in names if name}


def parted(table: Table, settled: Settled, source: Source) -> tuple[Table, Settled] | None:
    """The follow-ups of a table and what their columns are; None when there are none."""
    found = _named(table, source) if source.follow_up else _known(table, settled)
    if found is None:
        return None
    text, time = found
    rows = _given(table, text)
    if not pc.any(rows).as_py():
        return None
    matches = _matches(settled, text, time)
    cells = _numbered(table.cells.filter(rows), matches, text)
    sheet = f"{table.sheet}·{text}" if table.sheet else text
    part = Table(
        table.file, sheet, table.columns, cells, table.lines[rows.to_numpy()],
        written=table.written, epoch=table.epoch,
    )  # fmt: skip
    return part.note(
        TOLD.format(place=table.place, text=text, n=part.read, time=time or "原反馈的时间")
    ), Settled(matches)


def shown(settled: Settled, part: Settled) -> Settled:
    """What was settled, with the columns of the follow-up as what they are there."""
    own = {m.header: m for m in part.matches if m.field in ("text", "created_at")}
    return replace(
        settled, matches=tuple(own.get(m.header, m) if not m.field else m for m in settled.matches)
    )


def _named(table: Table, source: Source) -> tuple[str, str | None] | None:
    """The columns the params name; DataError when the table lacks one."""
    given = source.follow_up
    if given is None:
        return None
    asked = {given.text: "text"} | ({given.created_at: "created_at"} if given.created_at else {})
    found = {m.field: h for h, m in headers.fixed(table.columns, asked, table.place).items()}
    return str(found["text"]), found.get("created_at")


def _given(table: Table, header: str) -> pa.ChunkedArray:
    """Which cells of a column hold something."""
    return pc.not_equal(pc.utf8_trim_whitespace(table.cells[header]), "")


def _known(table: Table, settled: Settled) -> tuple[str, str] | None:
    """A column named as follow-ups are, and its time: both must be there and not be used otherwise."""
    free = [m.header for m in settled.matches if m.how == "未使用"]
    free = [h for h in free if senses.later(h) and pc.any(_given(table, h)).as_py()]
    text, time = (next((h for h in free if senses.later(h) == name), None) for name in ("text", "created_at"))
    return (text, time) if text and time else None


def _matches(settled: Settled, text: str, time: str | None) -> tuple[Match, ...]:
    own = {text: Match(text, "text", "推测", 0.9)}
    own |= {time: Match(time, "created_at", "推测", 0.9)} if time else {}
    first = {*FIRST, "created_at"} if time else {*FIRST}
    return tuple(
        own.get(m.header) or (Match(m.header, None, m.how) if m.field in first else m)
        for m in settled.matches
    )


def _numbered(cells: pa.Table, matches: tuple[Match, ...], text: str) -> pa.Table:
    """The cells with ids that tell the follow-up from the first words: GD1-追评."""
    header = next((m.header for m in matches if m.field == "feedback_id"), None)
    if header is None:
        return cells
    ids = pc.utf8_trim_whitespace(cells[header])
    told = pc.binary_join_element_wise(ids, pa.scalar(text, ids.type), pa.scalar("-", ids.type))
    column = pc.if_else(pc.equal(ids, ""), ids, told)
    return cells.set_column(cells.column_names.index(header), header, column)
