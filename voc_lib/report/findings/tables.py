"""The tables findings are read from."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from voc_lib import schema
from voc_lib.report.conclusions.per_order import regional
from voc_lib.stats.rates import ALL


class Tables(NamedTuple):
    """The tables findings are read from, each as `schema` declares it."""

    rates: pd.DataFrame
    changes: pd.DataFrame
    emerging: pd.DataFrame
    effects: pd.DataFrame
    commitments: pd.DataFrame
    tracking: pd.DataFrame
    plan: pd.DataFrame
    team: pd.DataFrame
    desks: pd.DataFrame = schema.empty(schema.DESKS)
    afterwards: pd.DataFrame = schema.empty(schema.AFTERWARDS)
    survey_drivers: pd.DataFrame = schema.empty(schema.SURVEY_DRIVERS)
    themes: pd.DataFrame = schema.empty(schema.THEMES)
    incidents: pd.DataFrame = schema.empty(schema.INCIDENTS)
    region_rates: pd.DataFrame = schema.empty(schema.REGION_RATES)

    def regional(self) -> pd.DataFrame:
        """The regions a category rose in alone; all problems together only where no category did there."""
        rows = self.region_rates
        rows = rows[rows.apply(regional, axis=1).astype(bool)] if len(rows) else rows
        parts = set(rows.loc[rows["category"] != ALL, "region"])
        return rows[(rows["category"] != ALL) | ~rows["region"].isin(parts)]
