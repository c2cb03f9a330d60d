"""What any trade complains and praises in: it tells whether the things a text names went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from voc_lib.text.boundaries import LONG, broken
from voc_lib.text.matching import Corpus, Hits, Lexicon, both, covered, taken
from voc_lib.text.numbers import among
from voc_lib.text.segmentation import Segmenter
from voc_lib.yamlfile import shipped

LISTS = ("words", "mild", "not", "good", "guards", "calm")
BRIEF = 2  # clauses: in a text no longer than this naming a thing may be all there is
SHORT = 4  # clauses: in a longer text mild words stand for less


@dataclass(frozen=True)
class Told:
    """What the clauses of a chunk, and one more, and its texts say of whatever they name.

    A clause speaks `ill` or `well`; `near` trouble are those that speak ill, with a mild word alone in a long
    text, or stand beside one that does where the text praises nothing. A text is `content` that praises as
    much as it complains, `praised` where it only praises; a brief one is `open` that praises nothing, denies
    no trouble and says nothing calm (刚收到, 明天), so that naming a thing is as good as complaining.
    """

    ill: np.ndarray
    well: np.ndarray
    near: np.ndarray
    content: np.ndarray
    praised: np.ndarray
    open: np.ndarray


def told(part: Corpus, rows: np.ndarray, segmenter: Segmenter | None = None) -> Told:
    """What the clauses of these texts of a chunk say of whatever they name; nothing of the others.

    Mild words speak ill only in a text that praises nothing; a content text speaks ill nowhere.

    >>> from voc_lib.text.matching import corpus
    >>> said = told(corpus(["拉链第二天就崩了", "面料很舒服，不起球"]), np.array([0, 1]))
    >>> said.ill[:2].tolist(), said.well[1:3].tolist(), said.near[:3].tolist()
    ([True, False], [True, False], [True, False, False])
    """
    owners, asked = part.clause_rows, np.zeros(len(part), dtype=bool)
    asked[rows] = True
    wanted = asked[owners]
    ill, mild, fine, known = np.zeros((4, len(owners) + 1), dtype=bool)
    for marks, spoken in zip(
        (ill, mild, fine, known), _spoken(taken(part, wanted)[0], segmenter), strict=True
    ):
        marks[:-1][wanted] = spoken

    def count(clauses: np.ndarray) -> np.ndarray:
        return np.bincount(owners[clauses[:-1]], minlength=len(part))

    def of(texts: np.ndarray) -> np.ndarray:
        return np.append(texts[owners], False)

    size = np.bincount(owners, minlength=len(part))
    praising, short, brief = count(fine) > 0, size <= SHORT, size <= BRIEF
    wrong, well = ill | mild & ~of(praising), fine & ~ill & ~mild
    content = (count(well) > 0) & (count(well) >= count(wrong))
    wrong &= ~of(content)
    plain = wrong & (ill | of(short))
    beside = np.append(_neighbours(wrong[:-1], owners), False) & ~of(count(well) > 0)
    praised = (count(well) > 0) & (count(ill | mild) == 0)
    return Told(plain, well, beside | wrong, content, praised, asked & brief & (count(fine | known) == 0))


def _neighbours(marked: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Which clauses stand right before or after a marked one of their text."""
    same = owners[1:] == owners[:-1]
    result = np.zeros(len(marked), dtype=bool)
    result[1:] |= marked[:-1] & same
    result[:-1] |= marked[1:] & same
    return result


def _spoken(part: Corpus, segmenter: Segmenter | None) -> Iterator[np.ndarray]:
    """Which clauses of a chunk hold words of trouble, mild ones, praise, and anything denied or calm."""
    lexicon, masks = _lexicon()
    hits = lexicon.hits(part)
    kinds = {name: hits.where(mask[hits.word]) for name, mask in masks.items()}
    for name in ("words", "mild", "good"):
        yield _holding(kinds[name], kinds, part, segmenter)
    told = both(both(kinds["words"], kinds["mild"]), kinds["good"])
    turned = told.where(among(told.start, kinds["not"].end))
    yield _marked(both(turned, kinds["calm"]).start, part)


def _holding(hits: Hits, kinds: dict[str, Hits], part: Corpus, segmenter: Segmenter | None) -> np.ndarray:
    """Which clauses hold a hit that stands for itself, neither turned around nor inside another word."""
    hits = hits.where(~covered(hits.start, hits.end, kinds["guards"]))
    hits = hits.where(~among(hits.start, kinds["not"].end))
    holding = _marked(hits.start[hits.end - hits.start >= LONG], part)
    short = hits.where(~holding[part.clause(hits.start)])  # only where nothing longer has told it
    cut = broken(short.start, short.end, part, segmenter=segmenter)
    return holding | _marked(short.start[~cut], part)


def _marked(places: np.ndarray, part: Corpus) -> np.ndarray:
    """Per clause whether one of the places lies in it."""
    marked = np.zeros(len(part.clauses), dtype=bool)
    marked[part.clause(places)] = True
    return marked


@cache
def _lexicon() -> tuple[Lexicon, dict[str, np.ndarray]]:
    """All words in one automaton; per list which words are its."""
    raw = shipped("voc_lib.tag", "trouble.yaml")
    raw["words"] += [around.replace("*", letter) for letter in raw["letters"] for around in raw["around"]]
    lexicon = Lexicon(word for name in LISTS for word in raw[name])
    return lexicon, {name: lexicon.mask(raw[name]) for name in LISTS}
