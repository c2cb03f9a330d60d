from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from voc_lib import schema
from voc_lib.errors import DataError
from voc_lib.tag import learn

FILE = Path(__file__).parents[1] / "cases" / "tagging.yaml"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))

SIGN = {"good": 1, "bad": -1, "none": 0}


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_golden_case(case, make, label, request):
    if "xfail" in case:
        request.applymarker(pytest.mark.xfail(reason=case["xfail"], strict=True))
    row = label(make(case["text"]), case.get("pack", "ecommerce")).tagged.iloc[0]
    if "tags" in case:
        assert set(row["tags"].split("；")) == set(case["tags"])
    for key, column in (("primary", "primary_tag"), ("intent", "intent"), ("urgency", "urgency")):
        assert row[column] == case.get(key, row[column])
    if "feeling" in case:
        assert np.sign(row["sentiment"]) == SIGN[case["feeling"]]


def test_label_keeps_every_row_and_the_contract(make, label):
    texts = [
        "",
        "好",
        "x" * 100_000,
        "闪退" * 50_000,
        "😀😀",
        "А это что",
        "السلام",
        "the app is slow",
        "快递没到",
    ]
    labelled = label(make(*texts))
    assert labelled.tagged["feedback_id"].tolist() == [f"F{i:03d}" for i in range(len(texts))]
    schema.check(labelled.tagged, schema.TAGGED)
    schema.check(labelled.tags, schema.TAGS)
    assert set(labelled.tags["feedback_id"]) == set(labelled.tagged["feedback_id"])


ODD = {
    "": "其他",
    "好": "其他",
    "😀😀": "其他",
    "А это что": "其他",
    "السلام عليكم": "其他",
    "my parcel has not arrived": "其他",
    "x" * 100_000: "其他",
    "闪退了，" * 25_000: "功能异常",
    "好" * 99_990 + "，快递五天了还没到": "物流延迟",
}


def test_odd_texts_get_the_tags_of_what_they_say_and_nothing_else(make, label):
    labelled = label(make("快递没到", *ODD, "客服骂人"))
    assert labelled.tagged["primary_tag"].tolist() == ["物流延迟", *ODD.values(), "服务态度"]
    quiet = labelled.tagged[labelled.tagged["primary_tag"] == "其他"]
    assert (quiet["urgency"] == "P2").all() and (quiet["intent"] != "抱怨").all()


def test_a_correction_for_a_feedback_that_is_gone_changes_nothing(make, label):
    frame = make("快递没到", "闪退")
    gone = pd.DataFrame(
        {"feedback_id": ["GONE"], "tags": ["服务态度"], "urgency": ["P0"], "intent": ["表扬"]}
    )
    with_it, without = label(frame, corrected=gone), label(frame)
    pd.testing.assert_frame_equal(with_it.tagged, without.tagged)
    pd.testing.assert_frame_equal(with_it.tags, without.tags)


def test_a_class_of_two_examples_is_left_to_the_rules(make, label):
    texts = pd.Series([f"包裹还在路上{i}" for i in range(30)] + [f"页面一片空白{i}" for i in range(30)])
    names = pd.Series(["物流延迟"] * 30 + ["功能异常"] * 30)
    few = pd.Series(["客服骂人1", "客服骂人2"]), pd.Series(["服务态度"] * 2)
    tagger = learn.fit(pd.concat([texts, few[0]]), pd.concat([names, few[1]]), seed=1)
    assert set(tagger.names) == {"物流延迟", "功能异常"}
    assert label(make("客服骂人3"), tagger=tagger).tagged["primary_tag"].tolist() == ["服务态度"]


def test_label_of_nothing_is_nothing(make, label):
    labelled = label(make("好").iloc[:0])
    assert len(labelled.tagged) == len(labelled.tags) == 0
    schema.check(labelled.tagged, schema.TAGGED)


def test_evidence_is_the_text_as_written(make, label):
    text = "真的ＡＰＰ總是閃退，快递五天了还没到"
    tags = label(make(text)).tags.dropna(subset=["start"])
    assert len(tags) >= 2
    for row in tags.itertuples():
        assert text[row.start : row.end] == row.evidence


def test_exactly_one_primary_tag_each(make, label):
    labelled = label(make("快递没到客服还骂人", "闪退", "你好"))
    primary = labelled.tags[labelled.tags["primary"]].groupby("feedback_id")["tag"].unique()
    assert [tags.tolist() for tags in primary] == [[tag] for tag in labelled.tagged["primary_tag"]]


def test_labelling_twice_and_in_chunks_is_the_same(make, label, monkeypatch):
    frame = make(*["快递五天了还没到", "没有闪退", "客服态度差，要退款", "希望增加夜间配送"] * 10)
    once = label(frame)
    monkeypatch.setattr("voc_lib.text.matching.CHUNK_CHARS", 20)
    again = label(frame)
    pd.testing.assert_frame_equal(once.tagged, again.tagged)
    pd.testing.assert_frame_equal(once.tags, again.tags)


def test_corrections_win_over_rules_and_say_so(make, label):
    corrected = pd.DataFrame({"feedback_id": ["F000"], "tags": ["EC-ATT；商品质量"]})
    labelled = label(make("快递没到", "闪退"), corrected=corrected)
    assert labelled.tagged["tags"].tolist() == ["服务态度；商品质量", "功能异常"]
    assert labelled.tags["by"].tolist()[:2] == ["人工", "人工"]
    assert labelled.tagged["attribute"][0] == "人员服务"


def test_unknown_correction_is_refused_with_a_hint(make, label):
    corrected = pd.DataFrame({"feedback_id": ["F000"], "tags": ["服务太度"]})
    with pytest.raises(DataError, match="服务态度"):
        label(make("快递没到"), corrected=corrected)


def test_half_empty_category_given_counts_where_it_is(make, label):
    frame = make("东西不行", "东西不行", category_given=["退货", None])
    assert label(frame).tagged["primary_tag"].tolist() == ["退换货流程", "其他"]


def test_own_score_comes_before_words(make, label):
    frame = make("质量很好", "质量很好", "质量很好", csat=[1.0, None, None], nps=[None, 0.0, None])
    values = label(frame).tagged["sentiment"].tolist()
    assert values[:2] == [-1.0, -1.0] and values[2] > 0


def test_a_score_speaks_where_words_say_nothing(make, label):
    frame = make("嗯", "随便看看", "嗯", "嗯", nps=[6.0, 8.0, 10.0, None])
    assert label(frame).tagged["intent"].tolist() == ["抱怨", "其他", "表扬", "其他"]


def test_corrected_urgency_and_intent_win_and_move_the_due_date(make, label):
    frame = make("快递没到", "快递没到，要投诉", "闪退")
    corrected = pd.DataFrame({"feedback_id": ["F000", "F001"]})
    corrected = corrected.assign(tags=[None, "服务态度"], urgency=["高", None], intent=[None, "咨询"])
    labelled = label(frame, corrected=corrected).tagged
    assert labelled["urgency"].tolist()[:2] == ["P0", "P2"] and labelled["intent"][1] == "咨询"
    assert labelled["primary_tag"].tolist() == ["物流延迟", "服务态度", "功能异常"]
    assert labelled["due_at"][0] < labelled["due_at"][1]


def test_a_corrected_customer_type_wins_and_counts_for_the_urgency(make, label):
    frame = make("快递没到", "快递没到")
    corrected = pd.DataFrame({"feedback_id": ["F000"], "tags": [None], "customer_type": ["老客"]})
    assert label(frame, corrected=corrected).tagged["customer_type"].tolist() == ["老客", "未知"]


def test_corrected_urgency_of_another_word_is_refused(make, label):
    corrected = pd.DataFrame({"feedback_id": ["F000"], "tags": [None], "urgency": ["很急很急"]})
    with pytest.raises(DataError, match="紧急程度 “很急很急” 无法识别，只能是P0、P1、P2"):
        label(make("闪退"), corrected=corrected)


def test_sub_tags_of_one_tag_are_one_problem_of_a_customer(make, label):
    texts = "这双鞋穿着挤脚，大了一号都不行", "鞋子一股刺鼻的胶水味", "快递五天了还没到"
    rows = label(make(*texts, customer_id="u1")).tagged
    assert rows["primary_tag"].tolist() == ["尺寸与合身", "气味", "物流延迟"]
    assert rows["issue_id"].nunique() == 2
