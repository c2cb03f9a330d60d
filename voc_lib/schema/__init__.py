"""Every table of the house, declared once: columns, dtypes, units, Chinese labels; a module per step.

Code reads and writes the English names; paper shows the labels. `check` is the contract between steps.
"""

from __future__ import annotations

from collections.abc import Mapping

from voc_lib.errors import DataError, did_you_mean
from voc_lib.schema import collect, improve, plan, rootcause, stats, tag
from voc_lib.schema.collect import (
    ANSWERS,
    COVERAGE,
    CUSTOMERS,
    EXPOSURE,
    FEEDBACK,
    HEADERS,
    HISTORY,
    KPIS,
    LEDGER,
    NOTES,
    ORDERS,
    QUARANTINE,
    RATINGS,
    READS,
)
from voc_lib.schema.declaration import Column, Kind, Table, check, empty, shape
from voc_lib.schema.improve import (
    COMMITMENTS,
    EFFECTS,
    FINDINGS,
    FOLLOWUPS,
    PLAN,
    SOLUTIONS,
    TASKS,
    TRACKING,
)
from voc_lib.schema.plan import (
    CHANNELS,
    GOALS,
    METRICS,
    MILESTONES,
    TEAM,
)
from voc_lib.schema.rootcause import (
    CANDIDATES,
    DIAGNOSIS,
    FISHBONE,
    FIVE_W1H,
    QUADRANTS,
    WHY,
)
from voc_lib.schema.stats import (
    CATEGORY_STATS,
    CHANGES,
    CROSSTAB,
    DRIVERS,
    EMERGING,
    MIX,
    RATES,
    REGION_RATES,
    SATISFACTION,
    SERVICE,
    SURVEY_ANSWERS,
    SURVEY_QUALITY,
    TREND,
    WEIGHTED,
)
from voc_lib.schema.tag import (
    ISSUES,
    LOAD,
    MISMATCHES,
    NEW_WORDS,
    OVERDUE,
    QUESTIONS,
    REQUESTS,
    RULE_CHECK,
    SUMMARY,
    TAG_DRIFT,
    TAG_QUALITY,
    TAG_SENTIMENT,
    TAGGED,
    TAGS,
    TICKET_CROSS,
    TICKETS,
    URGENT,
)
from voc_lib.schema.words import (
    ALONE,
    COARSE_SCALES,
    COPY_CHOICES,
    COPY_KINDS,
    CORRECTABLE,
    CUSTOMER_TYPES,
    INTENTS,
    MERGED_BECAUSE,
    MOODS,
    SCORE_SCALES,
    STATUSES,
    TAG_SEPARATOR,
    UNSURE_SCALES,
    URGENCIES,
    VERDICTS,
)

__all__ = [
    "ALONE",
    "ANSWERS",
    "CANDIDATES",
    "CATEGORY_STATS",
    "CHANGES",
    "CHANNELS",
    "COARSE_SCALES",
    "COMMITMENTS",
    "COPY_CHOICES",
    "COPY_KINDS",
    "CORRECTABLE",
    "COVERAGE",
    "CROSSTAB",
    "CUSTOMERS",
    "CUSTOMER_TYPES",
    "DIAGNOSIS",
    "DRIVERS",
    "EFFECTS",
    "EMERGING",
    "EXPOSURE",
    "FEEDBACK",
    "FINDINGS",
    "FISHBONE",
    "FIVE_W1H",
    "FOLLOWUPS",
    "GOALS",
    "HEADERS",
    "HISTORY",
    "INTENTS",
    "ISSUES",
    "KPIS",
    "LEDGER",
    "LOAD",
    "MERGED_BECAUSE",
    "METRICS",
    "MILESTONES",
    "MISMATCHES",
    "MIX",
    "MOODS",
    "NEW_WORDS",
    "NOTES",
    "ORDERS",
    "OVERDUE",
    "PLAN",
    "QUADRANTS",
    "QUARANTINE",
    "QUESTIONS",
    "RATES",
    "RATINGS",
    "READS",
    "REGION_RATES",
    "REQUESTS",
    "RULE_CHECK",
    "SATISFACTION",
    "SCORE_SCALES",
    "SERVICE",
    "SOLUTIONS",
    "STATUSES",
    "SUMMARY",
    "SURVEY_ANSWERS",
    "SURVEY_QUALITY",
    "TABLES",
    "TAGGED",
    "TAGS",
    "TAG_DRIFT",
    "TAG_QUALITY",
    "TAG_SENTIMENT",
    "TAG_SEPARATOR",
    "TASKS",
    "TEAM",
    "TICKETS",
    "TICKET_CROSS",
    "TRACKING",
    "TREND",
    "UNSURE_SCALES",
    "URGENCIES",
    "URGENT",
    "VERDICTS",
    "WEIGHTED",
    "WHY",
    "Column",
    "Kind",
    "Table",
    "check",
    "empty",
    "shape",
    "table",
]

STEPS = (collect, tag, stats, rootcause, improve, plan)
TABLES: Mapping[str, Table] = {
    value.name: value for step in STEPS for value in vars(step).values() if isinstance(value, Table)
}


def table(name: str) -> Table:
    """The declaration of a table; DataError lists what there is."""
    if name not in TABLES:
        raise DataError(f"没有名为 “{name}” 的表。{did_you_mean(name, TABLES)}")
    return TABLES[name]
