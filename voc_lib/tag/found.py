"""What the rules of a taxonomy found in a chunk of texts, each hit a vote for its tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

GIVEN = "原始分类"


@dataclass(frozen=True)
class Found:
    """Hits of rules in a chunk, as parallel arrays; `evidence` are the words as written."""

    NUMBERS: ClassVar = ("row", "tag", "rule", "start", "end", "clause", "mood", "weight")
    row: np.ndarray
    tag: np.ndarray
    rule: np.ndarray
    start: np.ndarray
    end: np.ndarray
    clause: np.ndarray
    mood: np.ndarray
    weight: np.ndarray
    evidence: list[str]

    @classmethod
    def empty(cls) -> Found:
        """No hit at all."""
        none = np.zeros(0, dtype=np.int64)
        return cls.given(none, none, 0, [])

    @classmethod
    def given(cls, rows: np.ndarray, tags: np.ndarray, rule: int, words: list[str]) -> Found:
        """Votes that have no place in the text."""
        nowhere = np.full(len(rows), -1)
        mood, weight = np.zeros(len(rows), dtype=np.int8), np.ones(len(rows), dtype=np.float32)
        return cls(rows, tags, np.full(len(rows), rule), nowhere, nowhere, nowhere, mood, weight, words)

    def where(self, keep: np.ndarray) -> Found:
        """The hits to keep."""
        numbers = {name: getattr(self, name)[keep] for name in self.NUMBERS}
        return Found(**numbers, evidence=[self.evidence[i] for i in np.flatnonzero(keep).tolist()])

    def joined(self, other: Found) -> Found:
        """The hits of both."""
        numbers = {name: np.concatenate([getattr(f, name) for f in (self, other)]) for name in self.NUMBERS}
        return Found(**numbers, evidence=[*self.evidence, *other.evidence])
