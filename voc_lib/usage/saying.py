"""What employees say of a function beside what its log shows, and who neither says nor does anything."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.intervals import wilson
from voc_lib.usage.adoption import ALL, DIMENSIONS, UNKNOWN
from voc_lib.usage.functions import NEVER, NOT_NOW

COMPLAINT, NEED = "抱怨", "需求"
WIDE, ONE, FEW, NOBODY = "普遍", "个别人", "零星", "无人提到"
DEPARTMENTS, SPEAKERS = 2, 3  # from which on something is widespread
AGREES, UNSEEN, UNSAID, QUIET = "日志印证", "日志未见异常", "没人说但日志有异常", "—"
UNLOGGED = "日志里没有"  # nobody used it in the period: the log can neither bear it out nor deny it


def table(
    tagged: pd.DataFrame,
    functions: pd.DataFrame,
    people: pd.DataFrame,
    *,
    speed: pd.DataFrame,
    flows: pd.DataFrame,
    errors: pd.DataFrame,
) -> pd.DataFrame:
    """schema.USAGE_SAID: functions somebody speaks of or whose log shows trouble, the most spoken of first.

    `tagged` are the feedbacks of the period. Widespread: from three people of two departments on; one person
    alone is a habit; a step of a declared flow is critical. A function is spoken of where its name stands in
    the text, the longest name first.
    """
    said = mentions(tagged, functions["function"])
    counted = _counted(said, people)
    rows = functions.set_index("function")[["user_share", "dwell_median", "error_rate", "state"]].join(
        counted
    )
    counts = ["complaints", "needs", "speakers", "departments"]
    rows = rows.assign(**rows[counts].fillna(0), signs=_signs(rows.index, speed, flows, errors))
    signs, spoken = rows["signs"].notna(), rows["complaints"] + rows["needs"] > 0
    rows = rows.assign(scope=_scopes(rows), verdict=_verdicts(rows, signs))
    rows = rows.assign(critical=rows.index.isin(_steps(flows)))
    rows = rows.assign(advice=_advice(rows, signs))
    shown = rows[signs | spoken].rename_axis("function").reset_index()
    order = shown.sort_values(["speakers", "complaints", "function"], ascending=[False, False, True])
    return schema.shape(order.reset_index(drop=True), schema.USAGE_SAID)


def mentions(tagged: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Feedback of the frame by function spoken of: customer_id, intent, function; several where several are.

    >>> rows = pd.DataFrame({"customer_id": ["a"], "intent": ["抱怨"], "text": ["客户管理太慢，报表也慢"]})
    >>> mentions(rows, pd.Series(["客户", "客户管理", "报表"]))["function"].tolist()
    ['客户管理', '报表']
    """
    longest = sorted(names.dropna().astype("str").unique(), key=lambda name: (-len(name), name))
    if not longest or tagged.empty:
        return pd.DataFrame(columns=["customer_id", "intent", "function"], dtype="str")
    found = tagged["text"].str.findall("|".join(map(re.escape, longest)))
    rows = tagged[["customer_id", "intent"]].assign(function=found.map(lambda hits: [*dict.fromkeys(hits)]))
    return rows.explode("function").dropna(subset=["function"]).reset_index(drop=True)


def _counted(said: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    home = people.drop_duplicates("user_id").set_index("user_id")["department"]
    rows = said.assign(
        department=said["customer_id"].map(home),
        complaints=said["intent"] == COMPLAINT,
        needs=said["intent"] == NEED,
    )
    rows = rows[rows["complaints"] | rows["needs"]]
    return rows.groupby("function").agg(
        complaints=("complaints", "sum"),
        needs=("needs", "sum"),
        speakers=("customer_id", "nunique"),
        departments=("department", "nunique"),
    )


def _signs(names: pd.Index, speed: pd.DataFrame, flows: pd.DataFrame, errors: pd.DataFrame) -> pd.Series:
    """What the log shows of each function, in words; missing where nothing."""
    slow = speed.loc[speed["slow_at_end"].fillna(False), ["function", "ratio"]]
    hot = errors[errors["hot"].fillna(False)].groupby("function")["n"].sum()
    left = flows[flows["worst"].fillna(False)].drop_duplicates("step").set_index("step")["drop_share"]
    told = {
        **{name: [f"月底耗时是平日的 {times:.1f} 倍"] for name, times in slow.itertuples(index=False)},
    }
    for name, n in hot.items():
        told.setdefault(name, []).append(f"报错突出（{n} 次）")
    for name, share in left.items():
        told.setdefault(name, []).append(f"流程在这一步离开 {share:.0%}")
    return pd.Series(["；".join(told[name]) if name in told else None for name in names], names, dtype="str")


def _scopes(rows: pd.DataFrame) -> np.ndarray:
    wide = (rows["departments"] >= DEPARTMENTS) & (rows["speakers"] >= SPEAKERS)
    return np.select(
        [rows["speakers"] == 0, wide, (rows["speakers"] == 1) & (rows["complaints"] + rows["needs"] > 1)],
        [NOBODY, WIDE, ONE],
        FEW,
    )


def _verdicts(rows: pd.DataFrame, signs: pd.Series) -> np.ndarray:
    complained, unlogged = rows["complaints"] > 0, rows["state"].isin([NOT_NOW, NEVER])
    wheres = [complained & signs, complained & unlogged, complained, signs]
    return np.select(wheres, [AGREES, UNLOGGED, UNSEEN, UNSAID], QUIET)


def _steps(flows: pd.DataFrame) -> set[str]:
    """The functions that are a step of some flow (功能 or 功能/动作)."""
    steps = flows["step"].dropna().astype("str")
    return {*steps, *steps.str.split("/").str[0]}


def _advice(rows: pd.DataFrame, signs: pd.Series) -> np.ndarray:
    """What to make of each function: mend it, look first, a wish for the list, or one person's habit."""
    matters = (rows["scope"] == WIDE) | (rows["critical"] & (rows["scope"] != NOBODY))
    choices = [
        (rows["scope"] == NOBODY, "没人说，先查"),
        ((rows["scope"] == ONE) & ~signs, "个别习惯"),
        (matters & signs & (rows["complaints"] > 0), "先改"),
        (rows["needs"] > rows["complaints"], "列入需求"),
        (matters, "核实后改"),
    ]
    return np.select([where for where, _ in choices], [said for _, said in choices], "观察")


def silence(spoke: pd.Series, used: pd.Series, people: pd.DataFrame) -> pd.DataFrame:
    """schema.USAGE_SILENCE: employees of the period by whether they ever spoke and ever used the system.

    `spoke` and `used` are ids; `share` is that of those who do neither.
    """
    if people.empty:
        return schema.empty(schema.USAGE_SILENCE)
    speaks, uses = (people["user_id"].isin(ids.drop_duplicates().astype("str")) for ids in (spoke, used))
    rows = people.assign(
        both=speaks & uses,
        uses_only=uses & ~speaks,
        speaks_only=speaks & ~uses,
        neither=~speaks & ~uses,
        everyone=ALL,
    )
    groups = [("everyone", ALL), *DIMENSIONS.items()]
    parts = [_quiet(rows, column, said) for column, said in groups if rows[column].notna().any()]
    return schema.shape(pd.concat(parts, ignore_index=True), schema.USAGE_SILENCE)


def _quiet(rows: pd.DataFrame, column: str, said: str) -> pd.DataFrame:
    groups = rows.assign(group=rows[column].fillna(UNKNOWN)).groupby("group", sort=True)
    kinds = ["both", "uses_only", "speaks_only", "neither"]
    counted = groups[kinds].sum().assign(employees=groups.size(), dimension=said)
    rate = wilson(counted["neither"], counted["employees"])
    return counted.assign(share=rate.value, low=rate.low, high=rate.high).reset_index()
