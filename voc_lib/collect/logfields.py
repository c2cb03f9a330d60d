"""Which column of a log is which field: as the params say, by names that fit, by values; else asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from voc_lib import schema
from voc_lib.collect import clocks, dates, headers
from voc_lib.collect.columns import series
from voc_lib.collect.questions import EXAMPLES, as_line, excerpts
from voc_lib.collect.table import Table
from voc_lib.errors import DataError
from voc_lib.logged import Logs
from voc_lib.params import IGNORE
from voc_lib.yamlfile import shipped

Mask = Callable[[pd.Series], pd.Series]
NEEDED = ("user_id", "at", "function")
GUESSED, UNUSED = "推测", "未使用"
SAMPLE = 2_000
MOST = 0.9  # of the values of a column that must be what a field holds
LEAST = 20  # values of a column that say whether they come again and again, as functions do
AGAIN = 2  # events of a function, on average, at least
ID = re.compile(r"[a-z0-9][a-z0-9_.\-]*")  # of 张伟(E0012), 10023-王芳
NUMBER = r"-?[\d.,:%\s]+"


@dataclass(frozen=True)
class Known:
    """What other tables say, to tell columns by their values: ids of employees, names of functions."""

    users: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fields:
    """Field -> its header and how it was told; the column of clocks beside one of days; headers not used."""

    headers: dict[str, str]
    how: dict[str, str]
    clock: str | None
    unused: tuple[str, ...]

    @property
    def guessed(self) -> list[str]:
        """The fields told by what stands in their column, or by a header near a known one, in words."""
        told = ((name, self.headers[name]) for name, how in self.how.items() if how == GUESSED)
        return [f"{header} → {schema.EVENTS.labels[name]}" for name, header in told]

    @property
    def rows(self) -> list[tuple[str, str | None, str]]:
        """Header, field and how it was told, of every column."""
        beside = [(self.clock, "at", self.how["at"])] if self.clock else []
        used = [(header, name, self.how[name]) for name, header in self.headers.items()]
        return [*used, *beside, *((header, None, UNUSED) for header in self.unused)]


def settled(table: Table, ref: Logs, zone: ZoneInfo, known: Known, mask: Mask) -> Fields:
    """The field of every column that has one; DataError asks for all that are needed and nothing tells."""
    _known_fields(ref)
    column = _Columns(table, zone, known)
    found = _by_name(table, ref, column)
    fields = {m.field: m.header for m in found if m.field}
    how = {m.field: m.how for m in found if m.field}
    free = [m.header for m in found if m.how == UNUSED]
    open_ = []
    for name in (n for n in NEEDED if n not in fields):
        fits = column.fits(name, free)
        if len(fits) == 1:
            fields[name], how[name] = fits[0], GUESSED
            free.remove(fits[0])
        else:
            optional = [header for field, header in fields.items() if field not in NEEDED]
            open_.append((name, fits or column.may_be(name, [*free, *optional])))
    if open_:
        raise DataError(_asked(table, open_, column, mask))
    clock = next((h for h in free if column.whole(fields["at"], h) is not None), None)
    return Fields(fields, how, clock, tuple(h for h in free if h != clock))


def _known_fields(ref: Logs) -> None:
    for header, field in ref.columns.items():
        if field not in (*schema.EVENTS.names, IGNORE):
            allowed = "、".join(schema.EVENTS.names)
            raise DataError(f"logs 的 columns 里 “{header}: {field}” 不是日志的字段。可用：{allowed}。")


def _by_name(table: Table, ref: Logs, column: _Columns) -> list[headers.Match]:
    """The matches by name; a needed field goes to the next of its names where nothing in the first fits."""
    left: dict[str, str] = {}
    while True:
        found = headers.match(
            table.columns, {**ref.columns, **left}, table="events", where=f"操作日志 {table.place}"
        )
        wrong = [
            m.header
            for m in found
            if m.field in NEEDED and m.how != "指定" and column.unfit(m.field, m.header)
        ]
        if not wrong:
            return [headers.Match(m.header, None, UNUSED) if m.header in left else m for m in found]
        left |= dict.fromkeys(wrong, IGNORE)


class _Columns:
    """A table's columns, of each a sample, read once."""

    def __init__(self, table: Table, zone: ZoneInfo, known: Known) -> None:
        self._table, self._zone, self._known = table, zone, known
        self._read: dict[str, pd.Series] = {}
        self._shares: dict[tuple[str, str], float] = {}

    def values(self, header: str) -> pd.Series:
        """The first values of a column, blanks among them."""
        if header not in self._read:
            self._read[header] = series(self._table.cells[header].slice(0, SAMPLE))
        return self._read[header]

    def share(self, name: str, header: str) -> float:
        """How many of the values of a column are what a field holds, where that can be told."""
        if (name, header) not in self._shares:
            self._shares[name, header] = self._share(name, self.values(header).dropna())
        return self._shares[name, header]

    def _share(self, name: str, values: pd.Series) -> float:
        if values.empty:
            return 0.0
        if name == "at":
            return float(dates.parse(values, zone=self._zone).times.notna().mean())
        if name == "user_id":
            return float(values.map(lambda word: person(word, self._known.users)).notna().mean())
        return float(values.map(plain).isin(self._known.functions).mean())

    def unfit(self, name: str, header: str) -> bool:
        """Whether nothing of a column named after a field is what it holds, and another column may be it."""
        if self.values(header).isna().all() or self.share(name, header) > 0:
            return False
        others = [h for h in self._table.columns if h != header]
        return any(self.share(name, other) >= MOST for other in others)

    def fits(self, name: str, free: Sequence[str]) -> list[str]:
        """The columns that hold what a field holds; functions also by a word of the header."""
        found = [h for h in free if self.share(name, h) >= MOST]
        return found or [h for h in free if name == "function" and _head(h) and self.names(h)]

    def may_be(self, name: str, free: Sequence[str]) -> list[str]:
        """The columns a person may mean, for want of any that fits."""
        return [h for h in free if self.names(h)] if name != "at" else []

    def names(self, header: str) -> bool:
        """Whether the values are words that come again and again, as functions and people do."""
        values = self.values(header).dropna()
        kinds = values.nunique()
        words = ~values.str.fullmatch(NUMBER)
        often = len(values) < LEAST or kinds * AGAIN <= len(values)
        return kinds > 1 and often and bool(words.mean() >= MOST) and self.share("at", header) < MOST

    def whole(self, days: str, header: str) -> pd.Series | None:
        """Days of one column and clocks of another as times; None where they are not that."""
        return clocks.joined(self.values(days), self.values(header))


def moments(table: Table, fields: Fields) -> pa.ChunkedArray:
    """The cells of the times, with the clock that stands in a column of its own."""
    cells = table.cells[fields.headers["at"]]
    if fields.clock is None:
        return cells
    whole = clocks.joined(series(cells), series(table.cells[fields.clock]))
    return cells if whole is None else pa.chunked_array([pa.array(whole, type=pa.string(), from_pandas=True)])


def person(word: str, users: frozenset[str]) -> str | None:
    """The id of the employee list that is a value, or that stands in it beside a name; None for neither.

    >>> staff = frozenset({"e0012", "10023"})
    >>> [person(word, staff) for word in ("E0012", "张伟(E0012)", "10023-王芳", "张伟")]
    ['E0012', 'e0012', '10023', None]
    """
    whole = plain(word)
    if whole in users:
        return word
    within = [part for part in (*ID.findall(whole), *re.split(r"[-_.]", whole)) if part in users]
    return within[0] if len(set(within)) == 1 else None


def plain(word: str) -> str:
    """A word as it is compared: half width, trimmed, small letters.

    >>> plain(" ＣＲＭ-首页 ")
    'crm-首页'
    """
    return unicodedata.normalize("NFKC", word).strip().casefold()


def _head(header: str) -> bool:
    """Whether a header has a word in it that functions are called by."""
    parts = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold())
    return any(word in parts if word.isascii() else word in header for word in _heads())


@cache
def _heads() -> tuple[str, ...]:
    return tuple(shipped("voc_lib.collect", "logs.yaml")["function_heads"])


def _asked(table: Table, open_: Sequence[tuple[str, Sequence[str]]], column: _Columns, mask: Mask) -> str:
    """All that is open in one go, each with its candidates, and the line to write."""
    told = []
    for name, fits in open_:
        rivals = "、".join(f"“{h}”{_shown(column.values(h), mask)}" for h in fits)
        told.append(f"认不出{schema.EVENTS.labels[name]}列" + (f"（可能是 {rivals}）" if fits else ""))
    line = as_line({"columns": _proposed(open_)})
    shown = "" if all(fits for _, fits in open_) else f"表头：{'、'.join(table.columns[:40])}。"
    return f"操作日志 {table.place} 里{'；'.join(told)}。{shown}请在 logs 的 columns 里写明，例如 {line}。"


def _proposed(open_: Sequence[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Header -> field for all that is open, no header twice.

    >>> _proposed([("user_id", ["who", "what"]), ("at", []), ("function", ["who", "what"])])
    {'who': 'user_id', '操作时间的表头': 'at', 'what': 'function'}
    """
    found: dict[str, str] = {}
    for name, fits in open_:
        header = next((h for h in fits if h not in found), f"{schema.EVENTS.labels[name]}的表头")
        found[header] = name
    return found


def _shown(values: pd.Series, mask: Mask) -> str:
    first = values.dropna().drop_duplicates().head(EXAMPLES)
    return "" if first.empty else f"（例如 {excerpts(first, mask)}）"
