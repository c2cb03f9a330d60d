"""Functions that seem renamed where no list says so: one ends, another begins, the people stay."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.collect.logfields import plain
from voc_lib.collect.logs import SOURCE

DAY = pd.Timedelta(days=1)
LEAST = 10  # events of a function, and events that would be expected where there are none
GAP = 3 * DAY  # from the last of the old name to the first of the new: a weekend
USERS, SHARED = 3, 0.5  # people of both names: so many, and of the name fewer use
ALIKE = 50  # of 100: names this like tell which of several


def notes(events: pd.DataFrame, listed: pd.Series) -> list[str]:
    """A proposal for each pair that the functions listed do not tell apart, with what to write."""
    known = frozenset(map(plain, listed.dropna()))
    return [
        f"{SOURCE}：“{former}”最后一次是 {last:%Y-%m-%d}，“{function}”从 {first:%Y-%m-%d} 开始，"
        f"两个名字都用过的有 {shared} 人，像是改了名。统计没有改动，仍分开算；"
        f"若是改名，{_way(former, function, known)}"
        for former, function, last, first, shared in pairs(events).itertuples(index=False)
        if not {plain(former), plain(function)} <= known
    ]


def _way(former: str, function: str, known: frozenset[str]) -> str:
    if not known:
        return (
            f"请写一份功能清单（表头“功能,曾用名”，一行“{function},{former}”），"
            "并在参数里写 functions: {path: data/功能清单.csv}"
        )
    away = f"，删去“{former}”一行" if plain(former) in known else ""
    return f"请在功能清单里写上“{function}”一行，把“{former}”填在曾用名一栏{away}"


def told(functions: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """schema.USAGE_FUNCTIONS with the name each seems to bear now; both names are still counted apart."""
    now = pairs(events).set_index("former")["function"]
    return schema.shape(functions.assign(successor=functions["function"].map(now)), schema.USAGE_FUNCTIONS)


def pairs(events: pd.DataFrame) -> pd.DataFrame:
    """former, function, last, first, shared (people): a name that ends where another begins.

    Both were used too often for their silence to be chance. Where several could be meant, the names tell.
    """
    ended, begun = _ends(events)
    found = ended.merge(begun, how="cross")
    gap = found["first"] - found["last"]
    found = found[(gap >= -DAY) & (gap <= GAP)]
    found = found.assign(**_people(events, found), like=_like(found))
    found = found[(found["shared"] >= USERS) & (found["shared"] >= SHARED * found["fewer"])]
    order = found.sort_values(
        ["like", "shared", "former", "function"], ascending=[False, False, True, True], ignore_index=True
    )
    names = ["former", "function"]
    best = ~pd.concat([order[c].duplicated() for c in names], axis=1).any(axis=1)
    alone = ~pd.concat([order[c].duplicated(keep=False) for c in names], axis=1).any(axis=1)
    return order.loc[best & (alone | (order["like"] >= ALIKE)), [*names, "last", "first", "shared"]]


def _ends(events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Functions that end before the log, with their last event; those that begin late, with their first."""
    used = events.groupby("function", observed=True)["at"].agg(n="size", first="min", last="max")
    used = used.assign(rate=used["n"] / ((used["last"] - used["first"]).clip(lower=DAY) / DAY))
    used = used[used["n"] >= LEAST].rename_axis("function").reset_index().astype({"function": "str"})
    after, before = (events["at"].max() - used["last"]) / DAY, (used["first"] - events["at"].min()) / DAY
    ended = used.loc[used["rate"] * after >= LEAST, ["function", "last"]].rename(
        columns={"function": "former"}
    )
    return ended, used.loc[used["rate"] * before >= LEAST, ["function", "first"]]


def _people(events: pd.DataFrame, found: pd.DataFrame) -> dict[str, list[int]]:
    """Of each pair: people of both names, and of the one fewer use."""
    rows = events.loc[
        events["function"].isin([*found["former"], *found["function"]]), ["function", "user_id"]
    ]
    users = rows.drop_duplicates().astype("str").groupby("function")["user_id"].agg(frozenset)
    sides = [(users[a], users[b]) for a, b in zip(found["former"], found["function"], strict=True)]
    return {"shared": [len(a & b) for a, b in sides], "fewer": [min(len(a), len(b)) for a, b in sides]}


def _like(found: pd.DataFrame) -> list[float]:
    from rapidfuzz import fuzz

    return [fuzz.ratio(a, b) for a, b in zip(found["former"], found["function"], strict=True)]
