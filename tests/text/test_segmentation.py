import logging
import re

import jieba
import pandas as pd
import pytest

from voc_lib.errors import ParamsError
from voc_lib.text.segmentation import Segmenter, listed, stopwords

TEXTS = [
    "快递五天了还没到，客服态度太差",
    "小米手机的充电宝充不进电，屏幕还有划痕",
    "退款等了十天还没到账，差评！",
    "政务服务中心的工作人员很耐心",
    "双十一买的羽绒服缩水严重",
    "在上海浦东新区世纪大道等公交车半小时",
    "The app crashed again 又闪退了",
]
NEW_WORDS = ["花呗分期", "数字人民币", "羽绒服缩水", "世纪大道等"]


@pytest.fixture(scope="module")
def reference():
    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()


def han(tokens):
    return [token for token in tokens if re.search("[\u4e00-\u9fff]", token)]


@pytest.mark.parametrize("text", TEXTS)
def test_han_tokens_are_those_of_jieba(text, reference):
    assert han(Segmenter().cut(text)) == han(reference.lcut(text))


@pytest.mark.parametrize("words", [[], NEW_WORDS])
@pytest.mark.parametrize("text", TEXTS)
def test_both_engines_read_chinese_alike(text, words):
    fast, slow = Segmenter(words), Segmenter(words, engine="jieba")
    assert han(fast.cut(text)) == han(slow.cut(text))
    assert han(fast.pieces(text)) == han(slow.pieces(text))
    assert fast.known("快递") == slow.known("快递") is True


def test_both_engines_judge_words_alike():
    fast, slow = Segmenter(NEW_WORDS), Segmenter(NEW_WORDS, engine="jieba")
    words = ["电动车", "停车位", "售后服务", "内脏", "羽绒服缩水", "甲乙"]
    assert [fast.parted(word) for word in words] == [slow.parted(word) for word in words]


@pytest.mark.parametrize("text", [*TEXTS, "", " ", "😀", "a\nb", "x" * 100_000, "慢" * 100_000])
def test_tokens_together_are_the_text(text):
    assert "".join(Segmenter(NEW_WORDS).cut(text)) == text


def test_own_words_stay_whole_and_do_not_leak_into_another_segmenter():
    taught = Segmenter(NEW_WORDS)
    assert taught.cut("花呗分期和数字人民币")[0] == "花呗分期"
    assert "花呗分期" not in Segmenter().cut("花呗分期和数字人民币")


def test_neither_order_nor_loading_twice_changes_anything():
    a, b = Segmenter(NEW_WORDS), Segmenter([*reversed(NEW_WORDS), *NEW_WORDS])
    assert [a.cut(text) for text in TEXTS] == [b.cut(text) for text in TEXTS]


def test_known_words_in_the_dictionary_change_nothing_else():
    plain, taught = Segmenter(), Segmenter(["手机", "客服", "快递", "公交车"])
    assert [plain.cut(text) for text in TEXTS] == [taught.cut(text) for text in TEXTS]


def test_words_from_a_file_in_jiebas_format(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("\ufeff# 产品名\n花呗分期 10 n\n\n 数字人民币\n", encoding="utf-8")
    assert Segmenter(file).words == ("花呗分期", "数字人民币")


def test_an_absent_or_unreadable_file_is_said(tmp_path):
    with pytest.raises(ParamsError, match=r"找不到词表.*userdict"):
        Segmenter(tmp_path / "none.txt")
    file = tmp_path / "gbk.txt"
    file.write_bytes(b"\xff\xff\x00")
    with pytest.raises(ParamsError, match="UTF-8"):
        Segmenter(file)


def test_joined_keeps_index_and_missing():
    texts = pd.Series(["物流太慢 了", None, ""], index=[5, 6, 7], dtype="str")
    joined = Segmenter().joined(texts)
    assert joined.index.tolist() == [5, 6, 7] and joined.isna().tolist() == [False, True, False]
    assert joined[5] == "物流 太慢 了"


def test_stop_words_are_function_words():
    assert {"的", "但是", "我们"} <= stopwords() and not {"物流", "客服"} & stopwords()


def test_names_and_words_stay_whole_in_lower_case_texts_too():
    segmenter = Segmenter(["VIP通道"], names=["扫地机器人", "X9旗舰"])
    assert segmenter.cut("vip通道的扫地机器人和x9旗舰") == ["vip通道", "的", "扫地机器人", "和", "x9旗舰"]
    assert segmenter.words == ("VIP通道",) and "x9旗舰" in segmenter.own


def test_a_list_of_words_has_a_word_a_line(tmp_path):
    file = tmp_path / "stop.txt"
    file.write_text("# 口头语\n亲亲\n\n宝宝们\n", encoding="utf-8")
    assert listed(file, key="stopwords") == ["亲亲", "宝宝们"]


def test_a_list_of_words_may_be_saved_as_windows_does(tmp_path):
    file = tmp_path / "词.txt"
    file.write_bytes("云小贷 100 nz\r\niPhone 17 Pro\r\n".encode("gb18030"))
    assert listed(file, key="userdict") == ["云小贷", "iPhone 17 Pro"]
