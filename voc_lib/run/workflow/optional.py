"""Steps whose input is not there: not run, not published, their tables empty, the reason kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from voc_lib import schema, whole
from voc_lib.run import tables
from voc_lib.run.record import freshness
from voc_lib.run.steps import StepSpec

ABSENT = "absent"  # in the record of a step: the sentence why it was left out


def lacking(spec: StepSpec, folder: Path) -> str:
    """The sentence that a run folder lacks what a step needs; empty where it does not."""
    if spec.input is None:
        return ""

    def read(table: str, names: list[str]) -> pd.DataFrame:
        file = folder / "tables" / f"{table}.parquet"
        return tables.read_table(file, columns=names) if file.is_file() else pd.DataFrame(columns=names)

    return spec.input.lacking(read)


def looked(spec: StepSpec, folder: Path) -> dict[str, str]:
    """The tables that decide whether a step is run, each with its hash."""
    return {table: freshness.table(folder, table) for table, _ in spec.input.columns} if spec.input else {}


def leave_out(spec: StepSpec, folder: Path, why: str) -> dict[str, Any]:
    """The record of a step left out, written beside its empty tables: what was looked at, and the reason."""
    for name in spec.tables:
        tables.write_table(schema.empty(schema.table(name)), folder / "tables" / f"{name}.parquet")
    record = {**freshness.told(looked(spec, folder), {}), ABSENT: why}
    words = json.dumps(record, ensure_ascii=False, indent=1)
    whole.replace(folder / "results" / f"{spec.name}.json", words.encode())
    return record
