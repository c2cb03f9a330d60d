from pathlib import Path

import pytest
import yaml

from voc_lib import tag

CASES = Path(__file__).parents[1] / "cases" / "words.yaml"
WRITTEN = yaml.safe_load(CASES.read_text(encoding="utf-8"))
PACKS = ("tag", "not_tag", "evidence_not")  # what the words of a pack decide
HERE = [(name, case) for name, cases in WRITTEN.items() for case in cases if not {*PACKS} & {*case}]


@pytest.mark.parametrize(("name", "case"), HERE, ids=[f"{name}-{case['text']}" for name, case in HERE])
def test_golden_case(name, case, make, label):
    tagged = label(make(case["text"]), tag.load(case.get("pack", "ecommerce"))).tagged.iloc[0]
    wanted = {key: case[key] for key in ("intent", "urgency", "vague") if key in case}
    assert {key: tagged[key] for key in wanted} == wanted
    assert "mood" not in case or tagged["mood"] in case["mood"].split("或")
