"""What class of cause a feedback on a system names: design, configuration, habit or training."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from voc_lib.schema.words import CAUSE_CLASSES, NO_CAUSE_CLASS
from voc_lib.text.matching import Corpus, Lexicon, corpora, fold, inside_longer
from voc_lib.yamlfile import shipped

STRONG, SYMPTOM, WEAK = 3, 2, 1
ENOUGH = 2  # of weight; a weak word alone says too little
BRIEF = 8  # characters: “太慢了”, “昨天录的没了” say what is so, not why


def told(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> pd.DataFrame:
    """Per text `cause_class` (未判明 where the words do not say) and `evidence`, the words it rests on.

    The class whose words weigh most; of equal ones the first of `cause_classes.yaml`. Symptoms count once a
    text and less than a word of cause: 超时被设成五分钟，老掉线 is 配置不当; in a brief text they tell none.

    >>> told(pd.Series(["上线前没有培训", "月底一跑报表就崩溃", "老崩溃"]))["cause_class"].tolist()
    ['培训不到位', '系统设计缺陷', '未判明']
    """
    lexicon, weights = _words()
    score = np.zeros((len(texts), len(CAUSE_CLASSES)))
    words: list[list[list[str]]] = [[[] for _ in CAUSE_CLASSES] for _ in range(len(texts))]
    symptoms: set[int] = set()  # the texts that have told one
    for part in corpora(texts) if parts is None else parts:
        hits = lexicon.hits(part)
        hits = hits.where(~inside_longer(hits))
        rows = (part.rows(hits.start) + part.first).tolist()
        for row, start, end in zip(rows, hits.start.tolist(), hits.end.tolist(), strict=True):
            word = part.folded[start:end]
            for n, weight in weights[word]:
                score[row, n] += 0 if weight == SYMPTOM and row in symptoms else weight
                words[row][n].append(word)
                symptoms |= {row} if weight == SYMPTOM else set()
    best = score.argmax(axis=1)
    most = score.max(axis=1, initial=0)
    known = np.where(brief(texts), most >= STRONG, most >= ENOUGH)
    names = np.where(known, np.array(CAUSE_CLASSES, dtype=object)[best], NO_CAUSE_CLASS)
    said = [
        "、".join(dict.fromkeys(mine[n])) if k else "" for mine, n, k in zip(words, best, known, strict=True)
    ]
    frame = pd.DataFrame({"cause_class": names, "evidence": said}, index=texts.index).astype("str")
    return frame.assign(evidence=frame["evidence"].mask(frame["evidence"] == ""))


def brief(texts: pd.Series) -> np.ndarray:
    """Which texts are so short that they say what is so and not why."""
    return (texts.fillna("").str.len() <= BRIEF).to_numpy(dtype=bool)


def inferred(classes: pd.Series, problems: pd.Series, texts: pd.Series) -> pd.Series:
    """The classes with those of the problem's dimension (`dimensions`) where words said nothing.

    Not of brief texts, which say no more than what is so.

    >>> slow, unsaid = pd.Series(["动不动就卡", "改一个字段要等它转半天"]), pd.Series(["未判明"] * 2)
    >>> inferred(unsaid, pd.Series(["系统性能与稳定性"] * 2), slow).tolist()
    ['未判明', '系统设计缺陷']
    """
    of = shipped("voc_lib.tag", "cause_classes.yaml")["dimensions"]
    silent = (classes == NO_CAUSE_CLASS) & ~brief(texts)
    return classes.mask(silent, problems.astype("str").map(of).fillna(NO_CAUSE_CLASS))


@cache
def _words() -> tuple[Lexicon, dict[str, list[tuple[int, int]]]]:
    """The words of all classes, and the classes each speaks for with its weight."""
    raw = shipped("voc_lib.tag", "cause_classes.yaml")
    weights: dict[str, list[tuple[int, int]]] = {}
    for n, name in enumerate(CAUSE_CLASSES):
        for kind, weight in (("strong", STRONG), ("symptom", SYMPTOM), ("weak", WEAK)):
            for word in raw[name].get(kind, []):
                weights.setdefault(fold(str(word)), []).append((n, weight))
    return Lexicon(weights), weights
