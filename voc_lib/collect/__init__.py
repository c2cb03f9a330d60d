"""From files and databases to one standard table, with every row accounted for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import pandas as pd

from voc_lib import params, schema
from voc_lib.collect import (
    answers,
    archive,
    belonging,
    coverage,
    harvest,
    heard,
    lapses,
    ledger,
    logs,
    questions,
    ratings,
    sides,
    watermark,
)
from voc_lib.collect.heard import Heard
from voc_lib.collect.questions import Mask, Question
from voc_lib.collect.watermark import Fetched, Mark
from voc_lib.errors import ParamsError, QuestionsError
from voc_lib.params import Settings
from voc_lib.period import Period
from voc_lib.text import channels

__all__ = ["Collected", "gather", "load"]
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

    def noting(self, more: Iterable[str]) -> Collected:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *more))

    @property
    def voices(self) -> pd.DataFrame:
        """Who spoke, with words or by a score alone: what participation counts."""
        return pd.concat([self.feedback, self.ratings], ignore_index=True)

    def within(self, period: Period) -> pd.DataFrame:
        """The `voices` of a period."""
        both = [rows[period.mask(rows["created_at"])] for rows in (self.feedback, self.ratings)]
        return pd.concat(both, ignore_index=True)

    @property
    def channels(self) -> list[str]:
        """Where they spoke, each spelling once, as it comes first."""
        return pd.concat([self.feedback["channel"], self.ratings["channel"]]).unique().tolist()


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
    archived = archive.known(settings.archive)
    watched = _watched(settings, archived)
    each = _heard(settings, watched, archived, mask)
    staff = _staff(settings)
    told = [source.channel for source in settings.params.sources if source.channel]
    voices = ledger.distinct_ids(_stacked(one.closed.feedback for one in each))
    (voices,) = channels.alike(belonging.placed(voices, staff), told=told)
    feedback, rated = ratings.parted(voices)
    quarantine = _stacked(one.closed.quarantine for one in each)
    beside = _beside(settings, staff, [*told, *voices["channel"].unique()])
    reads = ledger.reads(
        voices, quarantine, [(one.source, table) for one in each for table in one.read], settings.period
    )
    partly = frozenset(name for name, since in watched.items() if since.partly)
    notes = (
        *harvest.notes(reads, quarantine),
        *harvest.silent(feedback[~feedback["source"].isin(partly)], settings.period),
        *archive.moved(ledger.plain_ids(feedback), archived),
        *(f"{name} · {note}" for name, since in watched.items() for note in since.notes),
        *chain(*(one.notes for one in each)),
        *chain(*(side.notes for side in beside.values())),
        *chain(*(_lapsed(spec, beside[spec.name], settings) for spec in (schema.EXPOSURE, schema.KPIS))),
        *coverage.mismatched(voices, beside["customers"].rows),
    )
    for note in notes:
        LOGGER.info("%s", note)
    told_apart = (*chain(*(one.columns for one in each)), *(side.headers for side in beside.values()))
    return Collected(
        feedback=feedback,
        quarantine=_stacked([quarantine, *(side.quarantine for side in beside.values())]),
        reads=_stacked([reads, *(side.reads for side in beside.values())]),
        headers=_stacked(told_apart).drop_duplicates(["source", "file", "header"], ignore_index=True),
        notes=notes,
        surveys=_stacked([schema.empty(schema.SURVEY_QUALITY), *(one.survey for one in each)]),
        ratings=rated,
        answers=answers.kept(_stacked(one.answers for one in each), voices),
        traits=_stacked(one.traits for one in each),
        log_files=logs.files(settings.params.logs, settings),
        marks={one.source: one.mark for one in each if one.mark},
        partly=partly,
        **{name: side.rows for name, side in beside.items()},
    )


def _heard(
    settings: Settings, watched: Mapping[str, Fetched], archived: pd.DataFrame, mask: Mask | None
) -> list[Heard]:
    """Each source as it was read; QuestionsError with what is open in any of them."""
    found: list[Heard] = []
    asked: list[Question] = []
    for source in settings.params.sources:
        try:
            found.append(heard.of(source, watched.get(source.name), settings, archived))
        except QuestionsError as error:
            asked += error.questions
    if asked:
        raise questions.error(asked, mask)
    return found


def _stacked(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([*tables], ignore_index=True)


def _beside(settings: Settings, staff: pd.DataFrame, told: Sequence[str]) -> dict[str, sides.Side]:
    """The side tables by name, channels spelt as `told`; without customers the employees are the base."""
    found = {s.name: sides.load(getattr(settings.params, s.name), s, settings) for s in sides.SPECS}
    own = settings.params.customers is None and len(staff)
    base = belonging.base(staff) if own else found["customers"].rows
    (base,) = channels.alike(base, told=told)
    return {**found, "customers": replace(found["customers"], rows=base)}


def _lapsed(spec: schema.Table, side: sides.Side, settings: Settings) -> Iterator[str]:
    """What a table of numbers by month has nothing of in the period."""
    return (f"{spec.title} · {note}" for note in lapses.notes(side.rows, spec, settings.period))


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
