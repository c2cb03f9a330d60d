"""Texts none of which is near another; a new one is compared only with those it could be near."""

from __future__ import annotations

import numpy as np

NEAR = 72  # per cent of similarity two unrelated texts must stay below
SETS = 256  # sets a text's characters are told by; several may share one
FEW = 64  # texts there is room for at first


class Texts:
    """Texts said so far, each with the sets its characters are in and its length."""

    def __init__(self) -> None:
        """None yet."""
        self.said: list[str] = []
        self._marks = np.zeros((FEW, SETS // 64), dtype=np.uint64)
        self._sizes = np.zeros(FEW, dtype=np.int64)

    def add(self, text: str) -> None:
        """Remember a text."""
        n = len(self.said)
        if n == len(self._sizes):
            self._marks = np.concatenate([self._marks, np.zeros_like(self._marks)])
            self._sizes = np.concatenate([self._sizes, np.zeros_like(self._sizes)])
        self._marks[n], self._sizes[n] = _mark(text), len(text)
        self.said.append(text)

    def near(self, text: str) -> bool:
        """Whether one of the texts is at least `NEAR` alike.

        >>> texts = Texts()
        >>> texts.add("快递三天没到")
        >>> texts.near("快递五天没到"), texts.near("客服不理人")
        (True, False)
        """
        from rapidfuzz import fuzz, process

        could = [self.said[place] for place in np.flatnonzero(self._could(text))]
        return process.extractOne(text, could, scorer=fuzz.ratio, score_cutoff=NEAR) is not None

    def _could(self, text: str) -> np.ndarray:
        """Which texts could be: a set only one of two has is a character to be taken out or put in."""
        n = len(self.said)
        apart = np.bitwise_count(self._marks[:n] ^ _mark(text)).sum(axis=1, dtype=np.int64)
        return 100 * (apart - 1) <= (100 - NEAR) * (self._sizes[:n] + len(text))  # 1: against rounding


def _mark(text: str) -> np.ndarray:
    bits = 0
    for character in set(text):
        bits |= 1 << ord(character) % SETS
    return np.frombuffer(bits.to_bytes(SETS // 8, "little"), dtype=np.uint64)
