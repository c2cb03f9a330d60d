"""What one source of the params gave: its tables read as feedback, and what its surveys tell beside."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib import params, schema
from voc_lib.collect import (
    answers,
    belonging,
    database,
    elsewhere,
    followups,
    grading,
    headers,
    identity,
    ledger,
    mended,
    questions,
    readers,
    response,
    scales,
    selection,
    times,
    traits,
    watermark,
)
from voc_lib.collect.candidates import Settled
from voc_lib.collect.ledger import Closed
from voc_lib.collect.questions import Question
from voc_lib.collect.standardize import Standard, repaired, settle, standardize
from voc_lib.collect.table import Table
from voc_lib.collect.watermark import Fetched, Mark
from voc_lib.errors import DataError, QuestionsError
from voc_lib.params import Settings, Source
from voc_lib.period import Period

ROW_NUMBERS = (
    "{place}：反馈ID只是这份清单自己的序号，同号的反馈在别处是另一条（时间与内容都不同），已改按内容编号，都保留；"
    "若它确是反馈ID，请核对时间列与内容列，若确是序号，可在 columns 里写成 ignore"
)
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Heard:
    """One source: the tables read, their rows kept or quarantined, and what their columns are taken for.

    `answers`, `traits` and `survey` are those of surveys; `mark` tells how far a database is read with this.
    """

    source: str
    read: tuple[Table, ...]
    closed: Closed
    columns: tuple[pd.DataFrame, ...] = ()
    notes: tuple[str, ...] = ()
    mark: Mark | None = None
    answers: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.ANSWERS))
    traits: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.TRAITS))
    survey: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.SURVEY_QUALITY))


def of(named: Source, since: Fetched | None, settings: Settings, archived: pd.DataFrame) -> Heard:
    """A source as it was read; QuestionsError with all that is open in any of its tables.

    Of a database read by watermark only what is new counts (`since`); `archived` is what earlier runs kept.
    """
    source = since.source if since else named
    tables = selection.chosen(_tables(source, settings, since), source)
    if since and not tables:
        return Heard(named.name, (since.table,), ledger.close([], named.name), mark=since.mark)
    known = archived[archived["source"] == source.name]
    standards = _identified(_standards(source, tables, settings), known)
    heard = Heard(
        source.name,
        tuple(s.table for s in standards),
        ledger.close(standards, source.name),
        columns=tuple(headers.frame(source.name, s.table, s.matches, s.kinds) for s in standards),
        notes=tuple(f"{source.name} · {note}" for s in standards for note in s.notes),
    )
    if since:
        return replace(heard, mark=watermark.settled(since, standards))
    flat = [*chain(*tables)]
    replies = answers.of(source, flat, standards)
    return replace(
        heard,
        answers=replies,
        traits=traits.of(source.name, flat, standards, replies),
        survey=response.quality(source, flat, zone=settings.params.zone),
    )


def _tables(source: Source, settings: Settings, since: Fetched | None) -> list[Sequence[Table]]:
    """The raw tables of a source, file by file, the mended ones last."""
    tables: list[Sequence[Table]] = []
    if since is not None:
        tables += [[since.table]] if since.table.read or not since.partly else []
    elif source.url is not None and source.query is not None:
        tables.append([database.read(params.secret(source.url), source.query, name=source.name)])
    known = frozenset(headers.normal(header) for header in source.columns)
    late = {settings.resolve(path) for path in source.mended}
    for file, label in readers.files(map(settings.resolve, source.paths)):
        sheet, encoding = (None, None) if file in late else (source.sheet, source.encoding)
        at = None if file in late else source.records
        found = readers.read(
            file, encoding=encoding, sheet=sheet, known=known, label=label, records_at=at,
            speakers=source.speakers, talks=True,
        )  # fmt: skip
        if settings.params.subject == "crm":
            found = [belonging.known(table) for table in found]
        written = times.changed(file, settings.params.zone)
        tables.append([replace(mended.restored(table), written=written) for table in found])
    return tables


def _standards(source: Source, files: Sequence[Sequence[Table]], settings: Settings) -> list[Standard]:
    """The source's tables as feedback; sheets and files without feedback go to the quarantine.

    QuestionsError with all that is open in any of them.
    """
    results: list[Standard] = []
    faults: list[DataError] = []
    asked: list[Question] = []
    zone = settings.params.zone
    grading.known(source, [name for table in chain(*files) for name in table.columns])
    settled = [[_settled(table, source, zone) for table in tables] for tables in files]
    rated = scales.of(source, [*chain(*files)], [*chain(*settled)])
    for tables, fields in zip(files, settled, strict=True):
        done, left = [], []
        for table, known in zip(tables, fields, strict=True):
            scale, told = rated.get(table.place, ("", ()))
            noted = table.note(*told)
            try:
                done += _read(noted, source, known, zone=zone, scale=scale, period=settings.period)
            except DataError as error:
                left.append((table, error))
        faults += [error for _, error in left]
        stray = len(files) > 1 and all(_stray(table, source) for table, _ in left)
        for table, fault in left:
            if isinstance(fault, QuestionsError) and (fault.rivals or not (done or stray)):
                asked += fault.questions
                continue
            if not (done or stray):
                raise fault
            LOGGER.warning(
                "%s：没有反馈内容或时间列，未作为反馈读取（%d 行）%s", table.place, table.read, _talk(table)
            )
        results += [*done, *(_unused(table, source) for table, _ in left)]
    if asked:
        raise questions.error(asked)
    if not any(standard.matches for standard in results):
        raise faults[0]
    return results


def _talk(table: Table) -> str:
    """What to write where a text file may be a record of talk without speakers."""
    text = table.file.casefold().endswith(".txt")
    return "。若是访谈或纪要，请在来源下写 speakers: {}" if text else ""


def _settled(table: Table, source: Source, zone: ZoneInfo) -> Settled | None:
    """Which column is which field; None where that cannot be told, as `_read` will say."""
    try:
        return settle(repaired(table), source, zone=zone)
    except DataError:
        return None


def _read(
    table: Table, source: Source, known: Settled | None, *, zone: ZoneInfo, scale: str, period: Period
) -> list[Standard]:
    """One table as feedback, and what customers added later as more of it."""
    table = repaired(table)
    elsewhere.refuse(table, source)
    settled = known or settle(table, source, zone=zone)
    asked = [
        *questions.chat(source, table, settled),
        *(questions.ask(source, table, o) for o in settled.open),
    ]
    if asked:
        raise questions.error(asked)
    later = followups.parted(table, settled, source)
    first = followups.shown(settled, later[1]) if later else settled
    table = table.note(*questions.unnamed(table, settled), *questions.unused(table, first))
    shaped = partial(standardize, source=source, zone=zone, scale=scale, period=period)
    one = shaped(table, settled=settled)
    more = [shaped(later[0], settled=later[1])] if later else []
    return [replace(one, matches=first.matches), *more]


def _stray(table: Table, source: Source) -> bool:
    """Whether nothing in a file says feedback: no column the params name, none known but words."""
    known = {normal for header in source.columns if (normal := headers.normal(header))}
    fields = {match.field for match in headers.match(table.columns) if match.field}
    return fields <= set(headers.JOINED) and not known & set(map(headers.normal, table.columns))


def _identified(standards: Sequence[Standard], archived: pd.DataFrame) -> list[Standard]:
    """The source's feedback under ids that tell it apart, also from what is archived."""
    tables, numbered = identity.settled([s.feedback for s in standards], archived)
    return [
        replace(
            s,
            feedback=t,
            notes=((ROW_NUMBERS.format(place=s.table.place), *s.notes)) if n in numbered else s.notes,
        )
        for n, (s, t) in enumerate(zip(standards, tables, strict=True))
    ]


def _unused(table: Table, source: Source) -> Standard:
    """A sheet without feedback: each of its rows stands in the quarantine."""
    what, hint = (
        ("工作表", "若只要其他工作表请写 sheet") if table.sheet else ("文件", "若不是反馈请移出文件夹")
    )
    reasons = dict.fromkeys(range(len(table.lines)), f"{what}没有反馈内容列或反馈时间列")
    note = f"{table.place}：没有反馈内容列或反馈时间列，{table.read} 行进入隔离区；{hint}"
    return Standard(schema.empty(schema.FEEDBACK), table.reject(reasons), (), (*table.notes, note))
