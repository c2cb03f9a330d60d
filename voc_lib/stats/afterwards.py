"""Whether customers buy again after a complaint, beside customers like them who did not complain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.stats import handling, raised
from voc_lib.stats.service import WHOLE

DAYS = 90  # watched after a complaint, and free of one for comparison
MONTHS = 12
SMALL = 30
RECENCY = [-1, 7, 15, 30, 60, 90, 180, np.inf]
COUNT = [0, 1, 2, 4, 8, np.inf]
DAY = 1440  # minutes
APART = 10**8  # minutes, 190 years
CELL = ["month", "recency", "count"]
ALIKE = CELL[1:]  # of those who complained of something else, in whatever month
ERROR = 0.05  # over all categories


class _Bought(NamedTuple):
    """Who ordered, from when on, and all orders as places on one line (`_place`), in order."""

    who: pd.Index
    start: pd.Timestamp
    when: np.ndarray


def table(issues: pd.DataFrame, orders: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.AFTERWARDS: share who order again within 90 days of a complaint, all and per category.

    Every customer counts once a month, of the last twelve whose 90 days are over. `compared` is the share
    of customers with as recent a last order and as many orders, weighted to the complainers (direct
    standardisation): of all, those of the same month without a complaint within 90 days; of a category,
    those who complained of something else, for who speaks at all is still there and buys more, each held
    against those of his own month who did not complain (a category of the high season would else stand for
    what is bought after it). Who has no such counterpart is left out. Interval of the difference from the two
    intervals (Zou & Donner 2008), of the categories at a level that holds for all of them (Bonferroni).
    Association, not proof.
    """
    end = handling.end_of(period)
    said = _said(raised.complaints(issues), end)
    bought = _bought(orders[orders["ordered_at"] < end])
    mine = _watched(said, bought)
    others = _others(said, bought, sorted(said["month"].unique()))
    usual = (others["sum"] / others["size"]).rename("usual")
    mine = mine.merge(pd.concat([others[CELL], usual], axis=1), on=CELL)
    parts = {str(name): mine["category"] == name for name in mine["category"].value_counts().index}
    pairs = {name: _beside(mine[which], _cells(mine[~which], ALIKE), ALIKE) for name, which in parts.items()}
    judged = sum(len(rows) >= SMALL for rows in pairs.values())
    rows = [_line(WHOLE, _beside(mine, others.assign(others_usual=0.0), CELL).assign(usual=0.0), ERROR)]
    rows += [_line(name, part, ERROR / max(judged, 1)) for name, part in pairs.items()]
    return schema.shape(pd.DataFrame(rows), schema.AFTERWARDS)


def _cells(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Of customers alike how many they are (`size`), how many ordered again (`sum`), their mean `usual`."""
    counted = {"size": ("again", "size"), "sum": ("again", "sum"), "others_usual": ("usual", "mean")}
    return rows.groupby(keys).agg(**counted).reset_index()


def _beside(mine: pd.DataFrame, cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The rows that have counterparts, with what is known of them and their `cell`."""
    return mine.merge(cells.assign(cell=np.arange(len(cells))), on=keys)


def _said(rows: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Complaints of known customers; `watched` is the first of each in each month that can be."""
    last = end - pd.Timedelta(days=DAYS)
    first = (last.to_period("M") - MONTHS).start_time
    since = first - pd.Timedelta(days=DAYS)  # who complained before the first month is no comparison in it
    rows = rows[rows["customer_id"].notna() & (rows["created_at"] >= since) & (rows["created_at"] < end)]
    said = pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "at": rows["created_at"],
            "category": rows["primary_tag"],
            "watched": (rows["created_at"] >= first) & (rows["created_at"] < last),
            "month": rows["created_at"].dt.strftime("%Y-%m").astype("str"),
        }
    )
    said = said.sort_values("at", kind="stable")
    return said.assign(watched=said["watched"] & ~said.duplicated(["customer_id", "month"]))


def _bought(orders: pd.DataFrame) -> _Bought:
    number, who = pd.factorize(orders["customer_id"])
    start = orders["ordered_at"].min()
    return _Bought(pd.Index(who), start, np.sort(_place(number, orders["ordered_at"], start)))


def _watched(said: pd.DataFrame, bought: _Bought) -> pd.DataFrame:
    rows = said[said["watched"]]
    number = bought.who.get_indexer(pd.Index(rows["customer_id"]))
    rows, number = rows[number >= 0], number[number >= 0]
    found, known = _described(number, _place(number, rows["at"], bought.start), bought)
    return rows[known].assign(**found)


def _others(said: pd.DataFrame, bought: _Bought, months: list[str]) -> pd.DataFrame:
    """Customers of each month, seen at its middle, who did not complain within 90 days of it, by cell."""
    number = bought.who.get_indexer(pd.Index(said["customer_id"]))
    parts = []
    for month in months:
        at = pd.Series([pd.Timestamp(f"{month}-15")])
        if bought.who.empty or not said.loc[said["month"] == month, "watched"].any():
            continue
        near = number[((said["at"] - at[0]).abs() <= pd.Timedelta(days=DAYS)).to_numpy()]
        quiet = np.flatnonzero(np.bincount(near[near >= 0], minlength=len(bought.who)) == 0)
        found, _ = _described(quiet, _place(quiet, at, bought.start), bought)
        parts.append(pd.DataFrame(found).groupby(ALIKE)["again"].agg(["size", "sum"]).assign(month=month))
    return pd.concat(parts).reset_index() if parts else pd.DataFrame(columns=[*CELL, "size", "sum"])


def _described(
    number: np.ndarray, own: np.ndarray, bought: _Bought
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """How long since the last order, how often, whether again in 90 days, of who had ordered; who had.

    Customers by their number, each at a place of `bought.when`; `recency` and `count` are numbers of bands.
    """
    when = bought.when
    until = np.searchsorted(when, own, side="right")
    orders = until - np.searchsorted(when, number * APART)
    known = orders > 0
    own, until = own[known], until[known]
    return {
        "recency": np.searchsorted(RECENCY, (own - when[until - 1]) / DAY),
        "count": np.searchsorted(COUNT, orders[known]),
        "again": np.searchsorted(when, own + DAYS * DAY, side="right") > until,
    }, known


def _place(number: np.ndarray, at: pd.Series, start: pd.Timestamp) -> np.ndarray:
    """One line for all customers, in minutes: each has a stretch of it for himself."""
    return number * APART + ((at - start) // pd.Timedelta(minutes=1)).to_numpy("int64")


def _line(name: str, rows: pd.DataFrame, error: float) -> dict:
    from scipy.stats import norm

    n, z = len(rows), float(norm.isf(error / 2))
    again = float(rows["again"].sum())
    own, strict = intervals.wilson(again, n), intervals.wilson(again, n, quantile=z)
    share = rows["sum"] / rows["size"] + rows["usual"] - rows["others_usual"]
    spread = _spread(rows)
    value = float(np.clip(share.mean(), 0, 1)) if n else float("nan")
    worth = value * (1 - value) / spread if spread > 0 else float("nan")
    against = intervals.wilson(value * worth, worth, quantile=z)._replace(value=np.asarray(value))
    difference = intervals.mover(strict, against)
    return {
        "group": name,
        "n": n,
        **dict(zip(("share", "low", "high"), map(float, own), strict=True)),
        "compared": value,
        **dict(
            zip(("change", "change_low", "change_high"), (100 * float(x) for x in difference), strict=True)
        ),
        "matched": int(rows.drop_duplicates("cell")["size"].sum()),
        "claim": _claim(n, difference),
    }


def _spread(rows: pd.DataFrame) -> float:
    """Variance of the standardised share: each cell's own, by the square of its weight."""
    cells = rows.groupby("cell").agg(weight=("again", "size"), n=("size", "first"), k=("sum", "first"))
    share = (cells["k"] + 0.5) / (cells["n"] + 1)
    weight = cells["weight"] / max(cells["weight"].sum(), 1)
    return float((weight**2 * share * (1 - share) / cells["n"]).sum())


def _claim(n: int, difference: intervals.Interval) -> str:
    if n < SMALL or np.isnan(difference.low):
        return "样本太少"
    return "更低" if difference.high < 0 else "更高" if difference.low > 0 else "相当"
