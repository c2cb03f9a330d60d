"""The issues of tagged feedback, made where they are read: all months with all columns are never held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.clean import keyed

PIECE = 1 << 16  # issues of a part
MOMENT = "%Y-%m-%d %H:%M:%S"
NAMED = ["issue_id", "feedback_id", "customer_id", "created_at", "problem"]  # what an issue says of its rows


@dataclass(frozen=True)
class Merged:
    """`own`: what each issue says of all its rows, by the index of its earliest in `tagged`; oldest first."""

    tagged: pd.DataFrame
    own: pd.DataFrame

    def read(self, columns: Sequence[str] = (), rows: slice | np.ndarray = slice(None)) -> pd.DataFrame:
        """schema.ISSUES, or some of its columns, of all issues or some, by their place among all."""
        spec = schema.ISSUES.of(columns) if columns else schema.ISSUES
        own = self.own.iloc[rows]
        held = [name for name in spec.names if name in self.tagged and name not in own]
        heads = self.tagged[held].loc[own.index].assign(**own)
        return schema.shape(heads.set_axis(pd.RangeIndex(len(self.own))[rows]), spec)

    def parts(self) -> Iterator[pd.DataFrame]:
        """All of them, so many at a time."""
        for first in range(0, len(self.own) or 1, PIECE):
            yield self.read(rows=slice(first, first + PIECE))


def of(tagged: pd.DataFrame) -> Merged:
    """The issues of schema.TAGGED: the earliest row of each, all its ids joined by 、.

    `again_at` are the moments of its later rows: an issue counts in every period in which it was raised. It
    is a `problem` if any of its rows is.
    """
    rows = tagged[tagged.columns.intersection(NAMED)]
    rows = rows.iloc[keyed.in_order(rows)]
    number = pd.Series(pd.factorize(rows["issue_id"])[0], index=rows.index)
    first, sizes = ~number.duplicated(), number.map(number.value_counts())
    several, heads = rows[sizes > 1], rows[first]
    lone = sizes[first] == 1
    later = several[several["issue_id"].duplicated()]
    again = later.assign(again_at=later["created_at"].dt.strftime(MOMENT))
    ids, who = (heads["issue_id"].map(_listed(several, name)) for name in ("feedback_id", "customer_id"))
    own = pd.DataFrame(
        {
            "feedback_ids": ids.where(~lone, heads["feedback_id"]),
            "customer_ids": who.where(~lone, heads["customer_id"]),
            "repeat_count": sizes[first],
            "again_at": heads["issue_id"].map(_listed(again, "again_at")),
        }
    )
    if "problem" in several:
        own["problem"] = heads["problem"] | heads["issue_id"].isin(
            several.loc[several["problem"], "issue_id"]
        )
    return Merged(tagged, own)


def _listed(rows: pd.DataFrame, column: str) -> pd.Series:
    """The different values of each issue, in order, joined by 、."""
    known = rows.dropna(subset=[column]).drop_duplicates(["issue_id", column])
    found: dict[str, list[str]] = {}
    for issue, value in zip(known["issue_id"].tolist(), known[column].tolist(), strict=True):
        found.setdefault(issue, []).append(value)
    return pd.Series({issue: "、".join(values) for issue, values in found.items()}, dtype="str")
