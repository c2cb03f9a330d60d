"""Scales of numbers: which one a column of scores is on, by what its header says or by what is seen."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from voc_lib.collect import wordscales

SCALES = {
    "1–5": (1.0, 5.0),
    "0–5": (0.0, 5.0),
    "1–7": (1.0, 7.0),
    "1–10": (1.0, 10.0),
    "0–10": (0.0, 10.0),
    "0–100": (0.0, 100.0),
    "3 档": (1.0, 3.0),
    "4 档": (1.0, 4.0),
    "2 档": (0.0, 1.0),
}
LEVELS = {"4 档": {1.0: 1.0, 2.0: 2.0, 3.0: 4.0, 4.0: 5.0}}  # two of four levels are the good ones
TOPS = {3: "3 档", 4: "4 档", 5: "1–5", 7: "1–7", 10: "1–10", 100: "0–100"}
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
        ("1–5", 1, 5, "五分制|五级|星级|星数|几星|stars?(?![a-z])"),
        ("0–5", 0, 5, "五分制"),
        ("4 档", 1, 4, "四级|四档"),
        ("3 档", 1, 3, "三级|三档|三分制"),
        ("0–100", 0, 100, "百分制"),
    )
)
RANGE = re.compile(rf"(?<![\d.\-–—])([01]){TO}([2-9])(?![\d月天日年周号时题.])")
STARRED = re.compile(r"星|stars?(?![a-z])")
YES_NO = re.compile(r"是否|满意吗|满意与否|satisfied\?", re.IGNORECASE)
ENOUGH = 30
SLIPS = 0.005  # of many values this share may be slips of a key: 50 for 5
MANY = 100
FEW_LEVELS = 3  # many numbers of so few levels may be a scale of three as well as one of five


def slips(n: int) -> int:
    """How many of `n` values may have no place on the scale of the others.

    >>> slips(99), slips(100), slips(2000)
    (0, 1, 10)
    """
    return max(1, int(SLIPS * n)) if n >= MANY else 0


def scale_of(values: pd.Series, header: str = "") -> str:
    """The scale scores are on: what the header says, else the range seen; “” when they fit none.

    Of many scores a few may lie outside. Seven points are told by many scores up to 7 and none above.

    >>> [scale_of(pd.Series(seen)) for seen in ([1, 10, 7], [0, 9], [5, 4], [95], [4, 5] * 50 + [50])]
    ['1–10', '0–10', '1–5', '0–100', '1–5']
    >>> [scale_of(pd.Series(seen), "5分制") for seen in ([1, 5], [0, 5])]
    ['1–5', '0–5']
    """
    seen = values.dropna()
    if seen.empty:
        return "1–5"
    seven = ("1–7",) if len(seen) >= ENOUGH and (seen == 7).sum() > slips(len(seen)) else ()
    order = ("0–10", "0–100") if (seen == 0).any() else (*seven, "1–10", "0–100")
    said = hinted(header)
    return next((name for name in (said or ("1–5", *order)) if _fits(seen, name)), "")


def star_tens(values: pd.Series, header: str) -> bool:
    """Whether numbers under stars are the tens of a page: 45 is four and a half stars.

    >>> star_tens(pd.Series([50.0, 45, 10]), "星级"), star_tens(pd.Series([50.0, 45, 12]), "星级")
    (True, False)
    >>> star_tens(pd.Series([5.0, 4]), "星级"), star_tens(pd.Series([50.0, 40]), "得分")
    (False, False)
    """
    seen = values.dropna()
    tens = len(seen) > 0 and bool((seen.between(5, 50) & (seen % 5 == 0)).all()) and seen.max() > 10
    return tens and bool(STARRED.search(header.lower()))


def hinted(header: str) -> list[str]:
    """The scales a header speaks of.

    >>> hinted("满意度（0-10分）"), hinted("星级"), hinted("满意度")
    (['0–10'], ['1–5'], [])
    >>> hinted("满意度（5分制）"), hinted("评分（满分10）")
    (['1–5', '0–5'], ['1–10', '0–10'])
    """
    return [name for name, pattern in HINTS if pattern.search(header.lower())]


def unknown(header: str) -> bool:
    """Whether a header names a range that is none of the scales: marks of a school, 0–3.

    >>> unknown("评分（1-6，1为最好）"), unknown("满意度（1-5分）"), unknown("满意度 1-3月")
    (True, False, False)
    """
    pairs = [(float(low), float(top)) for low, top in RANGE.findall(header)]
    return any(pair not in SCALES.values() for pair in pairs)


def _fits(seen: pd.Series, scale: str) -> bool:
    outside = seen[~seen.between(*SCALES[scale])]
    return len(outside) <= slips(len(seen)) and not (outside == 0).any()


def doubtful(values: pd.Series, header: str) -> bool:
    """Whether it is open what the numbers mean: 0/1 without a question, many of 1 to 3 alone, counts.

    >>> doubtful(pd.Series([0.0, 1, 1]), "满意度"), doubtful(pd.Series([1.0, 2, 3] * 20), "满意度")
    (True, True)
    >>> doubtful(pd.Series([0.0, 3, 1, 57]), "得分"), doubtful(pd.Series([90.0, 75, 8, 100]), "得分")
    (True, False)
    >>> doubtful(pd.Series([1.0, 2, 3] * 20), "满意度（1-5分）"), doubtful(pd.Series([1.0, 2]), "满意度")
    (False, False)
    """
    seen = values.dropna()
    if unknown(header):
        return True
    if hinted(header) or seen.empty:
        return False
    if (seen > 10).sum() > slips(len(seen)) and (seen <= 10).mean() > 0.5:
        return True  # likes and votes: most small, some large
    if (seen == 0).any() and seen.isin([0, 1]).all():
        return not YES_NO.search(header)
    return len(seen) >= ENOUGH and bool((seen != seen.iloc[0]).any()) and bool((seen <= FEW_LEVELS).all())


def yes_no(values: pd.Series, header: str) -> bool:
    """Whether 0 and 1 answer a question for yes or no.

    >>> yes_no(pd.Series([0.0, 1]), "是否满意"), yes_no(pd.Series([1.0, 2]), "是否满意")
    (True, False)
    """
    seen = values.dropna()
    return bool(YES_NO.search(header)) and len(seen) > 0 and bool(seen.isin([0, 1]).all())


def coded(values: pd.Series, *, zero: bool = True, best: float = 5.0) -> pd.Series:
    """Which numbers are codes for “no answer” (−1, 98 …); a 0 below 1–5 is one too, and below 1–`best`.

    >>> coded(pd.Series([10.0, 98, -1, 7])).tolist()
    [False, True, True, False]
    """
    codes = [float(code) for code in wordscales.file()["unanswered_codes"]]
    real = values[~values.isin(codes)].dropna().sort_values()
    top = real.iloc[-1 - slips(len(real))] if len(real) else 5.0
    nothing = (values == 0) & (top <= best) & zero
    return values.isin(codes) & ((values < 0) | ((values >= 97) & (top <= 10)) | nothing)


def to_five(values: pd.Series, scale: str) -> pd.Series:
    """Scores of a scale as scores of 1–5, linearly.

    >>> to_five(pd.Series([0.0, 75, 100]), "0–100").tolist(), to_five(pd.Series([3.0]), "4 档").tolist()
    ([1.0, 4.0, 5.0], [4.0])
    """
    if scale in LEVELS:
        return values.map(LEVELS[scale]).astype("float64")
    low, high = SCALES[scale]
    return values if scale == "1–5" else 1 + (values - low) * 4 / (high - low)


def turned(values: pd.Series, scale: str) -> pd.Series:
    """Scores of a scale whose low numbers are the good ones, the other way round."""
    low, high = SCALES[scale]
    return low + high - values


def top_boxes(scale: str) -> float:
    """From which score on an answer is of the two highest levels of its scale (of few levels: the good ones).

    >>> top_boxes("1–10"), top_boxes("1–5"), top_boxes("0–100")
    (9.0, 4.0, 80.0)
    """
    return {"1–10": 9.0, "0–10": 9.0, "1–7": 6.0, "0–100": 80.0}.get(scale, 4.0)


def span(values: pd.Series) -> str:
    """Lowest and highest value as a reader says them."""
    low, high = np.nanmin(values), np.nanmax(values)
    return f"{low:g}–{high:g}"
