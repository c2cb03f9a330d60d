"""One question asked in several files: on one scale, though a file may have seen only part of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib.collect import grading, headers, ranges, wordscales
from voc_lib.collect.candidates import Settled
from voc_lib.collect.scores import Scored
from voc_lib.collect.standardize import score
from voc_lib.collect.table import Table
from voc_lib.params import Source

CHANCE = 1e-6
PART = "{place}：“{header}” 只出现 {own} 分，按同一来源其他文件的 {wide} 分制读取；如已改分制请在表头写明"
PART_OF_WORDS = "{place}：“{header}” 只出现{own}的说法，按同一来源其他文件的 {wide} 读取"
CHANGED = "{place}：“{header}” 是 {own} 分制，同一来源其他文件是 {wide}，各按各的换算；请核对，并在表头写明"


def of(
    source: Source, tables: Sequence[Table], settled: Sequence[Settled | None]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Place of a table -> the scale of its satisfaction and what to tell; nothing for a single table.

    `settled` says of each table which column is which field, where that can be told.
    """
    asked: dict[str, list[tuple[str, Scored]]] = {}
    for table, known in zip(tables, settled, strict=True) if len(tables) > 1 or source.scales else ():
        if known and (found := score(table, source, known)):
            asked.setdefault(headers.forms(found.header)[-1], []).append((table.place, found))
    return {
        place: _wanted(source, place, one, [other for _, other in same if other is not one])
        for same in asked.values()
        for place, one in same
    }


def _wanted(source: Source, place: str, one: Scored, others: Sequence[Scored]) -> tuple[str, tuple[str, ...]]:
    """The scale the params say, else that of all files."""
    if said := grading.scale(source, one.header):
        return said, ()
    return _worded(place, one, others) if one.words else _agreed(place, one, [o.seen for o in others])


def _worded(place: str, one: Scored, others: Sequence[Scored]) -> tuple[str, tuple[str, ...]]:
    """The scale of words that knows those of all files."""
    words = one.words.union(*(other.words for other in others))
    best = wordscales.near(words, header=one.header)[0]
    if best.unread(words) or best.label == one.scale:
        return one.scale, ()
    return best.label, (PART_OF_WORDS.format(place=place, header=one.header, own=one.scale, wide=best.label),)


def _agreed(place: str, one: Scored, others: Sequence[pd.Series]) -> tuple[str, tuple[str, ...]]:
    """The scale of all, unless the header says another, or chance is not why none lies beyond its own."""
    seen = pd.concat([one.seen.head(0), *others]).dropna()
    said = ranges.hinted(one.header)  # “5分制” may begin with 1 or with 0
    wide = ranges.scale_of(pd.concat([one.seen, seen]), one.header if len(said) > 1 else "")
    if seen.empty or wide in ("", one.scale) or len(said) == 1:
        return one.scale, ()
    if not one.scale:
        return wide, ()
    beyond = float((~seen.between(*ranges.SCALES[one.scale])).mean())
    same = (1 - beyond) ** one.seen.notna().sum() > CHANCE
    note = (PART if same else CHANGED).format(place=place, header=one.header, own=one.scale, wide=wide)
    return wide if same else one.scale, (note,)
