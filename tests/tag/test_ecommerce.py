"""E-commerce: golden cases, and the sample shop's known categories on a draw of its own."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import tag
from voc_lib.sample.shop import Shop

FILE = Path(__file__).parents[1] / "cases" / "tagging_ecommerce.yaml"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SEED = 7  # another draw than the sample the user sees


@pytest.fixture(scope="module")
def taxonomy():
    return tag.load("ecommerce")


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_golden_case(case, make, label, taxonomy):
    row = label(make(case["text"]), taxonomy).tagged.iloc[0]
    tags = row["tags"].split("；")
    assert set(tags) == set(case.get("tags", tags))
    assert case.get("not") not in tags
    assert row["primary_tag"] == case.get("primary", row["primary_tag"])
    assert row["intent"] == case.get("intent", row["intent"])


@pytest.fixture(scope="module")
def judged(taxonomy):
    """Every voice of another draw, by its words alone: true and found category and intent."""
    from voc_lib.tag import spoken

    voices, _ = Shop.open(SEED).voices()
    columns = {name: [getattr(voice, name) for voice in voices] for name in ("id", "text", "product")}
    frame = pd.DataFrame(columns).rename(columns={"id": "feedback_id"}).astype("str")
    told = spoken.own(spoken.read(frame, taxonomy, None))
    true = {name: [getattr(voice, name) for voice in voices] for name in ("category", "intent", "hard")}
    return pd.DataFrame(true).add_prefix("true_").join(told[["primary_tag", "intent"]])


def test_primary_tags_of_another_draw(judged):
    problems = judged[judged["true_category"] != ""]
    right = problems["true_category"] == problems["primary_tag"]
    assert len(problems) > 5000
    assert right.mean() >= 0.93
    assert right[~problems["true_hard"]].mean() >= 0.95


def test_complaints_are_not_read_as_praise_nor_praise_as_problems(judged):
    complaints = judged[judged["true_intent"] == "抱怨"]
    praise = judged[judged["true_intent"] == "表扬"]
    assert (complaints["intent"] == "表扬").mean() < 0.01
    assert (praise["primary_tag"] == "其他").mean() >= 0.97
    assert (praise["intent"] == "表扬").mean() >= 0.95
