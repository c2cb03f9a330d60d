"""A ranking's figures drawn again by customer: what other customers of the same kind would have said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib.intervals import Floats
from voc_lib.stats.batches import batches

ROOM = 4_000_000  # weights held at once


class Drawn(NamedTuple):
    """Per draw and problem: customers, those of high value, the sum of severities and the issues graded; per
    draw all customers and all of high value."""

    people: Floats
    high: Floats
    severity: Floats
    graded: Floats
    everyone: Floats
    precious: Floats


def draws(rows: pd.DataFrame, problems: Sequence[str], n: int, *, rng: np.random.Generator) -> Drawn:
    """`n` draws of the rows (problem, who, high, severity), every customer with a Poisson weight.

    Customers who said the same are one profile, whose weight is Poisson of their number: a million customers
    cost no more than their profiles.
    """
    rows, count = _profiles(rows, rng)
    tables = _tables(rows, problems, len(count))
    precious = rows.groupby("profile")["high"].max().to_numpy("float64")
    found = [
        _one(rng.poisson(count, (each, len(count))), tables, precious)
        for each in batches(n, len(count), ROOM)
    ]
    return Drawn(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _profiles(rows: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """The rows of one customer of each profile with its number, and how many customers each stands for."""
    kind = rows.groupby(["problem", "high", "severity"], sort=True, dropna=False).ngroup().to_numpy()
    lots = rng.integers(1, 2**62, kind.max() + 1, dtype=np.uint64)[kind]
    who = pd.factorize(rows["who"])[0]
    order = np.argsort(who, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(who[order]) > 0])
    marks = np.add.reduceat(lots[order], first)  # of what a customer said, whatever the order
    _, member, count = np.unique(marks, return_index=True, return_counts=True)
    profile = np.full(len(first), -1)
    profile[member] = np.arange(len(member))
    chosen = rows.assign(profile=profile[who])
    return chosen[chosen["profile"] >= 0], count


def _tables(rows: pd.DataFrame, problems: Sequence[str], profiles: int) -> list:
    """Customers, high value, severities and issues graded: sparse tables, profile by problem."""
    from scipy.sparse import csr_matrix

    place = rows["profile"].to_numpy(), pd.Index(problems).get_indexer(pd.Index(rows["problem"]))
    said = [np.ones(len(rows)), rows["high"].to_numpy("float64")]
    graded = [rows["severity"].fillna(0.0).to_numpy(), rows["severity"].notna().to_numpy("float64")]
    tables = [csr_matrix((values, place), shape=(profiles, len(problems))) for values in (*said, *graded)]
    for table in tables[:2]:
        table.data = np.minimum(table.data, 1.0)  # a customer counts once, however many issues
    return tables


def _one(weight: NDArray[np.int64], tables: list, precious: Floats) -> tuple[Floats, ...]:
    """One part of the draws."""
    counted = [np.asarray((table.T @ weight.T).T, dtype="float64") for table in tables]
    return *counted, weight.sum(axis=1).astype("float64"), weight @ precious
