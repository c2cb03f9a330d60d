"""A column sorted, shifted or cut and pasted alone: its values stand in other rows than their own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log
from typing import Any

from voc_lib.exchange import cells
from voc_lib.exchange.cells import NUMBER
from voc_lib.exchange.fields import ORDER, Field, Form
from voc_lib.exchange.sheets import Row
from voc_lib.improve.visits import ALONE
from voc_lib.register.entries import Content

MOVED = 3  # rows whose values have only changed places: two may have been put right by hand
CHANCE = 0.001  # that values filled in row by row stand in order
SHIFTED, KINDS = 5, 3  # rows, and values among them, that are those of the next row
LONG = 8  # characters nobody writes twice by chance
NAMES = ("owner", "department", "by", "successor")  # two people may take each other's work
FIGURES = re.compile(r"(.*?)(\d+)(\D*)\Z", re.DOTALL)  # the last figures of a cell
MEANT = "确是逐行这样填的，请先只改其中一两行导入，再导出一份改其余的"


@dataclass(frozen=True)
class Column:
    """What stood in a column of the rows handed out, and what stands there now, from top to bottom."""

    field: Field
    before: Sequence[str]
    after: Sequence[str]

    @property
    def changed(self) -> list[int]:
        """The rows that say something else."""
        return [n for n, pair in enumerate(zip(self.before, self.after, strict=True)) if pair[0] != pair[1]]


def told(form: Form, rows: Sequence[Row], stood: Sequence[Content]) -> Iterator[str]:
    """A sentence with sheet, row and header for each column of a sheet whose values changed rows alone.

    `stood` is what was there when the rows went out. Rows without their number there are left out.
    """
    handed = [(row, was) for row, was in zip(rows, stood, strict=True) if row.cells.get(ORDER)]
    numbers = [float(row.cells[ORDER]) for row, _ in handed if row.cells[ORDER].replace(".", "").isdigit()]
    stay = len(numbers) == len(handed) and numbers == sorted(numbers)
    shown = [cells.shown(form, was) for _, was in handed]
    for field in form.fields[form.named :]:
        if not handed or field.label not in handed[0][0].cells:
            continue
        before = [cells.plain(field, was[field.label]) for was in shown]
        after = [cells.plain(field, row.cells[field.label]) for row, _ in handed]
        column = Column(field, before, after)
        if why := _swapped(column) or _shifted(column) or (_ordered(column) if stay else ""):
            first = handed[column.changed[0]][0]
            yield f"{first.place}：“{field.label}” {why}；{ALONE}；{MEANT}"
            continue
        for here, home in _carried(column):
            whose = f"写的是 {handed[home][0].place} 导出时的话，那一行却不再这样写"
            yield f"{handed[here][0].place}：“{field.label}” {whose}；{ALONE}；{MEANT}"


def _swapped(column: Column) -> str:
    """Why the values of a column have only changed rows, or ""."""
    rows = column.changed
    lost, gained = (Counter(values[n] for n in rows) for values in (column.before, column.after))
    # two people who take each other's measures leave no order
    exchanged = len(lost) == MOVED - 1 and not _sorted(column.after)
    if len(rows) < MOVED or lost != gained or exchanged:
        return ""
    return f"这一列有 {len(rows)} 行的值只换了行，没有一个新的值"


def _shifted(column: Column) -> str:
    """Why the values of a column are those of the next row, or ""; days are put off so."""
    rows, last = column.changed, len(column.before)
    for step in (1, -1) if column.field.kind not in ("day", "window") else ():
        pairs = [(column.before[n + step], column.after[n]) for n in rows if 0 <= n + step < last]
        if len(pairs) >= SHIFTED and all(was == now for was, now in pairs) and len(set(pairs)) >= KINDS:
            return f"这一列有 {len(pairs)} 行的值都是{'下' if step > 0 else '上'}一行的"
    return ""


def _carried(column: Column) -> Iterator[tuple[int, int]]:
    """The rows that say, in place of words of their own, those of another row, and that row.

    What was copied to a second row, or moved to a row that said nothing, is taken.
    """
    if column.field.kind not in ("text", "list") or column.field.choices or column.field.path[-1] in NAMES:
        return
    times = Counter(column.before)
    homes = {words: n for n, words in enumerate(column.before) if len(words) >= LONG and times[words] == 1}
    for here in column.changed:
        home = homes.get(column.after[here])
        if home is not None and column.before[here] and column.after[home] != column.before[home]:
            yield here, home


def _sorted(values: Sequence[str]) -> bool:
    keys = [_key(value) for value in values if value]
    return len(keys) in (_longest(keys), _longest(keys[::-1]))


def _ordered(column: Column) -> str:
    """Why the values of a column stand in an order nobody fills them in, or ""."""
    kind = column.field.kind
    if (column.field.choices and kind != "number") or kind in ("day", "window", "percent"):
        return ""  # states follow each other, days and how far a measure is go up by themselves
    filled = [value for value in column.after if value]
    gaps = filled != list(column.after[: len(filled)])  # a sorted column has its blanks below
    if gaps or not column.changed or _counted(filled) or _by_chance(column.before) < CHANCE:
        return ""
    if _by_chance(filled) >= CHANCE:
        return ""
    return f"这一列 {len(filled)} 个值由上到下成了顺序，别的列却还是导出时的次序"


def _counted(values: Sequence[str]) -> bool:
    """Whether people count on by one from row to row, as with numbers of papers.

    >>> _counted(["SOP-001", "SOP-002"]), _counted(["SOP-001", "登记表-002"]), _counted(["4天", "5天", "5天"])
    (True, False, False)
    """
    found = [FIGURES.search(value) for value in values]
    stems = {(match[1], match[3]) for match in found if match}
    numbers = [int(match[2]) for match in found if match]
    on = all(after - before == 1 for before, after in pairwise(numbers))
    return len(numbers) == len(values) and len(stems) == 1 and stems != {("", "")} and on


def _by_chance(values: Sequence[str]) -> float:
    """How likely at most values stand so well in order, up or down, where no order was meant.

    >>> f"{_by_chance(['1', '2', '2', '3', '4', '4', '5']):.4f}", _by_chance(["5", "1", "4"])
    ('0.0016', 1.0)
    """
    keys = [_key(value) for value in values if value]
    most = max(_longest(keys), _longest(keys[::-1]))
    left = len(keys) - most
    choices = _ways(len(keys)) - _ways(most) - _ways(left)
    ties = sum(_ways(times) for times in Counter(keys).values())
    return exp(min(0.0, log(2) + choices + ties - _ways(most)))


def _ways(n: int) -> float:
    """The logarithm of how many orders n things have."""
    return lgamma(n + 1)


def _key(value: str) -> tuple[int, float, bytes]:
    """What a program sorts a cell by: numbers first; common characters of GB 18030 stand as they are read.

    >>> sorted(["晚", "10", "慢", "9"], key=_key)
    ['9', '10', '慢', '晚']
    """
    if NUMBER.fullmatch(value):
        return 0, float(value), b""
    return 1, 0.0, value.encode("gb18030", "replace")


def _longest(keys: Sequence[Any]) -> int:
    """How many of the values, at most, stand in order.

    >>> _longest([1, 5, 2, 2, 3])
    4
    """
    ends: list[Any] = []
    for key in keys:
        place = bisect_right(ends, key)
        ends[place : place + 1] = [key]
    return len(ends)
