"""How long somebody stays in a function: by the log's own account where it has one, else by the times."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.collect.logs import SOURCE


def beside(rows: pd.DataFrame, events: pd.DataFrame, first: np.ndarray, between: np.ndarray) -> pd.DataFrame:
    """Visits with `dwell`, and where the log has its own, with `own` and `between`; all seconds.

    `first`: the number of each visit's first event; `between`: how long it lasted by the times.
    """
    if "dwell" not in events or events["dwell"].isna().all():
        return rows.assign(dwell=between)
    own = _sums(events["dwell"].to_numpy(), first)
    return rows.assign(dwell=np.where(np.isnan(own), between, own), own=own, between=between)


def _sums(stays: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The sum of each visit's events, NaN where none says anything.

    >>> _sums(np.array([20.0, 5.0, np.nan, np.nan]), np.array([0, 2])).tolist()
    [25.0, nan]
    """
    told = np.add.reduceat((~np.isnan(stays)).astype("int64"), first)
    return np.where(told > 0, np.add.reduceat(np.nan_to_num(stays), first), np.nan)


def notes(seen: pd.DataFrame) -> list[str]:
    """Which of the two dwells the visits have, and how far they differ where both are known."""
    if "own" not in seen or seen["own"].isna().all():
        return []
    both, other = seen.dropna(subset=["own", "between"]), seen["own"].isna() & seen["between"].notna()
    said = f"{SOURCE}：停留用日志自带的停留时长（本期 {seen['own'].notna().sum()} 次访问）"
    if len(both):
        said += (
            f"；其中 {len(both)} 次也能由相邻操作的间隔算，自带的中位数 {both['own'].median():.1f} 秒，"
            f"间隔的中位数 {both['between'].median():.1f} 秒，用的是自带的"
        )
    return [said + (f"；{other.sum()} 次没有自带的值，用间隔" if other.any() else "")]
