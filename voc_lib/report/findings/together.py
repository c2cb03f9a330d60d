"""Which findings stand when everything a report compares is looked at together, not table by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from voc_lib.report.findings.tables import Tables
from voc_lib.schema.words import NOT_YET

RATE = 0.05  # of reports in which nothing changed, those that claim a change all the same
# The table a finding of a kind was judged in, among tests that hold their false discovery rate together.
FAMILIES = {
    "问题总量": "rates",
    "每千单件数": "rates",
    "地区": "region_rates",
    "问题占比": "changes",
    "指标": "changes",
    "新问题": "emerging",
    "主题": "themes",
    "办理快慢": "desks",
    "一次解决": "desks",
}
LISTED = "emerging"  # holds what is beyond chance alone
TESTS = ("p_adjusted", "solved_p")
ALONE = "；单独看超出偶然波动，与本期其他比较放在一起看还不能断定"
LIGHT = 0.2  # what such a finding weighs against one that stands


def largest(found: Tables) -> float:
    """The largest adjusted p of a finding that stands beside all other comparisons of a report.

    Benjamini and Bogomolov (2014): tables are chosen by their smallest p, Benjamini–Hochberg over all of
    them; of R chosen among K a finding stands whose adjusted p is at most 0.05 · R / K.
    """
    return stepped({name: _smallest(name, getattr(found, name)) for name in sorted({*FAMILIES.values()})})


def settled(told: Sequence[dict[str, Any]], most: float) -> list[dict[str, Any]]:
    """The findings, with those whose adjusted p is above `most` called so and put last."""
    return [_not_yet(row) if _falls(row, most) else row for row in told]


def stepped(smallest: Mapping[str, float]) -> float:
    """The largest adjusted p that stands, by the smallest of each table; NaN for a table that tests nothing.

    >>> stepped({"rates": 0.001, "changes": 0.01, "themes": 1.0, "desks": float("nan")})
    0.03333333333333333
    >>> stepped({"rates": 0.03, "changes": 0.2, "themes": 1.0})
    0.0
    """
    p = np.sort([value for value in smallest.values() if not np.isnan(value)])
    steps = RATE * np.arange(1, len(p) + 1) / max(1, len(p))
    return float(max(steps[p <= steps], default=0.0))


def _smallest(name: str, table: pd.DataFrame) -> float:
    """The smallest adjusted p of a table; NaN where it tests nothing.

    1 where it lists only what is beyond chance, and nothing is.
    """
    tests = table[[column for column in TESTS if column in table]].to_numpy("float64").ravel()
    tests = tests[~np.isnan(tests)]
    return float(tests.min()) if len(tests) else 1.0 if name == LISTED else float("nan")


def _falls(row: Mapping[str, Any], most: float) -> bool:
    """Whether a finding that was tested among others does not stand."""
    return row["kind"] in FAMILIES and row.get("tested", True) and 1 - row["certainty"] > most


def _not_yet(row: Mapping[str, Any]) -> dict[str, Any]:
    words = f"{row['finding']}{ALONE}"
    return {**row, "finding": words, "direction": NOT_YET, "decision": None, "weight": LIGHT * row["weight"]}
