"""Simpson's paradox at a measure: what its metric did inside channels, sources, regions, customer types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from voc_lib.knowledge import Trial
from voc_lib.metric import HOURS, PROPORTIONS
from voc_lib.stats import basis, metrics, mix, windows
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import Difference
from voc_lib.stats.raised import problems

SCORES = ("csat", "nps")
HANDLED = (*HOURS, "sla", "fcr")
COLUMNS = (*mix.PARTS, *mix.WORK, *mix.STAFF)  # a metric is looked at by


@dataclass(frozen=True)
class Sides:
    """The two windows of a trial, to be looked at by one column after another."""

    trial: Trial
    evidence: Evidence

    @cached_property
    def rows(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What the metric is of before and after; selected once, whatever it is looked at by."""
        of, windows = self.trial.metric, (self.trial.before, self.trial.after)
        before, after = (basis.outcomes(of, self.evidence, window) for window in windows)
        return before, after

    def parts(self, column: str) -> pd.DataFrame:
        """kept, n of the before window and kept_after, n_after per value of the column."""
        trial = self.trial
        if trial.metric.kind in ("kpi", "rate"):
            windows = (trial.before, trial.after)
            before, after = (basis.of_parts(trial.metric, self.evidence, each, column) for each in windows)
        else:
            before, after = (_counted(rows, column, trial.metric.kind) for rows in self.rows)
        return mix.parts(before, after, column)

    def crossed(self, one: str, two: str) -> pd.DataFrame:
        """The same per value of two columns at once."""
        both = (mix.joined(rows, one, two) for rows in self.rows)
        before, after = (_counted(rows, mix.BOTH, self.trial.metric.kind) for rows in both)
        return mix.parts(before, after, mix.BOTH)


def _counted(rows: pd.DataFrame, column: str, kind: str) -> pd.DataFrame:
    return mix.medians(rows, column) if kind in HOURS else rows


def contradiction(sides: Sides, change: Difference) -> str:
    """What to say where half or more of a change comes from another mix of parts; empty where it does not.

    Of two dimensions at once where it all but does, and their mix is surely another; of a rate, whose orders
    are of no source, also where it comes from sources that joined or left.
    """
    return (
        _single(sides, change, _dimensions(sides.trial, sides.evidence))
        or _double(sides, change)
        or _sources(sides.trial, sides.evidence, change)
    )


def of_staff(sides: Sides, change: Difference) -> str:
    """The same of departments and handlers, but for those a category goes to by itself."""
    known = _known(sides.trial, sides.evidence, mix.STAFF)
    if sides.trial.metric.kind == "share":
        known = {name: told for name, told in known.items() if not mix.follows(sides.parts(name))}
    return _single(sides, change, known)


def _dimensions(trial: Trial, evidence: Evidence) -> dict[str, str]:
    work = mix.WORK if trial.metric.kind in HANDLED else {}
    return _known(trial, evidence, {**mix.PARTS, **work})


def _known(trial: Trial, evidence: Evidence, every: dict[str, str]) -> dict[str, str]:
    """The columns the metric can be looked at by."""
    known = getattr(evidence, _frame(trial, evidence)).columns
    return {name: label for name, label in every.items() if name in known and name not in trial.metric.where}


def _single(sides: Sides, change: Difference, columns: dict[str, str]) -> str:
    total, unit = _moved(sides.trial.metric.kind, change)
    for column, label in columns.items():
        counts = sides.parts(column)
        own = mix.within(counts)
        if mix.contradicted(total, own):
            return mix.told(label, counts, total, own, unit)
    return ""


def _double(sides: Sides, change: Difference) -> str:
    trial = sides.trial
    if trial.metric.kind in ("kpi", "rate"):
        return ""  # of one dimension each
    total, unit = _moved(trial.metric.kind, change)
    for one, two, label in mix.crossed(_dimensions(trial, sides.evidence)):
        counts = sides.crossed(one, two)
        own = mix.within(counts)
        if mix.contradicted(total, own, mix.CROSSED) and mix.another(counts):
            return mix.told(label, counts, total, own, unit)
    return ""


def _sources(trial: Trial, evidence: Evidence, change: Difference) -> str:
    if trial.metric.kind != "rate":
        return ""
    sides = [problems(evidence.issues, side)["source"].value_counts() for side in (trial.before, trial.after)]
    old, new = sides[0].align(sides[1], fill_value=0)
    apart = sorted(old.index[windows.faint(old, new) | windows.faint(new, old)].astype("str"))
    if not apart or len(apart) == len(old):
        return ""
    steady = evidence.issues[~evidence.issues["source"].isin(apart)]
    kept = metrics.compare(trial.metric, replace(evidence, issues=steady), trial.before, trial.after)
    total, own = change.difference, kept.difference
    return mix.told_of_sources(apart, total, own, change.after.unit) if mix.contradicted(total, own) else ""


def _frame(trial: Trial, evidence: Evidence) -> str:
    """Which frame of the evidence the metric is counted in."""
    if trial.metric.kind in ("kpi", "rate"):
        return {"kpi": "kpis", "rate": "exposure"}[trial.metric.kind]
    return "ratings" if trial.metric.kind in SCORES and evidence.ratings is not None else "issues"


def _moved(kind: str, change: Difference) -> tuple[float, str]:
    """The change as `parts` counts it, and its unit in words."""
    if kind in HOURS:
        return float(np.log(change.after.value / change.before.value)), mix.HOURS
    return change.difference, mix.POINTS if kind in PROPORTIONS else change.after.unit
