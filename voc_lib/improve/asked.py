"""Which columns of issues and of single feedbacks written metrics read: steps read no others."""

from __future__ import annotations

from collections.abc import Collection

from voc_lib import schema
from voc_lib.improve import followup, strata, telling, visits
from voc_lib.knowledge import Knowledge
from voc_lib.metric import Metric
from voc_lib.rootcause import causes
from voc_lib.stats import basis


def columns(table: str, metrics: Collection[Metric], also: Collection[str] = ()) -> list[str]:
    """The columns of a table of feedback that figures of the metrics read, and those of `also`.

    >>> columns("tagged", [], also=["file"])
    ['created_at', 'file', 'counted', 'problem', 'primary_tag', 'intent']
    """
    wanted = {*basis.read(metrics), *also}
    return [name for name in schema.table(table).names if name in wanted]


def of_issues(knowledge: Knowledge) -> list[str]:
    """Of issues: what measures and promises are judged by, whom to call and tell, which cases were broken."""
    also = {"issue_id"}  # wishes taken up are told by it
    if knowledge.measures:
        also |= {*strata.COLUMNS, *followup.NEEDED, *telling.NEEDED, *_places(knowledge)}
    if knowledge.promises:
        also |= {*schema.BREACHES.names}
    return columns("issues", _metrics(knowledge), also)


def of_feedback(knowledge: Knowledge) -> list[str]:
    """Of single feedbacks: the same metrics, and which calls cannot have been made."""
    also = {*strata.COLUMNS, *visits.NEEDED, *_places(knowledge)} if knowledge.measures else ()
    return columns("tagged", _metrics(knowledge), also)


def _metrics(knowledge: Knowledge) -> list[Metric]:
    of_measures = [measure.metric for measure in knowledge.measures if measure.metric]
    return of_measures + [promise.metric for promise in knowledge.promises]


def _places(knowledge: Knowledge) -> set[str]:
    """The columns of where a measure is at work, where nothing was changed, and what tells its cause."""
    found: set[str] = set()
    for measure in knowledge.measures:
        pilot = measure.stages.pilot
        about = causes.spoken(knowledge, measure.problem, measure.cause)
        found |= {*measure.comparison, *(about.where if about else ())}
        found |= {*pilot.scope, *pilot.comparison} if pilot else set()
    return found
