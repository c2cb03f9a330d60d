"""Customers' own words: without markup and control characters, and nothing where they said nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect.scores import values_file
from voc_lib.text import hypertext

CONTROL = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"
SHORT = 40  # characters of the longest words a platform writes for silent customers
ENDS = r"[\s。．.!！~～…]*"


def clean(texts: pd.Series) -> pd.Series:
    """The words as the customer saw them, missing where only the platform speaks or the answer is none.

    >>> clean(pd.Series(["此用户没有填写评价。", "没有", "没有收到货", "送货慢&hellip;", "NA"])).tolist()
    [nan, nan, '没有收到货', '送货慢…', 'NA']
    """
    column = arrow(texts)
    if pc.any(pc.match_substring_regex(column, CONTROL)).as_py():
        texts = texts.str.replace(CONTROL, "", regex=True).str.strip()
        texts = texts.mask(texts == "")
    if pc.any(pc.match_substring(column, "\r")).as_py():
        texts = texts.str.replace("\r\n", "\n", regex=False).str.replace("\r", "\n", regex=False)
    texts = hypertext.seen(texts)
    return texts.mask(matches(texts, "nothing", "filler", "by_platform"))


def by_platform(texts: pd.Series) -> np.ndarray:
    """Which texts say that the platform also gave the score: 系统默认好评."""
    return matches(texts, "by_platform")


def matches(texts: pd.Series, *kinds: str) -> np.ndarray:
    """Which texts are nothing but words of some lists of values.yaml."""
    column = arrow(texts)
    short = pc.less_equal(pc.utf8_length(column), SHORT).fill_null(False)
    rows = np.flatnonzero(short.to_numpy(zero_copy_only=False))
    found = np.zeros(len(texts), dtype=bool)
    some = pc.utf8_trim_whitespace(column if len(rows) == len(column) else column.take(pa.array(rows)))
    for kind in kinds:
        found[rows] |= pc.match_substring_regex(some, _pattern(kind)).to_numpy(zero_copy_only=False)
    return found


@cache
def _pattern(kind: str) -> str:
    """One of the lists, over whole texts: each line is one of its words."""
    said = "|".join(map(str, values_file()[kind]))
    return rf"^(?i:(?:(?:{said}){ENDS}\n?)+)$"


def arrow(values: pd.Series) -> pa.Array:
    """The texts in one piece; what was read in pieces comes in chunks."""
    texts = pa.array(values, type=pa.large_string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
