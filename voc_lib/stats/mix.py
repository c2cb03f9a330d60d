"""Simpson's paradox: a total that changes because the mix of its parts does, not because any part does."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.intervals import signed

PARTS = {
    "channel": "渠道",
    "source": "来源",
    "region": "地区",
    "product": "产品",
    "customer_type": "客户类型",
}
OWN = 0.5  # share of the change the parts must bring themselves
POINTS = "个百分点"


def parts(before: pd.DataFrame, after: pd.DataFrame, column: str) -> pd.DataFrame:
    """kept, n of the rows before and kept_after, n_after per value of the column; `kept` per row in."""
    sides = [_sums(rows, column) for rows in (before, after)]
    sides[1] = sides[1].add_suffix("_after")
    return pd.concat(sides, axis=1).fillna(0.0).sort_index()


def _sums(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.groupby(column, observed=True)[["kept", "n"]].sum()


def within(counts: pd.DataFrame) -> float:
    """The change inside the parts, each weighted by its mean share of both sides (Kitagawa 1955); NaN without
    two parts.

    `counts` has kept, n, kept_after, n_after; parts that were there on one side only are left out. The rest
    of the change comes from the mix.

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


def contradicted(total: float, own: float) -> bool:
    """Whether half or more of a change comes from another mix of parts."""
    return bool(np.isfinite(own) and total and own / total < OWN)


def told(label: str, counts: pd.DataFrame, total: float, own: float, unit: str = POINTS) -> str:
    """The contradiction in words; of proportions in points, else in the unit of the score."""
    same = "方向相反" if own * total < 0 else "大部分变化不在各部分之内"
    one = counts.assign(size=counts["n"] + counts["n_after"]).nlargest(2, "size")
    shown = "，".join(
        f"{name} {_level(row['kept'] / row['n'], unit)} → {_level(row['kept_after'] / row['n_after'], unit)}"
        for name, row in one.iterrows()
        if row["n"] and row["n_after"]
    )
    return (
        f"分{label}看，构成不变时的变化是 {_change(own, unit)}，而合计变化 {_change(total, unit)}，"
        f"{same}（{shown}）：合计的变化来自{label}构成的变化"
    )


def _level(value: float, unit: str) -> str:
    return f"{value:.1%}" if unit == POINTS else f"{value:.2f}"


def _change(value: float, unit: str) -> str:
    return f"{signed(value * 100) if unit == POINTS else signed(value, 2)} {unit}"
