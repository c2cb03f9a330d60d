"""Which of two times comes first, told row by row: an order before its review, a reply after it."""

from __future__ import annotations

import pandas as pd

SURE = 0.95  # share of rows that must agree
LEAST = 5  # rows from which they tell something
EARLIER, UNTOLD, LATER = -1, 0, 1


def of(first: pd.Series, other: pd.Series) -> int:
    """Whether the other time is the LATER or the EARLIER one in nearly every row; UNTOLD where neither is.

    A day without a clock is neither before nor after a time of that day.

    >>> day, said = (pd.to_datetime(pd.Series([t] * 5)) for t in ("2026-09-01", "2026-09-03 10:00"))
    >>> of(day, said), of(said, day), of(day, day.mask(day.index > 1))
    (1, -1, 0)
    """
    both = first.notna() & other.notna()
    if both.sum() < LEAST:
        return UNTOLD
    a, b = first[both], other[both]
    days = a.dt.normalize(), b.dt.normalize()
    alike = (days[0] == days[1]) & ((a == days[0]) | (b == days[1]))
    if ((b > a) & ~alike).mean() >= SURE:
        return LATER
    return EARLIER if ((b < a) & ~alike).mean() >= SURE else UNTOLD
