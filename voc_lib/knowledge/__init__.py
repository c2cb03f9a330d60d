"""What people know and data does not: causes, measures, promises and revisits, written in one YAML file."""

from voc_lib.knowledge.causes import Analysis, Cause, FiveW1H, Query, Question, Test
from voc_lib.knowledge.departures import Departure
from voc_lib.knowledge.form import Knowledge, aimed, checked, declared, dump, load, read, schema_text
from voc_lib.knowledge.measures import (
    RESTED_DAYS,
    Measure,
    Message,
    Progress,
    Revisit,
    Trial,
    called_since,
)
from voc_lib.knowledge.meetings import Decision, Incident
from voc_lib.knowledge.precedence import faults as before_their_time
from voc_lib.knowledge.promises import Promise
from voc_lib.knowledge.references import called, unknown
from voc_lib.knowledge.stages import Judged, Pilot, Review, Stages
from voc_lib.params import Goal
from voc_lib.params.owners import people

__all__ = [
    "RESTED_DAYS",
    "Analysis",
    "Cause",
    "Decision",
    "Departure",
    "FiveW1H",
    "Goal",
    "Incident",
    "Judged",
    "Knowledge",
    "Measure",
    "Message",
    "Pilot",
    "Progress",
    "Promise",
    "Query",
    "Question",
    "Review",
    "Revisit",
    "Stages",
    "Test",
    "Trial",
    "aimed",
    "before_their_time",
    "called",
    "called_since",
    "checked",
    "declared",
    "dump",
    "load",
    "people",
    "read",
    "schema_text",
    "unknown",
]
