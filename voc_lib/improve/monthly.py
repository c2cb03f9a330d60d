"""A metric over many months at once: the rows are sorted and cut once instead of searched every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import nan

import numpy as np
import pandas as pd

from voc_lib.improve.track import Floats, Track, kind
from voc_lib.metric import HOURS, Metric
from voc_lib.period import Period
from voc_lib.stats import basis, metrics, voices
from voc_lib.stats.basis import Evidence
from voc_lib.stats.exposure import PER
from voc_lib.stats.metrics import Estimate

LEAST = 1e-12
SEVERAL = {"share": metrics.shares, "rate": metrics.rates, "kpi": metrics.kpis}


def estimates(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> list[Estimate]:
    """`metrics.measure` of each window, worked out once."""
    said = metric.model_dump_json()
    keys = [(said, evidence.known, window.start, window.end) for window in windows]
    new = {key: window for key, window in zip(keys, windows, strict=True) if key not in evidence.seen}
    if new:
        found = SEVERAL.get(metric.kind, _estimates)(metric, basis.slim(evidence, metric), list(new.values()))
        evidence.seen.update(zip(new, found, strict=True))
    return [evidence.seen[key] for key in keys]


def _estimates(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> Iterator[Estimate]:
    rows = evidence.issues.sort_values("created_at", kind="stable", ignore_index=True)
    for window, places in zip(windows, voices.each(rows, windows), strict=True):
        part = replace(evidence, issues=rows.iloc[places])
        yield metrics.measure(metric, part, window.start, window.end)


def months(first: pd.Period, last: pd.Period) -> list[Period]:
    """The calendar months from first to last, both included.

    >>> [month.label for month in months(pd.Period("2026-08"), pd.Period("2026-09"))]
    ['2026-08', '2026-09']
    """
    return [Period.parse(str(month)) for month in pd.period_range(first, last, freq="M")]


def track(metric: Metric, evidence: Evidence, windows: Sequence[Period]) -> Track:
    """The metric over the windows, months without a value left out; hours as logarithms."""
    return of(metric, windows, estimates(metric, evidence, windows))


def of(metric: Metric, windows: Sequence[Period], found: Sequence[Estimate]) -> Track:
    """The estimates of the windows as a track."""
    pairs = zip(windows, found, strict=True)
    known = [(window, e) for window, e in pairs if e.n and np.isfinite(e.value) and _usable(metric, e)]
    month = np.array([12 * w.start.year + w.start.month - 1 for w, _ in known], dtype="int64")
    n = np.array([e.n for _, e in known], dtype="float64")
    value = np.array([scaled(metric, e.value) for _, e in known])
    spread = _spread(n, [e.variance for _, e in known])
    middle = np.array([e.middle for _, e in known], dtype="float64").reshape(-1, 2)
    steadier = None
    if known and np.isfinite(middle).all():
        steadier = Track("mean", month, middle[:, 0], n, _spread(n, middle[:, 1]))
    if metric.kind == "rate":
        n = n / PER
    return Track(kind(metric.kind), month, value, n, spread, steadier)


def _spread(n: Floats, variances: Floats | list[float]) -> float:
    """The variance of one unit of base; never none, so that months alike in themselves can vary."""
    return max(float(n**2 @ np.asarray(variances) / n.sum()), LEAST) if len(n) else nan


def scaled(metric: Metric, value: float) -> float:
    """The value on the scale of a track: hours as logarithms."""
    return float(np.log(value)) if metric.kind in HOURS else value


def plain(metric: Metric, value: float) -> float:
    """The value of a track in the metric's own unit.

    >>> plain(Metric(kind="handling_hours"), 0.0), plain(Metric(kind="sla"), 0.9)
    (1.0, 0.9)
    """
    return float(np.exp(value)) if metric.kind in HOURS else value


def _usable(metric: Metric, estimate: Estimate) -> bool:
    if kind(metric.kind) != "mean":
        return True
    return np.isfinite(estimate.variance) and (metric.kind not in HOURS or estimate.value > 0)
