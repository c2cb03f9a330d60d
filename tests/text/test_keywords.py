import numpy as np
import pandas as pd
import pytest

from voc_lib.text import keywords, phrases
from voc_lib.text.segmentation import Segmenter

TEXTS = pd.Series(
    ["快递太慢，物流没有更新", "物流慢，快递丢件", "客服态度差", "客服推诿，态度恶劣", "物流客服都不理人"]
)
GROUPS = pd.Series(["物流", "物流", "服务", "服务", "服务"])


def test_words_of_one_group_lead_it():
    table = keywords.keywords(TEXTS, GROUPS)
    assert list(table.columns) == ["group", "term", "n", "score"]
    best = table.groupby("group")["term"].first().to_dict()
    assert best["物流"] in {"快递", "物流"} and best["服务"] in {"态度", "客服"}
    assert "物流" not in set(table.loc[table["group"] == "服务", "term"]) and (table["score"] > 0).all()


def test_log_odds_by_hand():  # Monroe, Colaresi & Quinn 2008, equations 15, 16, 20 and 22
    counts = np.array([[30, 70], [10, 90]])
    prior = keywords.PRIOR * np.array([40, 160]) / 200
    a, b = 30 + prior[0], 10 + prior[0]
    total = 100 + keywords.PRIOR
    expected = (np.log(a / (total - a)) - np.log(b / (total - b))) / np.sqrt(1 / a + 1 / b)
    assert keywords.log_odds(counts)[0, 0] == pytest.approx(expected)
    assert keywords.log_odds(counts)[0] == pytest.approx(-keywords.log_odds(counts)[1])


def test_stop_words_numbers_and_single_characters_are_no_keywords():
    table = keywords.keywords(
        pd.Series(["我的APP 3天 闪退 问题 了"] * 3), pd.Series(["a"] * 3), stopwords=["问题"]
    )
    assert set(table["term"]) == {"app", "闪退"} and (table["n"] == 3).all()


def test_a_word_counts_once_per_text_and_missing_texts_not_at_all():
    table = keywords.keywords(
        pd.Series(["退款退款退款", None, "退款"], dtype="str"), pd.Series(["a", "a", "a"])
    )
    assert table[["term", "n"]].values.tolist() == [["退款", 2]]


def test_no_texts_no_keywords():
    assert keywords.keywords(pd.Series([], dtype="str"), pd.Series([], dtype="str")).empty
    assert keywords.keywords(pd.Series(["。。。", ""]), pd.Series(["a", "b"])).empty


def test_order_of_rows_changes_nothing():
    turned = keywords.keywords(TEXTS[::-1], GROUPS[::-1])
    pd.testing.assert_frame_equal(keywords.keywords(TEXTS, GROUPS), turned)


def test_phrases_pass_over_stop_words_and_stay_in_their_clause():
    texts = pd.Series(["会员积分被清零", "积分都清零了", "我有积分，清零按钮坏了"])
    found = phrases.phrases(texts, minimum=2)
    names = {found.name(i): found.texts(i).tolist() for i in range(len(found))}
    assert names["积分"] == [0, 1, 2] and [0, 1] in [
        v for k, v in names.items() if "积分" in k and "清零" in k
    ]
    assert len(phrases.phrases(pd.Series([], dtype="str"), minimum=1)) == 0


def test_own_words_are_keywords_whatever_their_letters():
    texts = pd.Series(["VIP通道进不去", "vip通道 排队", "X9 发热"])
    found = keywords.keywords(texts, pd.Series(["a", "a", "b"]), segmenter=Segmenter(["VIP通道"]))
    assert found["term"].tolist()[0] == "vip通道"


def test_what_is_guessed_out_of_words_of_grammar_is_no_keyword():
    texts = pd.Series(["像日刚买的，全没了", "日刚买来，点赞", "主播点赞，数据全没", "工单没人理"])
    guessed = {"日刚", "全没", "点赞", "主播"}
    assert guessed <= {word for text in texts for word in Segmenter().cut(text)}
    found = set(keywords.keywords(texts, pd.Series(["甲"] * 4))["term"])
    assert not {"日刚", "全没"} & found and "点赞" in found
    own = keywords.keywords(texts, pd.Series(["甲"] * 4), segmenter=Segmenter(["全没"]))
    assert "全没" in set(own["term"])
