"""What the whole score of a survey hangs on: groups, correlations, drivers, over its answer sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.collect import ranges
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats import drivers, means

SHEET = ["file", "sheet", "line"]
SMALL = 30
MOST = 10  # drivers: 2¹⁰ regressions
EXPLAINED = 0.05  # of the differences of the scores, below which no factor is named
CHOSEN, UNSEEN = "多选", "看不出影响"


class Survey(NamedTuple):
    """One survey of a period: `scores` and `chosen` have a row per sheet, a column per question or option."""

    source: str
    whole: str  # the question that asks about all
    scale: tuple[float, float]
    steps: str
    scores: pd.DataFrame
    chosen: pd.DataFrame
    outcomes: tuple[str, ...] = ()  # other questions about the whole: no levers on it
    scales: Mapping[str, tuple[float, float]] = {}  # lowest and highest score of each question, where known


def surveys(answers: pd.DataFrame, period: Period) -> list[Survey]:
    """The surveys of a period that ask about the whole (else: whether one would recommend), in order."""
    now = answers[period.mask(answers["created_at"])]
    now = now.assign(
        sheet=now["sheet"].fillna(""), name=now["option"].fillna(now["item"]).fillna(now["question"])
    )
    return [one for source, rows in now.groupby("source", sort=True) for one in _survey(str(source), rows)]


def _survey(source: str, rows: pd.DataFrame) -> Iterator[Survey]:
    scored, picked = rows[rows["kind"] != CHOSEN], rows[rows["kind"] == CHOSEN]
    about = scored.drop_duplicates("name").set_index("name")
    order = [name for kind in ("整体", "推荐") for name in about.index[about["kind"] == kind]]
    fine = [name for name in order if about.loc[name, "scale"] in ranges.SCALES]
    if fine:
        steps = str(about.loc[fine[0], "scale"])
        scales = {str(name): ranges.SCALES[s] for name, s in about["scale"].items() if s in ranges.SCALES}
        wide = _wide(scored), _wide(picked)
        yield Survey(source, fine[0], ranges.SCALES[steps], steps, *wide, tuple(order), scales)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    names = list(dict.fromkeys(rows["name"]))
    once = rows.drop_duplicates([*SHEET, "name"])
    return once.pivot_table(index=SHEET, columns="name", values="score", aggfunc="first")[names]


def groups(found: list[Survey], traits: pd.DataFrame) -> pd.DataFrame:
    """schema.SURVEY_GROUPS: the whole score of every group of every column, those that differ first.

    Kruskal & Wallis 1952 over the groups of 30 and more, adjusted over all columns (Benjamini–Hochberg);
    means with a score interval. Differences are no proof: groups may differ in other things too.
    """
    parts = [part for one in found for part in _compared(one, traits[traits["source"] == one.source])]
    if not parts:
        return schema.empty(schema.SURVEY_GROUPS)
    tests = intervals.benjamini_hochberg(np.array([part["p"].iloc[0] for part in parts]))
    for part, p in zip(parts, tests, strict=True):
        part["p_adjusted"] = p
        part["claim"] = "样本太少" if np.isnan(p) else "有差别" if p < drivers.LEVEL else "在误差范围内"
    frame = pd.concat(parts, ignore_index=True)
    order = frame.assign(sure=frame["claim"] != "有差别").sort_values(
        ["source", "sure", "gap", "trait"], ascending=[True, True, False, True], kind="stable"
    )
    return schema.shape(order.reset_index(drop=True), schema.SURVEY_GROUPS)


def _compared(one: Survey, traits: pd.DataFrame) -> Iterator[pd.DataFrame]:
    whole = one.scores[one.whole].dropna().rename("score").reset_index()
    rows = traits.assign(sheet=traits["sheet"].fillna("")).merge(whole, on=SHEET)
    for trait, part in rows.groupby("trait", sort=False):
        lines: list[dict[str, Any]] = [
            {"source": one.source, "trait": trait, "value": value, **_level(scores["score"], one)}
            for value, scores in part.groupby("value", sort=False)
        ]
        large = [s["score"].to_numpy() for _, s in part.groupby("value") if len(s) >= SMALL]
        middle = [line["mean"] for line in lines if line["n"] >= SMALL]
        gap = max(middle) - min(middle) if len(middle) > 1 else float("nan")
        frame = pd.DataFrame(lines).sort_values(["mean", "value"], ascending=[False, True], kind="stable")
        yield frame.assign(p=_differ(large), gap=gap)


def _level(scores: pd.Series, one: Survey) -> dict[str, Any]:
    mean = means.scores(scores, *one.scale)
    top = float((scores >= ranges.top_boxes(one.steps)).mean())
    bounds = dict(zip(("mean", "low", "high"), map(float, mean), strict=True))
    return {"n": len(scores), **bounds, "top": top}


def _differ(large: list[Floats]) -> float:
    """p that all groups score alike; NaN below two groups, or where nothing varies."""
    from scipy.stats import kruskal

    if len(large) < 2 or np.ptp(np.concatenate(large)) == 0:
        return float("nan")
    return float(kruskal(*large).pvalue)


def spread(found: list[Survey]) -> pd.DataFrame:
    """schema.SURVEY_SPREAD: the share of answers in each fifth of its scale, the lowest first."""
    rows = [row for one in found for row in _spread(one)]
    return schema.shape(pd.DataFrame(rows, columns=schema.SURVEY_SPREAD.names), schema.SURVEY_SPREAD)


def _spread(one: Survey) -> Iterator[dict[str, Any]]:
    names = [str(name) for name in one.scores]
    places = {name: _place(one.scores[name].dropna(), one.scales.get(name)) for name in names}
    for name in sorted((name for name in names if len(places[name])), key=lambda name: places[name].mean()):
        parts = {f"fifth_{i}": share for i, share in enumerate(fifths(places[name]), 1)}
        yield {"source": one.source, "question": name, "n": len(places[name]), **parts}


def _place(values: pd.Series, scale: tuple[float, float] | None) -> pd.Series:
    """Where each answer stands on its scale, 0..1; on the range that was used where none is known."""
    low, high = scale or (values.min(), values.max())
    return ((values - low) / ((high - low) or 1.0)).astype("float64")


def fifths(places: pd.Series) -> Floats:
    """The share of answers in each fifth of a scale from 0 to 1.

    >>> fifths(pd.Series([0.0, 0.25, 0.5, 0.75, 1.0])).tolist()
    [0.2, 0.2, 0.2, 0.2, 0.2]
    """
    which = (places * 5 // 1).clip(0, 4)
    return np.bincount(np.asarray(which, "int64"), minlength=5) / max(len(places), 1)


def links(found: list[Survey]) -> pd.DataFrame:
    """schema.SURVEY_LINKS: Spearman's correlation of each scale with the whole, the closest first.

    Interval: Fisher's z, error of Bonett & Wright 2000; none below ten sheets or where nothing varies.
    """
    rows = [row for one in found for row in _linked(one)]
    frame = pd.DataFrame(rows, columns=schema.SURVEY_LINKS.names)
    return schema.shape(
        frame.sort_values(["source", "rho", "question"], ascending=[True, False, True], ignore_index=True),
        schema.SURVEY_LINKS,
    )


def _linked(one: Survey) -> Iterator[dict]:
    for name in one.scores.columns.drop(one.whole):
        pair = one.scores[[one.whole, name]].dropna()
        rho, low, high = spearman(pair[one.whole].to_numpy(), pair[name].to_numpy())
        yield {
            "source": one.source,
            "question": name,
            "n": len(pair),
            "rho": rho,
            "rho_low": low,
            "rho_high": high,
        }


def spearman(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Spearman's correlation with its 95 % interval.

    >>> [round(part, 2) for part in spearman(np.arange(12.0), np.arange(12.0) % 6)]
    [0.49, -0.15, 0.84]
    """
    if len(x) < 10 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), float("nan"), float("nan")
    rho, low, high = map(float, intervals.spearman(x, y))
    return (rho, rho, rho) if abs(rho) > 1 - 1e-12 else (rho, low, high)


def hangs_on(found: list[Survey], *, seed: int = 0) -> pd.DataFrame:
    """schema.SURVEY_DRIVERS: what the whole hangs on, the most important first.

    Scales but those about the whole or about recommending, then the options chosen most, ten at most; sheets
    that answered all of them. `effect`: points of the whole per point of the scale, or where the option was
    chosen, the others equal (least squares, HC3);
    `alone`: the same without the others. Importance: Lindeman–Merenda–Gold with a bootstrap interval.
    方向矛盾: beyond chance both ways. What has no effect beyond chance is said to have none, nor anything
    where all of them together explain less than EXPLAINED.
    """
    rng = np.random.default_rng(seed)
    parts = [_drivers(one, rng) for one in found]
    return schema.shape(
        pd.concat([schema.empty(schema.SURVEY_DRIVERS), *parts], ignore_index=True), schema.SURVEY_DRIVERS
    )


def _drivers(one: Survey, rng: np.random.Generator) -> pd.DataFrame:
    scales = one.scores.drop(columns={one.whole, *one.outcomes})
    picked = one.chosen.loc[:, one.chosen.sum() >= SMALL] if len(one.chosen) else one.chosen
    often = picked.sum().sort_values(ascending=False, kind="stable").index
    both = one.scores[[one.whole]].join(scales).join(picked[often]).iloc[:, : MOST + 1].dropna()
    both = both.loc[:, both.max() > both.min()]
    if len(both) < drivers.LEAST_ROWS or one.whole not in both or both.shape[1] < 2:
        return schema.empty(schema.SURVEY_DRIVERS)
    x, y = both.drop(columns=one.whole), both[one.whole].to_numpy("float64")
    frame = _effects(x, y)
    values = x.to_numpy("float64")
    frame["importance"], frame["r_squared"] = drivers.importance(values, y)
    frame["importance_low"], frame["importance_high"] = drivers.bootstrap(values, y, rng)
    if frame["r_squared"].iloc[0] < EXPLAINED:
        frame["claim"] = UNSEEN
    frame["kind"] = ["评分" if name in scales else CHOSEN for name in x.columns]
    frame["level"] = [_position(x[name], one, name in scales) for name in x.columns]
    frame = frame.sort_values(["importance", "driver"], ascending=[False, True], ignore_index=True)
    return frame.assign(source=one.source, n=len(both))


def _position(values: pd.Series, one: Survey, scale: bool) -> float:
    """How good it is now: the mean's place on the scale, or the share who did not choose it."""
    if not scale:
        return float(1 - values.mean())
    low, high = min(one.scale[0], values.min()), max(one.scale[1], values.max())
    return float((values.mean() - low) / (high - low))


def _effects(x: pd.DataFrame, y: Floats) -> pd.DataFrame:
    values = x.to_numpy("float64")
    slopes, errors = drivers.least_squares(values, y)
    single = [drivers.least_squares(values[:, [i]], y) for i in range(values.shape[1])]
    alone, spread = (np.array([float(pair[part][0]) for pair in single]) for part in (0, 1))
    p = intervals.benjamini_hochberg(drivers.p_values(slopes, errors))
    against = (np.sign(alone) != np.sign(slopes)) & (np.abs(alone) > intervals.Z * spread)
    claim = np.where(slopes > 0, "提高", "拉低")
    claim = np.where(p >= drivers.LEVEL, UNSEEN, np.where(against, "方向矛盾", claim))
    return pd.DataFrame(
        {
            "driver": x.columns.astype("str"),
            "alone": alone,
            "effect": slopes,
            "effect_low": slopes - intervals.Z * errors,
            "effect_high": slopes + intervals.Z * errors,
            "p_adjusted": p,
            "claim": claim,
        }
    )
