"""Which claim wins a field, and which columns rival it: as well named, or by what stands in them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib.collect import dates, evidence, facets, nameless, senses, succession
from voc_lib.collect.claims import (
    BOTH,
    CUE,
    DEPUTY,
    LESS,
    OPEN,
    OWN,
    PLAIN,
    STRANGE,
    WEAK,
    Claim,
    Columns,
    believed,
    judged,
    two_sided,
)
from voc_lib.collect.evidence import FOR, Profile
from voc_lib.collect.headers import JOINED

STEP = 5  # rivals are no further apart than this
ASKED = ("text", "created_at", "csat", "nps")  # the fields columns may rival for
TAKEN_ON = ("accepted", "assigned", "answered", "closed")
NOTED = ("said", "recorded", "accepted")  # moments at which a feedback comes in
APART = pd.Timedelta(days=1)
SAME = 0.95  # share of rows from which two columns are alike
TWICE = 2.0  # times the length of words that are a sort, from which longer ones are what was said
LONGER = 1.5  # times the length of a deputy's words, from which other words may be the text instead
REPEATED = 0.8  # share of different words below which they may be a sort


def best(claims: Sequence[Claim], columns: Columns, *, kin: str = "") -> tuple[list[Claim], list[Claim]]:
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
    if first.field == "csat" and (_all_parts(sure) or _of_inspectors(sure, columns)):
        return [], []
    if first.field == "csat" and (overall := facets.first([claim.header for claim in sure])):
        return [next(claim for claim in sure if claim.header == overall)], []
    if first.field in JOINED and (first.band in (CUE, OPEN) or columns.survey):
        asked = {first.band, CUE} if columns.survey else {first.band}
        return [claim for claim in sure if claim == first or (claim.fit == FOR and claim.band in asked)], []
    if first.field == "created_at":
        first, claims = _when(first, claims, columns, kin)
    others = claims if first.field == "created_at" else sure
    rivals = [c for c in others if c.field in ASKED and _rival(first, c, columns)]
    return [first], rivals


def instead(
    best: Sequence[Claim], free: Sequence[str], named: Container[str], columns: Columns
) -> list[Claim]:
    """Columns still `free` that may be the field instead of the one that won it without a rival."""
    first = best[0]
    if first.field == "text":
        halves = _unnamed(best, may_be=free, columns=columns)
        return halves or _unsaid(best, [h for h in free if h not in named], columns)
    return _untold(first, may_be=free, columns=columns) if first.field == "created_at" else []


def _unnamed(best: Sequence[Claim], *, may_be: Sequence[str], columns: Columns) -> list[Claim]:
    """Columns that may be the text instead: longer words than those of a deputy, or the other half of it."""
    first = best[0]
    pair = senses.pair(may_be)
    halves = [h for h in pair if h != first.header] if first.band < OWN or first.header in pair else []
    seen = columns[first.header]
    sort = seen.given >= nameless.ENOUGH and seen.distinct < REPEATED and seen.length <= nameless.SHORT
    if first.band <= DEPUTY or sort:
        length = (LONGER if first.band <= DEPUTY else TWICE) * seen.length
        may_be = [h for h in may_be if not senses.later(h)]
        halves += [h for h in may_be if columns[h].length >= length and nameless.worded(h, columns)]
    elif first.band < OWN and seen.given >= nameless.ENOUGH and seen.length <= nameless.SHORT:
        halves += _sentences(seen, may_be, columns)
    return [replace(first, header=h) for h in halves if h != first.header]


def _sentences(seen: Profile, may_be: Sequence[str], columns: Columns) -> list[str]:
    """Columns of sentences beside a few words that are none, however different: 问题 (漏发) beside 客户说."""
    if seen.said >= nameless.SAYING:
        return []
    longer = [h for h in may_be if columns[h].length >= TWICE * seen.length and not senses.later(h)]
    return [h for h in longer if columns[h].telling and nameless.worded(h, columns)]


def _unsaid(best: Sequence[Claim], unclaimed: Sequence[str], columns: Columns) -> list[Claim]:
    """The one column of sentences whose name says nothing, beside a text hardly named as one: 督办情况."""
    first = best[0]
    if len(best) > 1 or first.band >= OWN:
        return []
    words = [
        h
        for h in unclaimed
        if nameless.worded(h, columns) and columns[h].telling and columns[h].filled >= BOTH
    ]
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
    others = [h for h in may_be if h != first.header and columns[h].filled >= BOTH]
    others = [h for h in others if nameless.dated(h, columns)]
    others = [h for h in others if not senses.says(h, senses.others("created_at"))]
    claims = [judged(replace(first, header=h), columns) for h in others]
    return [c for c in claims if senses.sense(c.header, "created_at") is None and _rival(first, c, columns)]


def _when(first: Claim, claims: Sequence[Claim], columns: Columns, kin: str) -> tuple[Claim, Sequence[Claim]]:
    """The time of the feedback, and the claims that may rival it."""
    first = _spoken_after(_soonest(first, claims, columns, kin), claims, columns)
    noted = (
        _written_down(first, claims, columns)
        or _answered_at(first, claims, columns)
        or _called_back(first, claims, columns)
    )
    return (noted, [c for c in claims if c.header != first.header]) if noted else (first, claims)


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
        if senses.before(claim.header, first.header) or _before_taken_on(claim, first, columns):
            first = claim
    return first


def _before_taken_on(claim: Claim, first: Claim, columns: Columns) -> bool:
    """Whether a time as plainly named is earlier in every row than when somebody took the feedback on."""
    unknown = claim.band >= PLAIN and not senses.moment(claim.header)
    return (
        unknown
        and senses.moment(first.header) in TAKEN_ON
        and columns.order(claim.header, first.header) == succession.LATER
    )


def _written_down(first: Claim, claims: Sequence[Claim], columns: Columns) -> Claim | None:
    """When it was written down, if a time may be of who handles it and is later in every row; else None.

    反馈时间 after 登记时间, in a list of 12315, is when the department reported back.
    """
    if not two_sided(first, columns):
        return None
    told = [c for c in claims if c.full and c.fit == FOR and c.band > WEAK and c.header != first.header]
    told = [c for c in told if senses.moment(c.header) in NOTED]
    told = [c for c in told if columns.order(c.header, first.header) == succession.LATER]
    return told[0] if told else None


def _answered_at(first: Claim, claims: Sequence[Claim], columns: Columns) -> Claim | None:
    """When those who were asked answered, a time later in every row than `first`; None where nothing tells.

    First is when they were asked (短信下发时间), or scores stand where the other does and nowhere else: who
    did not reply has neither. Words there, of cases not yet closed, tell against it.
    """
    later = _later(first, claims, columns)
    if not later:
        return None
    if senses.says(first.header, senses.listed("asked_by_us")) and not columns.handled:
        return _only([c for c in later if senses.says(c.header, senses.listed("replied"))])
    gaps = {h: columns.head(h).isna() for h in columns.table.columns if 0 < columns[h].filled < 1}
    rated = [gap for h, gap in gaps.items() if evidence.fit("csat", columns[h]) == FOR]
    later = [c for c in later if c.header in gaps]
    answered = _only([c for c in later if any(gap.equals(gaps[c.header]) for gap in rated)])
    words = [h for h in columns.table.columns if answered and columns[h].telling]
    said = answered and any(columns.head(h)[gaps[answered.header]].notna().any() for h in words)
    return None if said else answered


def _called_back(first: Claim, claims: Sequence[Claim], columns: Columns) -> Claim | None:
    """When customers were called back, where what they said then is all there is: 回访时间 beside 回访人.

    A complaint always has words; of who is called some say none. A list somebody works on is of complaints.
    """
    asked = [h for h in columns.table.columns if senses.says(h, senses.listed("asked_back"))]
    if columns.handled or len(asked) < 2:
        return None
    if any(columns[h].score >= 0.5 or nameless.worded(h, columns) for h in asked):
        return None
    words = [h for h in columns.table.columns if columns[h].telling]
    gaps = words and all(columns[h].filled < 1 for h in words)
    return _only(_later(first, [c for c in claims if c.header in asked], columns)) if gaps else None


def _later(first: Claim, claims: Sequence[Claim], columns: Columns) -> list[Claim]:
    """The times among others that are later than one in every row."""
    told = [c for c in claims if c.full and c.fit == FOR and c.header != first.header]
    return [c for c in told if columns.order(first.header, c.header) == succession.LATER]


def _only(claims: Sequence[Claim]) -> Claim | None:
    """The claim where all are of one header, else None."""
    return claims[0] if len({c.header for c in claims}) == 1 else None


def _spoken_after(first: Claim, claims: Sequence[Claim], columns: Columns) -> Claim:
    """Of days of something unknown and times of what customers do later in every row: 进厂, 回访.

    Those have a clock, or other columns are of the same (回访员 beside 回访日期).
    """
    if first.band != STRANGE or columns.handled:
        return first
    known = [c for c in claims if c.band == LESS]
    known = [c for c in known if not columns.clocked(first.header) or columns.clocked(c.header)]
    known = [c for c in known if columns.clocked(c.header) or _spoken_of(c, columns)]
    return _only(_later(first, known, columns)) or first


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
    """The claim that wins, or one named as well whose words are longer and come again less, or are sentences
    where those of the first are none: 申诉说明 beside 申诉事由 (破损, 延误).
    """
    first, seen = sure[0], columns[sure[0].header]
    labels = seen.said < nameless.SAYING
    fuller = [
        c
        for c in sure
        if c.band == first.band
        and c.fit == first.fit
        and columns[c.header].length >= TWICE * seen.length
        and (columns[c.header].distinct > seen.distinct or (labels and columns[c.header].telling))
    ]
    return fuller[0] if fuller else first


def _all_parts(sure: Sequence[Claim]) -> bool:
    """Whether several scores are each a facet of a question."""
    return len({claim.header for claim in sure}) > 1 and all(map(_part, sure))


def _part(claim: Claim) -> bool:
    """Whether a column is one facet of a question, 请评价[物流]."""
    return facets.parts(claim.header)[2] is not None


def _of_inspectors(sure: Sequence[Claim], columns: Columns) -> bool:
    """Whether several scores of parts stand in a list of inspections: 陈列得分, 卫生得分 beside 督导."""
    scored = {claim.header for claim in sure}
    others = [h for h in columns.table.columns if h not in scored]
    parts = len(scored) > 1 and all(claim.band in (LESS, STRANGE) for claim in sure)
    return parts and any(senses.says(h, senses.listed("judged_by_others")) for h in others)


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
    again = seen.given >= nameless.ENOUGH and seen.distinct <= nameless.TWO
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
