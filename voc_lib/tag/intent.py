"""What a customer wants: 抱怨, 需求, 咨询, 表扬 or 其他."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

from voc_lib.text.matching import Corpus, Lexicon, corpora, covered

KINDS = ("praise", "need", "ask", "complaint")
GOOD, BAD = 0.2, -0.2


def intent(
    texts: pd.Series,
    *,
    problems: np.ndarray | None = None,
    sentiment: pd.Series | None = None,
    parts: Iterable[Corpus] | None = None,
) -> pd.Series:
    """The intent of each text; `problems` says which texts state a problem, `sentiment` (−1..1) helps.

    A stated problem or a word of complaint makes 抱怨, unless a text of praise holds it; else a wish 需求,
    a question 咨询, praise 表扬.

    >>> intent(pd.Series(["太差了，要投诉", "建议增加夜间配送", "请问怎么退货", "师傅很热情", "嗯"])).tolist()
    ['抱怨', '需求', '咨询', '表扬', '其他']
    """
    said = cues(texts, parts=parts)
    feeling = np.zeros(len(texts)) if sentiment is None else sentiment.fillna(0).to_numpy(dtype="float64")
    stated = np.zeros(len(texts), dtype=bool) if problems is None else np.asarray(problems, dtype=bool)
    wrong = stated | (said["complaint"].to_numpy() > 0)
    praised = said["praise"].to_numpy() > 0
    choices = [
        (wrong & ~(praised & (feeling > GOOD)), "抱怨"),
        (said["need"].to_numpy() > 0, "需求"),
        (said["ask"].to_numpy() > 0, "咨询"),
        (wrong, "抱怨"),
        (praised | (feeling > GOOD), "表扬"),
        (feeling < BAD, "抱怨"),
    ]
    values = np.select([mask for mask, _ in choices], [word for _, word in choices], default="其他")
    return pd.Series(values, index=texts.index, name="intent", dtype="str")


def cues(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> pd.DataFrame:
    """How many words of each kind (columns KINDS) every text holds."""
    counts = [_counts(part) for part in (corpora(texts) if parts is None else parts)]
    table = np.concatenate(counts) if counts else np.zeros((0, len(KINDS)), dtype=np.int64)
    return pd.DataFrame(table, index=texts.index, columns=list(KINDS))


@cache
def _lexicon() -> tuple[Lexicon, dict[str, np.ndarray]]:
    """One automaton of all words, and per kind and per kind's guards which words belong to it."""
    raw = yaml.safe_load(files("voc_lib.tag").joinpath("intent.yaml").read_text(encoding="utf-8"))
    groups = {f"{kind}.{part}": raw[kind][part] for kind in KINDS for part in ("words", "guards")}
    lexicon = Lexicon(word for words in groups.values() for word in words)
    return lexicon, {name: lexicon.mask(words) for name, words in groups.items()}


def _counts(part: Corpus) -> np.ndarray:
    lexicon, groups = _lexicon()
    hits = lexicon.hits(part)
    columns = []
    for kind in KINDS:
        words, guards = (hits.where(groups[f"{kind}.{name}"][hits.word]) for name in ("words", "guards"))
        words = words.where(~covered(words.start, words.end, guards))
        columns.append(np.bincount(part.rows(words.start), minlength=len(part))[: len(part)])
    return np.stack(columns, axis=1)
