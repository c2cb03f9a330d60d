"""One text copied by several customers: a mark beside the counts, never a reason to merge their issues.

An agent's template stands for as many problems as it has customers; a campaign is one text spread on purpose.
Both count unless the params say otherwise (`copies`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from voc_lib.clean import likeness, minhash
from voc_lib.clean.groups import clusters
from voc_lib.clean.keyed import DAY, Keyed
from voc_lib.clean.vocabulary import words
from voc_lib.schema import COPY_KINDS

LONG = 15  # characters from which equal words of two customers are a copy, not a coincidence
TEMPLATE, CAMPAIGN, ALIKE = COPY_KINDS
BURST_DAYS = 7  # days within which a campaign is over, but for one in ten on either side
EDGE = 0.1
HANDLING = ("handler", "department", "status", "first_response_at", "closed_at")
READ = ["feedback_id", "customer_id", "created_at", "channel", "source", *HANDLING]
COLUMNS = ["copy_group", "copy_size", "copy_first_seen", "copy_kind"]


def mark(
    feedback: pd.DataFrame,
    keyed: Keyed,
    head: np.ndarray,
    *,
    similarity: float,
    buyers: pd.Series | None = None,
) -> pd.DataFrame:
    """`COLUMNS` for every row of the feedback; missing where nobody else has its words.

    `head` is the issue of each row in order of time, `buyers` the ids of customers who have an order: who
    spreads a campaign has none. The group is named after its earliest feedback, its size is in issues.
    """
    group = _groups(keyed, head, similarity)
    rows = np.flatnonzero(group >= 0)
    place = keyed.order[rows]
    lines = (
        feedback.reindex(columns=READ)
        .iloc[place]
        .assign(group=group[rows], head=head[rows], time=keyed.time[rows])
    )
    by = lines.groupby("group", sort=False)
    table = pd.DataFrame(
        {
            "copy_group": "C-" + by["feedback_id"].first(),
            "copy_size": by["head"].nunique(),
            "copy_first_seen": by["created_at"].min(),
            "copy_kind": _kinds(lines, buyers),
        }
    )
    own = table.reindex(group[rows]).set_axis(feedback.index[place])
    kinds = {"copy_size": "Int64", "copy_group": "str", "copy_kind": "str"}
    return own.reindex(feedback.index)[COLUMNS].astype(kinds)


def counted(rows: pd.DataFrame, choice: str | Mapping[Any, str]) -> pd.Series:
    """Which rows count in statistics: all, of one text the first issue of each month (`once`), none (`drop`).

    `choice` is one word for all copies or one per kind; kinds it does not name count.
    """
    by_kind = dict.fromkeys(COPY_KINDS, choice) if isinstance(choice, str) else dict(choice)
    wanted = rows["copy_kind"].map(by_kind).fillna("count")
    result = wanted.ne("drop")
    once = rows[(wanted == "once").to_numpy()].sort_values(["created_at", "feedback_id"], kind="stable")
    month = once["created_at"].dt.to_period("M")
    first = once["issue_id"].groupby([once["copy_group"], month], sort=False).transform("first")
    result.loc[once.index] = once["issue_id"] == first
    return result.astype("boolean")


def _groups(keyed: Keyed, head: np.ndarray, similarity: float) -> np.ndarray:
    """The number of each row's text among those that several people sent, -1 for all others."""
    long = np.flatnonzero(keyed.length >= LONG)
    cluster = _clusters(keyed, long, similarity)
    people = np.where(keyed.customer[long] >= 0, keyed.customer[long], -1 - head[long])
    pairs = pd.DataFrame({"cluster": cluster, "people": people}).drop_duplicates()
    shared = np.bincount(pairs["cluster"], minlength=cluster.max(initial=-1) + 1) > 1
    group = np.full(len(head), -1, dtype=np.int64)
    group[long] = np.where(shared[cluster], cluster, -1)
    return group


def _clusters(keyed: Keyed, rows: np.ndarray, similarity: float) -> np.ndarray:
    """Number of the cluster of alike texts for each of the rows."""
    numbers, used = pd.factorize(keyed.key[rows])
    texts = keyed.texts[used]
    if similarity >= 1:
        return numbers
    code, made = pd.factorize(likeness.plain(texts))
    texts = texts[np.unique(code, return_index=True)[1]]  # of the texts alike once plain, the first
    pairs = minhash.candidates(made, similarity=similarity, facts=likeness.fact_characters())
    good = pairs[likeness.paired(texts, made, pairs, similarity=similarity)]
    return clusters(texts, good, similarity=similarity)[code][numbers]


def _kinds(lines: pd.DataFrame, buyers: pd.Series | None) -> np.ndarray:
    """COPY_KINDS of each group, in their order: by who wrote it, how fast it spread, whether they bought."""
    place = lines["channel"].astype("str").fillna("") + " " + lines["source"].astype("str").fillna("")
    known = pd.Index([] if buyers is None else buyers.dropna().unique())
    traits = lines.assign(
        told=place.str.contains("|".join(words()["by_agents"])),
        handled=lines[list(HANDLING)].notna().any(axis=1),
        bought=known.get_indexer(pd.Index(lines["customer_id"])) >= 0,
    )
    by = traits.groupby("group", sort=False)
    told, handled, bought = (by[name].mean() > 0.5 for name in ("told", "handled", "bought"))
    burst = by["time"].quantile(1 - EDGE) - by["time"].quantile(EDGE) <= BURST_DAYS * DAY
    template = told | (handled & ~burst)
    return np.select([template, burst & ~bought], [TEMPLATE, CAMPAIGN], ALIKE)
