"""Which column of a feedback table is which field: by its name and by what stands in it, or a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib.collect import choices, dates, evidence, facets, headers, senses
from voc_lib.collect.evidence import AGAINST, FOR, SILENT, Profile
from voc_lib.collect.headers import JOINED, Match
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
STEP = 5  # rivals are no further apart than this
ORDER = ("created_at", "feedback_id", "nps", "csat", "text", "customer_id", "contact", "customer_name")
PROPOSED = ("remark", "request")  # words that are proposed as the text where there is no other
NEEDED = ("text", "created_at")
STRICT = ("feedback_id", "customer_name", "nps")  # nothing unknown stands before their names
ASKED = ("text", "created_at", "csat", "nps")  # the fields columns may rival for
GRADED = 0.9  # share of words of satisfaction from which a column is of them
GRADES = ("csat", "nps")  # no score is believed by a name that says of something unknown: 巡检得分
QUESTIONS = 2  # of a survey, at least
APART = pd.Timedelta(days=1)
SAME, BOTH = 0.95, 0.3  # shares of rows: alike from here on; two columns that are both filled in
TWICE = 2.0  # times the length of words that are a sort, from which longer ones are what was said
LONGER = 1.5  # times the length of a deputy's words, from which other words may be the text instead
ENOUGH = 8  # values from which words that come again tell something
REPEATED, SHORT = 0.8, 8  # share of different words below which, and length up to which, they may be a sort
LEAST = 4  # characters a column of words has on average


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
class Open:
    """A field to be decided: headers that may be it, the likelier first.

    `rivals` are each sure enough alone; else none is sure.
    """

    field: str
    headers: tuple[str, ...]
    rivals: bool = False


@dataclass(frozen=True)
class Settled:
    """The fate of every header, what is still open, and headers of words that are not used."""

    matches: tuple[Match, ...]
    open: tuple[Open, ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Columns:
    """A table's columns with their figures, each looked at when it is asked for."""

    table: Table
    zone: ZoneInfo
    figures: dict[str, Profile] = field(default_factory=dict)

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
        handled = any(senses.says(name, senses.listed("handled")) for name in names)
        return not handled and sum(bool(headers.asked(name)) for name in names) >= QUESTIONS

    @cached_property
    def apart(self) -> set[str]:
        """Headers that are options of one question."""
        return headers.options(self.table.columns)

    def head(self, header: str) -> pd.Series:
        """The first cells, missing where blank."""
        cells = pd.Series(
            self.table.cells[header].slice(0, evidence.SAMPLE).to_pandas(), dtype="str"
        ).str.strip()
        return cells.mask(cells == "")


def settle(
    table: Table, explicit: Mapping[str, str], *, zone: ZoneInfo, given: Sequence[str] = ()
) -> Settled:
    """What every column of a feedback table is; `given` are fields that come from elsewhere (params)."""
    fixed = headers.fixed(table.columns, explicit, table.place)
    columns = _Columns(table, zone)
    rest = [h for h in table.columns if h not in fixed and not headers.unnamed(h)]
    said = [claim for h in rest for claim in _claims(h, columns)]
    claims = [
        _judged(c, columns) for c in said if c.field not in JOINED or not choices.MARKED.search(c.header)
    ]
    kin = _kin(claims)
    taken, found, open_ = {m.field for m in fixed.values()} | {*given}, dict(fixed), []
    for name in (*ORDER, *sorted({c.field for c in claims} - {*ORDER})):
        mine = sorted(
            (c for c in claims if c.field == name and c.header not in found), key=_key, reverse=True
        )
        if name in taken or not mine:
            continue
        best, rivals = _best(mine, columns, kin=kin)
        if name == "text" and best and not rivals:
            rivals = _unnamed(best, may_be=[h for h in rest if h not in found], columns=columns)
        if name in GRADES and best and not rivals and best[0].band == STRANGE:
            open_.append(Open(name, (best[0].header,)))
        if rivals := list({r.header: r for r in rivals}.values()):
            open_.append(Open(name, (best[0].header, *(r.header for r in rivals)), rivals=True))
        found |= {c.header: Match(c.header, name, c.how, c.score) for c in best}
        taken |= {c.field for c in best}
    left = [h for h in rest if h not in found]
    may = [h for h in rest if h not in found or found[h].field in PROPOSED]
    open_ += [o for name in NEEDED if name not in taken and (o := _proposed(name, may, claims, columns))]
    if not taken & {"csat", "nps"} and (graded := [h for h in left if _graded(h, columns)]):
        open_.append(Open("csat", tuple(graded[:3])))
    matches = tuple(found.get(h, Match(h, None, "未使用")) for h in table.columns)
    return Settled(matches, tuple(open_), tuple(h for h in left if _worded(h, columns)))


def _claims(header: str, columns: _Columns) -> Iterator[Claim]:
    """Everything a header may be by its name."""
    said, exact = senses.spoken(header), headers.named(header)
    if said in senses.listed("follow_ups") or said in senses.listed("follow_up_times"):
        return
    option = header in columns.apart
    if exact and not (option and exact[0] in headers.OPTIONS) and not _ends(said, exact[0], columns):
        name, rank, penalty = exact
        yield Claim(header, name, _exact_band(header, name), "同义词", 1.0 - 0.05 * penalty, rank)
    closed = any(word in header for word in senses.listed("closed"))
    for name in senses.fields():
        if closed and name in JOINED:
            continue
        sense = senses.sense(header, name)
        if sense and (band := _band(sense.whose, name)) is not None:
            band = min(band, LESS) if exact and exact[0] != name else band  # it has a name already
            yield Claim(header, name, band, "推测", 0.85 if band == MADE else 0.75)
    for name, words in senses.deputies().items():
        if said in words and name in headers.GUESSABLE and not (name == "csat" and columns.survey):
            yield Claim(header, name, DEPUTY, "推测", 0.7, words.index(said))
    if near := headers.near(header):
        sense = senses.sense(header, near[0])
        if not (sense and sense.whose in (senses.OTHER, senses.FACET)) and not option:
            yield Claim(header, near[0], NEAR, "推测", near[1])
    if columns.survey and said in senses.listed("survey_ends"):
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


def _ends(said: str, name: str, columns: _Columns) -> bool:
    """Whether an end is that of filling in a survey, and no closing of a case."""
    return name == "closed_at" and columns.survey and said in senses.listed("survey_ends")


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


def _judged(claim: Claim, columns: _Columns) -> Claim:
    """The claim with what the values say; a few words again and again are hardly a text."""
    seen = columns[claim.header]
    few = claim.field == "text" and seen.sorted_words
    band = min(claim.band, LESS) if few else claim.band
    return replace(
        claim, fit=evidence.fit(claim.field, seen), band=band, full=seen.filled >= BOTH and not seen.constant
    )


def _key(claim: Claim) -> tuple[int, ...]:
    """Sorts claims to one field: by the group of the name, what the values say, the name, its rank."""
    good = claim.fit != AGAINST
    return (good, claim.group, claim.fit, claim.full, claim.band, -claim.rank)


def _sure(claim: Claim, columns: _Columns) -> bool:
    """Whether a claim can be believed at all."""
    seen = columns[claim.header]
    if (
        claim.field == "feedback_id"
        and seen.distinct < 1
        and senses.says(claim.header, senses.listed("sessions"))
    ):
        return False  # several messages of one conversation
    if claim.how == "同义词":
        return claim.fit != AGAINST or _last_word(claim, seen)
    if claim.band == WEAK or not seen.given:
        return False
    if claim.field in NEEDED or claim.band <= DEPUTY:
        told = claim.fit == FOR and (claim.band != OPEN or seen.distinct >= 0.5)
        return told and (claim.field != "customer_id" or seen.coded >= 0.5)
    if claim.field in ("csat", "nps", "contact") and claim.band <= BARE:
        return claim.fit == FOR
    return claim.fit != AGAINST


def _last_word(claim: Claim, seen: Profile) -> bool:
    """Whether a name is believed against its values: an unreadable time is told, a repeated id too."""
    if claim.field == "feedback_id":
        return claim.band == OWN and not seen.moments and not seen.constant
    return claim.field == "created_at"


def _kin(claims: Sequence[Claim]) -> str:
    """What the likeliest text is of (评论 of 评论内容): the other columns of a feedback say it too."""
    texts = [c for c in claims if c.field == "text" and c.fit == FOR and c.band >= STRANGE]
    return senses.qualifier(max(texts, key=_key).header, "text") if texts else ""


def _unnamed(best: Sequence[Claim], *, may_be: Sequence[str], columns: _Columns) -> list[Claim]:
    """Columns that may be the text instead: longer words than those of a deputy, or the other half of it."""
    first = best[0]
    pair = senses.pair(may_be)
    halves = [h for h in pair if h != first.header] if first.band < OWN or first.header in pair else []
    seen = columns[first.header]
    sort = seen.given >= ENOUGH and seen.distinct < REPEATED and seen.length <= SHORT
    if first.band <= DEPUTY or sort:
        length = (LONGER if first.band <= DEPUTY else TWICE) * seen.length
        later = senses.listed("follow_ups")
        may_be = [h for h in may_be if senses.spoken(h) not in later]
        halves += [h for h in may_be if columns[h].length >= length and _worded(h, columns)]
    return [replace(first, header=h) for h in halves if h != first.header]


def _best(claims: Sequence[Claim], columns: _Columns, *, kin: str = "") -> tuple[list[Claim], list[Claim]]:
    """The claims that win a field (several open questions may), and those that rival them.

    Of times and names the one of the text's own `kin` wins (评论时间 beside 评论内容).
    """
    sure = [claim for claim in claims if _sure(claim, columns)]
    if not sure:
        return [], []
    first = _fuller(sure, columns) if sure[0].field == "text" else sure[0]
    if kin and (own := _of_kin(claims, sure, kin)):
        return own, []
    if first.field == "csat" and len({c.header for c in sure}) > 1 and all(map(_part, sure)):
        return [], []
    if first.field == "csat" and (overall := facets.first([claim.header for claim in sure])):
        return [next(claim for claim in sure if claim.header == overall)], []
    if first.field in JOINED and first.band in (CUE, OPEN):
        return [claim for claim in sure if claim.band == first.band], []
    others = claims if first.field == "created_at" else sure
    rivals = [c for c in others if c.field in ASKED and _rival(first, c, columns)]
    return [first], rivals


def _of_kin(claims: Sequence[Claim], sure: Sequence[Claim], kin: str) -> list[Claim]:
    """The one time or name of the text's own kin: 评论时间 beside 评论内容, 回答时间 beside 回答内容."""
    first = sure[0]
    if first.field not in ("created_at", "customer_name"):
        return []
    own = [c for c in sure if c.fit == first.fit and senses.spoken(c.header).startswith(kin)]
    if len({c.header for c in own}) == 1 and own[0].band >= PLAIN:
        return own[:1]
    if first.field == "customer_name" or senses.spoken(first.header).startswith(kin):
        return []
    said = {c.header: c for c in claims if c.fit == FOR and senses.qualifier(c.header, c.field) == kin}
    return list(said.values()) if len(said) == 1 else []


def _fuller(sure: Sequence[Claim], columns: _Columns) -> Claim:
    """The claim that wins, or one named as well whose words are longer and come again less."""
    first, seen = sure[0], columns[sure[0].header]
    fuller = [
        c
        for c in sure
        if c.band == first.band
        and c.fit == first.fit
        and columns[c.header].length >= TWICE * seen.length
        and columns[c.header].distinct > seen.distinct
    ]
    return fuller[0] if fuller else first


def _part(claim: Claim) -> bool:
    """Whether a column is one facet of a question, 请评价[物流]."""
    return facets.parts(claim.header)[2] is not None


def _rival(first: Claim, other: Claim, columns: _Columns) -> bool:
    """Whether two columns may both be the field: alike by name, both filled in, and different."""
    unsure = first.field == "created_at" and first.band <= STRANGE  # any other time may be it as well
    least = WEAK if unsure else first.band - STEP
    if other.header == first.header or other.band < least or other.fit != first.fit or not other.full:
        return False
    a, b = columns.head(first.header), columns.head(other.header)
    both = a.notna() & b.notna()
    if both.mean() < BOTH:
        return False
    if first.field == "created_at":
        return _far(a[both], b[both], columns.zone)
    if first.field == "text":
        return not _sort(columns[other.header], columns[first.header]) and _other_words(a[both], b[both])
    return bool((a[both] == b[both]).mean() < SAME)


def _sort(seen: Profile, text: Profile) -> bool:
    """Whether words that come again stand beside longer ones that do not."""
    return seen.distinct <= 0.8 and text.distinct > 0.9 and 1.3 * seen.length <= text.length


def _far(a: pd.Series, b: pd.Series, zone: ZoneInfo) -> bool:
    """Whether the times of two columns are mostly more than a day apart."""
    first, other = (dates.parse(v.head(evidence.DATED), zone=zone, year=evidence.YEAR).times for v in (a, b))
    return bool(((first - other).abs() > APART).mean() > 0.5)


def _other_words(a: pd.Series, b: pd.Series) -> bool:
    """Whether two columns hold words of like length that are not the same."""
    if max(a.str.len().mean(), b.str.len().mean()) > 3 * min(a.str.len().mean(), b.str.len().mean()):
        return False
    inside = [x in y or y in x for x, y in zip(a.head(evidence.DATED), b.head(evidence.DATED), strict=True)]
    return sum(inside) < 0.5 * len(inside)


def _proposed(name: str, left: Sequence[str], claims: Sequence[Claim], columns: _Columns) -> Open | None:
    """The columns that may be a field nothing surely is, by what stands in them; at most three."""
    if name == "created_at":
        fit = [h for h in left if evidence.fit(name, columns[h]) == FOR and columns[h].moments]
        named = [c.header for c in claims if c.field == name and c.fit == FOR]
        fit = sorted(fit, key=lambda h: h not in named)
    else:
        fit = sorted((h for h in left if _worded(h, columns, least=2)), key=lambda h: -columns[h].length)
    pair = senses.pair(fit) if name == "text" else ()
    return Open(name, tuple(pair or fit[:3])) if fit else None


def _graded(header: str, columns: _Columns) -> bool:
    """Whether a column whose name says nothing of it holds words of satisfaction (回访结果: 满意, 一般)."""
    seen = columns[header]
    words = seen.words >= 0.5 and seen.score >= GRADED and seen.kinds >= evidence.FEW
    other = header in columns.apart or senses.says(header, senses.others("csat"))
    return words and not other and senses.sense(header, "csat") is None


def _worded(header: str, columns: _Columns, least: int = LEAST) -> bool:
    """Whether a column that is not used holds words somebody may have said."""
    if header in columns.apart or senses.says(header, senses.listed("unheard")):
        return False
    seen = columns[header]
    few = seen.flags or seen.sorted_words or seen.moments or seen.link >= 0.5
    return seen.length >= least and seen.words >= 0.5 and not few
