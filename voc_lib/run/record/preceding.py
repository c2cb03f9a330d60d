"""The published report before this one: the last of its name whose period ended before this one began."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from voc_lib.params import Settings
from voc_lib.period import Period
from voc_lib.run.record import runs
from voc_lib.run.tables import read_table

COMPARED = ("findings", "effects")  # tables of it that a report is compared with
BESIDE = ("themes",)  # and those it may have
ABOUT = ("subject", "category")  # columns of them that may name a tag


def run(settings: Settings) -> tuple[Path, dict[str, Any]] | None:
    """Its folder and its manifest; None where there is none."""
    known = [
        (Period.parse(content["period"]), folder, content)
        for folder, content in runs.published(settings.outputs)
        if content["name"] == settings.params.name
    ]
    before = [one for one in known if one[0].end < settings.period.start]
    return max(before, key=lambda one: (one[0].end, one[0].label))[1:] if before else None


def tables(settings: Settings, place: str = "") -> tuple[Period, dict[str, pd.DataFrame]] | None:
    """Its period and the tables a report is compared with; None where it has not all of COMPARED.

    `place` is the folder in the run's of the version an audience got.
    """
    found = run(settings)
    names = [*COMPARED, *BESIDE]
    files = {name: found[0] / place / "tables" / f"{name}.parquet" for name in names} if found else {}
    files = {name: file for name, file in files.items() if file.is_file()}
    if found is None or not files.keys() >= set(COMPARED):
        return None
    return Period.parse(found[1]["period"]), {name: read_table(file) for name, file in files.items()}


def called(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """A table compared, what it is about by the present names of tags."""
    about = [column for column in ABOUT if names and column in frame]
    return frame.assign(**{column: frame[column].astype("str").replace(names) for column in about})


def mark(settings: Settings) -> list[str]:
    """What of it a report depends on: its period and the hashes of the tables compared."""
    found = run(settings)
    if found is None:
        return []
    paths = [f"tables/{name}.parquet" for name in (*COMPARED, *BESIDE)]
    hashes = [item["sha256"] for item in found[1]["files"] if item["path"] in paths]
    return [found[1]["period"], *hashes]
