"""Columns of scores as real systems write them, read whole or not at all."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from voc_lib.collect import grading, scores
from voc_lib.params import Source

FOLDER = Path(__file__).parents[1] / "cases"
FILES = ("scores.yaml", "scores_hostile.yaml")
CASES = [case for name in FILES for case in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))]
KEYS = {"name", "header", "as", "cells", "scale", "scores", "unread", "notes", "scales", "best"}
GOOD = 4  # from this score on a customer is satisfied


def read(case: dict) -> tuple[scores.Scored, pd.Series]:
    counts = case["cells"] if isinstance(case["cells"], dict) else dict.fromkeys(case["cells"], 1)
    texts = pd.Series([text for text, n in counts.items() for _ in range(n)], dtype="str")
    source = Source(name="来源", path="a.csv", scales=case.get("scales", {}))
    told, header = grading.values(source, case["header"]), case["header"]
    if case.get("as") == "nps":
        return scores.nps(texts, header=header, told=told), texts
    scale = grading.scale(source, header)
    return scores.csat(texts, header=header, scale=scale, told=told), texts


def missing(value: float | None) -> float:
    return np.nan if value is None else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_column_is_read_whole_or_not_at_all(case):
    assert set(case) <= KEYS
    scored, texts = read(case)
    notes = "\n".join(scored.notes)
    assert scored.scale == case["scale"], notes
    for text, score in case.get("scores", {}).items():
        assert scored.values[texts == text].tolist() == pytest.approx(
            [missing(score)] * int((texts == text).sum()), nan_ok=True
        ), (text, notes)
    if "best" in case:
        assert sorted(texts[scored.values >= GOOD].unique()) == sorted(case["best"])
        assert (scored.values[~texts.isin(case["best"])] < GOOD).all()
    assert [words for words in case.get("notes", []) if words not in notes] == [], notes
    if not scored.scale:
        assert scored.values.isna().all() and "未采用" in notes
    for text in case.get("unread", []):
        assert f"“{text}”×{(texts == text).sum()}" in notes and "scales: {" in notes


def test_there_are_many_columns_of_many_systems():
    assert len(CASES) >= 130 and len({case["name"] for case in CASES}) == len(CASES)


def test_long_or_private_values_are_counted_and_not_named():
    cells = ["打 13800138000 没人接", "满意", "客服一直推诿我已经等了二十多天还没有任何结果"]
    (note,) = scores.csat(pd.Series(cells)).notes
    assert "13800138000" not in note and "二十多天" not in note and "另有 2 种取值共 2 个" in note
