"""Rounds of a measure: the one at work on a day, and what came of each where there was more than one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from voc_lib.knowledge import Knowledge, Measure, Message, Revisit


def current(knowledge: Knowledge, as_of: date) -> Knowledge:
    """The same with one round of each measure, the last begun by a day, its stages as they stood then."""
    measures = [_begun(rounds, as_of).until(as_of) for rounds in _grouped(knowledge).values()]
    return knowledge.model_copy(update={"measures": measures})


def _grouped(knowledge: Knowledge) -> dict[str, list[Measure]]:
    """The rounds of each measure, the first first."""
    found: dict[str, list[Measure]] = {}
    for measure in knowledge.measures:
        found.setdefault(measure.id, []).append(measure)
    return {name: sorted(rounds, key=lambda measure: measure.round) for name, rounds in found.items()}


def _begun(rounds: list[Measure], as_of: date) -> Measure:
    begun = [measure for measure in rounds if measure.start <= as_of]
    return begun[-1] if begun else rounds[0]


def about(visit: Revisit | Message, measure: Measure) -> bool:
    """Whether a call or message was about this round of a measure: of a later one, since it began."""
    if visit.measure != measure.id:
        return False
    return measure.round == 1 or (visit.at is not None and visit.at >= measure.start)


def holds(visit: Revisit, measure: Measure, slipped: str | None) -> bool:
    """Whether a call still says how things stand: about this round, made since the month it `slipped`."""
    if not visit.reached or not about(visit, measure):
        return False
    return not slipped or (visit.at is not None and f"{visit.at:%Y-%m}" > slipped)


def repeated(knowledge: Knowledge, as_of: date) -> Iterator[tuple[Measure, date, str]]:
    """Each round of the measures with several: as it stood on its last day, that day, why it did not do."""
    for rounds in _grouped(knowledge).values():
        if len(rounds) == 1:
            continue
        for measure, after in pairwise(rounds):
            last = min(as_of, after.start - timedelta(days=1))
            yield measure.until(last), last, after.failure
        yield rounds[-1].until(as_of), as_of, ""
