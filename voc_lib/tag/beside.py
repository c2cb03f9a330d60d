"""Words of urgency that mean it only beside others of their clause: “肿得” beside a part of the body."""

from __future__ import annotations

from functools import cache

import numpy as np

from voc_lib.text.boundaries import broken
from voc_lib.text.matching import Corpus, Hits, Lexicon, covered
from voc_lib.text.numbers import among
from voc_lib.yamlfile import shipped

LEVELS = ("harmed", "pressed")
Pair = tuple[np.ndarray, np.ndarray]


def said(part: Corpus) -> tuple[Hits, Hits]:
    """Where the texts of a chunk say in two words of a clause that life, health, money or data are lost, and
    where so that the customer is out of money or goes to others.

    >>> from voc_lib.text.matching import corpus
    >>> part = corpus(["整个头肿得睁不开眼", "面包肿得像气球"])
    >>> np.unique(part.rows(said(part)[0].start)).tolist()
    [0]
    """
    harm, press = (_whole(hits, pairs, part) for hits, pairs in _hits(part))
    return harm, press


def parted(part: Corpus) -> tuple[tuple[Hits, Hits], tuple[Hits, Hits]]:
    """What is `said`, and where one word of such a pair stands, in company or not."""
    found = _hits(part)
    harm, press = (_whole(hits, pairs, part) for hits, pairs in found)
    harmful, pressing = (
        hits.where(np.logical_or.reduce([words for words, _ in pairs])[hits.word]) for hits, pairs in found
    )
    return (harm, press), (harmful, pressing)


def _hits(part: Corpus) -> list[tuple[Hits, list[Pair]]]:
    """Per level where words of its pairs stand, outside guards, and the pairs."""
    lexicon, pairs, guards = _lexicon()
    hits = lexicon.hits(part)
    hits = hits.where(~covered(hits.start, hits.end, hits.where(guards[hits.word])))
    return [(hits, pairs[level]) for level in LEVELS]


def _whole(hits: Hits, pairs: list[Pair], part: Corpus) -> Hits:
    """The words in company, where neither they nor the company are cut out of other words."""
    clause = part.clause(hits.start)
    near = hits.where(among(clause, clause[_company(hits, pairs, part)]))
    near = near.where(~broken(near.start, near.end, part))
    return near.where(_company(near, pairs, part))


def _company(hits: Hits, pairs: list[Pair], part: Corpus) -> np.ndarray:
    """Which hits are words of a pair that have one of its others in their clause."""
    clause, met = part.clause(hits.start), np.zeros(len(hits), dtype=bool)
    for words, others in pairs:
        met |= words[hits.word] & among(clause, clause[others[hits.word]])
    return met


@cache
def _lexicon() -> tuple[Lexicon, dict[str, list[Pair]], np.ndarray]:
    """All words in one automaton; per level which are the words and the others of each pair; guards."""
    raw = shipped("voc_lib.tag", "urgency.yaml")
    sides = {level: [(_words(pair), pair["beside"]) for pair in raw[level]] for level in LEVELS}
    lists = [words for pairs in sides.values() for pair in pairs for words in pair]
    lexicon = Lexicon(word for words in (*lists, raw["guards"]) for word in words)
    pairs = {
        level: [(lexicon.mask(words), lexicon.mask(others)) for words, others in sides[level]]
        for level in LEVELS
    }
    return lexicon, pairs, lexicon.mask(raw["guards"])


def _words(pair: dict[str, list[str]]) -> list[str]:
    """The words of a pair, and each of its letters in each of the forms `around` it."""
    forms = [form.replace("*", letter) for letter in pair.get("letters", []) for form in pair["around"]]
    return [*pair["words"], *forms]
