import numpy as np
import pytest
import yaml

from voc_lib import tag
from voc_lib.tag import discovery
from voc_lib.text.segmentation import Segmenter

FILLERS = ["今天", "用户小王", "刚才", "昨晚我", "第二次"]


def texts():
    rng = np.random.default_rng(1)
    new = [f"{rng.choice(FILLERS)}幽灵订单{rng.choice(['烦', '咋办', '没法', '求助'])}{i}" for i in range(40)]
    return [*new, *["快递没到"] * 30, *["好"] * 30]


def test_a_planted_word_is_found_and_known_words_are_not(make):
    table = discovery.unknown(make(*texts()), tag.load("finance"), least=5)
    assert "幽灵订单" in " ".join(table["term"])
    assert not table["term"].str.contains("手续费").any()
    assert table.columns.tolist() == discovery.COLUMNS and (table["n"] >= 5).all()


def test_the_same_texts_give_the_same_words(make):
    frame = make(*texts())
    assert discovery.candidates(frame).equals(discovery.candidates(frame))


def test_nothing_to_find_is_an_empty_table(make):
    for frame in (make("好").iloc[:0], make("", "a", "😀")):
        assert discovery.unknown(frame, tag.load("finance")).empty


def test_terms_can_be_pasted_into_a_taxonomy():
    piece = discovery.as_yaml(["幽灵订单", "no: yes", "#"], "交易与系统")
    assert yaml.safe_load(piece) == [{"name": "交易与系统", "phrases": ["幽灵订单", "no: yes", "#"]}]


def test_the_table_leaves_praise_and_masks_out_and_is_ready_to_paste(make, label):
    frame = make(*[f"{text}[银行卡]" for text in texts()], *["表扬表扬，很好"] * 6)
    tagged = label(frame).tagged
    intents = ["抱怨"] * len(texts()) + ["表扬"] * 6
    found = discovery.table(tagged.assign(intent=intents), tag.load("ecommerce"))
    assert "幽灵订单" in "".join(found["term"]) and not found["term"].str.contains("银行|表扬").any()
    (piece,) = yaml.safe_load(found["yaml"][0])
    assert piece == {"name": "标签名", "phrases": [found["term"][0]]}
    assert discovery.table(tagged.iloc[:0], tag.load("ecommerce")).empty


def found(make, *texts, **options):
    return discovery.candidates(make(*texts), tag.load("finance"), least=5, **options)["term"].tolist()


def varied(*words):
    """Every word between changing neighbours."""
    places = ["上海", "晚上", "柜台", "网点", "早上", "大厅", "老家", "窗口"]
    return [f"{a}{word}{b}" for word in words for a, b in zip(places, places[::-1], strict=True)]


@pytest.mark.parametrize("word", ["不出票", "信号全无", "没派车", "无窗户"])
def test_words_that_deny_can_begin_or_end_a_new_word(make, word):
    assert word in found(make, *varied(word))


def test_latin_words_belong_to_the_new_word_as_they_are_written(make):
    assert "VIP通道" in found(make, *varied("VIP通道"))


def test_own_words_are_found_whole_products_and_stop_words_are_not(make):
    texts = [*["无人机没来"] * 6, *varied("扫地机器人", "幽灵订单")]
    segmenter = Segmenter(["无人机没来"], names=["扫地机器人"])
    words = found(make, *texts, segmenter=segmenter, stopwords=["幽灵订单"])
    assert words[0] == "无人机没来" and not {"无人机", "扫地机器人", "幽灵订单"} & set(words)


@pytest.mark.parametrize("start", ["", "extends: finance\n"], ids=["from scratch", "extending"])
def test_a_piece_pasted_as_it_is_adds_to_the_tag(start, tmp_path):
    own = (
        "attributes: [系统]\ntags:\n  - {name: 交易与系统, code: A, parent: 系统, phrases: [系统崩溃]}\n"
        if not start
        else "tags:\n  - {name: 费率与收费, phrases: [工本费]}\n"
    )
    piece = discovery.as_yaml(["不出票", "no: yes", "#"], "交易与系统")
    (tmp_path / "mine.yaml").write_text(start + own + piece, encoding="utf-8")
    mine = tag.load("mine.yaml", folder=tmp_path).tag("交易与系统")
    assert {"不出票", "no: yes", "#"} < set(mine.phrases) and mine.parent
