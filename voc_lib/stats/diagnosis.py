"""The pain points that matter most, each as one sentence a reader can check."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.intervals import signed
from voc_lib.params import Params, Weights
from voc_lib.period import Period
from voc_lib.stats.contrast import RATE
from voc_lib.stats.raised import problems
from voc_lib.stats.shares import customers
from voc_lib.tag.taxonomy import OTHER
from voc_lib.text.quotes import representative

HIGH_VALUE = "高价值客户"
URGENT = ("P0", "P1")
BORROWED = 10  # issues' worth of the overall mix that steadies the shares of small categories
EVIDENCE = 20
LEVELS = ((0.6, "高"), (0.4, "中"), (0.0, "低"))


def top(
    issues: pd.DataFrame, period: Period, category_stats: pd.DataFrame, *, params: Params, top: int = 3
) -> pd.DataFrame:
    """schema.DIAGNOSIS: the `top` pain points by score, 其他 only when nothing else was raised.

    score = weighted mean of reach (share ÷ largest share), value (share of issues from high-value customers)
    and urgency (share P0/P1) with the weights of params, plus the rise in share if significant (adjusted
    p < 0.05).
    value and urgency borrow ten issues of the overall mix, so three loud issues do not win.
    """
    rows = problems(issues, period)
    scored = _scores(rows, category_stats[category_stats["n"] > 0], params.weights)
    named = scored[scored["category"] != OTHER]
    chosen = (named if len(named) else scored).sort_values(
        ["score", "n", "category"], ascending=[False, False, True]
    )
    chosen = chosen.head(top).reset_index(drop=True)
    if chosen.empty:
        return schema.empty(schema.DIAGNOSIS)
    chosen["rank"] = np.arange(1, len(chosen) + 1)
    chosen["priority"] = [next(name for low, name in LEVELS if score >= low) for score in chosen["score"]]
    chosen["finding"] = [_finding(line) for line in chosen.to_dict("records")]
    chosen["quote"] = chosen["category"].map(_quotes(rows, chosen["category"], params.seed))
    chosen["feedback_ids"] = [_evidence(rows[rows["primary_tag"] == name]) for name in chosen["category"]]
    return schema.shape(chosen, schema.DIAGNOSIS)


def _scores(rows: pd.DataFrame, stats: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    frame = stats.reset_index(drop=True)
    by = frame["category"]
    precious, urgent = rows["customer_type"] == HIGH_VALUE, rows["urgency"].isin(URGENT)
    n = frame["n"].astype("float64")
    parts = {
        "reach": frame["share"] / max(frame["share"].max(), 1e-12) if len(frame) else frame["share"],
        "value": _steady(precious, rows["primary_tag"], by, n),
        "urgency": _steady(urgent, rows["primary_tag"], by, n),
    }
    total = weights.reach + weights.value + weights.urgency
    even = {name: getattr(weights, name) / total if total else 1 / 3 for name in parts}
    risen = (frame["change"] > 0) & (frame["p_adjusted"] < RATE) & frame["caution"].isna()
    rise = (frame["change"] / 100).where(risen, 0.0)
    score = sum((even[name] * part for name, part in parts.items()), rise)
    p0 = _count(rows["urgency"] == "P0", rows["primary_tag"], by)
    frame = frame.assign(score=score, p0=p0, urgent=_count(urgent, rows["primary_tag"], by))
    frame["urgent_share"] = frame["urgent"] / n
    leading = rows[precious].assign(customer_ids=rows["customer_id"])  # whose type is known
    return frame.assign(high_value=by.map(customers(leading)).fillna(0).astype("int64"))


def _count(which: pd.Series, tags: pd.Series, names: pd.Series) -> pd.Series:
    return names.map(tags[which].value_counts()).fillna(0).astype("int64")


def _steady(which: pd.Series, tags: pd.Series, names: pd.Series, n: pd.Series) -> pd.Series:
    """Share of `which` per category, drawn toward the overall share."""
    overall = float(which.mean()) if len(which) else 0.0
    return (_count(which, tags, names) + BORROWED * overall) / (n + BORROWED)


def _finding(line: dict) -> str:
    words = (
        f"{line['category']}：本期 {line['n']:,} 件，占 {line['share']:.1%}"
        f"（95% 区间 {line['low']:.1%}–{line['high']:.1%}），涉及可识别客户 {line['customers']:,} 位"
    )
    if line["high_value"]:
        words += f"，其中高价值客户 {line['high_value']:,} 位"
    words += f"；紧急和较急的（P0、P1）共 {line['urgent']:,} 件，占 {line['urgent_share']:.1%}"
    return f"{words}；{_trend(line)}。"


def _trend(line: dict) -> str:
    if pd.isna(line["change"]):
        return "上期没有可比数据"
    if abs(line["change"]) < 0.05:
        return "占比与上期持平"
    side = "上升" if line["change"] > 0 else "下降"
    span = f"校正后区间 {signed(line['change_low'])} 至 {signed(line['change_high'])}"
    if not line["p_adjusted"] < RATE:
        return f"占比较上期 {signed(line['change'])} 个百分点（{span}），在误差范围内"
    words = f"{side} {abs(line['change']):.1f} 个百分点（{span}）"
    caution = line["caution"]
    return f"占比较上期合计{words}，但{caution}" if isinstance(caution, str) else f"占比较上期{words}"


def _quotes(rows: pd.DataFrame, names: pd.Series, seed: int) -> dict[str, str]:
    found = representative(rows[rows["primary_tag"].isin(names)], top=1, seed=seed)
    return dict(zip(found["category"], found["text"], strict=True))


def _evidence(rows: pd.DataFrame) -> str:
    return "、".join(rows.sort_values(["created_at", "feedback_id"])["feedback_id"].head(EVIDENCE))
