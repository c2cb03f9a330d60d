"""Forms of whole sentences that tell what somebody wants where single words do not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import polars as pl

from voc_lib.yamlfile import shipped


def told(texts: pd.Series, kind: str, *, among: np.ndarray) -> np.ndarray:
    """Which of the texts marked in `among` have a form of that kind (forms.yaml).

    >>> said = pd.Series(["用到现在没坏过", "没坏过", "能派人上门帮我看看吗"])
    >>> told(said, "relief", among=np.array([True, False, True])).tolist()
    [True, False, False]
    >>> told(said, "help", among=np.ones(3, dtype=bool)).tolist()
    [False, False, True]
    """
    result = np.zeros(len(texts), dtype=bool)
    rows = np.flatnonzero(among & texts.notna().to_numpy())
    asked = pl.Series(texts.iloc[rows].astype("str").tolist(), dtype=pl.String).str.to_lowercase()
    result[rows] = asked.str.contains(_pattern(kind)).to_numpy()
    return result


@cache
def _pattern(kind: str) -> str:
    """All forms of a kind as one expression."""
    raw = shipped("voc_lib.tag", "forms.yaml")
    whole = "|".join(f"(?:{form})" for form in raw[kind])
    for name, words in raw["parts"].items():
        whole = whole.replace(name, words)
    return whole
