"""Feedback that is a score and no words: it counts for satisfaction and participation, never as a problem."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from voc_lib import schema
from voc_lib.collect import archive
from voc_lib.collect.ledger import plain_ids

FOLDER = "ratings"  # inside the archive of a report
KEY = ["source", "feedback_id"]


def parted(voices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows with words (schema.FEEDBACK) and rows with a score alone (schema.RATINGS)."""
    worded = voices["text"].notna()
    feedback, rated = (voices[rows].reset_index(drop=True) for rows in (worded, ~worded))
    return feedback, schema.shape(rated, schema.RATINGS)


def history(
    folder: Path, new: pd.DataFrame, worded: pd.DataFrame, *, until: date | None = None
) -> pd.DataFrame:
    """schema.RATINGS of the archive `folder` and of this run, without those that have got words since."""
    every = archive.merge(archive.read(folder / FOLDER, until=until), new)
    said = pd.MultiIndex.from_frame(plain_ids(worded)[KEY])
    silent = every[~pd.MultiIndex.from_frame(plain_ids(every)[KEY]).isin(said)]
    return schema.shape(silent.reset_index(drop=True), schema.RATINGS)


def write(new: pd.DataFrame, folder: Path) -> None:
    """Nothing; the archive then holds each rating once, in its month."""
    if len(new):
        archive.write(new, folder / FOLDER)
