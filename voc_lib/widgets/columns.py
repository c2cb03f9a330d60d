"""Which header of a source became which field, with masked examples; read even where a run would stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from voc_lib import params
from voc_lib.clean import privacy
from voc_lib.collect import candidates, database, evidence, headers, questions, readers
from voc_lib.collect.columns import series
from voc_lib.collect.headers import JOINED, Match
from voc_lib.collect.standardize import repaired
from voc_lib.collect.table import Table
from voc_lib.errors import VocError
from voc_lib.params import IGNORE, Settings, Source
from voc_lib.schema import FEEDBACK

PERSONAL = ("customer_name", "contact", "customer_id")
NEEDED = ("text", "created_at")
LIKE = 0.8  # from this likeness on a header is taken for one of personal data
EXAMPLES, LENGTH, LOOKED_AT = 3, 30, 500


@dataclass(frozen=True)
class Header:
    """One header of a source: its field (None: unused), why, how sure, what stands in it, masked examples."""

    header: str
    field: str | None
    how: str
    score: float | None
    seen: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The headers of one source over all its files; `lost` are names in the params no file has.

    `asked` is what only a person can decide, as `voc check --data` asks it.
    """

    source: str
    headers: tuple[Header, ...]
    lost: tuple[str, ...] = ()
    trouble: str = ""
    asked: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """Labels of fields a source cannot do without and does not have."""
        held = {header.field for header in self.headers}
        return tuple(FEEDBACK.labels[field] for field in NEEDED if field not in held)


def look(settings: Settings) -> list[Columns]:
    """The headers of every source of the params; a source that cannot be read says why."""
    return [_source(source, settings) for source in settings.params.sources]


def _source(source: Source, settings: Settings) -> Columns:
    try:
        tables = [repaired(table) for table in _tables(source, settings)]
    except VocError as error:
        return Columns(source.name, (), trouble=str(error))
    found: dict[str, Header] = {}
    asked: list[questions.Question] = []
    given = source.columns | dict.fromkeys(source.text, "text")
    for table in tables:
        held = {name: field for name, field in given.items() if _in(name, table.columns)}
        settled = candidates.settle(table, held, zone=settings.params.zone)
        asked += [questions.ask(source, table, o) for o in settled.open]
        for match in settled.matches:
            if match.header not in found:
                found[match.header] = _header(match, table, settings)
    names = [name for table in tables for name in table.columns]
    lost = tuple(name for name in source.columns if not _in(name, names))
    told = str(questions.error(asked, privacy.mask)) if asked else ""
    return Columns(source.name, tuple(found.values()), lost, asked=told)


def _tables(source: Source, settings: Settings) -> Iterator[Table]:
    if source.url is not None and source.query is not None:
        yield database.read(params.secret(source.url), source.query, name=source.name)
        return
    known = frozenset(map(headers.normal, source.columns))
    for file, label in readers.paths(settings.resolve(source.path or "")):
        yield from readers.read(file, encoding=source.encoding, sheet=source.sheet, known=known, label=label)


def _in(name: str, columns: Sequence[str]) -> bool:
    return key_of(name, columns) is not None


def key_of(name: str, columns: Sequence[str]) -> str | None:
    """The column a name in the params means: the very same, else the same but for spelling.

    >>> key_of("Created At", ["created_at"]), key_of("电话", ["客户/电话"]), key_of("x", ["y"])
    ('created_at', '客户/电话', None)
    """
    if name in columns:
        return name
    wanted = headers.normal(name)
    forms = (
        (column, headers.normal(column), headers.normal(column.rsplit("/", 1)[-1])) for column in columns
    )
    return next((column for column, whole, last in forms if wanted in (whole, last)), None)


def _header(match: Match, table: Table, settings: Settings) -> Header:
    values = series(table.cells[match.header].slice(0, LOOKED_AT)).dropna().drop_duplicates()
    shown = masked(match.header, match.field, values.head(EXAMPLES))
    seen = evidence.told(evidence.profile(table.cells[match.header], zone=settings.params.zone))
    return Header(match.header, match.field, match.how, match.score, seen, tuple(shown))


def masked(header: str, field: str | None, values: pd.Series) -> list[str]:
    """Example values with personal data out of sight, cut to a few characters.

    >>> masked("联系电话", "contact", pd.Series(["13800138000"]))
    ['138****8000']
    """
    kind = field if field in PERSONAL else _resembles(header) if field is None else None
    if kind == "contact":
        values = privacy.half_contacts(values)
    elif kind is not None:
        values = privacy.half_names(values)
    told = f"{header}："
    words = privacy.mask(told + values.dropna()).str.removeprefix(told)
    return [f"{word[:LENGTH]}…" if len(word) > LENGTH else word for word in words.tolist()]


def _resembles(header: str) -> str | None:
    """The kind of personal data an unused column looks like by its header."""
    for field in PERSONAL:
        near = headers.suggest([header], field)
        if near and near[1] >= LIKE:
            return field
    return None


def faults(chosen: Mapping[str, str]) -> list[str]:
    """What is wrong with the fields chosen for headers of one source: one field chosen twice.

    >>> faults({"a": "csat", "b": "csat", "c": "text", "d": "text", "e": "ignore", "f": "ignore"})
    ['“a” 与 “b” 都指定为 满意度评分，只能留一个']
    """
    found = []
    for field in sorted(set(chosen.values()) - {*JOINED, IGNORE}):
        names = [header for header, value in chosen.items() if value == field]
        if len(names) > 1:
            both = " 与 ".join(f"“{name}”" for name in names)
            found.append(f"{both} 都指定为 {FEEDBACK.labels[field]}，只能留一个")
    return found
