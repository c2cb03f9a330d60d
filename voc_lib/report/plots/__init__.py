"""Charts of the reports: tables of `schema` in, a Chart (or a sentence when there is no data) out."""

from voc_lib.report.plots.answered import importance, spread
from voc_lib.report.plots.causes import fishbone, why_tree
from voc_lib.report.plots.desk import backlog, still_open
from voc_lib.report.plots.loyalty import afterwards, churn, cohorts
from voc_lib.report.plots.matrix import coverage, heatmap, incomparable, pressing, quadrants, service, worth
from voc_lib.report.plots.ranking import changes, drivers, intervals, pareto
from voc_lib.report.plots.schedule import gantt
from voc_lib.report.plots.series import commitments, effect, forecast, trend
from voc_lib.report.plots.theme import Chart
from voc_lib.report.plots.usage import adoption, completeness, funnel, month_end

__all__ = [
    "Chart",
    "adoption",
    "afterwards",
    "backlog",
    "changes",
    "churn",
    "cohorts",
    "commitments",
    "completeness",
    "coverage",
    "drivers",
    "effect",
    "fishbone",
    "forecast",
    "funnel",
    "gantt",
    "heatmap",
    "importance",
    "incomparable",
    "intervals",
    "month_end",
    "pareto",
    "pressing",
    "quadrants",
    "service",
    "spread",
    "still_open",
    "trend",
    "why_tree",
    "worth",
]
