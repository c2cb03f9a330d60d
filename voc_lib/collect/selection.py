"""Which rows of a table are feedback: those the params choose by a column's value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import headers
from voc_lib.collect.scores import values_file
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.params import Source

LEFT = "按参数未取"  # a kind of line that is no row: what `keep` and `drop` leave out
MOST = 30  # different values of a column that tells who speaks
NONE = "（空）"
SHOWN = 8
LOOK = 5_000  # rows looked at for who speaks


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


def _cells(table: Table, name: str) -> pa.Array:
    return pc.utf8_trim_whitespace(table.cells[name]).combine_chunks()


def _cut(table: Table, wanted: Sequence[Rule]) -> Table:
    """The rows of one table that are chosen; its notes tell what the others hold."""
    keep = np.ones(len(table.lines), dtype=bool)
    left: dict[str, Counter[str]] = {}
    for rule in wanted:
        if name := _column(table, rule.column):
            cells = _cells(table, name)
            named = pc.is_in(cells, value_set=pa.array(sorted(rule.values), cells.type))
            out = keep & (named.to_numpy(zero_copy_only=False) == (rule.key == "drop"))
            left.setdefault(name, Counter()).update(cells.filter(pa.array(out)).to_pylist())
            keep &= ~out
    gone = int((~keep).sum())
    if not gone:
        return table
    notes = [f"{table.place}：按参数未取 {_listed(name, counts)}" for name, counts in left.items() if counts]
    return replace(
        table,
        cells=table.cells.filter(pa.array(keep)),
        lines=table.lines[keep],
        aside={**table.aside, LEFT: gone},
    ).note(*notes)


def _listed(name: str, counts: Mapping[str, int]) -> str:
    """Values with the number of their rows, the most frequent first.

    >>> _listed("发送方", {"系统": 1, "客服": 6})
    '“发送方”为 客服 的 6 行、系统 的 1 行'
    """
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = "、".join(f"{value or NONE} 的 {n} 行" for value, n in ordered[:SHOWN])
    more = f" 等共 {sum(counts.values())} 行" if len(ordered) > SHOWN else ""
    return f"“{name}”为 {told}{more}"


def _values(column: str, files: Sequence[Sequence[Table]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for table in (table for tables in files for table in tables):
        if name := _column(table, column):
            counts.update(_counts(_cells(table, name)))
    return counts


def _counts(cells: pa.Array) -> dict[str, int]:
    counted = pc.value_counts(cells)
    return dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))


def _seen(rule: Rule, files: Sequence[Sequence[Table]]) -> str:
    return f"文件里{_listed(rule.column, _values(rule.column, files))}。"


def _strange(rule: Rule, files: Sequence[Sequence[Table]]) -> str:
    """A note on values that stand nowhere in the column."""
    there = _values(rule.column, files)
    missing = sorted(rule.values - set(there))
    if not missing:
        return ""
    hint = did_you_mean(missing[0], [value for value in there if value])
    return f"参数 {rule.key} 里“{rule.column}”的 {'、'.join(missing)} 在文件里一次也没有出现。{hint}"


def speakers(table: Table, source: Source) -> str:
    """A note on a column that says who speaks, with the line to write, when some rows are not customers'."""
    said = {headers.normal(rule.column) for rule in rules(source)}
    for name in (name for name in table.columns if headers.normal(name) not in said):
        named = not _columns().isdisjoint(headers.forms(name))
        some = _counts(pc.utf8_trim_whitespace(table.cells[name].slice(0, LOOK)))
        if len(some) > MOST:
            continue
        ours = [value for value in some if _speaks(value, "staff", named)]
        others = [value for value in some if value and value not in ours]
        known = [value for value in others if _speaks(value, "customers", named)]
        if ours and (known or (named and others)):
            counts = _counts(_cells(table, name))
            return (
                f"{table.place}：{_listed(name, counts)}，看来是聊天记录，"
                f"{'、'.join(sorted(ours))} 说的话现在也算作反馈。只要客户说的，请在这个来源下写 "
                f"keep: {{{name}: [{', '.join(sorted(known or others))}]}}；"
                f"若都是反馈，写 drop: {{{name}: []}}"
            )
    return ""


def _columns() -> frozenset[str]:
    """What columns are called that say who speaks."""
    return frozenset(map(headers.normal, values_file()["speakers"]["columns"]))


def _speaks(value: str, side: str, named: bool) -> bool:
    """Whether a value is a word for one side; where the column is known, with a name or number behind it."""
    words = map(str, values_file()["speakers"][side])
    plain = value.strip().casefold()
    return any(plain == word or (named and plain.startswith(word)) for word in words)
