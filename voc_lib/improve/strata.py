"""Simpson's paradox: a total that changes because the mix of its parts does, not because any part does."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.knowledge import Trial
from voc_lib.period import Period
from voc_lib.stats import metrics
from voc_lib.stats.metrics import Difference, Evidence

PARTS = {"channel": "渠道", "source": "来源", "region": "地区", "customer_type": "客户类型"}
OWN = 0.5  # share of the change the parts must bring themselves
KINDS = ("share", "kpi", "sla", "fcr")


def contradiction(trial: Trial, evidence: Evidence, change: Difference) -> str:
    """What to say where half or more of a change comes from another mix of parts; empty where it does not."""
    if trial.metric.kind not in KINDS or not change.difference:
        return ""
    for column, label in PARTS.items():
        if column in trial.metric.where:
            continue
        counts = parts(trial, evidence, column)
        own = within(counts)
        if np.isfinite(own) and own / change.difference < OWN:
            return _told(label, counts, change.difference, own)
    return ""


def within(counts: pd.DataFrame) -> float:
    """The change inside the parts, each weighted by its mean share of both windows; NaN without two parts.

    `counts` has kept, n, kept_after, n_after; parts that were there in one window only are left out.

    >>> before, after = {"kept": [400, 20], "n": [800, 200]}, {"kept_after": [104, 96], "n_after": [200, 800]}
    >>> counts = pd.DataFrame({**before, **after})
    >>> round(within(counts), 3)
    0.02
    """
    both = counts[(counts["n"] > 0) & (counts["n_after"] > 0)]
    if len(counts) < 2 or both.empty:
        return float("nan")
    weight = both["n"] / both["n"].sum() + both["n_after"] / both["n_after"].sum()
    change = both["kept_after"] / both["n_after"] - both["kept"] / both["n"]
    return float((weight * change).sum() / weight.sum())


def parts(trial: Trial, evidence: Evidence, column: str) -> pd.DataFrame:
    """kept, n of the before window and kept_after, n_after per value of the column."""
    sides = [_counts(trial, evidence, column, window) for window in (trial.before, trial.after)]
    sides[1] = sides[1].add_suffix("_after")
    return pd.concat(sides, axis=1).fillna(0.0).sort_index()


def _counts(trial: Trial, evidence: Evidence, column: str, window: Period) -> pd.DataFrame:
    outcomes = metrics.outcomes(trial.metric, evidence, window, column)
    return outcomes.groupby(column, observed=True)[["kept", "n"]].sum()


def _told(label: str, counts: pd.DataFrame, total: float, own: float) -> str:
    same = "方向相反" if own * total < 0 else "大部分变化不在各部分之内"
    one = counts.assign(size=counts["n"] + counts["n_after"]).nlargest(2, "size")
    shown = "，".join(
        f"{name} {row['kept'] / row['n']:.1%} → {row['kept_after'] / row['n_after']:.1%}"
        for name, row in one.iterrows()
        if row["n"] and row["n_after"]
    )
    return (
        f"分{label}看，构成不变时的变化是 {own * 100:+.1f} 个百分点，而合计变化 {total * 100:+.1f} 个百分点，"
        f"{same}（{shown}）：合计的变化来自{label}构成的变化"
    )
