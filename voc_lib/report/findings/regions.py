"""A category that rose in one region alone."""

from __future__ import annotations

from collections.abc import Iterator

from voc_lib.report.conclusions.per_order import region
from voc_lib.report.findings import answers
from voc_lib.report.findings.finding import finding
from voc_lib.report.findings.tables import Tables
from voc_lib.stats.changes import UP
from voc_lib.stats.rates import ALL, HIGHER


def risen(found: Tables) -> Iterator[dict]:
    """A category that rose in one region alone: far more there than elsewhere, and than there before."""
    told = set(found.rates.loc[found.rates["claim"] == HIGHER, "category"])
    told |= set(found.changes.loc[found.changes["claim"] == UP, "indicator"])
    for _, row in found.regional().iterrows():
        if row["category"] not in told:
            more = {} if row["category"] == ALL else answers.planned(str(row["category"]), found)
            decision = {"decision": f"查明{row['region']}的原因"} | more
            yield finding("地区", str(row["region"]), region(row), sure=1 - row["p_adjusted"], **decision)
