"""What the headers of a feedback table may be: claims to fields, by name and by what stands below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib.collect import dates, directions, evidence, headers, senses, succession
from voc_lib.collect.evidence import AGAINST, FOR, SILENT, Profile
from voc_lib.collect.headers import JOINED
from voc_lib.collect.table import Table

# How much a name says: a field's own name (评论时间), its make (初评时间), a plain name (时间), and so on.
OWN, MADE, PLAIN, NEAR, BARE, CUE, STRANGE, LESS, OPEN, DEPUTY, WEAK = (
    60,
    55,
    50,
    45,
    40,
    35,
    33,
    30,
    28,
    25,
    0,
)
NEEDED = ("text", "created_at")
STRICT = ("feedback_id", "customer_name", "nps")  # nothing unknown stands before their names
QUESTIONS = 2  # of a survey, at least
BRIEF = 4  # characters up to which an answer that others give too may be an option
DEPUTIZE = {"csat": False, "feedback_id": True}  # whether only in a survey, or only in what is none
CODED = 0.9  # share of ids from which the name of a record alone (工单) is its number
BOTH = 0.3  # share of filled cells from which a column can be a field


@dataclass(frozen=True)
class Claim:
    """One header's claim to a field: `band` says how much its name says, `fit` what its values say."""

    header: str
    field: str
    band: int
    how: str
    score: float
    rank: int = 0
    fit: int = SILENT
    full: bool = True

    @property
    def group(self) -> int:
        """Claims of one group may rival: the field's own names, plain ones, lesser ones."""
        return 3 if self.band >= MADE else 2 if self.band >= CUE else 1


@dataclass(frozen=True)
class Columns:
    """A table's columns with their figures, each looked at when it is asked for."""

    table: Table
    zone: ZoneInfo
    figures: dict[str, Profile] = field(default_factory=dict)
    read: dict[str, pd.Series] = field(default_factory=dict)

    def __getitem__(self, header: str) -> Profile:
        if header not in self.figures:
            self.figures[header] = evidence.profile(self.table.cells[header], zone=self.zone)
        return self.figures[header]

    @cached_property
    def survey(self) -> bool:
        """Whether the table is of a survey: several headers are questions."""
        names = self.table.columns
        if sum(map(headers.question, names)) >= QUESTIONS:
            return True
        return not self.handled and sum(bool(headers.asked(name)) for name in names) >= QUESTIONS

    @cached_property
    def handled(self) -> bool:
        """Whether somebody works on the rows: a state, a handler, an answer."""
        return any(senses.says(name, senses.listed("handled")) for name in self.table.columns)

    @cached_property
    def replies(self) -> bool:
        """Whether the rows are replies, of a forum or to what was sent: no other words, nobody at work."""
        said = [*map(senses.spoken, self.table.columns)]
        ours = [name for name in said if name.startswith(senses.listed("replied"))]
        whom, what = ({f"{r}{tail}" for r in senses.listed("replied")} & {*ours} for tail in ("人", "内容"))
        own = any(senses.sense(name, "text") and headers.named(name) for name in said if name not in ours)
        sent = any(senses.says(name, senses.listed("asked_by_us")) for name in said)
        return bool((whom or sent) and what) and not own and not self.handled

    @cached_property
    def timed(self) -> bool:
        """Whether filling in is timed: a survey, or a start beside an end in a table nobody works on."""
        said = {*map(senses.spoken, self.table.columns)}
        spans = not said.isdisjoint(senses.listed("survey_starts"))
        return self.survey or (spans and not self.handled)

    @cached_property
    def apart(self) -> set[str]:
        """Headers that are options of one question."""
        return headers.options(self.table.columns)

    def times(self, header: str) -> pd.Series:
        """The times of the first cells."""
        if header not in self.read:
            cells = self.head(header).head(evidence.DATED)
            self.read[header] = dates.parse(cells, zone=self.zone, year=evidence.YEAR).times
        return self.read[header]

    def clocked(self, header: str) -> bool:
        """Whether most of the times have a clock and are no mere days."""
        times = self.times(header).dropna()
        return bool(len(times)) and bool((times != times.dt.normalize()).mean() > BOTH)

    def order(self, header: str, other: str) -> int:
        """Whether the time of another column comes later or earlier, row by row."""
        return succession.of(self.times(header), self.times(other))

    def head(self, header: str) -> pd.Series:
        """The first cells, missing where blank."""
        cells = pd.Series(
            self.table.cells[header].slice(0, evidence.SAMPLE).to_pandas(), dtype="str"
        ).str.strip()
        return cells.mask(cells == "")


def claimed(header: str, columns: Columns) -> Iterator[Claim]:
    """Everything a header may be by its name."""
    if columns.replies and (rest := _replied(header)):
        yield from (replace(claim, header=header) for claim in _claimed(f"评论{rest}", columns))
    else:
        yield from _both(header, columns) or _claimed(header, columns)


def _replied(header: str) -> str:
    """What is said of a reply: 内容 of 回复内容; "" for something else.

    >>> _replied("回复内容"), _replied("跟帖时间"), _replied("话题标题")
    ('内容', '时间', '')
    """
    said = senses.spoken(header)
    front = next((word for word in senses.listed("replied") if said.startswith(word)), said)
    return said.removeprefix(front).strip()


def _both(header: str, columns: Columns) -> list[Claim]:
    """What both halves of a header in two languages say (评价内容 Feedback), the weaker for each field."""
    halves = headers.halves(header)
    said = [{c.field: c for c in reversed([*_claimed(half, columns)])} for half in halves]
    fields = [name for name in said[0] if name in said[1]] if said else []
    weaker = [min((claims[name] for claims in said), key=lambda c: c.band) for name in fields]
    return [replace(claim, header=header) for claim in weaker]


def _claimed(header: str, columns: Columns) -> Iterator[Claim]:
    said, exact = senses.spoken(header), headers.named(header)
    if senses.later(header):
        return
    option = header in columns.apart
    if exact and not (option and exact[0] in headers.OPTIONS) and not _not_so(header, exact[0], columns):
        name, rank, penalty = exact
        yield Claim(header, name, _exact_band(header, name), "同义词", 1.0 - 0.05 * penalty, rank)
    closed = any(word in header for word in senses.listed("closed"))
    for name in senses.fields():
        if closed and name in JOINED:
            continue
        sense = senses.sense(header, name)
        if sense and (band := _band(sense.whose, name)) is not None:
            band = min(band, LESS) if exact and exact[0] != name else band  # it has a name already
            band = min(band, NEAR) if sense.head in senses.machine(name) else band
            yield Claim(header, name, band, "推测", 0.85 if band == MADE else 0.75)
    yield from _lesser(header, columns)
    if directions.explained(header) and not _of_else(header, "csat"):
        yield Claim(header, "csat", BARE, "推测", 0.8)
    if said in senses.records() and _coded(header, columns):
        yield Claim(header, "feedback_id", NEAR, "推测", 0.8)
    if (near := headers.near(header)) and not option and not _of_else(header, near[0]):
        yield Claim(header, near[0], NEAR, "推测", near[1])
    if columns.timed and said in senses.listed("survey_ends"):
        yield Claim(header, "created_at", PLAIN, "推测", 0.9)
    if f"{header}_NPS_GROUP" in columns.table.columns:  # as Qualtrics names the groups of its question
        yield Claim(header, "nps", MADE, "推测", 0.9)
    asked = headers.asked(header)
    yield from (Claim(header, name, CUE, "推测", 0.7) for name in asked if not (closed and name in JOINED))
    if (
        not (asked or closed)
        and headers.question(header)
        and not senses.says(header, senses.listed("unheard"))
    ):
        yield Claim(header, "text", OPEN, "推测", 0.7)


def _of_else(header: str, name: str) -> bool:
    """Whether a header speaks of a field's kind of thing, but of another's or of a part of it."""
    sense = senses.sense(header, name)
    return sense is not None and sense.whose in (senses.OTHER, senses.FACET)


def _lesser(header: str, columns: Columns) -> Iterator[Claim]:
    """What a header may stand in for, and what it means only beside another column."""
    said = senses.spoken(header)
    for name, words in senses.deputies().items():
        apt = DEPUTIZE.get(name, columns.survey) == columns.survey
        if said in words and apt and name in headers.GUESSABLE:
            yield Claim(header, name, DEPUTY, "推测", 0.7, words.index(said))
    for name, told in senses.beside().items():
        if {*told.get(said, ())} & {*map(senses.spoken, columns.table.columns)}:
            yield Claim(header, name, NEAR, "推测", 0.8)
    if said in senses.listed("staff_numbers") and _next_to_speaker(header, columns):
        yield Claim(header, "customer_id", NEAR, "推测", 0.8)


def _coded(header: str, columns: Columns) -> bool:
    """Whether codes stand below a whole header: not one half of two languages."""
    return header in columns.table.columns and columns[header].coded >= CODED


def _next_to_speaker(header: str, columns: Columns) -> bool:
    """Whether a column stands next to who speaks and not next to who handles: 工号 beside 申请人."""
    names = columns.table.columns
    if header not in names:
        return False  # half of one in two languages
    at = names.index(header)
    fields = {
        found[0]
        for name in names[max(0, at - 1) : at + 2]
        if name != header and (found := headers.named(name))
    }
    return "customer_name" in fields and "handler" not in fields


def _not_so(header: str, name: str, columns: Columns) -> bool:
    """Whether a name is meant otherwise: the end of filling in a survey, 处理信息/时间."""
    if senses.above(header) and (sense := senses.sense(header, name)) and sense.whose == senses.OTHER:
        return True
    ends = senses.spoken(header) in senses.listed("survey_ends")
    return name == "closed_at" and columns.timed and ends


def _exact_band(header: str, name: str) -> int:
    sense = senses.sense(header, name)
    whose = sense.whose if sense else senses.NONE
    return {senses.OWN: OWN, senses.LATE: LESS, senses.FACET: LESS}.get(whose, PLAIN)


def _band(whose: str, name: str) -> int | None:
    """What the make of a name is worth; None where it speaks of something else."""
    if whose != senses.OWN and (name == "customer_id" or (whose == senses.STRANGE and name in STRICT)):
        return None
    if whose == senses.OTHER:
        return WEAK if name == "created_at" else None
    return {senses.OWN: MADE, senses.NONE: BARE, senses.STRANGE: STRANGE}.get(whose, LESS)


def judged(claim: Claim, columns: Columns) -> Claim:
    """The claim with what the values say; a few words again and again are hardly a text."""
    seen = columns[claim.header]
    few = claim.field == "text" and seen.sorted_words
    band = min(claim.band, LESS) if few else claim.band
    return replace(
        claim, fit=evidence.fit(claim.field, seen), band=band, full=seen.filled >= BOTH and not seen.constant
    )


def standing(claim: Claim) -> tuple[int, ...]:
    """Sorts claims to one field: by the group of the name, what the values say, the name, its rank."""
    good = claim.fit != AGAINST
    return (good, claim.group, claim.fit, claim.full, claim.band, -claim.rank)


def believed(claim: Claim, columns: Columns) -> bool:
    """Whether a claim can be believed at all."""
    seen = columns[claim.header]
    if _of_many(claim, seen) or _of_model(claim, seen) or _again(claim, seen):
        return False
    if claim.how == "同义词":
        return claim.fit != AGAINST or _last_word(claim, seen)
    if claim.band == WEAK or not seen.given:
        return False
    if claim.field in NEEDED or claim.band <= DEPUTY:
        told = claim.fit == FOR and (claim.band != OPEN or _open(seen))
        coded = {"customer_id": seen.coded >= 0.5, "contact": seen.coded < 0.5}
        return told and (claim.band > DEPUTY or coded.get(claim.field, True))
    if claim.field in ("csat", "nps") and claim.band <= BARE:
        return claim.fit == FOR
    return claim.fit != AGAINST


def _of_many(claim: Claim, seen: Profile) -> bool:
    """Whether an id is that of a conversation, of which several messages stand here."""
    many = claim.field == "feedback_id" and seen.distinct < 1
    return many and senses.says(claim.header, senses.listed("sessions"))


def _again(claim: Claim, seen: Profile) -> bool:
    """Whether an id no name surely tells comes again: 帖子链接编号 of what was said in a thread."""
    guessed = claim.field == "feedback_id" and claim.how != "同义词"
    return guessed and claim.fit != FOR and seen.given >= evidence.FEW


def _of_model(claim: Claim, seen: Profile) -> bool:
    """Whether nobody can be reached at any value of a “phone”: it is the model (Mate 60, nova 12)."""
    named = claim.field == "contact" and senses.sense(claim.header, "contact") is not None
    return named and seen.given >= evidence.FEW and not seen.dialled


def _open(seen: Profile) -> bool:
    """Whether a question is answered in words of one's own: not in a few short ones again (大一, 大二)."""
    return seen.distinct >= 0.5 and (seen.distinct == 1 or seen.length > BRIEF)


def two_sided(claim: Claim, columns: Columns) -> bool:
    """Whether a name may speak of those who handle the rows as well as of customers: 反馈意见 beside 承办."""
    return columns.handled and senses.spoken(claim.header).startswith(senses.listed("both_sides"))


def _last_word(claim: Claim, seen: Profile) -> bool:
    """Whether a name is believed against its values: an unreadable time is told, a repeated id too."""
    if claim.field == "feedback_id":
        return claim.band == OWN and not seen.moments and not seen.constant
    return claim.field == "created_at"
