"""Simpson's paradox at a measure: what its metric did inside channels, sources, regions, customer types."""

from __future__ import annotations

from dataclasses import replace

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


def contradiction(trial: Trial, evidence: Evidence, change: Difference) -> str:
    """What to say where half or more of a change comes from another mix of parts; empty where it does not.

    Of two dimensions at once where it all but does, and their mix is surely another; of a rate, whose orders
    are of no source, also where it comes from sources that joined or left.
    """
    return (
        _single(trial, evidence, change, _dimensions(trial, evidence))
        or _double(trial, evidence, change)
        or _sources(trial, evidence, change)
    )


def of_staff(trial: Trial, evidence: Evidence, change: Difference) -> str:
    """The same of departments and handlers, but for those a category goes to by itself."""
    known = _known(trial, evidence, mix.STAFF)
    if trial.metric.kind == "share":
        known = {name: told for name, told in known.items() if not mix.follows(parts(trial, evidence, name))}
    return _single(trial, evidence, change, known)


def _dimensions(trial: Trial, evidence: Evidence) -> dict[str, str]:
    work = mix.WORK if trial.metric.kind in HANDLED else {}
    return _known(trial, evidence, {**mix.PARTS, **work})


def _known(trial: Trial, evidence: Evidence, every: dict[str, str]) -> dict[str, str]:
    """The columns the metric can be looked at by."""
    known = getattr(evidence, _frame(trial, evidence)).columns
    return {name: label for name, label in every.items() if name in known and name not in trial.metric.where}


def _single(trial: Trial, evidence: Evidence, change: Difference, columns: dict[str, str]) -> str:
    total, unit = _moved(trial.metric.kind, change)
    for column, label in columns.items():
        counts = parts(trial, evidence, column)
        own = mix.within(counts)
        if mix.contradicted(total, own):
            return mix.told(label, counts, total, own, unit)
    return ""


def _double(trial: Trial, evidence: Evidence, change: Difference) -> str:
    if trial.metric.kind in ("kpi", "rate"):
        return ""  # of one dimension each
    total, unit = _moved(trial.metric.kind, change)
    for one, two, label in mix.crossed(_dimensions(trial, evidence)):
        counts = parts(trial, _crossed(trial, evidence, one, two), mix.BOTH)
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


def _crossed(trial: Trial, evidence: Evidence, one: str, two: str) -> Evidence:
    """The evidence with the column `mix.BOTH`, the part of two dimensions."""
    if _frame(trial, evidence) == "ratings" and evidence.ratings is not None:
        return replace(evidence, ratings=mix.joined(evidence.ratings, one, two))
    return replace(evidence, issues=mix.joined(evidence.issues, one, two))


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


def parts(trial: Trial, evidence: Evidence, column: str) -> pd.DataFrame:
    """kept, n of the before window and kept_after, n_after per value of the column."""
    before, after = (
        basis.outcomes(trial.metric, evidence, window, column) for window in (trial.before, trial.after)
    )
    return mix.parts(before, after, column)
