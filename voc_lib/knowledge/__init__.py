"""What people know and data does not: causes, measures, promises and revisits, written in one YAML file."""

from voc_lib.knowledge.causes import Analysis, Cause, FiveW1H, Query, Question, Test
from voc_lib.knowledge.form import Knowledge, checked, declared, dump, load, read, schema_text
from voc_lib.knowledge.measures import Measure, Progress, Review, Revisit, Trial
from voc_lib.knowledge.owners import people
from voc_lib.knowledge.promises import Promise
from voc_lib.knowledge.references import unknown

__all__ = [
    "Analysis",
    "Cause",
    "FiveW1H",
    "Knowledge",
    "Measure",
    "Progress",
    "Promise",
    "Query",
    "Question",
    "Review",
    "Revisit",
    "Test",
    "Trial",
    "checked",
    "declared",
    "dump",
    "load",
    "people",
    "read",
    "schema_text",
    "unknown",
]
