"""Who said the rows of a table: customers, staff or a machine, by a column of sides, steps or flags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from voc_lib.collect import headers, unread
from voc_lib.collect.scores import values_file
from voc_lib.collect.selection import counts, listed, rules, trimmed
from voc_lib.collect.table import Table
from voc_lib.params import Source

OTHERS = "其他人"
MOST = 30  # different values of a column that tells who speaks
LEAST = 2  # ids of customers that tell a chat archive
LOOK = 5_000  # rows looked at for who speaks
STAFF, CUSTOMERS = ("staff", "sent"), ("customers", "received")  # words for a side, ways of its messages
SHOP = re.compile(r"^([^:：]+)[:：].+$")  # 木禾家居旗舰店:阿梨
BADGE = re.compile(r"^[（(【\[]([^（）()【】\[\]]+)[）)】\]]|[（(【\[]([^（）()【】\[\]]+)[）)】\]]$")


@dataclass(frozen=True)
class Speakers:
    """A column that says who speaks: how often each value stands in it, staff's and customers' values."""

    header: str
    counts: Mapping[str, int]
    staff: tuple[str, ...]
    customers: tuple[str, ...]
    sure: bool
    sides: bool = True  # the customers' values are words for their side, and no names
    kind: str = "聊天记录"  # what the table seems to be

    @property
    def told(self) -> str:
        """What stands in the column, and whose words would count."""
        seen = f"{listed(self.header, self._shown)}，看来是{self.kind}"
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
    ways = (_sides, _outside, _badged, _stepped, _flagged)
    found = [*filter(None, (next(filter(None, (way(table, name) for way in ways)), None) for name in free))]
    return max(
        found, key=lambda one: one.sides, default=None
    )  # 角色 (客户, 客服) before a sender named 机器人


def _outside(table: Table, name: str) -> Speakers | None:
    """Who speaks by ids of customers beside those of staff, as chat archives name them; None without."""
    if not _is(name, "columns"):
        return None
    every = counts(trimmed(table, name))
    known = [value for value in every if any(re.fullmatch(word, value) for word in _words("external"))]
    ours = [value for value in every if value and value not in known]
    if len(known) < LEAST or not ours or " " in "".join(ours):
        return None
    return Speakers(name, every, tuple(sorted(ours)), tuple(sorted(known)), sure=True, sides=False)


def _stepped(table: Table, name: str) -> Speakers | None:
    """Whose the steps of tickets are (客户来电, 派单, 处理完成), where a ticket has several; None without."""
    if not _is(name, "steps") or not _comes_again(table):
        return None
    every = counts(trimmed(table, name))
    raised = tuple(sorted(value for value in every if _raised(value.casefold())))
    ours = tuple(sorted(value for value in every if value and value not in raised))
    if not raised or not any(word in value for value in ours for word in _words("handled")):
        return None
    return Speakers(name, every, ours, raised, sure=True, kind="工单的流转记录")


def _raised(step: str) -> bool:
    """Whether a step of a ticket is of the customer's.

    >>> [_raised(step) for step in ("客户来电", "投诉", "用户回复", "客户回访", "投诉受理", "派单")]
    [True, True, True, False, False, False]
    """
    if step.startswith(tuple(_words("customers"))):
        return not any(word in step for word in _words("to_customers"))
    return step.startswith(tuple(_words("raised"))) and not any(word in step for word in _words("handled"))


def _comes_again(table: Table) -> bool:
    """Whether what numbers the rows stands there several times: a ticket, step by step."""
    named = [h for h in table.columns if (found := headers.named(h)) and found[0] == "feedback_id"]
    return any(pc.count_distinct(table.cells[h]).as_py() < len(table.lines) for h in named)


def _flagged(table: Table, name: str) -> Speakers | None:
    """Whose the comments are by a column that says yes of those of the author or the shop; None without."""
    if not _is(name, "flags"):
        return None
    every = counts(trimmed(table, name))
    plain = {value: value.casefold() for value in every if value}
    ours, theirs = ([v for v, p in plain.items() if p in _words(side)] for side in ("flagged", "unflagged"))
    if not ours or not theirs or len(ours) + len(theirs) < len(plain):
        return None
    return Speakers(name, every, (*ours,), (*theirs,), sure=True, kind="作者或商家也回复的评论")


def _badged(table: Table, name: str) -> Speakers | None:
    """Who speaks by names some of which say in brackets that they are of the staff; None without."""
    if not (_is(name, "names") or _is(name, "columns")):
        return None
    some = counts(pc.utf8_trim_whitespace(table.cells[name].slice(0, LOOK)))
    ours = tuple(sorted(value for value in some if wears_badge(value)))
    others = tuple(sorted(value for value in some if value and value not in ours))
    if not ours or len(others) < LEAST:
        return None
    return Speakers(name, counts(trimmed(table, name)), ours, others, sure=True, sides=False)


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
    some = counts(pc.utf8_trim_whitespace(table.cells[name].slice(0, LOOK)))
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
    every = counts(trimmed(table, name))
    staff, customers = tuple(sorted(ours)), tuple(sorted(known or others))
    return Speakers(name, every, staff, customers, sure=named or len(known) == len(others), sides=bool(known))


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
