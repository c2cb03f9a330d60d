"""Priority: reach × value with cost, importance and urgency, and how firm the ranking is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.errors import ParamsError
from voc_lib.params import Params, Weights
from voc_lib.period import Period
from voc_lib.rootcause import evidence, resample

SEVERITY = {"P0": 1.0, "P1": 0.5, "P2": 0.0}
HIGH_VALUE = "高价值客户"
DEFAULT_COST = 0.5
PRIOR = 5  # customers of the overall mix added to each problem, so that one customer does not make 100 %
DRAWS = 500
SWING = 0.5  # each weight moves by up to ±50 %
NAMES = {
    (True, True): "立即解决",
    (False, True): "重点规划",
    (True, False): "顺手改进",
    (False, False): "观察",
}


def table(issues: pd.DataFrame, period: Period, params: Params, *, seed: int | None = None) -> pd.DataFrame:
    """四象限优先级: schema.QUADRANTS, best first.

    reach: share of the period's customers affected (issues without a customer count one each);
    value: share of them that are 高价值客户, drawn towards the whole where few; cost: params.costs, else 0.5;
    urgency_score: mean severity (P0 1, P1 0.5, P2 0). The score is the weighted mean of reach, value, urgency
    (each relative to its largest) and 1 - cost. Quadrants are cut at the mean of reach and of value.
    """
    problems = evidence.problems(issues, period)
    if problems.empty:
        return schema.empty(schema.QUADRANTS)
    rows = _rows(problems)
    measured = _measured(rows, params.costs)
    parts, weights = _parts(measured), _weights(params.weights)
    scored = measured.assign(
        importance=_weighted(parts[:, :2], weights[:2]),
        score=_weighted(parts, weights),
        quadrant=quadrants(measured["reach"], measured["value"]),
    )
    order = scored.sort_values(["score", "n", "problem"], ascending=[False, False, True]).index
    ranked = scored.loc[order].reset_index(drop=True)
    rng = np.random.default_rng(params.seed if seed is None else seed)
    firm = stability(_redrawn(rows, ranked, rng), weights, rng=rng)
    return schema.shape(pd.concat([ranked, firm], axis=1), schema.QUADRANTS)


def quadrants(reach: pd.Series, value: pd.Series) -> pd.Series:
    """立即解决, 重点规划 (value only), 顺手改进 (reach only) or 观察; the cuts are the means.

    >>> quadrants(pd.Series([0.4, 0.1, 0.3, 0.1]), pd.Series([0.3, 0.4, 0.1, 0.1])).tolist()
    ['立即解决', '重点规划', '顺手改进', '观察']
    """
    wide, dear = reach >= reach.mean() - 1e-12, value >= value.mean() - 1e-12
    return pd.Series(
        [NAMES[bool(w), bool(d)] for w, d in zip(wide, dear, strict=True)], reach.index, dtype="str"
    )


def stability(parts: np.ndarray, weights: np.ndarray, *, rng: np.random.Generator) -> pd.DataFrame:
    """first_share, rank_low, rank_high (5–95 %) of each row when every weight moves by up to ±50 %.

    `parts`: one row per problem in rank order, one column per weight, 0..1; or such a table per draw of the
    customers, so that the data move too.
    """
    moved = weights * rng.uniform(1 - SWING, 1 + SWING, size=(DRAWS, len(weights)))
    moved = moved / moved.sum(axis=1, keepdims=True)
    scores = parts @ moved.T if parts.ndim == 2 else np.einsum("dpw,dw->pd", parts, moved)
    ranks = np.argsort(np.argsort(-scores.round(12), axis=0, kind="stable"), axis=0) + 1
    low, high = (
        np.quantile(ranks, 0.05, axis=1, method="lower"),
        np.quantile(ranks, 0.95, axis=1, method="higher"),
    )
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(scores) + 1),
            "first_share": (ranks == 1).mean(axis=1),
            "rank_low": low,
            "rank_high": high,
        }
    )


def _redrawn(rows: pd.DataFrame, ranked: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """The parts of the score per draw of the customers, problem and weight."""
    drawn = resample.draws(rows, ranked["problem"].tolist(), DRAWS, rng=rng)
    overall = (drawn.precious / np.maximum(drawn.everyone, 1))[:, None]
    value = (drawn.high + PRIOR * overall) / (drawn.people + PRIOR)
    urgency = drawn.severity / np.maximum(drawn.graded, 1)
    scaled = [
        each / np.maximum(each.max(axis=1, keepdims=True), 1e-12) for each in (drawn.people, value, urgency)
    ]
    cheap = np.broadcast_to(1 - ranked["cost"].to_numpy(dtype="float64"), value.shape)
    return np.stack([*scaled, cheap], axis=2)


def _rows(problems: pd.DataFrame) -> pd.DataFrame:
    """problem, who (an issue without a customer is its own), high, severity of each issue."""
    who = problems["customer_id"].where(problems["customer_id"].notna(), "#" + problems["issue_id"])
    return pd.DataFrame(
        {
            "problem": problems["primary_tag"],
            "who": who,
            "high": problems["customer_type"].eq(HIGH_VALUE).fillna(False).astype(bool),
            "severity": problems["urgency"].map(SEVERITY).astype("float64"),
        }
    )


def _measured(rows: pd.DataFrame, costs: dict[str, float]) -> pd.DataFrame:
    people = rows.groupby(["problem", "who"])["high"].max().reset_index()
    overall = rows.groupby("who")["high"].max().mean()
    by = people.groupby("problem")["high"]
    return (
        pd.DataFrame(
            {
                "n": rows.groupby("problem").size(),
                "reach": by.size() / rows["who"].nunique(),
                "value": (by.sum() + PRIOR * overall) / (by.size() + PRIOR),
                "urgency_score": rows.groupby("problem")["severity"].mean(),
            }
        )
        .reset_index()
        .assign(cost=lambda frame: frame["problem"].map(lambda name: costs.get(name, DEFAULT_COST)))
    )


def _parts(measured: pd.DataFrame) -> np.ndarray:
    scaled = [_relative(measured[column]) for column in ("reach", "value", "urgency_score")]
    return np.column_stack([*scaled, 1 - measured["cost"].to_numpy(dtype="float64")])


def _relative(values: pd.Series) -> np.ndarray:
    largest = values.max()
    return values.to_numpy(dtype="float64") / largest if largest > 0 else np.zeros(len(values))


def _weights(weights: Weights) -> np.ndarray:
    values = np.array([weights.reach, weights.value, weights.urgency, weights.cost])
    if values.sum() <= 0:
        raise ParamsError(
            "weights 的四个权重都是 0，无法排序；请至少给 reach、value、urgency、cost 中一个正数。"
        )
    return values


def _weighted(parts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    weights = weights if weights.sum() > 0 else np.ones_like(weights)
    return parts @ (weights / weights.sum())
