"""Which column of a feedback table is which field: by its name and by what stands in it, or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib.collect import choices, dates, evidence, facets, headers, senses, succession
from voc_lib.collect.claims import (
    BOTH,
    CUE,
    DEPUTY,
    LESS,
    NEEDED,
    OPEN,
    OWN,
    PLAIN,
    STRANGE,
    WEAK,
    Claim,
    Columns,
    believed,
    claimed,
    judged,
    standing,
    two_sided,
)
from voc_lib.collect.evidence import FOR, Profile
from voc_lib.collect.headers import JOINED, Match
from voc_lib.collect.table import Table

STEP = 5  # rivals are no further apart than this
ALONE = 0.6  # how sure a column is that is taken by its values alone
BY_VALUES = ("created_at", "text", "feedback_id")  # fields that may be taken so
ORDER = ("created_at", "feedback_id", "nps", "csat", "text", "customer_id", "contact", "customer_name")
PROPOSED = ("remark", "request", "first_response_at", "closed_at")  # proposed where there is no other
ASKED = ("text", "created_at", "csat", "nps")  # the fields columns may rival for
GRADED = 0.9  # share of words of satisfaction from which a column is of them
GRADES = ("csat", "nps")  # no score is believed by a name that says of something unknown: 巡检得分
APART = pd.Timedelta(days=1)
SAME = 0.95  # share of rows from which two columns are alike
TWICE = 2.0  # times the length of words that are a sort, from which longer ones are what was said
LONGER = 1.5  # times the length of a deputy's words, from which other words may be the text instead
ENOUGH = 8  # values from which words that come again tell something
REPEATED, SHORT = 0.8, 8  # share of different words below which, and length up to which, they may be a sort
SAYING = 0.2  # share of sentences below which words are labels
LEAST = 4  # characters a column of words has on average
TWO = 0.5  # share of different words up to which each comes twice


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
    unnamed: tuple[str, ...] = ()  # taken by their values alone


def settle(
    table: Table, explicit: Mapping[str, str], *, zone: ZoneInfo, given: Sequence[str] = ()
) -> Settled:
    """What every column of a feedback table is; `given` are fields that come from elsewhere (params)."""
    fixed = headers.fixed(table.columns, explicit, table.place)
    columns = Columns(table, zone)
    rest = [h for h in table.columns if h not in fixed and not headers.unnamed(h)]
    said = [claim for h in rest for claim in claimed(h, columns)]
    claims = [
        judged(c, columns) for c in said if c.field not in JOINED or not choices.MARKED.search(c.header)
    ]
    kin = _kin(claims, columns)
    taken, found, open_ = {m.field for m in fixed.values()} | {*given}, dict(fixed), []
    for name in (*ORDER, *sorted({c.field for c in claims} - {*ORDER})):
        mine = sorted(
            (c for c in claims if c.field == name and c.header not in found), key=standing, reverse=True
        )
        if name in taken or not mine:
            continue
        best, rivals = _best(mine, columns, kin=kin)
        free = [h for h in rest if h not in found]
        if (
            name == "text"
            and best
            and not rivals
            and _labels(columns[best[0].header])
            and _said(free, columns)
        ):
            continue
        if name == "text" and best and not rivals:
            rivals = _unnamed(best, may_be=free, columns=columns)
            named = {c.header for c in claims}
            rivals = rivals or _unsaid(best, [h for h in free if h not in named], columns)
        if name == "created_at" and best and not rivals:
            rivals = _untold(best[0], may_be=free, columns=columns)
        strange = best and (best[0].band == STRANGE or _by_others(best[0].header, table.columns))
        if name in GRADES and strange and not rivals:
            open_.append(Open(name, (best[0].header,)))
        if rivals := list({r.header: r for r in rivals}.values()):
            open_.append(Open(name, (best[0].header, *(r.header for r in rivals)), rivals=True))
        found |= {c.header: Match(c.header, name, c.how, c.score) for c in best}
        taken |= {c.field for c in best}
    alone = {name: h for name in BY_VALUES if name not in taken and (h := _alone(name, found, columns))}
    found |= {h: Match(h, name, "推测", ALONE) for name, h in alone.items()}
    taken |= {*alone}
    left = [h for h in rest if h not in found]
    may = [h for h in rest if h not in found or found[h].field in PROPOSED]
    open_ += [o for name in NEEDED if name not in taken and (o := _proposed(name, may, claims, columns))]
    if not taken & {"csat", "nps"} and (graded := [h for h in left if _graded(h, columns)]):
        open_.append(Open("csat", tuple(graded[:3])))
    matches = tuple(found.get(h, Match(h, None, "未使用")) for h in table.columns)
    return Settled(matches, tuple(open_), tuple(h for h in left if _worded(h, columns)), (*alone.values(),))


def _alone(name: str, found: Mapping[str, Match], columns: Columns) -> str | None:
    """The one column that must be a field by its values, for which nothing is named; else None."""
    left = [h for h in columns.table.columns if h not in found and not headers.unnamed(h)]
    tell = {"text": _only_words, "created_at": _only_time, "feedback_id": _of_the_same}
    may = tell[name](left, found, columns)
    return may[0] if len(may) == 1 else None


def _only_words(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """The one column of words, where they are sentences and nobody at work may have written them."""
    other = any(m.field in PROPOSED and columns[h].telling for h, m in found.items())
    return [] if other else _said(left, columns)


def _said(left: Sequence[str], columns: Columns) -> list[str]:
    """The one column of words that hardly come again: sentences, in a table nobody works on."""
    words = [h for h in left if _worded(h, columns, least=2) and columns[h].distinct > TWO]
    sure = len(words) == 1 and columns[words[0]].telling and columns[words[0]].filled >= BOTH
    return words if sure and not columns.handled and not senses.says(words[0], senses.others("text")) else []


def _labels(seen: Profile) -> bool:
    """Whether a few labels come again and again, and no sentences: 售后/质量/异响."""
    return seen.given >= ENOUGH and seen.distinct <= TWO and seen.said < SAYING


def _only_time(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """The one column of times that is of nothing else by name, in order with those that are.

    Beside days without a clock, each before it, it is the one with a clock: an order, and its review.
    """
    times = [h for h in left if columns[h].moments and columns[h].filled >= BOTH and not columns[h].constant]
    others = [h for h in times if senses.says(h, senses.others("created_at"))]
    own = [h for h in times if h not in others]
    clocked = [h for h in own if columns.clocked(h)]
    own = clocked if len(clocked) == 1 and not columns.handled else own
    days = [h for h in times if h not in (*own, *others)]
    if len(own) != 1 or any(columns.order(own[0], h) != succession.EARLIER for h in days):
        return []
    return own if not any(_far_off(own[0], o, columns) for o in others) else []


def _far_off(header: str, other: str, columns: Columns) -> bool:
    """Whether a time is not where it should be beside another: after an order, before an answer to it."""
    after = senses.says(other, senses.listed("afterwards"))
    return columns.order(header, other) != (succession.LATER if after else succession.EARLIER)


def _of_the_same(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """Numbers of what the time or the words are of, each another one: 调查编号 beside 调查时间."""
    own = {senses.qualifier(h, m.field) for h, m in found.items() if m.field in NEEDED} - {""}
    named = [h for h in left if senses.qualifier(h, "feedback_id") in own]
    return [h for h in named if columns[h].distinct == 1 and columns[h].filled == 1]


def _by_others(header: str, columns: Sequence[str]) -> bool:
    """Whether a bare 得分 stands in a list of inspections or exams, where it is hardly the customer's.

    >>> _by_others("得分", ["巡店日期", "得分"]), _by_others("得分", ["评价时间", "得分"])
    (True, False)
    """
    if senses.spoken(header) not in senses.listed("bare_scores"):
        return False
    return any(senses.says(h, senses.listed("judged_by_others")) for h in columns if h != header)


def _kin(claims: Sequence[Claim], columns: Columns) -> str:
    """What the likeliest text is of (评论 of 评论内容): the other columns of a feedback say it too."""
    texts = [c for c in claims if c.field == "text" and c.fit == FOR and c.band >= STRANGE]
    best = max(texts, key=standing, default=None)
    return "" if best is None or two_sided(best, columns) else senses.qualifier(best.header, "text")


def _unnamed(best: Sequence[Claim], *, may_be: Sequence[str], columns: Columns) -> list[Claim]:
    """Columns that may be the text instead: longer words than those of a deputy, or the other half of it."""
    first = best[0]
    pair = senses.pair(may_be)
    halves = [h for h in pair if h != first.header] if first.band < OWN or first.header in pair else []
    seen = columns[first.header]
    sort = seen.given >= ENOUGH and seen.distinct < REPEATED and seen.length <= SHORT
    if first.band <= DEPUTY or sort:
        length = (LONGER if first.band <= DEPUTY else TWICE) * seen.length
        may_be = [h for h in may_be if not senses.later(h)]
        halves += [h for h in may_be if columns[h].length >= length and _worded(h, columns)]
    return [replace(first, header=h) for h in halves if h != first.header]


def _unsaid(best: Sequence[Claim], nameless: Sequence[str], columns: Columns) -> list[Claim]:
    """The one column of sentences whose name says nothing, beside a text hardly named as one: 督办情况."""
    first = best[0]
    if len(best) > 1 or first.band >= OWN:
        return []
    words = [h for h in nameless if _worded(h, columns) and columns[h].telling and columns[h].filled >= BOTH]
    words = [h for h in words if not (senses.later(h) or senses.says(h, senses.others("text")))]
    sure = len(words) == 1 and _apart(first.header, words[0], columns)
    return [replace(first, header=words[0])] if sure else []


def _apart(header: str, other: str, columns: Columns) -> bool:
    """Whether two columns hold other words of like length, or never both hold any."""
    a, b = columns.head(header), columns.head(other)
    both = a.notna() & b.notna()
    return not both.any() or _other_words(a[both], b[both])


def _untold(first: Claim, *, may_be: Sequence[str], columns: Columns) -> list[Claim]:
    """Columns of other times that no name tells, beside one that is hardly the feedback's own."""
    if first.band > STRANGE:
        return []
    others = [h for h in may_be if h != first.header and columns[h].moments and columns[h].filled >= BOTH]
    others = [h for h in others if not senses.says(h, senses.others("created_at"))]
    claims = [judged(replace(first, header=h), columns) for h in others]
    return [c for c in claims if senses.sense(c.header, "created_at") is None and _rival(first, c, columns)]


def _best(claims: Sequence[Claim], columns: Columns, *, kin: str = "") -> tuple[list[Claim], list[Claim]]:
    """The claims that win a field (several open questions may), and those that rival them.

    Of times and names the one of the text's own `kin` wins (评论时间 beside 评论内容).
    """
    sure = [claim for claim in claims if believed(claim, columns)]
    sure = [claim for claim in sure if columns[claim.header].given] or sure  # empty ones yield
    if not sure:
        return [], []
    first = _fuller(sure, columns) if sure[0].field == "text" else sure[0]
    if kin and (own := _of_kin(claims, sure, kin)):
        return own, []
    if first.field == "csat" and len({c.header for c in sure}) > 1 and all(map(_part, sure)):
        return [], []
    if first.field == "csat" and (overall := facets.first([claim.header for claim in sure])):
        return [next(claim for claim in sure if claim.header == overall)], []
    if first.field in JOINED and (first.band in (CUE, OPEN) or columns.survey):
        asked = {first.band, CUE} if columns.survey else {first.band}
        return [claim for claim in sure if claim == first or (claim.fit == FOR and claim.band in asked)], []
    if first.field == "created_at":
        first = _spoken_after(_soonest(first, claims, columns, kin), claims, columns)
    others = claims if first.field == "created_at" else sure
    rivals = [c for c in others if c.field in ASKED and _rival(first, c, columns)]
    return [first], rivals


def _soonest(first: Claim, claims: Sequence[Claim], columns: Columns, kin: str) -> Claim:
    """The time of the earliest moment in the life of a feedback, else the first one.

    The end of a conversation is such a moment where the text is what was said of it afterwards.
    """
    if columns.timed and senses.spoken(first.header) in senses.listed("survey_ends"):
        return first
    rated = kin in senses.kin("评价")
    told = [c for c in claims if c.full and c.fit == first.fit and columns[c.header].filled >= BOTH]
    may = [c for c in told if (rated if senses.moment(c.header) == "ended" else c.band > WEAK)]
    for claim in may:
        if senses.before(claim.header, first.header):
            first = claim
    return first


def _spoken_after(first: Claim, claims: Sequence[Claim], columns: Columns) -> Claim:
    """Of days of something unknown and times of what customers do later in every row: 进厂, 回访."""
    if first.band != STRANGE or columns.handled:
        return first
    known = [c for c in claims if c.band == LESS and c.full and c.fit == FOR and c.header != first.header]
    known = [c for c in known if columns.clocked(c.header) and not columns.clocked(first.header)]
    known = [c for c in known if columns.order(first.header, c.header) == succession.LATER]
    return known[0] if len({c.header for c in known}) == 1 else first


def _apart_by_order(first: Claim, other: str, columns: Columns) -> bool:
    """Whether the rows tell a time from that of an order before it or of an answer after it."""
    if first.band == STRANGE:
        return False
    way = columns.order(first.header, other)
    if senses.says(other, senses.listed("afterwards")):
        return way == succession.LATER
    sense = senses.sense(other, "created_at")
    unknown = sense is not None and sense.whose == senses.STRANGE and not columns.handled
    return way == succession.EARLIER and (unknown or (sense is not None and sense.whose == senses.OTHER))


def _of_kin(claims: Sequence[Claim], sure: Sequence[Claim], kin: str) -> list[Claim]:
    """The one time or name of the text's own kin: 评论时间 beside 评论内容, 回答时间 beside 回答内容."""
    first = sure[0]
    if first.field not in ("created_at", "customer_name"):
        return []
    alike = senses.kin(kin)
    own = [c for c in sure if c.fit == first.fit and senses.spoken(c.header).startswith(alike)]
    if len({c.header for c in own}) == 1 and own[0].band >= PLAIN:
        return own[:1]
    if first.field == "customer_name" or senses.spoken(first.header).startswith(alike):
        return []
    said = {c.header: c for c in claims if c.fit == FOR and senses.qualifier(c.header, c.field) == kin}
    return list(said.values()) if len(said) == 1 else []


def _fuller(sure: Sequence[Claim], columns: Columns) -> Claim:
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


def _rival(first: Claim, other: Claim, columns: Columns) -> bool:
    """Whether two columns may both be the field: alike by name, both filled in, and different."""
    unsure = first.field == "created_at" and first.band <= STRANGE and not _spoken_of(first, columns)
    least = WEAK if unsure else STRANGE if two_sided(first, columns) else first.band - STEP
    if other.header == first.header or other.band < least or other.fit != first.fit or not other.full:
        return False
    a, b = columns.head(first.header), columns.head(other.header)
    both = a.notna() & b.notna()
    if both.mean() < BOTH:
        return False
    if first.field == "created_at":
        told = senses.before(first.header, other.header) or not _far(a[both], b[both], columns.zone)
        return not (told or _apart_by_order(first, other.header, columns))
    if first.field == "text":
        told = columns[other.header].answering or _sort(columns[other.header], columns[first.header])
        return not told and _other_words(a[both], b[both])
    return bool((a[both] == b[both]).mean() < SAME)


def _sort(seen: Profile, text: Profile) -> bool:
    """Whether words that come again stand beside longer ones that do not; twice each, beside any."""
    again = seen.given >= ENOUGH and seen.distinct <= TWO
    return text.distinct > 0.9 and (again or (seen.distinct <= 0.8 and 1.3 * seen.length <= text.length))


def _spoken_of(first: Claim, columns: Columns) -> bool:
    """Whether other columns are of what a time is of: 回访时间 beside 回访结果."""
    whose = senses.qualifier(first.header, "created_at")
    return bool(whose) and any(
        senses.spoken(h).startswith(whose) for h in columns.table.columns if h != first.header
    )


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


def _proposed(name: str, left: Sequence[str], claims: Sequence[Claim], columns: Columns) -> Open | None:
    """The columns that may be a field nothing surely is, by what stands in them; at most three."""
    if name == "created_at":
        fit = [h for h in left if evidence.fit(name, columns[h]) == FOR and columns[h].moments]
        named = [c.header for c in claims if c.field == name and c.fit == FOR]
        fit = sorted(fit, key=lambda h: h not in named)
    else:
        fit = sorted((h for h in left if _worded(h, columns, least=2)), key=lambda h: -columns[h].length)
    pair = senses.pair(fit) if name == "text" else ()
    return Open(name, tuple(pair or fit[:3])) if fit else None


def _graded(header: str, columns: Columns) -> bool:
    """Whether a column may hold words of satisfaction: all are (回访结果: 满意, 一般).

    Of one whose name says so (客户评价: 惊喜, 满意, 失望) a few words that come again are enough.
    """
    seen = columns[header]
    words = seen.number < 0.5 and seen.length >= 2 and seen.kinds >= evidence.FEW
    other = header in columns.apart or senses.says(header, senses.others("csat"))
    if not words or other:
        return False
    if senses.sense(header, "csat") is None:
        return seen.score >= GRADED
    return seen.score > 0 and seen.kinds <= evidence.LEVELS and seen.length <= SHORT and seen.distinct <= TWO


def _worded(header: str, columns: Columns, least: int = LEAST) -> bool:
    """Whether a column that is not used holds words somebody may have said."""
    if header in columns.apart or senses.says(header, senses.listed("unheard")):
        return False
    seen = columns[header]
    if seen.answering:
        return False
    few = seen.flags or seen.sorted_words or seen.moments or seen.link >= 0.5 or seen.ticked or seen.spans
    return seen.length >= least and seen.words >= 0.5 and not few
