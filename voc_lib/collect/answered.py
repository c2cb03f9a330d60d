"""The cells of a column of scores: what each says, how often it comes, which say that nobody answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from voc_lib.collect import directions, marks, wordscales
from voc_lib.collect.marks import Mark

T = TypeVar("T")


@dataclass(frozen=True)
class Cells:
    """The cells of a column: `counts` and `marks` of those answered, scores the params give, codes aside."""

    texts: pd.Series
    counts: pd.Series
    marks: dict[str, Mark | None]
    told: dict[str, float]
    nothing: dict[str, int]

    @classmethod
    def of(cls, texts: pd.Series, told: Mapping[str, float | None], header: str) -> Cells:
        """The cells of a column, with what the params say of some, and its header of what they mean."""
        counts = texts.value_counts()
        plain = {text: marks.plain(text) for text in counts.index}
        given = {text: told[key] for text, key in plain.items() if key in told}
        nothing = {t for t, key in plain.items() if key in wordscales.unanswered() and t not in given}
        nothing |= {text for text, score in given.items() if score is None}
        rest = counts.drop([*given, *nothing.difference(given)])
        return cls(
            texts,
            rest,
            _meant({text: marks.of(text) for text in rest.index}, directions.legend(header)),
            {text: score for text, score in given.items() if score is not None},
            {text: int(counts[text]) for text in sorted(nothing)},
        )

    @property
    def total(self) -> int:
        """How many are answered, those the params give a score included."""
        return int(self.texts.notna().sum()) - sum(self.nothing.values())

    def figures(self) -> dict[str, float]:
        """Number of each cell that has one like most: of one kind of code, out of the same top."""
        found = {text: mark for text, mark in self.marks.items() if mark and pd.notna(mark.number)}
        kind = self._most({text: mark.code for text, mark in found.items()}, "")
        found = {text: mark for text, mark in found.items() if mark.code == kind}
        tops = {text: mark.top for text, mark in found.items() if pd.notna(mark.top)}
        top = self._most(tops, 0.0)
        same = {text: mark.number for text, mark in found.items() if tops.get(text, top) == top}
        return marks.uncoded(same, kind) if kind else same

    def top(self) -> float:
        """Out of how many most numbers are; NaN where none says so."""
        return self._most({t: m.top for t, m in self.marks.items() if m and pd.notna(m.top)}, np.nan)

    def five(self) -> dict[str, float]:
        """Score of each cell that is a word alone, where one scale of five levels knows them all."""
        word = {t: m.word for t, m in self.marks.items() if m and m.word and np.isnan(m.number)}
        best = next(iter(wordscales.near(set(word.values()), label="1–5")), None)
        whole = best and not best.unread(word.values())
        return {text: best.levels[said] for text, said in word.items()} if best and whole else {}

    def _most(self, kinds: Mapping[str, T], none: T) -> T:
        """The kind most cells are of; `none` where there is no cell."""
        many: dict[T, int] = {}
        for text, kind in kinds.items():
            many[kind] = many.get(kind, 0) + int(self.counts[text])
        return max(many, key=lambda kind: many[kind]) if many else none

    def only(self, texts: pd.Index) -> pd.Series:
        """How often each of some cells comes."""
        return self.counts[self.counts.index.isin(texts)]

    def spread(self, scores: Mapping[str, float]) -> pd.Series:
        """A score for each row, of those answered; missing where there is none."""
        rows, kinds = self._kinds
        found = np.array([*(scores.get(text, np.nan) for text in kinds), np.nan], dtype="float64")
        return pd.Series(found[rows], index=self.texts.index, name=self.texts.name)

    @cached_property
    def _kinds(self) -> tuple[np.ndarray, list[str]]:
        """The number of each row's text (-1: none), and the different texts."""
        rows, kinds = pd.factorize(self.texts)
        return rows, [*kinds]


def _meant(read: dict[str, Mark | None], legend: Mapping[str, str]) -> dict[str, Mark | None]:
    """The marks with the words a legend has for their numbers or letters, where it has one for each.

    >>> _meant({"1": Mark(1.0), "b": Mark(word="b")}, {"1": "满意", "b": "一般"})["b"].word
    '一般'
    >>> _meant({"1": Mark(1.0), "2": Mark(2.0)}, {"1": "满意"})["1"].word
    ''
    """
    keys = {
        text: f"{mark.number:g}" if pd.notna(mark.number) else mark.word
        for text, mark in read.items()
        if mark
    }
    words = {text: legend[key] for text, key in keys.items() if legend.get(key) in wordscales.every()}
    whole = len(words) == len(keys)
    return {t: replace(mark, word=words[t]) if mark and whole else mark for t, mark in read.items()}
