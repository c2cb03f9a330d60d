"""Scales whose levels are words: 满意…不满意, good/bad, 力荐…很差; read from scales.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from voc_lib import schema
from voc_lib.yamlfile import shipped


@dataclass(frozen=True)
class WordScale:
    """Words and their scores on 1–5; `label` is what the scale is called on paper."""

    name: str
    label: str
    levels: dict[str, float]
    header: str = ""

    def unread(self, words: Iterable[str]) -> list[str]:
        """The words that have no level."""
        return [word for word in words if word not in self.levels]

    def doubled(self, words: Iterable[str]) -> int:
        """How many of the words share their level with another."""
        known = [self.levels[word] for word in words if word in self.levels]
        return len(known) - len(set(known))


@cache
def file() -> dict:
    """scales.yaml, read once."""
    return shipped("voc_lib.collect", "scales.yaml")


@cache
def scales() -> tuple[WordScale, ...]:
    """The built-in scales in the order of the file."""
    return tuple(_scale(raw) for raw in file()["scales"])


def _scale(raw: dict) -> WordScale:
    levels = {word: float(score) for score, words in raw["levels"].items() for word in words}
    many = f"1–{raw['points']}" if raw["points"] > 4 else f"{raw['points']} 档"
    return WordScale(raw["name"], "A–E" if raw.get("unsure") else many, levels, raw.get("header", ""))


@cache
def every() -> frozenset[str]:
    """Every word of every scale."""
    return frozenset(word for scale in scales() for word in scale.levels)


@cache
def unanswered() -> frozenset[str]:
    """What stands for no answer."""
    return frozenset(file()["unanswered"])


def near(words: Iterable[str], *, header: str = "", label: str = "") -> list[WordScale]:
    """The scales that know any of the words, the fittest first; of one `label` where that is given.

    >>> near(["good", "bad"])[0].label, near(["excellent", "good", "bad"])[0].label
    ('2 档', '1–5')
    """
    words = list(words)
    asked = [s for s in scales() if re.search(s.header, header, re.IGNORECASE) and label in ("", s.label)]
    known = [s for s in asked if len(s.unread(words)) < len(words)]
    return sorted(known, key=lambda s: (len(s.unread(words)), s.doubled(words), len(set(s.levels.values()))))


@cache
def feelings() -> dict[str, float]:
    """Word -> good (1) or bad (−1), for words that are one of them in every scale."""
    sides: dict[str, set[float]] = {}
    for scale in (s for s in scales() if s.label not in schema.UNSURE_SCALES):
        for word, score in scale.levels.items():
            sides.setdefault(word, set()).add(float(score > 3) - float(score < 3))
    return {word: side.pop() for word, side in sides.items() if len(side) == 1 and side != {0.0}}
