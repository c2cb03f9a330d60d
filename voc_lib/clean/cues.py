"""Words that announce personal data, and where they stand in a block of folded lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np
import yaml

from voc_lib.text import matching

Span = tuple[int, int]
_LATIN = re.compile("[a-z]")


@cache
def words() -> dict:
    """The words of `words.yaml`."""
    return yaml.safe_load(resources.files("voc_lib.clean").joinpath("words.yaml").read_text(encoding="utf-8"))


@cache
def cues() -> matching.Lexicon:
    """Every word that announces personal data without digits enough to be seen by themselves."""
    lists = (
        "wechat_strong",
        "wechat_weak",
        "qq_strong",
        "qq_weak",
        "address_cues",
        "door_cues",
        "email_cues",
    )
    people = ("name_strong", "name_weak", "titles")
    return matching.Lexicon([word for name in lists + people for word in words()[name]] + ["wxid"])


def before(block: str, start: int, size: int = 14) -> str:
    """What stands before a hit in its line and sentence."""
    return re.split(r"[\n。!?;]", block[max(0, start - size) : start])[-1]


def nearest(block: str, start: int, *lists: str, size: int = 14) -> str:
    """Which list of cues has the word that stands nearest before a hit, or none."""
    said = before(block, start, size)
    ends = {name: match.end() for name in lists for match in any_of(name).finditer(said)}
    return max(ends, key=lambda name: ends[name]) if ends else ""


@cache
def any_of(name: str) -> re.Pattern[str]:
    """A pattern of all words of a list; Latin words must stand alone."""
    listed = sorted(words()[name], key=len, reverse=True)
    return re.compile(
        "|".join(rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in listed)
    )


def after(block: str, *lists: str) -> Iterator[tuple[str, int, int]]:
    """Each cue of the lists found in the block: list, start, end; of overlapping cues the longest."""
    lexicon, owner = _lexicon(lists)
    hits = lexicon.hits(matching.Corpus(block, block, 0, _NONE, _NONE))
    best: dict[int, tuple[int, int]] = {}
    for word, start, end in zip(hits.word.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True):
        if start not in best or end > best[start][0]:
            best[start] = (end, word)
    for start, (end, word) in best.items():
        if _LATIN.match(block, start) and start and _LATIN.match(block, start - 1):
            continue  # the “vx” of “pvx”
        yield owner[word], start, end


_NONE = np.zeros(1, dtype="int64")


@cache
def _lexicon(lists: tuple[str, ...]) -> tuple[matching.Lexicon, list[str]]:
    owner: dict[str, str] = {}
    for name in lists:
        for word in words()[name]:
            owner.setdefault(matching.fold(word), name)
    lexicon = matching.Lexicon(owner)
    return lexicon, [owner[word] for word in lexicon.words]
