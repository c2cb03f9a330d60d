"""What surveys were answered: means and top boxes of scales, shares of options, with intervals."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import intervals, schema
from voc_lib.collect import ranges
from voc_lib.period import Period
from voc_lib.stats import means

QUESTION = ["source", "number", "question", "kind", "item", "scale"]


def table(answers: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.SURVEY_ANSWERS of the answers (schema.ANSWERS) of a period, in the order of the questions.

    Scales: mean on the scale of the question (Student's t) and the share of its two highest levels (Wilson);
    of two to four levels the share of the good ones alone. Options: the share of those who answered the
    question and chose it (Wilson); shares of one question may sum to more than one.
    """
    now = answers[period.mask(answers["created_at"])]
    if now.empty:
        return schema.empty(schema.SURVEY_ANSWERS)
    now = now.assign(item=now["item"].fillna(now["option"]))
    rows = [
        {**dict(zip(QUESTION, key, strict=True)), **line}
        for key, part in now.groupby(QUESTION, sort=False, dropna=False)
        for line in _lines(part["score"], str(key[3]), str(key[5]))
    ]
    return schema.shape(pd.DataFrame(rows), schema.SURVEY_ANSWERS)


def _lines(scores: pd.Series, kind: str, scale: str) -> Iterator[dict]:
    n = len(scores)
    if kind == "多选":
        yield _line("选择率", "比例", intervals.wilson(scores.sum(), n), n)
        return
    good = intervals.wilson((scores >= ranges.top_boxes(scale)).sum(), n)
    if scale in schema.COARSE_SCALES:
        yield _line("满意占比", "比例", good, n)
        return
    yield _line("均分", "分", means.scores(scores, *ranges.SCALES[scale]), n)
    yield _line("前两档占比", "比例", good, n)


def _line(indicator: str, unit: str, estimate: intervals.Interval, n: int) -> dict:
    value, low, high = (float(x) for x in estimate)
    return {"indicator": indicator, "value": value, "unit": unit, "low": low, "high": high, "n": n}
