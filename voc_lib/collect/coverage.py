"""Who speaks and who does not: feedback against the customer base, and weights back to the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.errors import DataError, did_you_mean

NEW_DAYS = 90
TOP_SHARE = 0.2
LOUD_SHARE = 0.05
SHORT = 0.005  # share of the customers from which a group cut short is named
UNKNOWN = "未知"
DIMENSIONS = {
    "age_of_account": "新老客",
    "level": "客户等级",
    "value": "消费价值",
    "region": "地区",
    "channel": "主要渠道",
    "gender": "性别",
}


def coverage(
    feedback: pd.DataFrame, customers: pd.DataFrame, *, orders: pd.DataFrame | None = None
) -> pd.DataFrame:
    """schema.COVERAGE: per group of the base its size, its speakers and its share of the voice.

    `voice_share` counts rows of known customers; `low`, `high`: Wilson 95 % interval of participation.
    """
    said = feedback["customer_id"].dropna().value_counts()
    if customers.empty:
        return schema.shape(pd.DataFrame(_loudest(said, None)), schema.COVERAGE)
    base = attributes(feedback, customers, orders=orders)
    base["said"] = base["customer_id"].map(said).fillna(0).astype("int64")
    rows = [_row("全部", "全部客户", base, base)]
    for column, label in DIMENSIONS.items():
        if column in base:
            groups = base.groupby(column, sort=True)
            rows += [_row(label, str(group), part, base) for group, part in groups]
    rows.append(_row("沉默的大多数", "本期未发声", base[base["said"] == 0], base))
    rows += _loudest(base.set_index("customer_id")["said"], len(base))
    rows += _strangers(feedback, said, base)
    return schema.shape(pd.DataFrame(rows), schema.COVERAGE)


def attributes(
    feedback: pd.DataFrame, customers: pd.DataFrame, *, orders: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per customer with the groups coverage and weights speak of; unknown values say so."""
    base = customers.drop_duplicates("customer_id").reset_index(drop=True)
    columns = {"customer_id": base["customer_id"]}
    as_of = feedback["created_at"].max()
    if base["registered_at"].notna().any() and pd.notna(as_of):
        days = (as_of - base["registered_at"]).dt.days
        label = pd.Series(np.where(days <= NEW_DAYS, f"新客（注册 {NEW_DAYS} 天内）", "老客"), dtype="str")
        columns["age_of_account"] = label.mask(days.isna(), UNKNOWN)
    for name in ("level", "region", "channel", "gender"):
        if base[name].notna().any():
            columns[name] = base[name].fillna(UNKNOWN)
    if orders is not None and len(orders):
        columns["value"] = _value(base["customer_id"], orders)
    return pd.DataFrame(columns)


def _value(ids: pd.Series, orders: pd.DataFrame) -> pd.Series:
    """High value (the top fifth of spenders, none of those who spent alike), other buyers, no order.

    >>> orders = pd.DataFrame({"customer_id": list("abcd"), "amount": [9.0, 1, 1, 0]})
    >>> _value(pd.Series(list("abde")), orders).tolist()
    ['高价值（消费前 20%）', '其他有订单客户', '其他有订单客户', '无订单']
    """
    spent = ids.map(orders.groupby("customer_id")["amount"].sum())
    rank = spent.where(spent > 0).rank(method="max", ascending=False)
    top = ceil(TOP_SHARE * (spent > 0).sum())
    label = np.where(
        spent.isna(), "无订单", np.where(rank <= top, f"高价值（消费前 {TOP_SHARE:.0%}）", "其他有订单客户")
    )
    return pd.Series(label, dtype="str")


def _row(dimension: str, group: str, part: pd.DataFrame, base: pd.DataFrame) -> dict[str, object]:
    speakers, voices = int((part["said"] > 0).sum()), int(base["said"].sum())
    _, low, high = intervals.wilson(speakers, len(part))
    return {
        "dimension": dimension,
        "group": group,
        "customers": len(part),
        "speakers": speakers,
        "base_share": len(part) / len(base),
        "voice_share": part["said"].sum() / voices if voices else np.nan,
        "participation": speakers / len(part) if len(part) else np.nan,
        "low": float(low),
        "high": float(high),
    }


def _loudest(said: pd.Series, population: int | None) -> list[dict[str, object]]:
    """How much of the voice the loudest 5 % of speakers hold."""
    speaking = said[said > 0].sort_values(ascending=False)
    if speaking.empty:
        return []
    top = ceil(LOUD_SHARE * len(speaking))
    return [
        {
            "dimension": "发声集中度",
            "group": f"发声最多的 {LOUD_SHARE:.0%} 发声客户",
            "customers": top,
            "speakers": top,
            "base_share": top / population if population else np.nan,
            "voice_share": speaking.head(top).sum() / speaking.sum(),
        }
    ]


def _strangers(feedback: pd.DataFrame, said: pd.Series, base: pd.DataFrame) -> list[dict[str, object]]:
    """Voices the base does not know: other customers, and feedback without a customer."""
    outside = said.drop(base.loc[base["said"] > 0, "customer_id"])
    nameless = int(feedback["customer_id"].isna().sum())
    total = max(1, len(feedback))
    rows = [("客户表之外的客户", len(outside), outside.sum()), ("没有客户ID的反馈", None, nameless)]
    return [
        {"dimension": "对不上客户表", "group": group, "speakers": n, "voice_share": voices / total}
        for group, n, voices in rows
        if voices
    ]


def mismatched(feedback: pd.DataFrame, customers: pd.DataFrame) -> list[str]:
    """What to tell of customers the base holds under another spelling: zeros in front on one side alone.

    >>> said, base = (pd.DataFrame({"customer_id": ids}) for ids in (["12", "7"], ["00012", "00007"]))
    >>> "2 个客户ID与客户表只差开头的 0" in mismatched(said, base)[0]
    True
    """
    if customers.empty:
        return []
    said, base = (frame["customer_id"].dropna().drop_duplicates() for frame in (feedback, customers))
    of_one = ~pd.concat([said, base]).duplicated(keep=False).to_numpy()
    lost = said[of_one[: len(said)]]
    known = (
        base[of_one[len(said) :]]
        .rename("known")
        .to_frame()
        .assign(bare=lambda ids: ids["known"].str.lstrip("0"))
    )
    pairs = lost.to_frame().assign(bare=lost.str.lstrip("0")).merge(known, on="bare")
    if pairs.empty:
        return []
    first = pairs.iloc[0]
    return [
        f"反馈里有 {pairs['customer_id'].nunique()} 个客户ID与客户表只差开头的 0"
        f"（如 {first['customer_id']} 与 {first['known']}），会算作客户表之外；请让两边写法一致"
    ]


@dataclass(frozen=True)
class Raked:
    """Weights per feedback row (mean 1, NaN outside the base), Kish's effective n, what could not be met."""

    weights: pd.Series
    n: int
    effective_n: float
    converged: bool
    notes: tuple[str, ...] = ()

    @property
    def design_effect(self) -> float:
        """How many times larger a variance is for the weighting."""
        return self.n / self.effective_n if self.effective_n else np.nan


def rake(
    feedback: pd.DataFrame, customers: pd.DataFrame, *, dimensions: Sequence[str] = ("level", "region"),
    cap: float = 5.0, orders: pd.DataFrame | None = None,
) -> Raked:  # fmt: skip
    """Weights that give the feedback the base's shares in every dimension (iterative proportional fitting).

    Weights are cut at `cap` times their mean; groups that say nothing cannot be weighted and are named.
    """
    base = attributes(feedback, customers, orders=orders)
    lacking = [name for name in dimensions if name not in base]
    if lacking:
        allowed = [str(name) for name in base if name != "customer_id"]
        raise DataError(
            f"不能按 {lacking[0]} 加权：客户表没有这一列或全空。{did_you_mean(lacking[0], allowed)}"
        )
    rows = (
        feedback[["customer_id"]].reset_index().merge(base, on="customer_id", how="inner").set_index("index")
    )
    if rows.empty:
        raise DataError("反馈里没有一个客户ID在客户表中，无法加权。请检查两边的客户ID是否同一种编号。")
    weights, converged = np.ones(len(rows)), False
    targets, notes = _targets(rows, base, dimensions)
    codes = {
        name: rows[name].map({g: i for i, g in enumerate(targets[name].index)}).to_numpy()
        for name in dimensions
    }
    for _ in range(200):
        before = weights.copy()
        for name in dimensions:
            weights = _fit(weights, codes[name], targets[name].to_numpy())
        weights = np.minimum(weights, cap * weights.mean())
        weights = weights / weights.mean()
        if np.abs(weights - before).max() < 1e-9:
            converged = True
            break
    notes += _capped(weights, codes, targets, cap)
    full = pd.Series(weights, index=rows.index, name="weight").reindex(feedback.index)
    return Raked(full, len(rows), kish(weights), converged, tuple(notes))


def _targets(
    rows: pd.DataFrame, base: pd.DataFrame, dimensions: Sequence[str]
) -> tuple[dict[str, pd.Series], list[str]]:
    targets, notes = {}, []
    for name in dimensions:
        share = base[name].value_counts(normalize=True).sort_index()
        heard = share.index.isin(rows[name].unique())
        if not heard.all():
            silent = "、".join(map(str, share.index[~heard]))
            notes.append(
                f"{DIMENSIONS[name]}中没有人发声的组无法加权：{silent}（占客户 {share[~heard].sum():.1%}）"
            )
        targets[name] = share[heard] / share[heard].sum()
    return targets, notes


def _capped(
    weights: np.ndarray, codes: dict[str, np.ndarray], targets: dict[str, pd.Series], cap: float
) -> list[str]:
    """The groups the cut of the weights leaves short of their share of the customers."""
    notes, cut = [], weights >= cap * weights.mean() * (1 - 1e-6)
    for name, target in targets.items():
        now = np.bincount(codes[name], weights=weights, minlength=len(target)) / weights.sum()
        hit = np.bincount(codes[name], weights=cut, minlength=len(target)) > 0
        notes += [
            f"{DIMENSIONS[name]}“{group}”发声太少，权重截在平均的 {cap:g} 倍：加权后只占 {got:.1%}，"
            f"客户里占 {share:.1%}，结果偏向其他组"
            for group, got, share, short in zip(target.index, now, target, hit, strict=True)
            if short and got < share - SHORT
        ]
    return notes


def _fit(weights: np.ndarray, codes: np.ndarray, target: np.ndarray) -> np.ndarray:
    now = np.bincount(codes, weights=weights, minlength=len(target)) / weights.sum()
    return weights * (target / now)[codes]


def kish(weights: np.ndarray) -> float:
    """Effective sample size (Kish 1965): the square of the sum over the sum of squares.

    >>> kish(np.array([1.0, 1, 1, 1])), kish(np.array([3.0, 1]))
    (4.0, 1.6)
    """
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0


def compare(groups: pd.Series, raked: Raked) -> pd.DataFrame:
    """Share of each group unweighted beside weighted: group, n, share, weighted, difference."""
    known = raked.weights.notna() & groups.notna()
    weights = raked.weights[known]
    n = groups[known].value_counts()
    weighted = weights.groupby(groups[known]).sum() / weights.sum()
    frame = pd.DataFrame({"n": n, "share": n / n.sum(), "weighted": weighted}).sort_values(
        ["n"], ascending=False, kind="stable"
    )
    frame = frame.assign(difference=frame["weighted"] - frame["share"])
    return (
        frame.rename_axis("group")
        .reset_index()
        .sort_values(["n", "group"], ascending=[False, True], ignore_index=True)
    )
