"""Business records kept in the system, opened: of each cell whether something real was entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from voc_lib import schema
from voc_lib.clean import privacy
from voc_lib.collect import dates, readers
from voc_lib.collect.columns import series
from voc_lib.collect.logs import MOST, SAMPLE, plain
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.logged import Records
from voc_lib.params import Settings
from voc_lib.yamlfile import shipped

BLANK, PLACEHOLDER, FILLED = 0, 1, 2
SAME = r"(?:(.)\1+)"  # xx, --, 。。
DIGITS = r"\d+(?:\.\d+)?"
ALIKE = r"(\d)\1{4,}"  # 00000


@dataclass(frozen=True)
class Entered:
    """The records of one entry of the params: a row each of `department`, `created`; what is in each field.

    `states`: a column per field, BLANK, PLACEHOLDER or FILLED; `common`: field -> its placeholder met most.
    """

    name: str
    rows: pd.DataFrame
    states: pd.DataFrame
    common: dict[str, str]
    reads: pd.DataFrame
    quarantine: pd.DataFrame
    notes: tuple[str, ...] = ()


def opened(asked: Records, settings: Settings, staff: pd.DataFrame) -> Entered:
    """The records one entry of the params names; DataError where a column it names is not there."""
    files = readers.files([settings.resolve(asked.path)])
    tables = [table for file, label in files for table in readers.read(file, label=label)]
    parts = [_part(table, asked, settings, staff) for table in tables]
    rows = pd.concat([row for row, _ in parts], ignore_index=True)
    cells = pd.concat([cell for _, cell in parts], ignore_index=True)
    judged = {str(field): state(cells[field]) for field in cells}
    end = pd.Timestamp(settings.period.end) + pd.Timedelta(days=1)
    late = (rows["created"] >= end).to_numpy()
    return Entered(
        asked.name,
        rows[~late].reset_index(drop=True),
        pd.DataFrame(judged)[~late].reset_index(drop=True),
        {field: _common(cells.loc[~late, field], judged[field][~late]) for field in judged},
        schema.shape(pd.DataFrame([_read(table, asked) for table in tables]), schema.USAGE_READS),
        pd.concat([_rejected(table, asked) for table in tables], ignore_index=True),
        tuple(_notes(asked, tables, rows, late)),
    )


def state(values: pd.Series) -> np.ndarray:
    """Whether a cell is BLANK, holds a PLACEHOLDER written to get past the form, or is FILLED.

    >>> state(pd.Series(["零售", None, "无", "xxx", "111111", "待补充", "test", "13911112222"])).tolist()
    [2, 0, 1, 1, 1, 1, 1, 2]
    """
    codes, words = pd.factorize(values)
    texts = pd.Series(words, dtype="str")
    number = texts.str.fullmatch(DIGITS)
    idle = texts.map(plain).isin(_placeholders())
    idle |= texts.str.fullmatch(SAME) & ~number & ~texts.str.contains(r"[㐀-鿿]")
    idle |= texts.str.fullmatch(ALIKE)
    told = np.where(idle.to_numpy(bool), PLACEHOLDER, FILLED)
    return np.append(told, BLANK)[codes].astype("int8")  # code -1, missing, takes the last


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(map(plain, shipped("voc_lib.usage", "placeholders.yaml")["placeholders"]))


def _part(
    table: Table, asked: Records, settings: Settings, staff: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table's owners and times, and the cells of its fields."""
    for header in filter(None, (asked.owner, asked.created, *asked.fields)):
        if header not in table.columns:
            hint = did_you_mean(header, table.columns)
            raise DataError(f"业务数据“{asked.name}”{table.place} 里没有列 “{header}”。{hint}")
    owner = asked.owner or _owner(table, staff)
    times = table.cells[asked.created] if asked.created else pa.nulls(len(table.lines), pa.string())
    created = dates.parse(series(pa.chunked_array(times)), zone=settings.params.zone).times
    belongs = _departments(series(table.cells[owner]), staff) if owner else np.nan
    rows = pd.DataFrame({"created": created, "department": belongs}, index=np.arange(len(table.lines)))
    fields = asked.fields or [name for name in table.columns if name not in (owner, asked.created)]
    return rows, pd.DataFrame({field: series(table.cells[field]) for field in fields}, index=rows.index)


def _owner(table: Table, staff: pd.DataFrame) -> str | None:
    """The column whose values are ids of employees; without one, names of their departments."""
    for known in (staff["user_id"], staff["department"]):
        among = set(map(plain, known.dropna().astype("str")))
        for header in table.columns if among else ():
            values = series(table.cells[header].slice(0, SAMPLE)).dropna()
            if len(values) and values.map(plain).isin(among).mean() >= MOST:
                return header
    return None


def _departments(values: pd.Series, staff: pd.DataFrame) -> pd.Series:
    """The department of each record: of the employee whose id stands there, or the one written there."""
    listed = staff.dropna(subset=["department"]).astype({"department": "str"})
    home = {plain(name): name for name in listed["department"]}
    home |= dict(zip(listed["user_id"].map(plain), listed["department"], strict=True))
    return values.map(plain, na_action="ignore").map(home)


def _common(cells: pd.Series, states: np.ndarray) -> str:
    counts = cells[states == PLACEHOLDER].value_counts()
    return str(counts.sort_index().idxmax()) if len(counts) else ""


def _read(table: Table, asked: Records) -> dict[str, object]:
    kept, lost = len(table.lines), len(table.rejects)
    place = {"source": asked.name, "file": privacy.mask_text(table.file), "sheet": table.sheet}
    return {**place, "read": kept + lost, "kept": kept, "quarantined": lost}


def _rejected(table: Table, asked: Records) -> pd.DataFrame:
    place = {"source": asked.name, "file": table.file, "sheet": table.sheet}
    return table.rejects[["line", "reason"]].assign(**place)


def _notes(asked: Records, tables: Sequence[Table], rows: pd.DataFrame, late: np.ndarray) -> list[str]:
    notes = [f"{asked.name} · {note}" for table in tables for note in table.notes]
    if late.any():
        notes.append(f"{asked.name}：{late.sum():,} 条创建于报告期之后，未计入")
    if asked.created and (unread := int(rows["created"].isna().sum())):
        notes.append(f"{asked.name}：{unread:,} 条的“{asked.created}”为空或无法识别，只计入全体与部门")
    if homeless := int(rows["department"].isna().sum()):
        notes.append(f"{asked.name}：{homeless:,} 条认不出归属部门，只计入全体")
    return notes
