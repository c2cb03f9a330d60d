"""What any trade complains and praises in: it tells whether the things a text names went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml

from voc_lib.text.matching import Corpus, Lexicon, covered, taken

LISTS = ("words", "not", "good", "guards")


@dataclass(frozen=True)
class Told:
    """Per clause of a chunk, and one more, whether it speaks ill or well; per text whether only so."""

    ill: np.ndarray
    well: np.ndarray
    rows: np.ndarray
    praised: np.ndarray


def told(part: Corpus, rows: np.ndarray) -> Told:
    """What the clauses of these texts of a chunk say of whatever they name; nothing of the others.

    >>> from voc_lib.text.matching import corpus
    >>> said = told(corpus(["拉链第二天就崩了", "面料很舒服，不起球"]), np.array([0, 1]))
    >>> said.ill[:2].tolist(), said.well[1:3].tolist(), said.rows.tolist()
    ([True, False], [True, False], [True, False])
    """
    asked = np.zeros(len(part), dtype=bool)
    asked[rows] = True
    owners = part.clause_rows
    wanted = asked[owners]
    ill, well = np.zeros((2, len(owners) + 1), dtype=bool)
    ill[:-1][wanted], well[:-1][wanted] = _spoken(taken(part, wanted)[0])
    wrong, right = (np.bincount(owners[said[:-1]], minlength=len(part)) > 0 for said in (ill, well))
    return Told(ill, well, wrong & ~right, right & ~wrong)


def _spoken(part: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """Which clauses of a chunk speak ill; which of the others well."""
    lexicon, masks = _lexicon()
    hits = lexicon.hits(part)
    kinds = {name: hits.where(mask[hits.word]) for name, mask in masks.items()}
    bad, good = kinds["words"], kinds["good"]
    bad = bad.where(~covered(bad.start, bad.end, kinds["guards"]))
    ill, fine = (_marked(hits.start[~np.isin(hits.start, kinds["not"].end)], part) for hits in (bad, good))
    return ill, fine & ~ill


def _marked(places: np.ndarray, part: Corpus) -> np.ndarray:
    """Per clause whether one of the places lies in it."""
    marked = np.zeros(len(part.clauses), dtype=bool)
    marked[part.clause(places)] = True
    return marked


@cache
def _lexicon() -> tuple[Lexicon, dict[str, np.ndarray]]:
    """All words in one automaton; per list which words are its."""
    raw = yaml.safe_load(files("voc_lib.tag").joinpath("trouble.yaml").read_text(encoding="utf-8"))
    raw["words"] += [around.replace("*", letter) for letter in raw["letters"] for around in raw["around"]]
    lexicon = Lexicon(word for name in LISTS for word in raw[name])
    return lexicon, {name: lexicon.mask(raw[name]) for name in LISTS}
