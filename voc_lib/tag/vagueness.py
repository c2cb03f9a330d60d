"""Complaints too vague to act on, and what must be asked: when, about what, what happened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

from voc_lib.text.matching import Corpus, Lexicon, corpora

PARTS = ("time", "object", "event")
LABELS = {"time": "时间", "object": "对象", "event": "经过"}
LONG = 60  # so many characters always hold a course of events
# 1月2日, 15:30, 2026-09-01, 3天, 48h, 3点, 5号; not 3点建议, 第2点, 1号店, 1分
CLOCK = re.compile(
    r"\d(?:月|日|天|周|时|小时|分钟|h|:|-\d)|[一二两三四五六七八九十半几]个?(?:天|月|周|年|小时)"
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

    A known product counts as the object.

    >>> missing(pd.Series(["服务很差", "昨天快递员把包裹丢了"])).sum(axis=1).tolist()
    [3, 0]
    """
    told = [_told(part) for part in (corpora(texts) if parts is None else parts)]
    table = np.concatenate(told) if told else np.zeros((0, len(PARTS)), dtype=bool)
    result = pd.DataFrame(~table, index=texts.index, columns=list(PARTS))
    if products is not None:
        result["object"] &= products.isna().to_numpy()
    return result


def vague(lacks: pd.DataFrame, intents: pd.Series) -> pd.Series:
    """Which complaints, by `missing`, lack at least two of the three.

    >>> lacks = pd.DataFrame({"time": [True, True], "object": [True, False], "event": [False, False]})
    >>> vague(lacks, pd.Series(["抱怨", "抱怨"])).tolist()
    [True, False]
    """
    return ((lacks.sum(axis=1) >= 2) & (intents == "抱怨")).rename("vague").astype("boolean")


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
def _lexicon() -> tuple[Lexicon, np.ndarray]:
    raw = yaml.safe_load(files("voc_lib.tag").joinpath("vagueness.yaml").read_text(encoding="utf-8"))
    words = {part: [str(word) for word in raw[part]] for part in PARTS}
    lexicon = Lexicon(word for group in words.values() for word in group)
    return lexicon, np.stack([lexicon.mask(words[part]) for part in PARTS])


def _told(part: Corpus) -> np.ndarray:
    """Per text (rows) and part of a story (columns) whether it is told."""
    lexicon, roles = _lexicon()
    hits = lexicon.hits(part)
    told = np.zeros((len(part), len(PARTS)), dtype=bool)
    for column, role in enumerate(roles):
        told[part.rows(hits.start[role[hits.word]]), column] = True
    clock = np.fromiter((match.start() for match in CLOCK.finditer(part.folded)), dtype=np.int64)
    told[part.rows(clock), PARTS.index("time")] = True
    told[np.diff(part.starts) > LONG, PARTS.index("event")] = True
    return told
