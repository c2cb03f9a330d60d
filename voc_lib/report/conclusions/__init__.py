"""What the tables say, in sentences a manager reads: every figure with its base and its uncertainty."""

from voc_lib.report.conclusions.advice import actions
from voc_lib.report.conclusions.ahead import forecast, not_forecast
from voc_lib.report.conclusions.aims import breaches, commitments, goals
from voc_lib.report.conclusions.answered import satisfaction_report
from voc_lib.report.conclusions.arrivals import ledger, notes, oddities, quarantine
from voc_lib.report.conclusions.audiences import version
from voc_lib.report.conclusions.causes import cause_classes, cause_shares
from voc_lib.report.conclusions.compared import since
from voc_lib.report.conclusions.desks import service_quality
from voc_lib.report.conclusions.foremost import findings, standing, to_decide
from voc_lib.report.conclusions.headline import cards, strip
from voc_lib.report.conclusions.incidents import warned
from voc_lib.report.conclusions.indicators import service
from voc_lib.report.conclusions.loyalty import customers, needs
from voc_lib.report.conclusions.measures import alerts, effects, stages, telling, tracking
from voc_lib.report.conclusions.moved import changes
from voc_lib.report.conclusions.per_order import rates
from voc_lib.report.conclusions.problems import categories, diagnosis, emerging, labels
from voc_lib.report.conclusions.ranking import (
    appraised,
    decisions,
    faults,
    gaps,
    interviews,
    priorities,
    roots,
)
from voc_lib.report.conclusions.speakers import coverage
from voc_lib.report.conclusions.themed import themes
from voc_lib.report.conclusions.usage import usage, usage_ledger, use_in_short

__all__ = [
    "actions",
    "alerts",
    "appraised",
    "breaches",
    "cards",
    "categories",
    "cause_classes",
    "cause_shares",
    "changes",
    "commitments",
    "coverage",
    "customers",
    "decisions",
    "diagnosis",
    "effects",
    "emerging",
    "faults",
    "findings",
    "forecast",
    "gaps",
    "goals",
    "interviews",
    "labels",
    "ledger",
    "needs",
    "not_forecast",
    "notes",
    "oddities",
    "priorities",
    "quarantine",
    "rates",
    "roots",
    "satisfaction_report",
    "service",
    "service_quality",
    "since",
    "stages",
    "standing",
    "strip",
    "telling",
    "themes",
    "to_decide",
    "tracking",
    "usage",
    "usage_ledger",
    "use_in_short",
    "version",
    "warned",
]
