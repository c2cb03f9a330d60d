"""Which rows of a table are feedback: those the params choose by a column's value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import headers, unread
from voc_lib.collect.scores import values_file
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.params import Source

LEFT = "按参数未取"  # a kind of line that is no row: what `keep` and `drop` leave out
MOST = 30  # different values of a column that tells who speaks
NONE, OTHERS = "（空）", "其他人"
SHOWN = 8
LEAST = 2  # ids of customers that tell a chat archive
LOOK = 5_000  # rows looked at for who speaks
STAFF, CUSTOMERS = ("staff", "sent"), ("customers", "received")  # words for a side, ways of its messages
SHOP = re.compile(r"^([^:：]+)[:：].+$")  # 木禾家居旗舰店:阿梨
BADGE = re.compile(r"^[（(【\[]([^（）()【】\[\]]+)[）)】\]]|[（(【\[]([^（）()【】\[\]]+)[）)】\]]$")


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


@dataclass(frozen=True)
class Speakers:
    """A column that says who speaks: how often each value stands in it, staff's and customers' values."""

    header: str
    counts: Mapping[str, int]
    staff: tuple[str, ...]
    customers: tuple[str, ...]
    sure: bool
    sides: bool = True  # the customers' values are words for their side, and no names

    @property
    def told(self) -> str:
        """What stands in the column, and whose words would count."""
        seen = f"{_listed(self.header, self._shown)}，看来是聊天记录"
        ours = f"，{'、'.join(self.staff)} 说的话现在也算作反馈" if self.staff else "，看不出哪些是客户"
        return seen + ours

    @property
    def _shown(self) -> Mapping[str, int]:
        """The counts to tell: of values that are no words for a side, which may be names, the sum alone."""
        if self.sides or not self.staff:
            return self.counts
        named = {value: n for value, n in self.counts.items() if value in self.staff}
        return named | {OTHERS: sum(self.counts.values()) - sum(named.values())}

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """What may be meant, and the line of the params that says so."""
        either = [(value,) for value in sorted(self.counts) if value]
        kept = [self.customers] if self.staff else either
        keep = [("只要客户说的", _line("keep", self.header, names)) for names in kept]
        if self.staff and not self.sides:
            keep = [("只要客户说的", _line("drop", self.header, self.staff))]
        return (*keep, ("都是反馈", _line("drop", self.header, ())))

    @property
    def note(self) -> str:
        """All of it in a sentence."""
        (_, keep), (_, drop) = self.answers
        return f"{self.told}。只要客户说的，请在这个来源下写 {keep}；若都是反馈，写 {drop}"


def speakers(table: Table, source: Source) -> Speakers | None:
    """The column that says who speaks, when some rows are not customers' and the params are silent on it."""
    said = {headers.normal(rule.column) for rule in rules(source)}
    free = [name for name in table.columns if headers.normal(name) not in said]
    ways = (_sides, _outside, _badged)
    found = [*filter(None, (next(filter(None, (way(table, name) for way in ways)), None) for name in free))]
    return max(
        found, key=lambda one: one.sides, default=None
    )  # 角色 (客户, 客服) before a sender named 机器人


def _outside(table: Table, name: str) -> Speakers | None:
    """Who speaks by ids of customers beside those of staff, as chat archives name them; None without."""
    if not _is(name, "columns"):
        return None
    counts = _counts(_cells(table, name))
    known = [value for value in counts if any(re.fullmatch(word, value) for word in _words("external"))]
    ours = [value for value in counts if value and value not in known]
    if len(known) < LEAST or not ours or " " in "".join(ours):
        return None
    return Speakers(name, counts, tuple(sorted(ours)), tuple(sorted(known)), sure=True, sides=False)


def _badged(table: Table, name: str) -> Speakers | None:
    """Who speaks by names some of which say in brackets that they are of the staff; None without."""
    if not (_is(name, "names") or _is(name, "columns")):
        return None
    some = _counts(pc.utf8_trim_whitespace(table.cells[name].slice(0, LOOK)))
    ours = tuple(sorted(value for value in some if wears_badge(value)))
    others = tuple(sorted(value for value in some if value and value not in ours))
    if not ours or len(others) < LEAST:
        return None
    return Speakers(name, _counts(_cells(table, name)), ours, others, sure=True, sides=False)


def wears_badge(name: str) -> bool:
    """Whether a name says in brackets, or by the shop it begins with, that whoever bears it is of the staff.

    >>> [wears_badge(name) for name in ("店长小玲（客服）", "【官方】小王", "豆豆妈（3群）", "客服")]
    [True, True, False, False]
    >>> [wears_badge(name) for name in ("木禾家居旗舰店:阿梨", "木禾家居旗舰店", "tb_柠檬树08", "回复:小满")]
    [True, True, False, False]
    """
    shop = SHOP.match(name.strip())
    if (shop[1] if shop else name.strip()).endswith(tuple(_words("shops"))):
        return True
    found = BADGE.search(name.strip())
    return bool(found and _speaks(found[1] or found[2], STAFF[:1], named=False))


def _sides(table: Table, name: str) -> Speakers | None:
    """Who speaks by one column; None when it says nothing of the kind."""
    named = _is(name, "columns")
    some = _counts(pc.utf8_trim_whitespace(table.cells[name].slice(0, LOOK)))
    if len(some) > MOST or any(word in name for word in _words("others")):
        return None
    ours = [value for value in some if _speaks(value, STAFF, named)]
    others = [value for value in some if value and value not in ours]
    known = [value for value in others if _speaks(value, CUSTOMERS, named)]
    if named and not others:  # employees and machines in a group of one's own
        machines = [value for value in ours if _speaks(value, ("machines",), named)]
        ours, known = machines, [value for value in ours if value not in machines] if machines else []
        others = known
    coded = _is(name, "sides") and len(others) > 1 and not known
    if not (ours and (known or (named and others))) and not coded:
        return None
    counts = _counts(_cells(table, name))
    staff, customers = tuple(sorted(ours)), tuple(sorted(known or others))
    return Speakers(
        name, counts, staff, customers, sure=named or len(known) == len(others), sides=bool(known)
    )


def _line(key: str, header: str, names: Sequence[str]) -> str:
    """A line of the params.

    >>> _line("keep", "方向", ["1", "访客"])
    'keep: {方向: ["1", 访客]}'
    """
    return f"{key}: {{{unread.key(header)}: [{', '.join(map(unread.key, names))}]}}"


def _words(what: str) -> list[str]:
    return [str(word) for word in values_file()["speakers"][what]]


def _is(header: str, what: str) -> bool:
    """Whether a header is one of those listed."""
    forms = {*headers.forms(header), *headers.forms(header.rsplit(".", 1)[-1])}  # sender.sender_type
    return not forms.isdisjoint(map(headers.normal, _words(what)))


def _speaks(value: str, sides: tuple[str, ...], named: bool) -> bool:
    """Whether a value is a word for one side; where the column is known, with a name or number behind it."""
    people, *ways = map(_words, sides)
    plain = value.strip().casefold()
    return any(plain == word or (named and plain.startswith(word)) for word in people) or (
        named and any(plain in way for way in ways)
    )
