"""Archived feedback of databases read by what changed: it counts as read, as if all had been read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from voc_lib import schema
from voc_lib.clean import staff
from voc_lib.collect import Collected, archive, ledger, ratings
from voc_lib.collect.table import DATABASE
from voc_lib.params import Handlers
from voc_lib.period import Period

COUNTS = ["lines", "read", "kept", "rated", "in_period"]


def recalled(
    collected: Collected, folder: Path, period: Period, *, handlers: Handlers, key: bytes
) -> Collected:
    """What was collected (protected) with the archived rows of its databases that did not change."""
    if not collected.partly:
        return collected
    old = pd.concat([archive.read(folder), archive.read(folder / ratings.FOLDER)], ignore_index=True)
    old = ledger.plain_ids(old[old["source"].isin(collected.partly)])
    new = ledger.plain_ids(collected.voices)
    fresh = pd.MultiIndex.from_frame(new[archive.KEY])
    old = old[~pd.MultiIndex.from_frame(old[archive.KEY]).isin(fresh)].drop_duplicates(archive.KEY)
    old = staff.shown(old, handlers, key)
    both = pd.concat([new, old], ignore_index=True)
    feedback, rated = ratings.parted(schema.shape(ledger.distinct_ids(both), schema.RATINGS))
    return replace(
        collected,
        feedback=schema.shape(feedback, schema.FEEDBACK),
        ratings=rated,
        reads=_counted(collected.reads, old, period),
    )


def _counted(reads: pd.DataFrame, old: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The ledger with the rows taken from the archive in the line of their database."""
    worded = old["text"].notna()
    counts = pd.DataFrame(
        {
            **dict.fromkeys(("lines", "read", "kept"), old.groupby("source").size()),
            "rated": old[~worded].groupby("source").size(),
            "in_period": old[worded & period.mask(old["created_at"])].groupby("source").size(),
        }
    ).fillna(0)
    line = reads["file"].str.startswith(DATABASE) & reads["source"].isin(counts.index)
    more = counts.reindex(reads.loc[line, "source"]).set_axis(reads.index[line])
    changed = reads.copy()
    changed.loc[line, COUNTS] = reads.loc[line, COUNTS].add(more[COUNTS]).astype("Int64")
    return schema.shape(changed, schema.READS)
