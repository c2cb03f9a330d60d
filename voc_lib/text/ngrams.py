"""Characters and pairs of neighbours in texts, counted: all a learned classifier looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from voc_lib.text.matching import Corpus, corpora
from voc_lib.text.numbers import distinct

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_BITS = 21  # a code point needs no more
_NONE = -1
_BLANK = np.array([chr(code).isspace() for code in range(0x3002)])  # none of the higher ones is


@dataclass(frozen=True)
class Ngrams:
    """The n-grams counted, by their sorted `codes`: a character its code point, a pair both of them."""

    codes: np.ndarray

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self.codes)

    def counts(self, part: Corpus) -> csr_array:
        """How often each n-gram (columns) stands in each text of a chunk (rows)."""
        from scipy.sparse import csr_array

        row, code = _grams(part)
        column = self._index.get_indexer(pd.Index(code))
        known = column >= 0
        ends = np.cumsum(np.bincount(row[known], minlength=len(part)))
        edges, column = np.append(0, ends).astype(np.int32), column[known].astype(np.int32)
        ones = np.ones(len(column), dtype=np.float32)
        table = csr_array((ones, column, edges), shape=(len(part), len(self.codes)))
        table.sum_duplicates()
        return table


def code(gram: str) -> int:
    """The code of a character or of a pair of them, in folded letters.

    >>> code("我") == ord("我"), code("我我") > code("我")
    (True, True)
    """
    first, *second = map(ord, gram)
    return (first + 1 << _BITS) | second[0] if second else first


def gram(code: int) -> str:
    """The characters of a code.

    >>> gram(code("我们")), gram(code("我"))
    ('我们', '我')
    """
    first, last = code >> _BITS, code & (1 << _BITS) - 1
    return (chr(first - 1) if first else "") + chr(last)


def ngrams(texts: pd.Series, *, least: int = 1) -> Ngrams:
    """The n-grams that stand in at least so many of the texts."""
    codes = [distinct(_grams(part)[1]) for part in corpora(texts)]
    every = Ngrams(np.setdiff1d(np.concatenate([*codes, np.zeros(0, dtype=np.int64)]), [_NONE]))
    if least <= 1:
        return every
    texts_with = np.zeros(len(every.codes), dtype=np.int64)
    for part in corpora(texts):
        texts_with += np.bincount(every.counts(part).indices, minlength=len(texts_with))
    return Ngrams(every.codes[texts_with >= least])


def _grams(part: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """Per character of a chunk its text and code, then the pair it begins (-1: none), in turn."""
    code, row = _characters(part)
    pair = np.full(len(code), _NONE)
    inside = np.flatnonzero(row[:-1] == row[1:])
    pair[inside] = (code[inside] + 1 << _BITS) | code[inside + 1]
    return np.repeat(row, 2), np.stack([code, pair], axis=1).ravel()


def _characters(part: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """The characters of the texts and the text each is of; a run of blanks is one space."""
    code = np.frombuffer(part.folded.encode("utf-32-le"), dtype=np.uint32)
    row = np.repeat(np.arange(len(part)), np.diff(part.starts))[: len(code)]
    blank = _BLANK[np.minimum(code, len(_BLANK) - 1)]
    keep = np.ones(len(code), dtype=bool)
    keep[part.starts[1:-1] - 1] = blank[part.starts[1:-1] - 1] = False
    run = blank[:-1] & blank[1:]
    code = code.astype(np.int64)
    code[:-1][run] = ord(" ")
    keep[1:][run] = False
    return code[keep], row[keep]
