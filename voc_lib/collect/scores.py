"""Scores as customers give them — stars, words, 1–5, 1–10, 0–10, 0–100 — to the one scale of the house."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

SCALES = {"1–5": (1.0, 5.0), "1–10": (1.0, 10.0), "0–10": (0.0, 10.0), "0–100": (0.0, 100.0)}
HINTS = (
    ("0–10", re.compile(r"0\s*(?:[-–—~～到至])\s*10")),
    ("1–10", re.compile(r"1\s*(?:[-–—~～到至])\s*10|十分制|10\s*分制|满分\s*10")),
    ("1–5", re.compile(r"1\s*(?:[-–—~～到至])\s*5(?!\d)|五分制|5\s*分制|满分\s*5")),
    ("0–100", re.compile(r"百分制|满分\s*100|100\s*分制")),
)
NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(?:分|星|颗星|stars?|/\s*\d+)?")
ENOUGH = 30


@dataclass(frozen=True)
class Scored:
    """Scores on the wanted scale (NaN where there is none), the scale they came in, and what was decided."""

    values: pd.Series
    scale: str
    notes: tuple[str, ...] = ()


@cache
def values_file() -> dict:
    """The word lists of values.yaml."""
    return yaml.safe_load(files("voc_lib.collect").joinpath("values.yaml").read_text(encoding="utf-8"))


@cache
def _likert() -> dict[str, float]:
    return {word: float(score) for score, words in values_file()["likert"].items() for word in words}


def numbers(texts: pd.Series) -> pd.Series:
    """Numbers in cells like “5”, “5星”, “4.5分”, “非常满意”; NaN where there is none.

    >>> numbers(pd.Series(["5星", "非常满意", "一般", "4.0", "还没用"])).tolist()
    [5.0, 5.0, 3.0, 4.0, nan]
    """
    known = {text: _number(text) for text in texts.dropna().unique()}
    return texts.map(known).astype("float64")


def _number(text: str) -> float:
    text = re.sub(r"^[A-Ea-e\d][.、:：)）]\s*(?=\D)", "", text.strip()).strip()
    if text.lower() in _likert():
        return _likert()[text.lower()]
    if text and set(text) <= {"★", "☆", "⭐"}:
        return float(len(text) - text.count("☆"))
    found = NUMBER.fullmatch(text)
    return float(found[1]) if found else np.nan


def scale_of(values: pd.Series, header: str = "") -> str:
    """The scale scores are on: what the header says, else the range seen; “” when they fit none.

    >>> [scale_of(pd.Series(seen)) for seen in ([1, 10, 7], [0, 9], [5, 4], [95])]
    ['1–10', '0–10', '1–5', '0–100']
    """
    seen = values.dropna()
    if seen.empty:
        return "1–5"
    for name, pattern in HINTS:
        low, high = SCALES[name]
        if pattern.search(header) and seen.between(low, high).all():
            return name
    order = ("1–5", "0–10", "0–100") if (seen == 0).any() else ("1–5", "1–10", "0–100")
    return next((name for name in order if seen.between(*SCALES[name]).all()), "")


def without_codes(values: pd.Series) -> tuple[pd.Series, int]:
    """Scores without the codes for “no answer” (−1, 98 …), and how many there were.

    >>> without_codes(pd.Series([10.0, 98, -1, 7]))[1]
    2
    """
    codes = [float(code) for code in values_file()["score_missing"]]
    real = values[~values.isin(codes)].dropna()
    top = real.max() if len(real) else 5.0
    coded = values.isin(codes) & (
        (values < 0) | ((values >= 97) & (top <= 10)) | ((values == 0) & (top <= 5))
    )
    return values.mask(coded), int(coded.sum())


def csat(texts: pd.Series, *, header: str = "满意度") -> Scored:
    """Satisfaction on 1–5, rescaled linearly from the scale found.

    >>> csat(pd.Series(["10", "1", "5.5"])).values.tolist()
    [5.0, 1.0, 3.0]
    """
    values, codes = without_codes(numbers(texts))
    notes = [f"“{header}” 有 {codes} 个表示未作答的代码（如 −1、98），按无评分处理"] if codes else []
    lost = int((texts.notna() & values.isna()).sum()) - codes
    notes += [f"“{header}” 有 {lost} 个评分无法识别，按无评分处理"] if lost > 0 else []
    worded = texts.str.lower().isin(list(_likert())).fillna(False).astype(bool)  # words are on 1–5 already
    scale = scale_of(values[~worded], header)
    if not scale:
        low, high = values.min(), values.max()
        return Scored(
            values * np.nan, "", (*notes, f"“{header}” 的取值 {low:g}–{high:g} 不合任何评分制，未采用")
        )
    low, high = SCALES[scale]
    if scale != "1–5":
        notes.append(f"“{header}” 是 {scale} 分制，已线性换算为 1–5 分")
        values = values.where(worded, 1 + (values - low) * 4 / (high - low))
    return Scored(values, scale, tuple(notes))


def nps(texts: pd.Series, *, header: str = "推荐意愿") -> Scored:
    """Likelihood to recommend on 0–10, never rescaled: another scale has other promoters.

    >>> nps(pd.Series(["5"] * 40)).scale
    ''
    """
    values = numbers(texts)
    values = values.mask((values < 0) | values.isin([97, 98, 99, 998, 999]))
    if ((values > 10).any()) or (values.notna().sum() >= ENOUGH and values.max() <= 5):
        span = f"{values.min():g}–{values.max():g}"
        note = f"“{header}” 的取值是 {span}，不是 0–10 分的推荐意愿，未采用；若是满意度请映射到 csat"
        return Scored(values * np.nan, "", (note,))
    lost = int((texts.notna() & values.isna()).sum())
    return Scored(values, "0–10", (f"“{header}” 有 {lost} 个推荐分无法识别",) if lost else ())
