"""How completely employees fill the fields of what they record: by field, department, and what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.usage.adoption import ALL
from voc_lib.usage.entered import FILLED, PLACEHOLDER, Entered

NEW = "本期新建"
NOTABLE = 0.05  # of the records: a smaller difference is of no use to anyone
SURE = 0.05


def table(entered: Sequence[Entered], period: Period, *, least: int) -> pd.DataFrame:
    """schema.USAGE_FIELDS: filled of all records per field, the emptiest first.

    A placeholder is not filled. `behind`: a department of at least `least` records fills a field less often
    than the others together, by more than 5 points, with p adjusted over all departments and fields.
    """
    parts = [part for each in entered for part in _parts(each, period)]
    if not parts:
        return schema.empty(schema.USAGE_FIELDS)
    rows = pd.concat(parts, ignore_index=True)
    share = intervals.wilson(rows["filled"], rows["n"])
    rows = rows.assign(share=share.value, low=share.low, high=share.high)
    whole = rows[rows["dimension"] == ALL].set_index(["records", "field"])
    told = rows.join(whole[["n", "filled", "share"]].add_suffix("_all"), on=["records", "field"])
    p = _against_others(told, least)
    told = told.assign(p_adjusted=p, behind=(p < SURE) & _lower(told))
    order = ["records", "share_all", "field", "dimension", "share", "group"]
    return schema.shape(told.sort_values(order, ignore_index=True, key=_first), schema.USAGE_FIELDS)


def _first(values: pd.Series) -> pd.Series:
    """Dimensions with the whole first; other columns as they are."""
    return values != ALL if values.name == "dimension" else values


def _parts(entered: Entered, period: Period) -> Iterator[pd.DataFrame]:
    rows = entered.rows
    home = rows["department"]
    yield _counted(entered, np.full(len(rows), ALL, dtype=object), ALL)
    if home.notna().any():
        yield _counted(entered, home.fillna("").to_numpy(), "部门")
    if (new := period.mask(rows["created"])).any():
        yield _counted(entered, np.where(new, NEW, ""), NEW)


def _counted(entered: Entered, group: np.ndarray, dimension: str) -> pd.DataFrame:
    """Records, filled and placeholders of each field and group; records of no group ("") are left out."""
    kept = group != ""
    states, names = entered.states[kept], group[kept]
    parts = []
    for field in states:
        found = states[field].groupby(names)
        counts = {
            "n": found.size(),
            "filled": (states[field] == FILLED).groupby(names).sum(),
            "placeholders": (states[field] == PLACEHOLDER).groupby(names).sum(),
        }
        part = pd.DataFrame(counts).rename_axis("group").reset_index()
        parts.append(part.assign(field=field, example=entered.common[str(field)] or None))
    return pd.concat(parts, ignore_index=True).assign(records=entered.name, dimension=dimension)


def _others(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Filled and records of all but the row's own group."""
    return rows["filled_all"] - rows["filled"], rows["n_all"] - rows["n"]


def _against_others(rows: pd.DataFrame, least: int) -> np.ndarray:
    """Adjusted p of each department large enough against the others; NaN elsewhere."""
    p = intervals.score_test(rows["filled"], rows["n"], *_others(rows))
    asked = (rows["dimension"] == "部门") & (rows["n"] >= least)
    return intervals.benjamini_hochberg(np.where(asked, p, np.nan))


def _lower(rows: pd.DataFrame) -> np.ndarray:
    return np.asarray(rows["share"] < intervals.ratio(*_others(rows)) - NOTABLE, bool)
