"""What a short text wants by all its characters, where no word tells it: weighed by what sentences taught.

`benchmarks/gist.py` makes the weights (`gist.json`) from sentences written for this project.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from voc_lib.schema import INTENTS
from voc_lib.tag import forms
from voc_lib.tag.trouble import SHORT
from voc_lib.text.matching import Corpus, corpora
from voc_lib.text.ngrams import Ngrams, code

BIAS = ""  # stands for an n-gram all texts hold
FEW = 4  # n-grams; fewer say nothing
MARGIN = 0.5  # so much likelier than 其他 anything else must be
PRAISE, SILENT = INTENTS.index("表扬"), INTENTS.index("其他")


@dataclass(frozen=True)
class Weights:
    """The n-grams known, what each says for every choice (a row each), and what is likely before any."""

    ngrams: Ngrams
    says: np.ndarray
    bias: np.ndarray

    def wanted(self, texts: pd.Series) -> pd.Series:
        """The intent of each text by its wording; 其他 where it is long, hardly known, or wants nothing.

        One clause alone praises by words or not at all: “再也不用担心退货了” is a remark.
        """
        found = [np.zeros(0, dtype=np.int64)]
        for part in corpora(framed(texts)):
            odds, many = self.odds(part)
            odds[:, SILENT] += MARGIN
            clauses, likeliest = np.bincount(part.clause_rows, minlength=len(part)), odds.argmax(axis=1)
            told = (clauses <= SHORT) & (many >= FEW) & ((clauses > 1) | (likeliest != PRAISE))
            found.append(np.where(told, likeliest, SILENT))
        names = np.array(INTENTS, dtype=object)[np.concatenate(found)]
        return pd.Series(names, index=texts.index, name="intent", dtype="str")

    def odds(self, part: Corpus) -> tuple[np.ndarray, np.ndarray]:
        """Log odds of each choice for each `framed` text of a chunk, and how many n-grams say so."""
        counts = self.ngrams.counts(part)
        counts.data[:] = 1
        many = counts.sum(axis=1)
        return (counts @ self.says) / np.sqrt(np.maximum(many, 1))[:, None] + self.bias, many


def filled(intents: pd.Series, texts: pd.Series) -> pd.Series:
    """The intents with those by wording where words tell none; not where a text is nothing but lukewarm.

    >>> texts = pd.Series(["半夜收到短信说我在境外刷了八千", "刚签收，晚上回去拆", "一般般吧"])
    >>> filled(pd.Series(["其他"] * 3), texts).tolist()
    ['抱怨', '其他', '其他']
    """
    silent = intents.to_numpy(dtype=object) == INTENTS[SILENT]
    silent &= ~forms.told(forms.read(texts), "lukewarm", among=silent)
    result = intents.copy()
    result[silent] = shipped().wanted(texts[silent])
    return result


def framed(texts: pd.Series) -> pd.Series:
    """The texts with a sign where they begin and where they end, in the place of a full stop.

    >>> framed(pd.Series(["还没拆。"])).tolist()
    ['^还没拆$']
    """
    return "^" + texts.fillna("").astype("str").str.rstrip(" \n。.！!~～") + "$"


def weights(lines: Iterable[tuple[str, list[float]]]) -> Weights:
    """The weights of n-grams (BIAS for that of every text), each a number per choice, in order."""
    said = dict(lines)
    bias = np.array(said.pop(BIAS), dtype=np.float32)
    codes = np.array([code(gram) for gram in said], dtype=np.int64)
    order = np.argsort(codes)
    says = np.array(list(said.values()), dtype=np.float32).reshape(-1, len(bias))
    return Weights(Ngrams(codes[order]), says[order], bias)


@cache
def shipped() -> Weights:
    """The weights of the project."""
    return weights(json.loads(files("voc_lib.tag").joinpath("gist.json").read_text(encoding="utf-8")))
