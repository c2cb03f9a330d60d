"""Problems appraised by six criteria: urgent and important, worth the effort, and how firm the order is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.appraised import COSTLY, CRITERIA, LABELS, Appraisal
from voc_lib.rootcause import priority
from voc_lib.tag.taxonomy import OTHER

UNKNOWN = 0.5  # of what nobody scored, estimated or counted
FROM_DATA = {"urgency": "urgency_score", "importance": "importance", "reach": "reach"}
PRESSING = {
    (True, True): "重要且紧急：立即做",
    (True, False): "重要不紧急：排期做",
    (False, True): "紧急不重要：交办",
    (False, False): "不重要不紧急：缓办",
}
WORTH = {
    (True, False): "回报高投入小：速赢",
    (True, True): "回报高投入大：立项",
    (False, False): "回报低投入小：顺手做",
    (False, True): "回报低投入大：暂不做",
}


def table(
    quadrants: pd.DataFrame, appraisal: Appraisal | None, judged: pd.DataFrame, *, seed: int
) -> pd.DataFrame:
    """schema.APPRAISAL, best first; empty where the params ask for none.

    schema.QUADRANTS in, `judged` of `judges.means`. Each criterion is the judges' mean, else the estimate of
    the params, else what the data say (urgency, importance, reach; costs as difficulty), else 0.5. The score
    is the weighted mean, difficulty and resources counted from 1 down; matrices are cut at the means.
    """
    problems = quadrants[quadrants["problem"] != OTHER].reset_index(drop=True)
    if appraisal is None or problems.empty:
        return schema.empty(schema.APPRAISAL)
    values, basis = _values(problems, appraisal, judged)
    weights = np.array([getattr(appraisal.weights, name) for name in CRITERIA])
    good = values.assign(**{name: 1 - values[name] for name in COSTLY}).to_numpy("float64")
    effort = _mean(values[list(COSTLY)], appraisal)
    rows = values.assign(
        problem=problems["problem"], basis=basis, effort=effort, score=good @ (weights / weights.sum())
    )
    rows = rows.assign(
        pressing=_named(rows["importance"], rows["urgency"], PRESSING),
        worth=_named(rows["payoff"], rows["effort"], WORTH).where(_estimated(rows["basis"])),
    )
    order = rows.sort_values(["score", "problem"], ascending=[False, True]).index
    firm = priority.stability(good[order.to_numpy()], weights, rng=np.random.default_rng(seed))
    return schema.shape(pd.concat([rows.loc[order].reset_index(drop=True), firm], axis=1), schema.APPRAISAL)


def _values(
    problems: pd.DataFrame, appraisal: Appraisal, judged: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """The six values of each problem, and in words where those come from that no data tell."""
    names = problems["problem"]
    columns: dict[str, pd.Series] = {}
    unknown: list[list[str]] = [[] for _ in names]
    told: list[list[str]] = [[] for _ in names]
    for key in CRITERIA:
        given = [getattr(appraisal.estimates.get(name), key, None) for name in names]
        estimated = pd.Series(given, dtype="float64")
        scored = names.map(judged[key]).astype("float64") if key in judged else estimated * np.nan
        counted = _counted(problems, key)
        for n in range(len(names)):
            if pd.notna(scored[n]):
                told[n].append(f"{LABELS[key]}评委")
            elif pd.notna(estimated[n]):
                told[n].append(f"{LABELS[key]}估计")
            elif pd.isna(counted[n]):
                unknown[n].append(LABELS[key])
        columns[key] = scored.fillna(estimated).fillna(counted).fillna(UNKNOWN)
    lines = [
        "；".join([*(["、".join(t)] if t else []), *([f"{'、'.join(u)}未估，按 0.5"] if u else [])]) or "数据"
        for t, u in zip(told, unknown, strict=True)
    ]
    return pd.DataFrame(columns), pd.Series(lines, dtype="str")


def _counted(problems: pd.DataFrame, key: str) -> pd.Series:
    """What the data say of a criterion; missing where they say nothing."""
    if key not in FROM_DATA:
        cost = problems["cost"].astype("float64")
        return cost.where(cost != priority.DEFAULT_COST) if key == "difficulty" else cost * np.nan
    values = problems[FROM_DATA[key]].astype("float64")
    most = values.max()
    return values / most if key == "reach" and most > 0 else values


def _mean(values: pd.DataFrame, appraisal: Appraisal) -> pd.Series:
    """Difficulty and resources as one effort, by their weights; alike where both weigh nothing."""
    weights = np.array([getattr(appraisal.weights, name) for name in values.columns])
    weights = weights if weights.sum() > 0 else np.ones_like(weights)
    return pd.Series(values.to_numpy("float64") @ (weights / weights.sum()), values.index)


def _estimated(basis: pd.Series) -> pd.Series:
    """Whether return and some of the effort are known: else no quarter says what a problem is worth."""
    missing = basis.str.extract(r"(?:^|；)([^；]*)未估", expand=False).fillna("")
    payoff, *costs = (missing.str.contains(LABELS[key]) for key in ("payoff", *COSTLY))
    return ~(payoff | (costs[0] & costs[1]))


def _named(up: pd.Series, right: pd.Series, names: dict[tuple[bool, bool], str]) -> pd.Series:
    """The quarter of each problem, cut at the means."""
    high, far = up >= up.mean() - 1e-12, right >= right.mean() - 1e-12
    return pd.Series([names[bool(h), bool(f)] for h, f in zip(high, far, strict=True)], up.index, dtype="str")
