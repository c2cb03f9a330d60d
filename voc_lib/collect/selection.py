"""Which rows of a table are feedback: those the params choose by a column's value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import headers
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.params import Source

LEFT = "按参数未取"  # a kind of line that is no row: what `keep` and `drop` leave out
NONE = "（空）"
SHOWN = 8


@dataclass(frozen=True)
class Rule:
    """One line of the params: of a column, the rows with some values are kept, or dropped."""

    key: str
    column: str
    values: frozenset[str]


def rules(source: Source) -> list[Rule]:
    """What the params say of a source's rows."""
    said = (("keep", source.keep), ("drop", source.drop))
    return [
        Rule(key, column, frozenset(map(str.strip, values)))
        for key, columns in said
        for column, values in columns.items()
    ]


def chosen(files: Sequence[Sequence[Table]], source: Source) -> list[list[Table]]:
    """The tables of a source with the rows its params choose; the others are counted beside the rows read.

    DataError for a column that no table has, and when nothing is left.
    """
    wanted = rules(source)
    if not wanted:
        return [list(tables) for tables in files]
    _exist(wanted, files, source)
    every = [[_cut(table, wanted) for table in tables] for tables in files]
    if not any(table.read for tables in every for table in tables):
        said = "；".join(f"{r.key}: {{{r.column}: [{'、'.join(sorted(r.values))}]}}" for r in wanted)
        raise DataError(f"来源 {source.name} 按参数 {said} 没有留下一行。{_seen(wanted[0], files)}")
    strange = [note for rule in wanted if (note := _strange(rule, files))]
    every[0][0] = every[0][0].note(*strange)
    return every


def _exist(wanted: Sequence[Rule], files: Sequence[Sequence[Table]], source: Source) -> None:
    names = list(dict.fromkeys(name for tables in files for table in tables for name in table.columns))
    for rule in wanted:
        if not any(_column(table, rule.column) for tables in files for table in tables):
            raise DataError(
                f"来源 {source.name} 的参数 {rule.key} 里写的列 “{rule.column}” 不在文件里。"
                f"{did_you_mean(rule.column, names)}文件里的表头：{'、'.join(names[:40])}。"
            )


def _column(table: Table, name: str) -> str | None:
    """The table's column of a name, however it is spelt."""
    if name in table.columns:
        return name
    return next((h for h in table.columns if headers.normal(h) == headers.normal(name)), None)


def trimmed(table: Table, name: str) -> pa.Array:
    """The cells of a column without blanks around them."""
    return pc.utf8_trim_whitespace(table.cells[name]).combine_chunks()


def _cut(table: Table, wanted: Sequence[Rule]) -> Table:
    """The rows of one table that are chosen; its notes tell what the others hold."""
    keep = np.ones(len(table.lines), dtype=bool)
    left: dict[str, Counter[str]] = {}
    for rule in wanted:
        if name := _column(table, rule.column):
            cells = trimmed(table, name)
            named = pc.is_in(cells, value_set=pa.array(sorted(rule.values), cells.type))
            out = keep & (named.to_numpy(zero_copy_only=False) == (rule.key == "drop"))
            left.setdefault(name, Counter()).update(cells.filter(pa.array(out)).to_pylist())
            keep &= ~out
    gone = int((~keep).sum())
    if not gone:
        return table
    notes = [f"{table.place}：按参数未取 {listed(name, counts)}" for name, counts in left.items() if counts]
    return replace(
        table,
        cells=table.cells.filter(pa.array(keep)),
        lines=table.lines[keep],
        aside={**table.aside, LEFT: gone},
    ).note(*notes)


def listed(name: str, counts: Mapping[str, int]) -> str:
    """Values with the number of their rows, the most frequent first.

    >>> listed("发送方", {"系统": 1, "客服": 6})
    '“发送方”为 客服 的 6 行、系统 的 1 行'
    """
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = "、".join(f"{value or NONE} 的 {n} 行" for value, n in ordered[:SHOWN])
    more = f" 等共 {sum(counts.values())} 行" if len(ordered) > SHOWN else ""
    return f"“{name}”为 {told}{more}"


def _values(column: str, files: Sequence[Sequence[Table]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for table in (table for tables in files for table in tables):
        if name := _column(table, column):
            total.update(counts(trimmed(table, name)))
    return total


def counts(cells: pa.Array) -> dict[str, int]:
    """How often each value stands among cells."""
    counted = pc.value_counts(cells)
    return dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))


def _seen(rule: Rule, files: Sequence[Sequence[Table]]) -> str:
    return f"文件里{listed(rule.column, _values(rule.column, files))}。"


def _strange(rule: Rule, files: Sequence[Sequence[Table]]) -> str:
    """A note on values that stand nowhere in the column."""
    there = _values(rule.column, files)
    missing = sorted(rule.values - set(there))
    if not missing:
        return ""
    hint = did_you_mean(missing[0], [value for value in there if value])
    return f"参数 {rule.key} 里“{rule.column}”的 {'、'.join(missing)} 在文件里一次也没有出现。{hint}"
