"""What a column is by what stands in it, where no name tells: the one of sentences, of times, of grades."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from voc_lib.collect import evidence, headers, senses, succession
from voc_lib.collect.claims import BOTH, NEEDED, Columns
from voc_lib.collect.evidence import FOR, Profile
from voc_lib.collect.headers import Match

PROPOSED = ("remark", "request", "first_response_at", "closed_at")  # proposed where there is no other
GRADED = 0.9  # share of words of satisfaction from which a column is of them
ENOUGH = 8  # values from which words that come again tell something
SHORT = 8  # length up to which words may be a sort
SAYING = 0.2  # share of sentences below which words are labels
LEAST = 4  # characters a column of words has on average
CODED, FULL = 0.9, 5  # share of codes, and values, from which a column numbers the rows
REPLIES = ("回复", "回复内容", "reply", "replies")
SAID = 0.5  # share of sentences of what is called a reply
TWO = 0.5  # share of different words up to which each comes twice


def alone(name: str, found: Mapping[str, Match], columns: Columns) -> str | None:
    """The one column that must be a field by its values, for which nothing is named; else None."""
    left = [h for h in columns.table.columns if h not in found]
    left = left if name == "text" else [h for h in left if not headers.unnamed(h)]
    tell = {"text": _only_words, "created_at": _only_time, "feedback_id": _of_the_same, "csat": _only_grades}
    may = tell[name](left, found, columns)
    return may[0] if len(may) == 1 else None


def _only_words(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """The one column of words, where they are sentences and nobody at work may have written them."""
    other = any(m.field in PROPOSED and columns[h].telling for h, m in found.items())
    return [] if other else said(left, columns)


def said(left: Sequence[str], columns: Columns) -> list[str]:
    """The one column of words that hardly come again: sentences, in a table nobody works on."""
    words = [h for h in left if worded(h, columns, least=2) and columns[h].distinct > TWO]
    sure = len(words) == 1 and columns[words[0]].telling and columns[words[0]].filled >= BOTH
    return words if sure and not columns.handled and not senses.says(words[0], senses.others("text")) else []


def labels(seen: Profile, least: int = ENOUGH) -> bool:
    """Whether a few labels come again and again, and no sentences: 售后/质量/异响."""
    return seen.given >= least and seen.distinct <= TWO and seen.said < SAYING


def _only_time(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """The one column of times that is of nothing else by name, in order with those that are.

    Beside days without a clock, each before it, it is the one with a clock: an order, and its review.
    """
    times = [h for h in left if dated(h, columns) and columns[h].filled >= BOTH and not columns[h].constant]
    others = [h for h in times if senses.says(h, senses.others("created_at"))]
    own = [h for h in times if h not in others]
    if not own:
        return _of_others(others, columns)
    clocked = [h for h in own if columns.clocked(h)]
    own = clocked if len(clocked) == 1 and not columns.handled else own
    days = [h for h in times if h not in (*own, *others)]
    if len(own) != 1 or any(columns.order(own[0], h) != succession.EARLIER for h in days):
        return []
    return own if not any(_far_off(own[0], o, columns) for o in others) else []


def dated(header: str, columns: Columns) -> bool:
    """Whether times stand in a column that is no number of something: not 2-08 below 床号."""
    return columns[header].moments and senses.sense(header, "feedback_id") is None


def _of_others(times: Sequence[str], columns: Columns) -> list[str]:
    """Of times of something else: of what the customer was at (离店), or of the call that asked them."""
    if len(times) == 1:
        return [*times] if senses.says(times[0], senses.listed("lived")) else []
    called = [h for h in times if senses.says(h, senses.listed("asked_back"))]
    rest = [h for h in times if h not in called]
    sure = len(called) == 1 and not columns.handled
    return called if sure and all(columns.order(h, called[0]) == succession.LATER for h in rest) else []


def _far_off(header: str, other: str, columns: Columns) -> bool:
    """Whether a time is not where it should be beside another: after an order, before an answer to it."""
    after = senses.says(other, senses.listed("afterwards"))
    return columns.order(header, other) != (succession.LATER if after else succession.EARLIER)


def _of_the_same(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """Numbers of what the time or the words are of, each another one: 调查编号 beside 调查时间."""
    own = {senses.qualifier(h, m.field) for h, m in found.items() if m.field in NEEDED} - {""}
    single = [h for h in left if columns[h].distinct == 1 and columns[h].filled == 1]
    named = [h for h in single if senses.qualifier(h, "feedback_id") in own]
    return named or [h for h in single[:1] if _first_number(h, columns)]


def _first_number(header: str, columns: Columns) -> bool:
    """Whether a column is the number of something unknown, before all others: 回访单, 提案编号."""
    first = next(h for h in columns.table.columns if not (headers.unnamed(h) or columns[h].running))
    said = senses.sense(header, "feedback_id")
    coded = columns[header].coded >= CODED and columns[header].given >= FULL
    return header == first and coded and said is not None and said.whose == senses.STRANGE


def _only_grades(left: Sequence[str], found: Mapping[str, Match], columns: Columns) -> list[str]:
    """The columns of smileys or stars alone, of one scale; of whether who was asked back is satisfied."""
    grades = [
        h for h in left if columns[h].kinds > 1 and (columns[h].signs >= GRADED or _pleased(h, columns))
    ]
    return [h for h in grades if not senses.says(h, senses.others("csat"))]


def _pleased(header: str, columns: Columns) -> bool:
    """Whether customers told who called them back how satisfied they are: 回访结果 (满意, 一般)."""
    seen = columns[header]
    asked = senses.says(header, senses.listed("asked_back"))
    return asked and seen.score >= GRADED and seen.pleased >= SAID


def proposed(
    name: str, left: Sequence[str], named: Container[str], columns: Columns, *, rated: bool = False
) -> list[str]:
    """The columns that may be a field nothing surely is, by what stands in them; at most three.

    Beside scores (`rated`) a few labels again and again are no words: nobody need have said any.
    """
    if name == "created_at":
        fit = [h for h in left if evidence.fit(name, columns[h]) == FOR and dated(h, columns)]
        return sorted(fit, key=lambda h: h not in named)[:3]
    left = [h for h in left if not (rated and labels(columns[h], least=FULL))]
    fit = sorted((h for h in left if worded(h, columns, least=2)), key=lambda h: -columns[h].length)
    return [*senses.pair(fit)] or fit[:3] or [h for h in left if _of_whom(h, columns)][:3]


def _of_whom(header: str, columns: Columns) -> bool:
    """Whether sentences are called a reply, and not whose: a customer's on a thread, or one to them."""
    return senses.spoken(header) in REPLIES and columns[header].said >= SAID


def graded(header: str, columns: Columns) -> bool:
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


def worded(header: str, columns: Columns, least: int = LEAST) -> bool:
    """Whether a column that is not used holds words somebody may have said."""
    if header in columns.apart or senses.says(header, senses.listed("unheard")):
        return False
    seen = columns[header]
    if seen.answering:
        return False
    few = seen.flags or seen.sorted_words or seen.moments or seen.link >= 0.5 or seen.ticked or seen.spans
    return seen.length >= least and seen.words >= 0.5 and not few
