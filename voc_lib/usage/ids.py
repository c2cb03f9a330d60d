"""Ids of events that stand twice: one event written again, or an id used for two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.collect.logs import SOURCE
from voc_lib.usage.order import SAME

AGAIN = "日志ID与内容同另一行，只有时间不同（重复上报）"
SHARE = 0.05  # of all ids, at most, that stand twice where ids tell events apart
FEW = 10  # ids at most that say nothing by their share


def again(events: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Which events are an earlier one but for the time, by their ids, and what to tell of ids used for two.

    Events sorted by user and time, none of them the same as another in all. Where more than 5 % of
    the ids stand twice, and these are many or most of other contents, nothing is told by them.
    """
    written = np.zeros(len(events), bool)
    if "event_id" not in events:
        return written, []
    doubled = events["event_id"].duplicated(keep=False) & events["event_id"].notna()
    rows = events.loc[doubled.to_numpy(), ["user_id", *(c for c in SAME if c in events)]]
    repeat = rows.duplicated()
    contents = rows.loc[~repeat, "event_id"].value_counts()
    reused = contents.index[contents > 1]
    n, other = len(contents), len(reused)
    if n > SHARE * events["event_id"].nunique() and (n > FEW or other > n - other):
        return written, [
            f"{SOURCE}：{n} 个日志ID各出现在多行上（{n - other} 个只有时间不同，{other} 个内容也不同），"
            f"像会重新计数的编号或会话号，不用它判断重复；{len(rows)} 行都已计入"
        ]
    two = rows["event_id"].isin(reused)
    written[np.flatnonzero(doubled)[repeat & ~two]] = True
    said = f"{SOURCE}：{other} 个日志ID用在内容不同的 {two.sum()} 行上，像是编号被重复使用，各行都已计入"
    return written, [said] if other else []
