"""How right the tags are: a gold sample, precision and recall, agreement of coders, corrected shares."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.errors import DataError

LEAST = 5  # rows of a rare tag in a sample, where it has as many
ADDED = 2  # rows that a stratum's error rate is mixed with


def draw(rows: pd.DataFrame, n: int, *, seed: int) -> pd.DataFrame:
    """A sample of `n` of the rows (`feedback_id, stratum`), lowest lot first; `size` counts the stratum.

    Every row has a lot of its seed and id: of each stratum the lowest are drawn. A larger sample holds the
    smaller ones, and who draws again draws the same.
    """
    sizes = rows["stratum"].value_counts().sort_index()
    lots = [hashlib.sha256(f"{seed}:{ident}".encode()).hexdigest() for ident in rows["feedback_id"]]
    order = rows[["feedback_id", "stratum"]].assign(lot=lots).sort_values("lot")
    wanted, size = (order["stratum"].map(counts).astype("int64") for counts in (allocation(sizes, n), sizes))
    chosen = order.groupby("stratum").cumcount() < wanted
    return order.assign(size=size)[chosen].drop(columns="lot").reset_index(drop=True)


def allocation(sizes: pd.Series, n: int) -> pd.Series:
    """How many rows of each stratum make a sample of `n`: LEAST of each where it can be, the rest by size.

    >>> allocation(pd.Series({"late": 900, "rude": 98, "lost": 2}), 100).tolist()
    [85, 13, 2]
    """
    if sizes.empty:
        return sizes
    first = sizes.clip(upper=min(LEAST, n // len(sizes)))
    left = sizes - first
    share = left / max(left.sum(), 1) * min(n - first.sum(), left.sum())
    whole = first + share.astype("int64")
    order = (share - share.astype("int64")).sort_values(ascending=False, kind="stable").index
    whole[order[: min(n, sizes.sum()) - whole.sum()]] += 1
    return whole


def sample(tagged: pd.DataFrame, n: int, *, seed: int) -> pd.DataFrame:
    """`n` rows drawn by primary tag to be tagged: `feedback_id, text, primary_tag, weight, gold`.

    `weight` says how many rows one stands for.
    """
    drawn = draw(tagged.assign(stratum=tagged["primary_tag"]), n, seed=seed)
    weight = drawn["size"] / drawn.groupby("stratum")["stratum"].transform("size")
    table = drawn.assign(weight=weight).merge(tagged, on="feedback_id", validate="1:1")
    return table[["feedback_id", "text", "primary_tag", "weight"]].assign(gold=pd.Series(pd.NA, dtype="str"))


def scores(truth: pd.Series, given: pd.Series, *, weights: pd.Series | None = None) -> pd.DataFrame:
    """Per tag `n_true, n_given, precision, p_low, p_high, recall, r_low, r_high, f1`, most frequent first.

    Tags of a row are joined by “；”. `weights` say how many rows each stands for (Horvitz & Thompson 1952).
    Intervals: `interval`.
    """
    true, got, names = _sets(truth, given)
    weight = np.ones(len(true)) if weights is None else weights[truth.notna()].to_numpy(dtype="float64")
    both = true & got
    precision, p_low, p_high = interval(both, got, weight)
    recall, r_low, r_high = interval(both, true, weight)
    table = pd.DataFrame(
        {
            "tag": names,
            "n_true": true.sum(axis=0),
            "n_given": got.sum(axis=0),
            "precision": precision,
            "p_low": p_low,
            "p_high": p_high,
            "recall": recall,
            "r_low": r_low,
            "r_high": r_high,
            "f1": _ratio(2 * (weight @ both), weight @ true + weight @ got),
        }
    )
    return table.sort_values(["n_true", "tag"], ascending=[False, True], ignore_index=True)


def interval(
    hits: np.ndarray, base: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of the weight of the `base` rows that the `hits` among them have, and its 95 % interval.

    Rows by columns, bool. Wilson's interval at Kish's effective number of rows, (Σw)² / Σw².

    >>> some = np.array([[True], [True], [False], [True]])
    >>> [round(float(x[0]), 3) for x in interval(some, np.ones((4, 1), bool), np.array([1, 1, 2, 1.0]))]
    [0.6, 0.192, 0.905]
    """
    total = weight @ base
    value = _ratio(weight @ (hits & base), total)
    n = np.nan_to_num(_ratio(total**2, weight**2 @ base))
    _, low, high = intervals.wilson(value * n, n)
    return value, low, high


def summary(truth: pd.Series, given: pd.Series, *, seed: int, draws: int = 1000) -> pd.DataFrame:
    """`measure, value, low, high, n` for accuracy (all tags of a row right), micro-F1, macro-F1 of true tags.

    Intervals: percentile bootstrap over rows, 95 %.
    """
    true, got, _ = _sets(truth, given)
    measures: dict[str, Callable[[np.ndarray], float]] = {
        "accuracy": lambda rows: float((true[rows] == got[rows]).all(axis=1).mean()),
        "micro_f1": lambda rows: _f1(true[rows], got[rows], axis=None),
        "macro_f1": lambda rows: _f1(true[rows], got[rows], axis=0),
    }
    rng = np.random.default_rng(seed)
    rows = [rng.integers(0, len(true), len(true)) for _ in range(draws)] if len(true) else []
    lines = []
    for name, measure in measures.items():
        value = measure(np.arange(len(true))) if len(true) else np.nan
        drawn = [measure(some) for some in rows]
        low, high = np.quantile(drawn, [0.025, 0.975]) if drawn else (np.nan, np.nan)
        lines.append({"measure": name, "value": value, "low": low, "high": high, "n": len(true)})
    return pd.DataFrame(lines)


def kappa(
    first: pd.Series, second: pd.Series, *, weights: pd.Series | None = None
) -> tuple[float, float, float]:
    """Cohen's kappa of two coders with its 95 % interval (Fleiss, Cohen & Everitt 1969, large sample).

    With `weights` shares are of the weight, and the interval is of Kish's effective number of rows.

    >>> a = pd.Series(list("yyyyyyyyyyyyyyyyyyyyyyyyynnnnnnnnnnnnnnnnnnnnnnnnn"))
    >>> b = pd.Series(list("yyyyyyyyyyyyyyyyyyyynnnnnyyyyyyyyyynnnnnnnnnnnnnnn"))
    >>> round(kappa(a, b)[0], 2)
    0.4
    """
    known = first.notna() & second.notna()
    weight = pd.Series(1.0, index=first.index) if weights is None else weights
    table = pd.crosstab(first[known], second[known], values=weight[known], aggfunc="sum").fillna(0)
    names = sorted({*table.index, *table.columns})
    counts = table.reindex(index=names, columns=names, fill_value=0).to_numpy(dtype="float64")
    if not counts.sum():
        raise DataError("没有两人都标过的反馈，无法计算一致性。请让两人标注同一批反馈。")
    shares = counts / counts.sum()
    n = counts.sum() ** 2 / (weight[known] ** 2).sum()
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    agreed, chance = float(np.trace(shares)), float(rows @ columns)
    if chance == 1:
        return 1.0, 1.0, 1.0
    value = (agreed - chance) / (1 - chance)
    mixed = rows[None, :] + columns[:, None]
    diagonal = np.diag(shares) * (1 - np.diag(mixed) * (1 - value)) ** 2
    other = (shares * mixed**2).sum() - (np.diag(shares) * np.diag(mixed) ** 2).sum()
    variance = diagonal.sum() + (1 - value) ** 2 * other - (value - chance * (1 - value)) ** 2
    error = np.sqrt(max(variance, 0) / n) / (1 - chance)
    return value, max(value - intervals.Z * error, -1.0), min(value + intervals.Z * error, 1.0)


def alpha(ratings: pd.DataFrame, *, weights: pd.Series | None = None) -> float:
    """Krippendorff's alpha for names (nominal): a row per feedback, a column per coder, missing allowed.

    1 − observed / expected disagreement from the coincidence matrix (Krippendorff 2011). With `weights` each
    row counts as often as it stands for, to the same number of rows in all.

    >>> round(alpha(pd.DataFrame({"a": ["x", "x", "y", "y"], "b": ["x", "x", "y", "x"]})), 3)
    0.533
    """
    names = sorted({value for column in ratings for value in ratings[column].dropna()})
    counts = np.stack([(ratings == name).sum(axis=1).to_numpy() for name in names], axis=1) if names else None
    if counts is None or not (counts.sum(axis=1) >= 2).any():
        raise DataError("没有被两人以上标过的反馈，无法计算一致性。请让至少两人标注同一批反馈。")
    rated = counts.sum(axis=1) >= 2
    counts = counts[rated].astype("float64")
    weight = np.ones(len(counts)) if weights is None else weights.to_numpy(dtype="float64")[rated]
    each = counts * (weight / weight.mean())[:, None] / (counts.sum(axis=1, keepdims=True) - 1)
    coincidence = counts.T @ each - np.diag(each.sum(axis=0))
    total = coincidence.sum(axis=1)
    n = total.sum()
    observed = n - np.trace(coincidence)
    expected = (n**2 - (total**2).sum()) / (n - 1)
    return 1.0 if expected == 0 else float(1 - observed / expected)


def f1_interval(
    truth: pd.Series, given: pd.Series, names: list[str], *, weights: pd.Series
) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of each tag's F1.

    F1 = 2J / (1 + J), J being the share of rows with the tag on either side that have it on both: the
    `interval` of J, carried over.
    """
    true, got, found = _sets(truth, given)
    place = [found.index(name) for name in names]
    weight = weights[truth.notna()].to_numpy(dtype="float64")
    _, low, high = interval((true & got)[:, place], (true | got)[:, place], weight)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def corrected_shares(
    tagged: pd.Series, gold: pd.DataFrame, *, known: pd.Series | None = None
) -> pd.DataFrame:
    """Share of each tag freed of tagging error: `tag, share, corrected, low, high, n`.

    `tagged` holds the primary tag of every row, `gold` a `sample` with `gold` filled in; its `weight` counts
    within a tag.
    `known` marks rows whose tag people have set: there is no error in them. The tagger's share plus its mean
    error on the sample (prediction-powered inference, Angelopoulos et al. 2023), weighted by strata of
    `primary_tag`; 95 %.
    """
    held = gold.dropna(subset=["gold"])
    if held.empty:
        raise DataError("金标样本还没有标注（gold 列为空）。请先由人工标注后再计算。")
    names = sorted({*tagged.dropna(), *held["gold"]})
    shares = tagged.value_counts(normalize=True)
    open_ = tagged if known is None else tagged[~known.to_numpy(dtype=bool)]
    unsure = len(open_) / max(len(tagged), 1)
    weights = open_.value_counts(normalize=True)
    each = held["weight"] if "weight" in held else pd.Series(1.0, index=held.index)
    lines = []
    for name in names:
        true, given = held["gold"] == name, held["primary_tag"] == name
        usual = pd.Series(_usual(true[~given]), index=held["primary_tag"].unique())
        usual[usual.index == name] = 0.5
        error = true.astype("float64") - given.astype("float64")
        mean, variance = _stratified(error, held["primary_tag"], weights, each, usual)
        share = float(shares.get(name, 0.0))
        half = intervals.Z * unsure * np.sqrt(variance)
        value = share + unsure * mean
        bounds = np.clip([value, value - half, value + half], 0, 1)
        lines.append(
            dict(zip(["tag", "share", "corrected", "low", "high"], [name, share, *bounds], strict=True))
        )
    return pd.DataFrame(lines).assign(n=len(held))


def _usual(errors: pd.Series) -> float:
    """How frequent an error is in all strata together, never 0 or 1.

    >>> _usual(pd.Series([True, False, False, False]))
    0.3
    """
    return float((errors.sum() + 0.5) / (len(errors) + 1))


def _stratified(
    values: pd.Series, strata: pd.Series, weights: pd.Series, each: pd.Series, usual: pd.Series
) -> tuple[float, float]:
    """Mean over strata by weight, and the variance of that mean; `each` weighs the rows within a stratum.

    Within a stratum of one given tag an error of a tag has one sign, so it is there or not: its variance is
    p (1 − p) with two rows added that err as is `usual` (in a tag's own stratum one of the two, elsewhere as
    in all others together): never 0 because a small stratum happened to hold no error, and no more than rare
    errors deserve because there are many strata.
    """
    total = each.groupby(strata).sum()
    size = total**2 / (each**2).groupby(strata).sum()  # Kish's effective number of rows
    mean = (values * each).groupby(strata).sum() / total
    weight = weights.reindex(size.index).fillna(0)
    weight = weight / weight.sum() if weight.sum() > 0 else size / size.sum()
    p = (mean.abs() * size + ADDED * usual.reindex(size.index)) / (size + ADDED)
    return float((weight * mean).sum()), float((weight**2 * p * (1 - p) / (size - 1).clip(lower=1)).sum())


def _sets(truth: pd.Series, given: pd.Series) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Both as bool matrices over all tags, rows without a truth left out."""
    known = truth.notna().to_numpy()
    true = [str(tags).split(schema.TAG_SEPARATOR) for tags in truth[known]]
    got = [[] if pd.isna(tags) else str(tags).split(schema.TAG_SEPARATOR) for tags in given[known]]
    names = sorted({tag for row in (*true, *got) for tag in row})
    place = {name: i for i, name in enumerate(names)}
    matrices = []
    for rows in (true, got):
        matrix = np.zeros((len(rows), len(names)), dtype=bool)
        for number, tags in enumerate(rows):
            matrix[number, [place[tag] for tag in tags]] = True
        matrices.append(matrix)
    return matrices[0], matrices[1], names


def _f1(true: np.ndarray, got: np.ndarray, *, axis: int | None) -> float:
    """Micro-F1 (axis None) or the mean over the tags that occur in the truth (axis 0)."""
    both, sums = (true & got).sum(axis=axis), true.sum(axis=axis) + got.sum(axis=axis)
    values = _ratio(2 * np.atleast_1d(both), np.atleast_1d(sums))
    return float(values[np.atleast_1d(true.sum(axis=axis)) > 0].mean())


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)
