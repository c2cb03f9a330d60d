from pathlib import Path

import pytest
import yaml

from voc_lib import tag
from voc_lib.tag import feeling

CASES = Path(__file__).parents[1] / "cases" / "words.yaml"
WRITTEN = yaml.safe_load(CASES.read_text(encoding="utf-8"))
HERE = [(name, case) for name, cases in WRITTEN.items() for case in cases]


@pytest.mark.parametrize(("name", "case"), HERE, ids=[f"{name}-{case['text']}" for name, case in HERE])
def test_golden_case(name, case, make, label):
    found = label(make(case["text"]), tag.load(case.get("pack", "ecommerce")))
    tagged = found.tagged.iloc[0]
    wanted = {key: case[key] for key in ("intent", "urgency", "vague") if key in case}
    assert {key: tagged[key] for key in wanted} == wanted
    leaning = feeling.moods(found.tagged["sentiment"]).item()  # of the words alone, whatever the intent
    assert "mood" not in case or leaning in case["mood"].split("或")
    assert "tag" not in case or tagged["primary_tag"] == case["tag"]
    assert case.get("not_tag") not in tagged["tags"].split("；")
    assert case.get("evidence_not") not in found.tags["evidence"].tolist()
