"""What matters most, in at most five sentences."""

from __future__ import annotations

import pandas as pd

from voc_lib.period import Period
from voc_lib.report.narrative import TextView, text
from voc_lib.schema.words import DIRECTIONS

MOST = 5
WORSE, BETTER, _ = DIRECTIONS


def findings(table: pd.DataFrame, period: Period) -> TextView:
    """At most five findings, the worst first; schema.FINDINGS in."""
    if table.empty:
        return text([f"{period.title}没有超出偶然波动的变化，也没有逾期的措施。"], tone="good")
    bad, good = (int((table["direction"] == side).sum()) for side in (WORSE, BETTER))
    more = len(table) - MOST
    lead = f"{period.title}：{bad} 件变坏或没有做到，{good} 件变好。"
    lead += f"最要紧的 {MOST} 件（另 {more} 件见“全部发现”）：" if more > 0 else "按轻重排列："
    items = [_sentence(row) for _, row in table.head(MOST).iterrows()]
    return text([lead], items=items, tone="warn" if bad else "good")


def _sentence(row: pd.Series) -> str:
    """What was found, likely why, and who decides what by when."""
    parts = [row["finding"], row["cause"]]
    if pd.notna(row["decision"]):
        parts.append(f"要定的事：{row['decision']}（{row['owner']}，{row['due']:%Y-%m-%d} 前）")
    return "".join(f"{part}。" for part in parts if pd.notna(part))
