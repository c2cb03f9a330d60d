"""A column of times while it is read: what is settled, what is open, and why something cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

MISSING = "时间为空"
UNREADABLE = "时间无法识别"
NO_YEAR = "时间缺年份"
TWICE = "一格里有多个时间"
AMBIGUOUS = "月日先后有矛盾，无法判断"
IMPOSSIBLE = "时间不存在或超出 1990–2100 年"


@dataclass
class Work:
    """State of one column: its texts, results so far, which rows are still unread and which lack the year."""

    text: pd.Series
    times: np.ndarray
    reasons: np.ndarray
    open: np.ndarray
    yearless: np.ndarray
    notes: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, texts: pd.Series) -> Work:
        """A column of which nothing is read yet."""
        n = len(texts)
        times = np.full(n, np.datetime64("NaT"), dtype="datetime64[us]")
        return cls(texts, times, np.full(n, "", object), np.ones(n, bool), np.zeros(n, bool))

    def give(self, rows: np.ndarray, times: np.ndarray, reason: str = IMPOSSIBLE) -> None:
        """Settle rows: a time, or a reason where the time is NaT."""
        self.times[rows] = times
        self.reasons[rows] = ""
        self.reasons[rows[np.isnat(times)]] = reason
        self.open[rows] = False

    def refuse(self, rows: np.ndarray, reason: str) -> None:
        """Settle rows as unreadable."""
        self.reasons[rows] = reason
        self.open[rows] = False

    def told(self, index: pd.Index) -> pd.Series:
        """The reason of each row that has no time."""
        some = (self.reasons != "").any()
        return pd.Series(self.reasons if some else "", index, dtype="str")
