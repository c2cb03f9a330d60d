"""Category shares as they would be if customers spoke in proportion to the customer base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from voc_lib import intervals, schema
from voc_lib.collect import coverage
from voc_lib.stats import raised


@dataclass(frozen=True)
class Weighted:
    """schema.WEIGHTED with its basis: by what, of how many rows, how many known, Kish's effective n."""

    table: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.WEIGHTED))
    dimensions: tuple[str, ...] = ()
    n: int = 0
    known: int = 0
    effective_n: float = 0.0
    notes: tuple[str, ...] = ()


def weigh(
    problems: pd.DataFrame, customers: pd.DataFrame, *, dimensions: Sequence[str], orders: pd.DataFrame
) -> Weighted:
    """Shares of the problems weighted by raking to the customers; nothing is computed without dimensions.

    Both shares count the problems of customers the customer table knows; the interval of the weighted one
    is Wilson's with the effective n.
    """
    names = tuple(coverage.DIMENSIONS[name] for name in dimensions)
    if not names or not problems["customer_id"].isin(customers["customer_id"]).any():
        return Weighted(dimensions=names, n=len(problems))
    raked = coverage.rake(problems, customers, dimensions=dimensions, orders=orders)
    table = _table(coverage.compare(problems["primary_tag"], raked), raked.effective_n)
    unfinished = () if raked.converged else ("加权没有收敛，各维度只能近似对上，结果仅供参考",)
    notes = (*raked.notes, *unfinished)
    return Weighted(table, names, len(problems), raked.n, raked.effective_n, notes)


def _table(both: pd.DataFrame, effective_n: float) -> pd.DataFrame:
    both = both.set_index("group")
    both = both.loc[raised.order(both["n"])]
    low_high = intervals.wilson(both["weighted"] * effective_n, effective_n)
    frame = pd.DataFrame(
        {
            "category": both.index,
            "n": both["n"].to_numpy(),
            "share": both["share"].to_numpy(),
            "weighted_share": both["weighted"].to_numpy(),
            "low": low_high.low,
            "high": low_high.high,
            "difference": 100 * both["difference"].to_numpy(),
        }
    )
    return schema.shape(frame, schema.WEIGHTED)
