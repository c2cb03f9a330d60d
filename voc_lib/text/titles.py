"""What groups of texts speak of, in their own words: phrases that one group holds and the others do not."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from voc_lib.intervals import Floats
from voc_lib.text.keywords import MASK
from voc_lib.text.phrases import Phrases, phrases
from voc_lib.text.segmentation import Segmenter

LEAST = 2  # texts of a group that must hold a phrase
OWN = 0.6  # part of a phrase's texts that are of the group it names
WHOLE = 0.8  # part of the texts of a phrase that a longer one must hold to stand for it
SECOND = 0.5  # of the first phrase's score a second one must have, and of its texts it may share
LENGTH = range(3, 11)  # characters of a phrase
TRIED = 60
COMMON = 3  # characters in a row two phrases of a title must not have in common
JOIN = "·"
PLAIN = re.compile(r"[\u3400-\u9fffA-Za-z]+")


def titles(texts: pd.Series, group: np.ndarray, *, segmenter: Segmenter | None = None) -> dict[int, str]:
    """One or two phrases per group, as they usually stand in its texts; none where none is its own.

    `group`: the number of each text's group, −1 for none. A phrase counts by its texts, by how few hold
    it (c-TF-IDF over phrases) and by its words; of one within another the longer stands.

    >>> said = pd.Series(["积分被清零了", "我的积分被清零", "积分清零太坑", "发票抬头错了", "改发票抬头"])
    >>> titles(said, np.array([0, 0, 0, 1, 1]))
    {0: '积分被清零', 1: '发票抬头'}
    """
    found = phrases(texts.astype("str").str.replace(MASK, "，", regex=True), minimum=2, segmenter=segmenter)
    if not len(found):
        return {}
    size = int(group.max(initial=-1)) + 2
    cell = found.phrase * size + group[found.text] + 1
    inside = np.bincount(cell, minlength=size * len(found)).reshape(-1, size)
    total = inside.sum(axis=1)
    told = {}
    for number in range(size - 1):
        mine = inside[:, number + 1]
        score = mine * np.log(len(texts) / total) * np.sqrt(found.length)
        good = np.flatnonzero((mine >= LEAST) & (mine >= OWN * total) & (score > 0))
        order = good[np.lexsort((good, -found.length[good], -score[good]))][:TRIED]
        if chosen := _chosen(found, order.tolist(), score):
            told[number] = JOIN.join(chosen)
    return told


def _chosen(found: Phrases, order: list[int], score: Floats) -> list[str]:
    """The best phrase in its longest form, and the next that is of other texts and counts half as much."""
    names = {i: name for i in order if (name := found.name(i)) and _fits(name)}
    if not names:
        return []
    best = next(iter(names))
    first = _longest(found, best, names)
    rest = (i for i in names if score[i] >= SECOND * score[best] and _apart(found, i, best))
    others = (_longest(found, i, names) for i in rest)
    return [first, *[other for other in others if _common(first, other) < COMMON][:1]]


def _fits(name: str) -> bool:
    return len(name) in LENGTH and PLAIN.fullmatch(name) is not None


def _apart(found: Phrases, some: int, other: int) -> bool:
    both = len(np.intersect1d(found.texts(some), found.texts(other)))
    return both <= SECOND * min(len(found.texts(some)), len(found.texts(other)))


def _common(some: str, other: str) -> int:
    return SequenceMatcher(None, some, other).find_longest_match().size


def _longest(found: Phrases, phrase: int, names: dict[int, str]) -> str:
    n = len(found.texts(phrase))
    longer = [i for i in names if names[phrase] in names[i] and len(found.texts(i)) >= WHOLE * n]
    return max((names[i] for i in longer), key=len)
