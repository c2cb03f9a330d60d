from pathlib import Path

import pytest
import yaml

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.rootcause import mining

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/reasons.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:20])
def test_reasons(case):
    assert mining.reasons(case["text"]) == case["reasons"]


def test_similar_wordings_are_counted_together_under_the_commonest(issues):
    data = issues(
        {"primary_tag": "物流延迟", "text": "因为仓库爆仓，晚了", "times": 3},
        {"primary_tag": "物流延迟", "text": "由于你们仓库又爆仓了，晚了", "times": 2},
        {"primary_tag": "物流延迟", "text": "人手不足导致延误", "times": 2},
        {"primary_tag": "服务态度", "text": "因为客服是新人，问啥都不会"},
    )
    table = schema.check(mining.candidates(data, Period.parse("2026-09")), schema.CANDIDATES)
    found = table[["problem", "cause", "n"]].values.tolist()
    assert found[-1][2] == 1 and found[:2] == [["物流延迟", "仓库爆仓", 5], ["物流延迟", "人手不足", 2]]
    assert table["feedback_ids"].iloc[0] == "F0000、F0001、F0002、F0003、F0004"


def test_other_months_praise_and_silence_give_no_candidates(issues):
    data = issues(
        {"primary_tag": "物流延迟", "text": "因为仓库爆仓，晚了", "created_at": "2026-08-31 23:59"},
        {"primary_tag": "物流延迟", "text": "因为仓库给力，很快", "intent": "表扬"},
        {"primary_tag": "物流延迟", "text": "晚了三天"},
    )
    assert schema.check(mining.candidates(data, Period.parse("2026-09")), schema.CANDIDATES).empty
    assert mining.candidates(issues()).empty


def test_one_customer_text_counts_once_and_top_limits(issues):
    data = issues(
        {"primary_tag": "其他", "text": "因为下雨，因为下雨，因为堵车"},
        {"primary_tag": "其他", "text": "因为下雨"},
    )
    assert mining.candidates(data, top=1)[["cause", "n"]].values.tolist() == [["下雨", 2]]
