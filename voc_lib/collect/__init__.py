"""From files and databases to one standard table, with every row accounted for."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib import params, schema
from voc_lib.collect import (
    answers,
    archive,
    belonging,
    coverage,
    database,
    followups,
    grading,
    harvest,
    headers,
    identity,
    ledger,
    logs,
    mended,
    questions,
    ratings,
    readers,
    response,
    scales,
    selection,
    sides,
    times,
    traits,
    watermark,
)
from voc_lib.collect.candidates import Settled
from voc_lib.collect.questions import Mask, Question
from voc_lib.collect.standardize import Standard, repaired, settle, standardize
from voc_lib.collect.table import Table
from voc_lib.collect.watermark import Fetched, Mark
from voc_lib.errors import DataError, ParamsError, QuestionsError
from voc_lib.params import Settings, Source
from voc_lib.period import Period
from voc_lib.text import channels

__all__ = ["Collected", "gather", "load"]
ROW_NUMBERS = (
    "{place}：反馈ID只是这份清单自己的序号，同号的反馈在别处是另一条（时间与内容都不同），已改按内容编号，都保留；"
    "若它确是反馈ID，请核对时间列与内容列，若确是序号，可在 columns 里写成 ignore"
)
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Collected:
    """What one run collected: frames shaped by schema, raw personal data inside; notes for the analyst."""

    feedback: pd.DataFrame
    quarantine: pd.DataFrame
    reads: pd.DataFrame
    headers: pd.DataFrame
    customers: pd.DataFrame
    orders: pd.DataFrame
    exposure: pd.DataFrame
    kpis: pd.DataFrame
    notes: tuple[str, ...] = ()
    surveys: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.SURVEY_QUALITY))
    ratings: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.RATINGS))
    answers: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.ANSWERS))
    traits: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.TRAITS))
    status_events: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.STATUS_EVENTS))
    log_files: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.LOG_FILES))
    marks: Mapping[str, Mark] = field(default_factory=dict)  # how far databases are read with this
    partly: frozenset[str] = frozenset()  # sources of which only what changed was read

    @property
    def told(self) -> pd.DataFrame:
        """The notes as a table, schema.NOTES."""
        return pd.DataFrame({"note": pd.Series(self.notes, dtype="str")})

    @property
    def voices(self) -> pd.DataFrame:
        """Who spoke, with words or by a score alone: what participation counts."""
        return pd.concat([self.feedback, self.ratings], ignore_index=True)


def load(settings: Settings, *, mask: Mask | None = None) -> Collected:
    """`gather`, unless a source kept nothing or too little: then a DataError with the reasons."""
    found = gather(settings, mask=mask)
    whole = ~found.reads["source"].isin(found.partly)
    harvest.require(found.reads[whole], found.quarantine, settings.params.sources)
    return found


def gather(settings: Settings, *, mask: Mask | None = None) -> Collected:
    """Every source and side table of the params; DataError with one sentence for what cannot be read.

    QuestionsError with all that is open in all sources; `mask` hides personal data in the values it shows.
    """
    _apart(settings)
    closed, names, read, surveys = [], [], [], [schema.empty(schema.SURVEY_QUALITY)]
    replies, told_apart = [schema.empty(schema.ANSWERS)], [schema.empty(schema.TRAITS)]
    archived = archive.known(settings.archive)
    asked: list[Question] = []
    watched = _watched(settings, archived)
    notes = [f"{name} · {note}" for name, since in watched.items() for note in since.notes]
    marks = {name: since.mark for name, since in watched.items()}
    partly = frozenset(name for name, since in watched.items() if since.partly)
    for named in settings.params.sources:
        since = watched.get(named.name)
        source = since.source if since else named
        tables = selection.chosen(_tables(source, settings, since), source)
        if since and not tables:
            read.append((source.name, since.table))
            continue
        try:
            standards = _standards(source, tables, settings)
        except QuestionsError as error:
            asked += error.questions
            continue
        standards = _identified(standards, archived[archived["source"] == source.name])
        if since:
            marks[source.name] = watermark.settled(since, standards)
        else:
            replies.append(answers.of(source, [*chain(*tables)], standards))
            told_apart.append(traits.of(source.name, [*chain(*tables)], standards, replies[-1]))
            surveys.append(response.quality(source, [*chain(*tables)], zone=settings.params.zone))
        closed.append(ledger.close(standards, source.name))
        read += [(source.name, s.table) for s in standards]
        names += [headers.frame(source.name, s.table, s.matches, s.kinds) for s in standards]
        notes += [f"{source.name} · {note}" for s in standards for note in s.notes]
    if asked:
        raise questions.error(asked, mask)
    closed = closed or [ledger.close([], "")]
    staff = _staff(settings)
    voices = ledger.distinct_ids(pd.concat([c.feedback for c in closed], ignore_index=True))
    told = [source.channel for source in settings.params.sources if source.channel]
    (voices,) = channels.alike(belonging.placed(voices, staff), told=told)
    feedback, rated = ratings.parted(voices)
    notes = archive.moved(ledger.plain_ids(feedback), archived) + notes
    quarantine = pd.concat([c.quarantine for c in closed], ignore_index=True)
    beside = _beside(settings, staff, [*told, *voices["channel"].unique()])
    notes += [note for side in beside.values() for note in side.notes]
    notes += coverage.mismatched(voices, beside["customers"].rows)
    reads = ledger.reads(voices, quarantine, read, settings.period)
    notes = (
        harvest.notes(reads, quarantine)
        + harvest.silent(feedback[~feedback["source"].isin(partly)], settings.period)
        + notes
    )
    names += [side.headers for side in beside.values()]
    for note in notes:
        LOGGER.info("%s", note)
    return Collected(
        feedback=feedback,
        quarantine=pd.concat([quarantine, *(s.quarantine for s in beside.values())], ignore_index=True),
        reads=pd.concat([reads, *(s.reads for s in beside.values())], ignore_index=True),
        headers=pd.concat(names, ignore_index=True).drop_duplicates(
            ["source", "file", "header"], ignore_index=True
        ),
        notes=tuple(notes),
        surveys=pd.concat(surveys, ignore_index=True),
        ratings=rated,
        answers=answers.kept(pd.concat(replies, ignore_index=True), voices),
        traits=pd.concat(told_apart, ignore_index=True),
        log_files=logs.files(settings.params.logs, settings),
        marks=marks,
        partly=partly,
        **{name: side.rows for name, side in beside.items()},
    )


def _beside(settings: Settings, staff: pd.DataFrame, told: Sequence[str]) -> dict[str, sides.Side]:
    """The side tables by name, channels spelt as `told`; without customers the employees are the base."""
    found = {s.name: sides.load(getattr(settings.params, s.name), s, settings) for s in sides.SPECS}
    own = settings.params.customers is None and len(staff)
    base = belonging.base(staff) if own else found["customers"].rows
    (base,) = channels.alike(base, told=told)
    return {**found, "customers": replace(found["customers"], rows=base)}


def _staff(settings: Settings) -> pd.DataFrame:
    """The employees whose feedback it is, of a report on the system they work with; else none."""
    asked = settings.params
    ref = asked.employees if asked.subject == "crm" else None
    return sides.load(ref, schema.EMPLOYEES, settings).rows


def _apart(settings: Settings) -> None:
    """Nothing; ParamsError when a source bears the name of a side table: the ledger could not tell them."""
    titles = {spec.title for spec in sides.SPECS}
    if taken := sorted(titles & {source.name for source in settings.params.sources}):
        raise ParamsError(f"来源不能叫“{taken[0]}”，这是附表的名称。请在 sources 里给它换一个名称。")


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
            LOGGER.warning("%s：没有反馈内容或时间列，未作为反馈读取（%d 行）", table.place, table.read)
        results += [*done, *(_unused(table, source) for table, _ in left)]
    if asked:
        raise questions.error(asked)
    if not any(standard.matches for standard in results):
        raise faults[0]
    return results


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
    settled = known or settle(table, source, zone=zone)
    asked = [
        *questions.chat(source, table, settled),
        *(questions.ask(source, table, o) for o in settled.open),
    ]
    if asked:
        raise questions.error(asked)
    later = followups.parted(table, settled, source)
    first = followups.shown(settled, later[1]) if later else settled
    table = table.note(*questions.unused(table, first))
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


def _watched(settings: Settings, archived: pd.DataFrame) -> dict[str, Fetched]:
    """Of each database with a watermark, what the last published run had not read."""
    sources = [source for source in settings.params.sources if source.watermark]
    if not sources:
        return {}
    rated = archive.known(settings.archive / ratings.FOLDER)
    kept = pd.concat([archived["source"], rated["source"]]).value_counts()
    last, zone = watermark.read(settings.archive), settings.params.zone
    return {
        source.name: watermark.fetch(
            source,
            params.secret(str(source.url)),
            last.get(source.name),
            kept=int(kept.get(source.name, 0)),
            zone=zone,
        )
        for source in sources
    }


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
