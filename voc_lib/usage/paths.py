"""Paths people really take: functions that follow one another more often than chance would have it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib import schema

LENGTHS = (3, 4)
TOP = 10
JOIN = " → "


def table(events: pd.DataFrame, session: pd.Series, *, least: int) -> pd.DataFrame:
    """schema.USAGE_PATHS: runs of 3 and 4 functions that `least` sessions took, the least by chance first.

    Staying in a function counts once. `expected` is how often a run would come if each function were as
    frequent as it is and nothing followed from anything; a run that overlaps one before it is left out.
    """
    codes, where, user = _steps(events, session)
    if not len(codes):
        return schema.empty(schema.USAGE_PATHS)
    names = events["function"].cat.categories.astype("str")
    found = pd.concat([_runs(codes, where, user, n, names) for n in LENGTHS], ignore_index=True)
    found = found[(found["sessions"] >= least) & (found["times"] > found["expected"])]
    surprise = (found["times"] - found["expected"]) / np.sqrt(found["expected"])
    order = found.assign(surprise=surprise).sort_values(["surprise", "path"], ascending=[False, True])
    kept = _unexplained(order).head(TOP).reset_index(drop=True)
    return schema.shape(kept.assign(ratio=kept["times"] / kept["expected"]), schema.USAGE_PATHS)


def _steps(
    events: pd.DataFrame, session: pd.Series
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Functions in their order without repeats in a row, the session and the user of each."""
    codes = events["function"].cat.codes.to_numpy().astype("int64")
    where, user = session.to_numpy().astype("int64"), events["user_id"].cat.codes.to_numpy().astype("int64")
    new = np.ones(len(codes), bool)
    new[1:] = (codes[1:] != codes[:-1]) | (where[1:] != where[:-1])
    return codes[new], where[new], user[new]


def _runs(
    codes: NDArray[np.int64], where: NDArray[np.int64], user: NDArray[np.int64], n: int, names: pd.Index
) -> pd.DataFrame:
    """Every run of `n` functions inside a session, none twice in it: times, sessions, users, expected."""
    size = max(len(codes) - n + 1, 0)
    windows = np.stack([codes[k : size + k] for k in range(n)], axis=1)
    inside = where[:size] == where[n - 1 : size + n - 1]
    for a in range(n):
        for b in range(a + 1, n):
            inside &= windows[:, a] != windows[:, b]
    runs = pd.DataFrame({"run": windows[inside] @ (len(names) ** np.arange(n)[::-1])})
    runs = runs.assign(session=where[:size][inside], user=user[:size][inside])
    groups = runs.groupby("run", sort=True)
    counted = groups.agg(times=("run", "size"), sessions=("session", "nunique"), users=("user", "nunique"))
    share = np.bincount(codes, minlength=len(names)) / len(codes)
    parts = [counted.index.to_numpy() // len(names) ** k % len(names) for k in range(n)[::-1]]
    expected = size * np.prod([share[part] for part in parts], axis=0)
    words = names.to_numpy(dtype=object)
    paths = [JOIN.join(run) for run in zip(*(words[part] for part in parts), strict=True)]
    return counted.reset_index(drop=True).assign(path=paths, steps=n, expected=expected)


def _unexplained(ordered: pd.DataFrame) -> pd.DataFrame:
    """The runs, the most surprising first, without those that are part of one before them, or hold one."""
    kept: list[str] = []
    for path in ordered["path"].head(200):
        if not any(path in other or other in path for other in kept):
            kept.append(path)
    return ordered[ordered["path"].isin(kept)]
