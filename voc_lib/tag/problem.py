"""What counts as a problem: neither praise nor a remark in which nothing went wrong and nothing is asked."""

from __future__ import annotations

import pandas as pd

PRAISE, REMARK = "表扬", "其他"


def is_problem(intents: pd.Series, known: pd.Series) -> pd.Series:
    """Whether each feedback raises a problem, a wish or a question.

    Praise raises none; who wants nothing (“刚收到，还没用”) raises one only where the problem is `known`, by
    a person or by what people taught.

    >>> intents, known = ["抱怨", "表扬", "其他", "其他"], [False, False, False, True]
    >>> is_problem(pd.Series(intents), pd.Series(known)).tolist()
    [True, False, False, True]
    """
    return (intents != PRAISE) & ((intents != REMARK) | known)


def problems(rows: pd.DataFrame) -> pd.Series:
    """Which rows are problems: `problem` of schema.TAGGED or ISSUES; where it is not said, all but praise."""
    unsaid = (rows["intent"] != PRAISE).fillna(True).astype(bool)
    return rows["problem"].astype("boolean").fillna(unsaid).astype(bool) if "problem" in rows else unsaid


def remarks(rows: pd.DataFrame) -> pd.Series:
    """Which rows are neither problems nor praise."""
    return ~problems(rows) & (rows["intent"] != PRAISE)
