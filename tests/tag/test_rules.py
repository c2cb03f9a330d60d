import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib.tag import patterns, rules
from voc_lib.tag.taxonomy import Tag, Taxonomy


def pack(**fields):
    tags = (
        Tag(name="甲", code="A", parent="一", **fields),
        Tag(name="乙", code="B", parent="一", phrases=("发霉", "abc"), patterns=("退款.{0,4}(没|未)到",)),
        Tag(name="其他", code="O", parent="其他"),
    )
    return Taxonomy(name="t", attributes=("一", "其他"), tags=tags)


def moods(make, taxonomy, text):
    return rules.votes(make(text), taxonomy)["mood"].tolist()


MOODS = {
    "闪退": "陈述",
    "没有闪退": "否定",
    "从来没有闪退过": "否定",
    "不会再闪退": "否定",
    "不是不闪退": "陈述",
    "不仅闪退": "陈述",
    "不停闪退": "陈述",
    "一登录不到三秒就闪退": "陈述",
    "闪退修好了": "已解决",
    "闪退，后来修好了": "已解决",
    "闪退，没修好": "陈述",
    "不像别家软件总闪退": "对比",
    "如果闪退就麻烦了": "假设",
    "会不会闪退": "疑问",
    "希望不要闪退": "愿望",
}


@pytest.mark.parametrize(("text", "mood"), MOODS.items(), ids=MOODS)
def test_mood_of_a_clause(make, text, mood):
    assert moods(make, pack(phrases=("闪退",)), text) == [mood]


def test_a_negation_reaches_no_further_than_its_clause(make):
    assert moods(make, pack(phrases=("闪退",)), "没有回复，一直闪退") == ["陈述"]


def test_overlapping_phrases_are_all_heard_and_the_longer_wins_inside(make):
    votes = rules.votes(make("支付失败了"), pack(phrases=("支付失败", "失败了", "失败")))
    assert votes["evidence"].tolist() == ["支付失败", "失败了"]


def test_pairs_need_one_clause_and_the_distance(make):
    taxonomy = pack(pairs=(["快递|物流", "慢|拖", 3],))
    assert len(rules.votes(make("快递真的慢", "慢死了这物流"), taxonomy)) == 2
    assert rules.votes(make("快递，慢", "快递其实并没有那么地慢"), taxonomy).empty
    assert rules.votes(make("快递不慢"), taxonomy)["negated"].tolist() == [True]


def test_patterns_hit_with_place_and_stay_inside_a_text(make):
    votes = rules.votes(make("ＡＢＣ 退款三天没到", "退款", "没到"), pack())
    assert votes[["row", "evidence"]].to_numpy().tolist() == [[0, "ＡＢＣ"], [0, "退款三天没到"]]


def test_an_exclusion_takes_its_clause_from_its_tag_only(make):
    taxonomy = pack(phrases=("坏了",), exclusions=("坏了规矩",))
    assert rules.votes(make("坏了规矩，真坏了"), taxonomy)["clause"].tolist() == [1]


def test_channel_and_product_conditions(make):
    taxonomy = pack(phrases=("慢",), when={"channel": ("应用商店",)})
    frame = make("慢", "慢", channel=["应用商店", "电话"])
    assert rules.votes(frame, taxonomy)["row"].tolist() == [0]


def test_weak_words_give_way_and_fall_with_a_denial(make):
    taxonomy = pack(phrases=("物流慢",), weak=("物流",))
    frame = make("问下物流", "物流发霉", "没有物流慢，物流")
    decided, _ = rules.decide(rules.votes(frame, taxonomy), frame, taxonomy)
    assert decided["primary_tag"].tolist() == ["甲", "乙", "其他"]


def test_the_tag_with_more_rules_leads_and_the_earlier_breaks_ties(make):
    taxonomy = pack(phrases=("慢", "拖"))
    frame = make("发霉，慢，拖", "发霉又慢")
    decided, _ = rules.decide(rules.votes(frame, taxonomy), frame, taxonomy)
    assert decided["tags"].tolist() == ["甲；乙", "乙；甲"]


def test_a_category_given_gives_way_to_what_the_text_says_at_a_tie(make):
    frame = make("发霉", "发霉，慢", category_given=["甲", "甲"])
    decided, _ = rules.decide(rules.votes(frame, pack(phrases=("慢",))), frame, pack(phrases=("慢",)))
    assert decided["primary_tag"].tolist() == ["乙", "甲"]


def test_a_sub_tag_stands_for_its_parent_with_the_strength_of_both(make):
    tags = (
        Tag(name="物流", code="A", parent="一", phrases=("发货慢", "漏发")),
        Tag(name="冷链", code="B", parent="物流", phrases=("冷链没跟上",)),
        Tag(name="质量", code="C", parent="一", phrases=("化了",)),
        Tag(name="其他", code="O", parent="其他"),
    )
    taxonomy = Taxonomy(name="t", attributes=("一", "其他"), tags=tags)
    frame = make("发货慢，冷链没跟上", "发货慢", "化了，发货慢，冷链没跟上")
    decided, evidence = rules.decide(rules.votes(frame, taxonomy), frame, taxonomy)
    assert decided["tags"].tolist() == ["冷链", "物流", "冷链；质量"]
    assert decided["attribute"].tolist() == ["一"] * 3 and evidence["primary"].tolist().count(True) == 3


def test_required_words_of_patterns():
    cases = {
        "退款.{0,4}没到账": (("退款",), ("没到账",)),
        "(快递|物流)慢": (("快递", "物流"),),
        "(?:快递|物流)?[很太]慢死了": (("慢死了",),),
        "a|b": (),
        "((快递)慢)": (),
        "天气?": (),
        r"\d+天没动静": (("天没动静",),),
        "快递+": (),
    }
    found = {pattern: patterns.required(pattern) for pattern in cases}
    assert found == cases


PIECES = st.sampled_from(["退款", "没到", "(没|未)", "[天周]", ".{0,3}", "慢?", "好+", "(?:快|慢)", "天"])


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=4), st.text("退款没到未天周慢好快x", max_size=12))
def test_a_text_that_matches_holds_a_required_word_of_each_set(pieces, text):
    pattern = "".join(pieces)
    if re.search(pattern, text):
        assert all(any(word in text for word in words) for words in patterns.required(pattern))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("慢发霉没有不，退款到x😀 \n", max_size=15), min_size=1, max_size=6))
def test_every_hit_is_where_it_says(texts):
    frame = pd.DataFrame({"text": pd.Series(texts, dtype="str")})
    votes = rules.votes(frame, pack(phrases=("慢", "有慢")))
    for row in votes.itertuples():
        assert texts[row.row][row.start : row.end] == row.evidence
    assert np.isin(votes["row"], range(len(texts))).all()


def test_a_pattern_without_required_words_is_found_too(make):
    votes = rules.votes(make("等3天", "第一行\n等5天", "3"), pack(patterns=("^等[0-9]天$",)))
    assert votes[["row", "evidence"]].to_numpy().tolist() == [[0, "等3天"], [1, "等5天"]]
