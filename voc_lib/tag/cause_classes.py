"""What class of cause a feedback on a system names: design, configuration, habit or training."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from voc_lib.schema.words import CAUSE_CLASSES, NO_CAUSE_CLASS
from voc_lib.text.matching import Corpus, Lexicon, corpora, fold, inside_longer
from voc_lib.yamlfile import shipped

STRONG, WEAK = 3, 1
ENOUGH = 2  # of weight; a weak word alone says too little


def told(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> pd.DataFrame:
    """Per text `cause_class` (未判明 where the words do not say) and `evidence`, the words it rests on.

    The class whose words weigh most; of equal ones the first of `cause_classes.yaml`.

    >>> told(pd.Series(["上线前没有培训", "月底就崩溃", "嗯"]))["cause_class"].tolist()
    ['培训不到位', '系统设计缺陷', '未判明']
    """
    lexicon, weights = _words()
    score = np.zeros((len(texts), len(CAUSE_CLASSES)))
    words: list[list[list[str]]] = [[[] for _ in CAUSE_CLASSES] for _ in range(len(texts))]
    for part in corpora(texts) if parts is None else parts:
        hits = lexicon.hits(part)
        hits = hits.where(~inside_longer(hits))
        rows = (part.rows(hits.start) + part.first).tolist()
        for row, start, end in zip(rows, hits.start.tolist(), hits.end.tolist(), strict=True):
            word = part.folded[start:end]
            for n, weight in weights[word]:
                score[row, n] += weight
                words[row][n].append(word)
    best = score.argmax(axis=1)
    known = score.max(axis=1, initial=0) >= ENOUGH
    names = np.where(known, np.array(CAUSE_CLASSES, dtype=object)[best], NO_CAUSE_CLASS)
    said = [
        "、".join(dict.fromkeys(mine[n])) if k else "" for mine, n, k in zip(words, best, known, strict=True)
    ]
    frame = pd.DataFrame({"cause_class": names, "evidence": said}, index=texts.index).astype("str")
    return frame.assign(evidence=frame["evidence"].mask(frame["evidence"] == ""))


def inferred(classes: pd.Series, problems: pd.Series) -> pd.Series:
    """The classes with those of the problem's dimension (`dimensions`) where words said nothing.

    >>> inferred(pd.Series(["未判明", "操作习惯"]), pd.Series(["系统性能与稳定性"] * 2)).tolist()
    ['系统设计缺陷', '操作习惯']
    """
    of = shipped("voc_lib.tag", "cause_classes.yaml")["dimensions"]
    silent = classes == NO_CAUSE_CLASS
    return classes.mask(silent, problems.astype("str").map(of).fillna(NO_CAUSE_CLASS))


@cache
def _words() -> tuple[Lexicon, dict[str, list[tuple[int, int]]]]:
    """The words of all classes, and the classes each speaks for with its weight."""
    raw = shipped("voc_lib.tag", "cause_classes.yaml")
    weights: dict[str, list[tuple[int, int]]] = {}
    for n, name in enumerate(CAUSE_CLASSES):
        for kind, weight in (("strong", STRONG), ("weak", WEAK)):
            for word in raw[name][kind]:
                weights.setdefault(fold(str(word)), []).append((n, weight))
    return Lexicon(weights), weights
