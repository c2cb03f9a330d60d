"""Simpson's paradox at a measure: what its metric did inside channels, sources, regions, customer types."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.knowledge import Trial
from voc_lib.metric import HOURS, PROPORTIONS
from voc_lib.stats import metrics, mix
from voc_lib.stats.metrics import Difference, Evidence

HANDLED = (*HOURS, "sla", "fcr")


def contradiction(trial: Trial, evidence: Evidence, change: Difference) -> str:
    """What to say where half or more of a change comes from another mix of parts; empty where it does not."""
    total, unit = _moved(trial.metric.kind, change)
    for column, label in {**mix.PARTS, **(mix.WORK if trial.metric.kind in HANDLED else {})}.items():
        if column in trial.metric.where:
            continue
        counts = parts(trial, evidence, column)
        own = mix.within(counts)
        if mix.contradicted(total, own):
            return mix.told(label, counts, total, own, unit)
    return ""


def _moved(kind: str, change: Difference) -> tuple[float, str]:
    """The change as `parts` counts it, and its unit in words."""
    if kind in HOURS:
        return float(np.log(change.after.value / change.before.value)), mix.HOURS
    return change.difference, mix.POINTS if kind in PROPORTIONS else change.after.unit


def parts(trial: Trial, evidence: Evidence, column: str) -> pd.DataFrame:
    """kept, n of the before window and kept_after, n_after per value of the column."""
    before, after = (
        metrics.outcomes(trial.metric, evidence, window, column) for window in (trial.before, trial.after)
    )
    return mix.parts(before, after, column)
