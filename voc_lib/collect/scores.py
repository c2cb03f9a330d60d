"""Scores as customers give them — stars, words, 1–5, 1–10, 0–10, 0–100 — to the one scale of the house.

A column is read whole or not at all: a value without a place on the scale of the others leaves it unscored,
but for a slip of a key among many (`slips`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.collect import directions, marks, ranges, unread, wordscales
from voc_lib.collect.answered import Cells
from voc_lib.yamlfile import shipped

COARSE = 4  # levels, and no mean on 1–5
TENS = "“{header}” 是网页的星级代码（50 为五星，45 为四星半），已除以 10"
LEAST = 10  # answers that none goes beyond 5 tell five points


@dataclass(frozen=True)
class Scored:
    """Scores on the wanted scale (NaN where there is none), the scale they came in, and what was decided.

    `scale` is “” where the column is not scored. `seen` are the numbers as given, without words and codes;
    `given` the scores on their own scale, the high ones good; `words` what was read by a scale of words.
    """

    values: pd.Series
    scale: str
    notes: tuple[str, ...] = ()
    header: str = ""
    seen: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    given: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    words: frozenset[str] = frozenset()


@cache
def values_file() -> dict:
    """The word lists of values.yaml."""
    return shipped("voc_lib.collect", "values.yaml")


def numbers(texts: pd.Series) -> pd.Series:
    """Numbers in cells like “5”, “5星”, “4.5分”, “五分”, and the scores of words; NaN where there is none.

    >>> numbers(pd.Series(["5星", "非常满意", "5-非常满意", "满意（4分）", "五分", "4.0", "还没用"])).tolist()
    [5.0, 5.0, 5.0, 4.0, 5.0, 4.0, nan]
    """
    known = {text: _number(text) for text in texts.dropna().unique()}
    return texts.map(known).astype("float64")


def _number(text: str) -> float:
    mark = marks.of(text)
    if mark is None or pd.notna(mark.number):
        return mark.number if mark else np.nan
    return wordscales.near([mark.word], label="1–5")[0].levels[mark.word] if _five(mark.word) else np.nan


def _five(word: str) -> bool:
    return bool(wordscales.near([word], label="1–5"))


def csat(
    texts: pd.Series,
    *,
    header: str = "满意度",
    scale: str = "",
    told: Mapping[str, float | None] | None = None,
) -> Scored:
    """Satisfaction on 1–5, rescaled linearly from the scale found, or from `scale` where that is known.

    `told` are scores the params give to values (`marks.plain`), None for no answer.

    >>> csat(pd.Series(["10", "1", "5.5"])).values.tolist()
    [5.0, 1.0, 3.0]
    >>> csat(pd.Series(["good", "bad", "offered"])).values.tolist()
    [5.0, 1.0, nan]
    """
    if not told and (why := _no_satisfaction(header)):
        return Scored(pd.Series(np.nan, index=texts.index), "", (why,), header)
    cells = Cells.of(texts, told or {}, header)
    found = _of_told(cells, told or {}) or _worded(cells, header, scale) or _numbered(cells, header, scale)
    if found.scale and cells.told:
        found = replace(found, values=found.values.fillna(cells.spread(cells.told)))
    return replace(found, notes=(*_unanswered(cells, header), *found.notes), header=header)


def _no_satisfaction(header: str) -> str:
    """What to tell of a header that speaks of dissatisfaction, a rank, a weight; “” for another."""
    said = next((word for word in wordscales.file()["no_satisfaction"] if word in header), "")
    return (
        f"“{header}” 说的是{said}，不是满意度评分，整列未采用；"
        f"若确是满意度，请在该来源写 scales: {{{unread.key(header)}: {{值: 几分}}}}（分数写 1–5，5 最好）"
        if said
        else ""
    )


def nps(
    texts: pd.Series, *, header: str = "推荐意愿", told: Mapping[str, float | None] | None = None
) -> Scored:
    """Likelihood to recommend on 0–10, never rescaled: another scale has other promoters.

    >>> nps(pd.Series(["10（非常愿意）", "7", "0（完全不愿意）"])).values.tolist()
    [10.0, 7.0, 0.0]
    >>> nps(pd.Series(["5"] * 40)).scale
    ''
    """
    cells = Cells.of(texts, told or {}, header)
    figures = {**cells.figures(), **cells.told}
    lost = cells.only(cells.counts.index.difference([*figures]))
    if not unread.tolerable(lost, cells.total):
        return _refused(cells, header, lost, best=10)
    values = cells.spread(figures)
    codes = ranges.coded(values, zero=False)
    values = values.mask(codes)
    if why := _no_recommendation(values, cells, header):
        note = f"“{header}” {why}，不是 0–10 分的推荐意愿，未采用；若是满意度请映射到 csat"
        return Scored(values * np.nan, "", (note,), header)
    notes = [*_unanswered(cells, header), *_codes(texts[codes], header), *_slips(lost, header)]
    notes += _outside(values[values > 10], "0–10", header)
    values = values.mask(values > 10)
    if directions.backward(cells.marks, header, "0–10"):
        values = ranges.turned(values, "0–10")
        notes.append(f"“{header}” 的数越小越愿意推荐，已倒过来")
    return Scored(values, "0–10", tuple(notes), header, values, values)


def _no_recommendation(values: pd.Series, cells: Cells, header: str) -> str:
    """Why the numbers are no likelihood on 0–10; “” where they may be one."""
    seen, hints = values.dropna(), ranges.hinted(header)
    ten = {"0–10", "1–10"} & {*hints}
    most = ranges.slips(len(seen))
    if (seen > 10).sum() > most:
        return f"的取值是 {ranges.span(seen)}"
    if not ten and (hints or {mark.top for mark in cells.marks.values() if mark} & {5.0, 3.0, 7.0}):
        return f"是 {hints[0] if hints else '5'} 分制"
    ends = [m.number for m in cells.marks.values() if m and directions.FEELINGS.get(m.word, 0) != 0]
    if not ten and (seen > 5).sum() <= most and (max(ends, default=0) == 5 or _five_points(seen)):
        return f"的取值是 {ranges.span(seen)}（5 分制不能算 NPS）"
    return ""


def _five_points(seen: pd.Series) -> bool:
    """Whether so many answers stop at 5 that they had no more to give; the low end, 0, says otherwise."""
    return len(seen) >= ranges.ENOUGH or (len(seen) >= LEAST and not (seen == 0).any())


def _of_told(cells: Cells, told: Mapping[str, float | None]) -> Scored | None:
    """A column of which the params say every value, or nobody answered; None for another."""
    if not cells.counts.empty:
        return None
    values = cells.spread(cells.told)
    levels = {score for score in told.values() if score is not None}
    scale = f"{max(2, len(levels))} 档" if len(levels) <= COARSE else "1–5"
    return Scored(values, scale if cells.told else "1–5", given=values)


def _worded(cells: Cells, header: str, scale: str) -> Scored | None:
    """A column read by one scale of words; None where words are not all of it."""
    word = {text: mark.word if mark else "" for text, mark in cells.marks.items()}
    best = next(iter(wordscales.near(set(word.values()) - {""}, header=header, label=scale)), None)
    if best is None:
        return None
    scores = {text: best.levels[w] for text, w in word.items() if w in best.levels}
    lost = cells.only(cells.counts.index.difference([*scores]))
    figures = cells.figures()
    if len(figures) == len(word) and len({*figures.values()}) > len({*scores.values()}):
        return None  # 五星好评、四星好评、一星差评: the stars say more
    if not unread.tolerable(lost, cells.total):
        return None
    values = cells.spread(scores)
    letters = best.label in schema.UNSURE_SCALES
    if letters and directions.of_letters(header) < 0:
        values = ranges.turned(values, "1–5")
    label = "1–5" if letters and directions.of_letters(header) else best.label
    notes = [*_slips(lost, header), *_named(best, header)]
    words = frozenset(word[text] for text in scores)
    low, high = ranges.SCALES.get(best.label, (1.0, 5.0))
    given = values if best.label in schema.COARSE_SCALES else low + (values - 1) * (high - low) / 4
    return Scored(values, label, tuple(notes), given=given, words=words)


def _named(scale: wordscales.WordScale, header: str) -> list[str]:
    """What to tell of a scale of words of few levels, or of letters."""
    if scale.label in schema.UNSURE_SCALES:
        ends = "E 最好、A 最差" if directions.of_letters(header) < 0 else "A 最好、E 最差"
        if directions.of_letters(header):
            return [f"“{header}” 按表头写明的 {ends}读取"]
        return [f"“{header}” 按 {ends}读取；好坏方向没有写明，不用来判断情感，请核对"]
    if scale.label not in schema.COARSE_SCALES:
        return []
    return [f"“{header}” 是 {scale.label}评分（{scale.name}），只计满意率，不计 1–5 分均分"]


def _numbered(cells: Cells, header: str, scale: str) -> Scored:
    """A column of numbers, with or without words beside them."""
    figures, words = cells.figures(), cells.five()
    lost = cells.only(cells.counts.index.difference([*figures, *words]))
    if not figures or not unread.tolerable(lost, cells.total):
        return _refused(cells, header, lost)
    values = cells.spread(figures)
    tens = ranges.star_tens(values, header)
    values = values / 10 if tens else values
    best = max((ranges.SCALES[name][1] for name in ranges.hinted(header)), default=5.0)
    codes = ranges.coded(values, zero=not _zero_counts(values, header, scale), best=best)
    seen = values.mask(codes)
    if not scale and directions.untold(cells.marks, header):
        return _refused_numbers(cells, seen, header)
    scale = scale or _scale(seen, cells.top(), header)
    outside = seen[~seen.between(*ranges.SCALES[scale])].dropna() if scale else seen
    if not scale or not unread.tolerable(outside.value_counts(), int(seen.notna().sum())):
        return _refused_numbers(cells, seen, header)
    notes = [
        *_codes(cells.texts[codes], header, scale),
        *_slips(lost, header),
        *_outside(outside, scale, header),
    ]
    notes += [TENS.format(header=header)] if tens else []
    given = seen.drop(outside.index).reindex(seen.index)
    if directions.backward(cells.marks, header, scale):
        notes.append(f"“{header}” 的数越小越满意，已倒过来")
        given = ranges.turned(given, scale)
    notes += _rescaled(scale, header)
    low, high = ranges.SCALES[scale]
    worded = cells.spread(words)
    return Scored(
        ranges.to_five(given, scale).fillna(worded),
        scale,
        tuple(notes),
        seen=seen,
        given=given.fillna(low + (worded - 1) * (high - low) / 4),
    )


def _zero_counts(values: pd.Series, header: str, scale: str) -> bool:
    """Whether a 0 is an answer and not the lack of one."""
    known = [scale] if scale else ranges.hinted(header)
    if known:
        return any(ranges.SCALES[name][0] == 0 for name in known)
    return bool(values[values >= 0].isin([0, 1]).all())


def _scale(seen: pd.Series, top: float, header: str) -> str:
    """The scale of numbers: of a question for yes or no, of what they are out of, or by range."""
    if ranges.yes_no(seen, header):
        return "2 档"
    if pd.notna(top):
        return "0–10" if top == 10 and (seen == 0).any() else ranges.TOPS.get(int(top), "")
    return "" if ranges.doubtful(seen, header) else ranges.scale_of(seen, header)


def _rescaled(scale: str, header: str) -> list[str]:
    if scale == "1–5":
        return []
    if scale in schema.COARSE_SCALES:
        return [f"“{header}” 是 {scale}评分，只计满意率，不计 1–5 分均分"]
    return [f"“{header}” 是 {scale} 分制，已线性换算为 1–5 分"]


def _unanswered(cells: Cells, header: str) -> list[str]:
    if not cells.nothing:
        return []
    said = unread.listed(pd.Series(cells.nothing))
    return [f"“{header}” 有 {sum(cells.nothing.values())} 个未作答（{said}），按无评分处理"]


def _codes(codes: pd.Series, header: str, scale: str = "0–10") -> list[str]:
    if codes.empty:
        return []
    zero = ""
    if codes.map(marks.plain).isin(["0", "0.0"]).any() and scale:
        top = f"{ranges.SCALES[scale][1]:g}"
        zero = f"；若 0 是最低分，请在表头写明 0-{top} 分" if top in ("5", "10") else ""
    said = unread.listed(codes.value_counts())
    return [f"“{header}” 有 {len(codes)} 个表示未作答的代码（{said}），按无评分处理{zero}"]


def _slips(lost: pd.Series, header: str) -> list[str]:
    return (
        [f"“{header}” 有 {lost.sum()} 个评分无法识别（{unread.listed(lost)}），按无评分处理"]
        if len(lost)
        else []
    )


def _outside(outside: pd.Series, scale: str, header: str) -> list[str]:
    if outside.empty:
        return []
    said = unread.listed(outside.map("{:g}".format).value_counts())
    return [f"“{header}” 有 {len(outside)} 个评分不在 {scale} 之内（{said}），按无评分处理"]


def _refused(cells: Cells, header: str, lost: pd.Series, *, best: int = 5) -> Scored:
    """Nothing scored, and what could not be read."""
    near = wordscales.near({mark.word for mark in cells.marks.values() if mark and mark.word}, header=header)
    if near and best == 5:  # what the nearest scale of words does not know may be less
        unknown = [t for t, m in cells.marks.items() if m is None or m.word not in near[0].levels]
        lost = min(lost, cells.only(pd.Index(unknown)), key=lambda part: (len(part) == 0, part.sum()))
    note = (
        f"“{header}” 有 {len(lost)} 种取值读不出，整列未采用为评分：{unread.listed(lost)}"
        f"（共 {cells.total} 个回答）。要采用请在该来源写 {unread.line(header, lost, best=best)}"
    )
    return Scored(cells.texts.map(lambda _: np.nan).astype("float64"), "", (note,), header)


def _refused_numbers(cells: Cells, seen: pd.Series, header: str) -> Scored:
    """Nothing scored: numbers of no scale, or of levels that may mean several things."""
    doubt = ranges.doubtful(seen, header) or directions.untold(cells.marks, header)
    why = "看不出是几分制、哪头好" if doubt else f"的取值 {ranges.span(seen)} 不合任何评分制"
    note = (
        f"“{header}” {why}，整列未采用为评分：{unread.listed(cells.counts)}。请在表头写明（如 1-5分），"
        f"或在该来源写 scales: {{{unread.key(header)}: 1-5}}，或 {unread.line(header, cells.counts)}"
    )
    return Scored(seen * np.nan, "", (note,), header, seen)
