"""Channels by their names: App, ＡＰＰ and “app ” are one, spelt one way wherever it stands."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

COLUMN = "channel"


def key(name: str) -> str:
    """What two spellings of one channel share: neither case, width nor blanks at the ends tell.

    >>> {key(name) for name in ("App Store", "ＡＰＰ　store", " app  store ")}
    {'app store'}
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def alike(*frames: pd.DataFrame, told: Iterable[str] = ()) -> list[pd.DataFrame]:
    """The frames with one spelling of each channel: the first `told`, else what most rows of all have.

    >>> rows = pd.DataFrame({"channel": ["App", "ＡＰＰ", "app ", "App", "电话"]}, dtype="str")
    >>> [alike(rows, told=told)[0]["channel"].tolist() for told in ([], ["APP"])]
    [['App', 'App', 'App', 'App', '电话'], ['APP', 'APP', 'APP', 'APP', '电话']]
    """
    counts = pd.concat([frame[COLUMN] for frame in frames], ignore_index=True).value_counts()
    sizes: Counter[str] = Counter()
    for name, n in counts.items():
        sizes[_tidy(str(name))] += int(n)
    best: dict[str, str] = {}
    for name in [*map(_tidy, told), *sorted(sizes, key=lambda name: (-sizes[name], name))]:
        best.setdefault(key(name), name)
    shown = {name: best[key(name)] for name in map(str, counts.index)}
    if all(name == spelt for name, spelt in shown.items()):
        return [*frames]
    return [frame.assign(**{COLUMN: frame[COLUMN].map(shown).astype("str")}) for frame in frames]


def among(rows: pd.DataFrame, column: str, wanted: Collection[str]) -> np.ndarray:
    """Which rows have one of the values `wanted` in a column; a channel in whatever spelling.

    >>> among(pd.DataFrame({"channel": ["APP", None], "region": ["华东", "华南"]}), "channel", ["App"])
    array([ True, False])
    """
    values = rows[column].astype("str")
    if column == COLUMN:
        keys = {key(name) for name in wanted}
        wanted = [name for name in values.dropna().unique() if key(name) in keys]
    return values.isin([*wanted]).to_numpy(dtype=bool)


def spelt(column: str, value: str, names: Iterable[str]) -> str:
    """A value as it stands among `names`: of a channel the one spelling there is; else itself.

    >>> spelt("channel", "ＡＰＰ", ["App", "电话"]), spelt("region", "ＡＰＰ", ["App"])
    ('App', 'ＡＰＰ')
    """
    same = (name for name in names if column == COLUMN and key(name) == key(value))
    return next(same, value)


def _tidy(name: str) -> str:
    return " ".join(name.split())
