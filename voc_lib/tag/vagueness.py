"""Complaints too vague to act on, and what must be asked: when, about what, what happened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from voc_lib.text.matching import Corpus, Lexicon, corpora
from voc_lib.text.sentiment import feelings
from voc_lib.yamlfile import shipped

PARTS = ("time", "object", "event")
ROLES = (*PARTS, "somebody", "place")
LABELS = {"time": "时间", "object": "对象", "event": "经过"}
LONG = 60  # so many characters always hold a course of events
STORY = 120  # … and so many a story one can act on
# 1月2日, 15:30, 2026-09-01, 3天, 48h, 3点, 5号; not 3点建议, 第2点, 1号店, 1分
NUMERALS = "一二两三四五六七八九十半几"
CLOCK = re.compile(
    rf"\d(?:月|日|天|周|时|小时|分钟|h|:|-\d)|[{NUMERALS}]个?(?:天|月|周|年|小时)"
    r"|(?<![第\d])\d+(?:点(?![建意要问希不体原评优缺需声说好坏感赞])|号(?![店线楼机柜仓链码色位房床卡客师包电]))",
    re.A,
)
QUESTIONS = {
    "time": "这是什么时候发生的？",
    "object": "是哪个产品、订单或人员？",
    "event": "具体发生了什么？",
}


def missing(
    texts: pd.Series, *, products: pd.Series | None = None, parts: Iterable[Corpus] | None = None
) -> pd.DataFrame:
    """Per text which of `time`, `object`, `event` it does not tell (columns PARTS, bool).

    A known product counts as the object. Two columns more: `somebody`, told of nobody in
    particular; `place`, told where.

    >>> missing(pd.Series(["服务很差", "昨天快递员把包裹丢了"])).sum(axis=1).tolist()
    [3, 0]
    """
    told = [_told(part) for part in (corpora(texts) if parts is None else parts)]
    table = np.concatenate(told) if told else np.zeros((0, len(ROLES)), dtype=bool)
    result = pd.DataFrame(table, index=texts.index, columns=list(ROLES))
    result[list(PARTS)] = ~result[list(PARTS)]
    if products is not None:
        result["object"] &= products.isna().to_numpy()
    return result


def vague(lacks: pd.DataFrame, intents: pd.Series) -> pd.Series:
    """Which complaints, by `missing`, tell neither what happened nor to what, or of nobody, nowhere, never.

    >>> lacks = missing(pd.Series(["太差了", "壳太薄", "有人在倒油"]))
    >>> vague(lacks, pd.Series(["抱怨"] * 3)).tolist()
    [True, False, True]
    """
    lost = lacks["event"] & lacks["object"]
    unknown = lacks["somebody"] & lacks["time"] & ~lacks["place"]
    return ((lost | unknown) & (intents == "抱怨")).rename("vague").astype("boolean")


def questions(tagged: pd.DataFrame) -> pd.DataFrame:
    """The vague rows of a tagged frame: `feedback_id, text, missing, question`, to ask the customer back."""
    rows = tagged[tagged["vague"].fillna(False).astype(bool)]
    lacks = missing(rows["text"], products=rows.get("product"))
    names = [[part for part in PARTS if row[part]] for row in lacks.to_dict("records")]
    return pd.DataFrame(
        {
            "feedback_id": rows["feedback_id"].to_numpy(),
            "text": rows["text"].to_numpy(),
            "missing": ["、".join(LABELS[part] for part in found) for found in names],
            "question": ["".join(QUESTIONS[part] for part in found) for found in names],
        }
    ).astype("str")


@cache
def _raw() -> dict[str, Any]:
    return shipped("voc_lib.tag", "vagueness.yaml")


def _intents() -> dict[str, Any]:
    return shipped("voc_lib.tag", "intent.yaml")


def _clocks(text: str, codes: np.ndarray) -> np.ndarray:
    """Where CLOCK is met in a text; it is tried where it may begin alone, and most characters are none."""
    may = np.flatnonzero(_digit(codes) | np.isin(codes, _numerals()))
    return np.array([at for at in may.tolist() if CLOCK.match(text, at)], dtype=np.int64)


def _named(starts: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Which words stand behind two Chinese characters or a number: 路 of 中山路, not of 走路."""
    first, second = (codes[np.maximum(starts - back, 0)] for back in (2, 1))
    return (starts > 1) & _han(first) & _han(second) | _digit(second)


def _digit(codes: np.ndarray) -> np.ndarray:
    return (codes >= ord("0")) & (codes <= ord("9"))


def _han(codes: np.ndarray) -> np.ndarray:
    return (codes >= ord("一")) & (codes <= ord("龥"))


@cache
def _numerals() -> np.ndarray:
    return np.array([*map(ord, NUMERALS)], dtype=np.uint32)


@cache
def _lexicon() -> tuple[Lexicon, np.ndarray]:
    words = {part: [str(word) for word in _raw()[part]] for part in ROLES}
    told = [w for kind in ("fault", "grievance") for w in _intents()[kind]["words"]]
    told += [word for word, value in feelings().items() if value < 0]
    words["event"] += sorted({*told} - {*_raw()["generic"]})
    lexicon = Lexicon(word for group in words.values() for word in group)
    return lexicon, np.stack([lexicon.mask(words[part]) for part in ROLES])


def _told(part: Corpus) -> np.ndarray:
    """Per text (rows) and part of a story (columns) whether it is told."""
    lexicon, roles = _lexicon()
    hits = lexicon.hits(part)
    codes = np.frombuffer(part.folded.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    told = np.zeros((len(part), len(ROLES)), dtype=bool)
    *spoken, places = (hits.start[role[hits.word]] for role in roles)
    for column, found in enumerate(spoken):
        told[part.rows(found), column] = True
    told[part.rows(_clocks(part.folded, codes)), PARTS.index("time")] = True
    for name in ("object", "place"):
        told[part.rows(places[_named(places, codes)]), ROLES.index(name)] = True
    told[np.diff(part.starts) > LONG, PARTS.index("event")] = True
    told[np.diff(part.starts) > STORY, : len(PARTS)] = True
    return told
