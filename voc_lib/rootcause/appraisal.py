"""Problems appraised by six criteria: urgent and important, worth the effort, and how firm the order is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.appraised import COSTLY, CRITERIA, LABELS, Appraisal
from voc_lib.rootcause import priority
from voc_lib.tag.taxonomy import OTHER

UNKNOWN = 0.5  # of what nobody scored, estimated or counted
SOURCES = ("评委", "估计", "数据")  # of a criterion, the first that gives it counts
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
    given, sources = _given(problems, appraisal, judged)
    values = given.fillna(UNKNOWN)
    weights = np.array([getattr(appraisal.weights, name) for name in CRITERIA])
    good = values.assign(**{name: 1 - values[name] for name in COSTLY}).to_numpy("float64")
    effort = _mean(values[list(COSTLY)], appraisal)
    rows = values.assign(
        problem=problems["problem"],
        basis=[_basis(dict(zip(CRITERIA, row, strict=True))) for row in sources.to_numpy()],
        effort=effort,
        score=good @ (weights / weights.sum()),
    )
    known = given["payoff"].notna() & given[list(COSTLY)].notna().any(axis=1)
    rows = rows.assign(
        pressing=_named(rows["importance"], rows["urgency"], PRESSING),
        worth=_named(rows["payoff"], rows["effort"], WORTH).where(known),
    )
    order = rows.sort_values(["score", "problem"], ascending=[False, True]).index
    firm = priority.stability(good[order.to_numpy()], weights, rng=np.random.default_rng(seed))
    return schema.shape(pd.concat([rows.loc[order].reset_index(drop=True), firm], axis=1), schema.APPRAISAL)


def _given(
    problems: pd.DataFrame, appraisal: Appraisal, judged: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The six values of each problem and who gave each (a key of SOURCES); both missing where nobody did."""
    names = problems["problem"]
    estimates = [appraisal.estimates.get(name) for name in names]
    frames = (
        pd.DataFrame({key: names.map(judged[key]) if key in judged else np.nan for key in CRITERIA}),
        pd.DataFrame({key: [getattr(one, key, None) for one in estimates] for key in CRITERIA}),
        pd.DataFrame({key: _counted(problems, key) for key in CRITERIA}),
    )
    values = pd.DataFrame(np.nan, problems.index, list(CRITERIA))
    sources = pd.DataFrame(None, problems.index, list(CRITERIA), dtype="object")
    for source, frame in zip(SOURCES, frames, strict=True):
        said = frame.astype("float64").where(values.isna())
        sources = sources.mask(said.notna(), source)
        values = values.fillna(said)
    return values, sources


def _basis(sources: Mapping[str, str | None]) -> str:
    """In words which criteria of a problem rest on people, and which on nothing.

    >>> _basis({"urgency": "数据", "payoff": "评委", "resources": None})
    '预期回报评委；所需资源未估，按 0.5'
    """
    told = [f"{LABELS[key]}{source}" for key, source in sources.items() if source in SOURCES[:2]]
    unknown = [LABELS[key] for key, source in sources.items() if source not in SOURCES]
    parts = ["、".join(told)] if told else []
    return "；".join([*parts, f"{'、'.join(unknown)}未估，按 {UNKNOWN}"] if unknown else parts) or "数据"


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


def _named(up: pd.Series, right: pd.Series, names: dict[tuple[bool, bool], str]) -> pd.Series:
    """The quarter of each problem, cut at the means."""
    high, far = up >= up.mean() - 1e-12, right >= right.mean() - 1e-12
    return pd.Series([names[bool(h), bool(f)] for h, f in zip(high, far, strict=True)], up.index, dtype="str")
