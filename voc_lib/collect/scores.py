"""Scores as customers give them — stars, words, 1–5, 1–10, 0–10, 0–100 — to the one scale of the house."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

SCALES = {
    "1–5": (1.0, 5.0),
    "1–7": (1.0, 7.0),
    "1–10": (1.0, 10.0),
    "0–10": (0.0, 10.0),
    "0–100": (0.0, 100.0),
}
TO = r"\s*[-–—~～到至]\s*"
OF = r"满分\s*[为是:：]?\s*"
# 满意度（1-10分）、满意度（10分满分）、评分（满分10）
HINTS = tuple(
    (
        scale,
        re.compile(
            rf"(?<!\d){low}{TO}{top}(?!\d)|{OF}{top}(?!\d)|(?<!\d){top}\s*分(?:制|满分|为满分)|{word}"
        ),
    )
    for scale, low, top, word in (
        ("1–10", 1, 10, "十分制"),
        ("0–10", 0, 10, "十分制"),
        ("1–7", 1, 7, "七分制|七级"),
        ("1–5", 1, 5, "五分制|五级"),
        ("0–100", 0, 100, "百分制"),
    )
)
NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(?:分|星|颗星|stars?|/\s*\d+)?")
POINTS = r"\d+(?:\.\d+)?\s*分?"
# A.满意、5-非常满意、5分（非常满意）、非常满意(5分)
WORDED = re.compile(
    rf"(?:(?:[A-Ea-e][.、:：)）]|{POINTS}\s*[-–—.、:：=(（)）]?)\s*)?([^\d()（）]+?)\s*(?:[(（]?\s*{POINTS}\s*)?[)）]?"
)
HAN = {han: float(n) for n, han in enumerate("零一二三四五六七八九十")} | {"两": 2.0}
ENOUGH = 30
TYPING = 0.01  # of many scores this share may be slips of a key: 50 for 5
MANY = 20


@dataclass(frozen=True)
class Scored:
    """Scores on the wanted scale (NaN where there is none), the scale they came in, and what was decided.

    `seen` are the numbers as given, without words and codes.
    """

    values: pd.Series
    scale: str
    notes: tuple[str, ...] = ()
    header: str = ""
    seen: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))


@cache
def values_file() -> dict:
    """The word lists of values.yaml."""
    return yaml.safe_load(files("voc_lib.collect").joinpath("values.yaml").read_text(encoding="utf-8"))


@cache
def _likert() -> dict[str, float]:
    return {word: float(score) for score, words in values_file()["likert"].items() for word in words}


def numbers(texts: pd.Series) -> pd.Series:
    """Numbers in cells like “5”, “5星”, “4.5分”, “五分”, “非常满意”; NaN where there is none.

    >>> numbers(pd.Series(["5星", "非常满意", "5-非常满意", "满意（4分）", "五分", "4.0", "还没用"])).tolist()
    [5.0, 5.0, 5.0, 4.0, 5.0, 4.0, nan]
    """
    known = {text: _number(text) for text in texts.dropna().unique()}
    return texts.map(known).astype("float64")


def _number(text: str) -> float:
    text = text.strip()
    word = _word(text)
    if word is not None:
        return word
    if text and set(text) <= {"★", "☆", "⭐"}:
        return float(len(text) - text.count("☆"))
    if len(text) <= 3 and text[:1] in HAN and text[1:] in ("", "分", "星", "颗星"):
        return HAN[text[0]]
    found = NUMBER.fullmatch(text)
    return float(found[1]) if found else np.nan


def _word(text: str) -> float | None:
    """The score of a word of satisfaction, on 1–5; the points beside it say the same."""
    text = text.strip().lower()
    found = None if text in _likert() else WORDED.fullmatch(text)
    return _likert().get(found[1] if found else text)


def scale_of(values: pd.Series, header: str = "") -> str:
    """The scale scores are on: what the header says, else the range seen; “” when they fit none.

    Of many scores a few may lie outside. Seven points are told by many scores up to 7 and none above.

    >>> [scale_of(pd.Series(seen)) for seen in ([1, 10, 7], [0, 9], [5, 4], [95], [4, 5] * 50 + [50])]
    ['1–10', '0–10', '1–5', '0–100', '1–5']
    """
    seen = values.dropna()
    if seen.empty:
        return "1–5"
    seven = ("1–7",) if len(seen) >= ENOUGH and (seen == 7).sum() > _slips(seen) else ()
    order = ("0–10", "0–100") if (seen == 0).any() else (*seven, "1–10", "0–100")
    return next((name for name in (*hinted(header), "1–5", *order) if _fits(seen, name)), "")


def hinted(header: str) -> list[str]:
    """The scales a header speaks of."""
    return [name for name, pattern in HINTS if pattern.search(header)]


def _fits(seen: pd.Series, scale: str) -> bool:
    outside = seen[~seen.between(*SCALES[scale])]
    return len(outside) <= _slips(seen) and not (outside == 0).any()


def _slips(seen: pd.Series) -> int:
    """How many scores may lie outside a scale that the others are on."""
    return max(1, int(TYPING * len(seen))) if len(seen) >= MANY else 0


def without_codes(values: pd.Series) -> tuple[pd.Series, int]:
    """Scores without the codes for “no answer” (−1, 98 …), and how many there were.

    >>> without_codes(pd.Series([10.0, 98, -1, 7]))[1]
    2
    """
    codes = [float(code) for code in values_file()["score_missing"]]
    real = values[~values.isin(codes)].dropna().sort_values()
    top = real.iloc[-1 - _slips(real)] if len(real) else 5.0
    coded = values.isin(codes) & (
        (values < 0) | ((values >= 97) & (top <= 10)) | ((values == 0) & (top <= 5))
    )
    return values.mask(coded), int(coded.sum())


def falling(header: str) -> bool:
    """Whether a header says that low numbers are the good ones.

    >>> falling("评分（1=非常满意 5=非常不满意）"), falling("满意度（5非常满意 1非常不满意）")
    (True, False)
    """
    words = "|".join(sorted(map(re.escape, _likert()), key=len, reverse=True))
    pairs = re.findall(rf"(\d+)\s*分?\s*[-–—.、:：=＝为是表示代]*\s*({words})", header.lower())
    said = sorted((int(number), _likert()[word]) for number, word in pairs)
    return len(said) >= 2 and said[0][1] > said[-1][1]


def csat(texts: pd.Series, *, header: str = "满意度", scale: str = "") -> Scored:
    """Satisfaction on 1–5, rescaled linearly from the scale found, or from `scale` where that is known.

    >>> csat(pd.Series(["10", "1", "5.5"])).values.tolist()
    [5.0, 1.0, 3.0]
    """
    values, codes = without_codes(numbers(texts))
    notes = [f"“{header}” 有 {codes} 个表示未作答的代码（如 −1、98），按无评分处理"] if codes else []
    lost = int((texts.notna() & values.isna()).sum()) - codes
    notes += [f"“{header}” 有 {lost} 个评分无法识别，按无评分处理"] if lost > 0 else []
    said = {text: _word(text) is not None for text in texts.dropna().unique()}
    worded = texts.map(said).fillna(False).astype(bool)  # words are on 1–5 already
    seen = values[~worded]
    scale = scale or scale_of(seen, header)
    if not scale:
        low, high = values.min(), values.max()
        return Scored(
            values * np.nan, "", (*notes, f"“{header}” 的取值 {low:g}–{high:g} 不合任何评分制，未采用")
        )
    low, high = SCALES[scale]
    slips = ~worded & values.notna() & ~values.between(low, high)
    if slips.any():
        first = f"{values[slips].iloc[0]:g}"
        notes.append(f"“{header}” 有 {int(slips.sum())} 个评分不在 {scale} 之内（如 {first}），按无评分处理")
    values = values.mask(slips)
    if falling(header):
        notes.append(f"“{header}” 的数越小越满意，已倒过来")
        values = values.where(worded, low + high - values)
    if scale != "1–5":
        notes.append(f"“{header}” 是 {scale} 分制，已线性换算为 1–5 分")
        values = values.where(worded, 1 + (values - low) * 4 / (high - low))
    return Scored(values, scale, tuple(notes), header, seen)


def nps(texts: pd.Series, *, header: str = "推荐意愿") -> Scored:
    """Likelihood to recommend on 0–10, never rescaled: another scale has other promoters.

    >>> nps(pd.Series(["5"] * 40)).scale
    ''
    """
    values = numbers(texts.mask(texts.map(_word).notna(), texts.str.extract(r"(\d+)", expand=False)))
    values = values.mask((values < 0) | values.isin([97, 98, 99, 998, 999]))
    slips = _slips(values.dropna())
    low = values.notna().sum() >= ENOUGH and (values > 5).sum() <= slips
    if (values > 10).sum() > slips or low:
        span = f"{values.min():g}–{values.max():g}"
        note = f"“{header}” 的取值是 {span}，不是 0–10 分的推荐意愿，未采用；若是满意度请映射到 csat"
        return Scored(values * np.nan, "", (note,))
    values = values.mask(values > 10)
    lost = int((texts.notna() & values.isna()).sum())
    return Scored(values, "0–10", (f"“{header}” 有 {lost} 个推荐分无法识别",) if lost else ())
