"""Forms of whole sentences that tell what somebody wants where single words do not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import polars as pl

from voc_lib.yamlfile import shipped


def read(texts: pd.Series) -> pl.Series:
    """The texts as `told` reads them, an absent one as words without a form."""
    return pl.Series(texts.fillna("").astype("str").tolist(), dtype=pl.String).str.to_lowercase()


def told(said: pl.Series, kind: str, *, among: np.ndarray) -> np.ndarray:
    """Which of the texts marked in `among` have a form of that kind (forms.yaml).

    >>> said = read(pd.Series(["用到现在没坏过", "没坏过", "能派人上门帮我看看吗"]))
    >>> told(said, "relief", among=np.array([True, False, True])).tolist()
    [True, False, False]
    >>> told(said, "help", among=np.ones(3, dtype=bool)).tolist()
    [False, False, True]
    """
    rows = np.flatnonzero(among)
    asked, found = said[rows], np.zeros(len(rows), dtype=bool)
    for pattern in _patterns(kind):  # each alone is found by its letters; joined they are ten times slower
        found |= asked.str.contains(pattern).to_numpy()
    result = np.zeros(len(said), dtype=bool)
    result[rows] = found
    return result


@cache
def _patterns(kind: str) -> list[str]:
    """The forms of a kind, their parts written out."""
    raw = shipped("voc_lib.tag", "forms.yaml")
    return [_whole(form, raw["parts"]) for form in raw[kind]]


def _whole(form: str, parts: dict[str, str | list[str]]) -> str:
    for name, words in parts.items():
        form = form.replace(name, words if isinstance(words, str) else f"(?:{'|'.join(words)})")
    return form
