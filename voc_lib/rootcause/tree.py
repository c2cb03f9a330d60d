"""A tree of causes, changed: a cause added, said otherwise, moved, split, taken out. `()` is the problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from voc_lib.errors import DataError
from voc_lib.knowledge import Analysis, Cause, Knowledge, Measure, Question

Naming = TypeVar("Naming", Measure, Question)
Place = tuple[int, ...]  # which cause at each level, counted from 0


def places(analysis: Analysis) -> Iterator[tuple[Place, Cause]]:
    """Every cause with its place, depth first."""
    yield from _places(analysis.why, ())


def _places(why: Sequence[Cause], above: Place) -> Iterator[tuple[Place, Cause]]:
    for number, cause in enumerate(why):
        yield (*above, number), cause
        yield from _places(cause.why, (*above, number))


def at(analysis: Analysis, place: Place) -> Cause:
    """The cause at a place."""
    found = analysis.why[place[0]]
    for number in place[1:]:
        found = found.why[number]
    return found


def path(analysis: Analysis, place: Place) -> tuple[str, ...]:
    """The words from the problem down to a place.

    >>> path(Analysis(problem="物流延迟", why=[Cause(cause="缺人")]), (0,))
    ('物流延迟', '缺人')
    """
    causes = (at(analysis, place[: level + 1]).cause for level in range(len(place)))
    return (analysis.problem, *causes)


def added(analysis: Analysis, above: Place, cause: Cause) -> tuple[Analysis, Place]:
    """The tree with a cause as the last one below a place, and where it stands.

    A cause with causes of its own is no root.

    >>> tree, place = added(Analysis(problem="物流延迟"), (), Cause(cause="缺人"))
    >>> tree.why[0].cause, place
    ('缺人', (0,))
    """
    new = [*(at(analysis, above).why if above else analysis.why), cause]
    place = (*above, len(new) - 1)
    if not above:
        return analysis.model_copy(update={"why": new}), place
    return changed(analysis, above, why=new, root=False), place


def changed(analysis: Analysis, place: Place, **fields: Any) -> Analysis:
    """The tree with some fields of a cause changed."""
    return _replaced(analysis, place, lambda cause: [cause.model_copy(update=fields)])


def withdrawn(analysis: Analysis, place: Place) -> Analysis:
    """The tree without a cause and what is below it."""
    return _replaced(analysis, place, lambda _: [])


def moved(analysis: Analysis, place: Place, under: Place) -> tuple[Analysis, Place]:
    """The tree with a cause, and all below it, as the last one below another; and where it stands then.

    DataError where it would hang below itself.
    """
    if under[: len(place)] == place:
        name = at(analysis, place).cause
        raise DataError(f"“{name}” 不能移到它自己下面，那样因果就成了循环；请选别的上一层")
    grown, new = added(analysis, under, at(analysis, place))
    return withdrawn(grown, place), _after(place, new)


def split(analysis: Analysis, place: Place, names: Sequence[str]) -> Analysis:
    """The tree with a cause said as several: the first keeps what was known of it, the others are new."""
    first, *others = names
    return _replaced(
        analysis,
        place,
        lambda cause: [cause.model_copy(update={"cause": first}), *(Cause(cause=name) for name in others)],
    )


def renamed(knowledge: Knowledge, problem: str, old: str, new: str) -> Knowledge:
    """What is known with measures and questions of a problem naming a cause by its new words."""
    measures = [_called(m, old, new) if m.problem == problem else m for m in knowledge.measures]
    known = knowledge.model_copy(update={"measures": measures})
    if (analysis := knowledge.analysis(problem)) is None:
        return known
    questions = [_called(asked, old, new) for asked in analysis.questions]
    return put(known, analysis.model_copy(update={"questions": questions}))


def _called(entry: Naming, old: str, new: str) -> Naming:
    return entry.model_copy(update={"cause": new}) if entry.cause == old else entry


def put(knowledge: Knowledge, analysis: Analysis) -> Knowledge:
    """What is known with this in place of what was written of the problem, or as the last one."""
    there = [a.problem for a in knowledge.causes]
    others = knowledge.causes if analysis.problem in there else [*knowledge.causes, analysis]
    return knowledge.model_copy(
        update={"causes": [analysis if a.problem == analysis.problem else a for a in others]}
    )


def _replaced(analysis: Analysis, place: Place, by: Callable[[Cause], list[Cause]]) -> Analysis:
    return analysis.model_copy(update={"why": _why(analysis.why, place, by)})


def _why(why: list[Cause], place: Place, by: Callable[[Cause], list[Cause]]) -> list[Cause]:
    number, *rest = place
    cause = why[number]
    inside = [cause.model_copy(update={"why": _why(cause.why, tuple(rest), by)})] if rest else by(cause)
    return [*why[:number], *inside, *why[number + 1 :]]


def _after(gone: Place, place: Place) -> Place:
    """Where a place is once the cause at another is out."""
    level = len(gone) - 1
    if len(place) > level and place[:level] == gone[:level] and place[level] > gone[level]:
        return (*place[:level], place[level] - 1, *place[level + 1 :])
    return place
