"""What was raised in a period: the rows every category statistic is of, and the order of categories."""

from __future__ import annotations

import pandas as pd

from voc_lib.period import Period
from voc_lib.stats import voices
from voc_lib.tag.problem import problems as are_problems
from voc_lib.tag.taxonomy import OTHER


def problems(issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The issues raised in the period, for the first time or again, that are problems and count.

    The base of every category statistic; `created_at` is when they were first raised within the period.
    """
    return complaints(voices.dated(issues, period))


def opened(issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The problems raised for the first time in the period: the base of how they were handled."""
    return complaints(issues[period.mask(issues["created_at"])])


def complaints(issues: pd.DataFrame) -> pd.DataFrame:
    """The rows that are problems, without copies the params leave out of statistics (`counted`)."""
    return counted(issues[are_problems(issues)])


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without copies the params leave out of statistics."""
    kept = rows["counted"].fillna(True).astype(bool) if "counted" in rows else None
    return rows if kept is None or kept.all() else rows[kept]


def order(counts: pd.Series) -> list[str]:
    """Category names by falling count, then by name, 其他 last.

    >>> order(pd.Series({"其他": 9, "乙": 2, "甲": 2, "丙": 5}))
    ['丙', '乙', '甲', '其他']
    """
    return sorted(counts.index, key=lambda name: (name == OTHER, -counts[name], name))
