"""What has changed since the report before, in one box."""

from __future__ import annotations

import re

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.narrative import TextView, listed, text
from voc_lib.schema.words import SINCE_STATES

NAMED = 4  # things named of each kind of change
NAMES = {
    "措施": "措施 {}",
    "逾期": "措施 {}（逾期）",
    "新问题": "“{}”",
    "承诺": "承诺“{}”",
    "客户去留": "客户去留（{}）",
}
NEW, BACK, *_ = SINCE_STATES


def since(table: pd.DataFrame, before: Period | None, *, taxonomy: str = "") -> TextView | None:
    """How much is new, back, still open, better or gone since the report before; None without one.

    `taxonomy`: the sentence on another taxonomy it was made by.
    """
    if before is None:
        return None
    broken = [taxonomy] if taxonomy else []
    if table.empty:
        return text(f"与{before.title}的报告相比，没有新的发现，也没有了结的。", items=broken)
    counts = table["state"].value_counts()
    told = "，".join(f"{state} {counts[state]} 件" for state in SINCE_STATES if state in counts)
    items = [
        f"{state}：{_named(table[table['state'] == state])}。" for state in SINCE_STATES if state in counts
    ]
    rest = cited.counted(schema.SINCE, table, "state")
    bad = table["state"].isin((NEW, BACK)).any()
    return text(
        f"与{before.title}的报告相比：{told}。",
        items=[*items, *broken],
        tone="warn" if bad else "good",
        of=[rest],
    )


def _named(rows: pd.DataFrame) -> str:
    """The first things of a kind of change by name, and how many more."""
    return listed([_called(row) for _, row in rows.iterrows()], NAMED, "件")


def _called(row: pd.Series) -> str:
    """What a row is about in words: a measure by its action, where its sentence gives it."""
    subject, told = str(row["subject"]), row["before"] if pd.isna(row["now"]) else row["now"]
    action = re.search(rf"“[^”]+”（{re.escape(subject)}）", str(told))
    name = NAMES.get(row["kind"], "{}")
    return name.replace(" ", "").format(action[0]) if action else name.format(subject)
