"""Simpson's paradox at a measure: what its metric did inside channels, sources, regions, customer types."""

from __future__ import annotations

import pandas as pd

from voc_lib.knowledge import Trial
from voc_lib.stats import metrics, mix
from voc_lib.stats.metrics import Difference, Evidence

KINDS = ("share", "kpi", "sla", "fcr")


def contradiction(trial: Trial, evidence: Evidence, change: Difference) -> str:
    """What to say where half or more of a change comes from another mix of parts; empty where it does not."""
    if trial.metric.kind not in KINDS:
        return ""
    for column, label in mix.PARTS.items():
        if column in trial.metric.where:
            continue
        counts = parts(trial, evidence, column)
        own = mix.within(counts)
        if mix.contradicted(change.difference, own):
            return mix.told(label, counts, change.difference, own)
    return ""


def parts(trial: Trial, evidence: Evidence, column: str) -> pd.DataFrame:
    """kept, n of the before window and kept_after, n_after per value of the column."""
    before, after = (
        metrics.outcomes(trial.metric, evidence, window, column) for window in (trial.before, trial.after)
    )
    return mix.parts(before, after, column)
