import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from voc_lib import tag
from voc_lib.clean import duplicates
from voc_lib.params import Sla
from voc_lib.sample.shop import Shop
from voc_lib.tag import records, urgency, vagueness

FILE = Path(__file__).parents[1] / "cases" / "urgency.yaml"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
PLAIN = {
    "text": "包裹没到",
    "primary_tag": "物流延迟",
    "intent": "抱怨",
    "repeat_count": 1,
    "customer_type": "老客",
}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.get('text')}-{case['level']}" for case in CASES])
def test_golden_case(case):
    wanted = [case["level"], case["why"]]
    row = {key: value for key, value in case.items() if key not in ("level", "why", "pack")}
    found = urgency.urgency(pd.DataFrame([{**PLAIN, **row}]), tag.load(case.get("pack", "ecommerce")))
    assert found.iloc[0].tolist() == wanted


LEAST = {  # precision and recall; all but L, P, R and T were read while mending
    "urgency_g": {"P0": (0.95, 0.93), "P1": (0.95, 0.93)},
    "urgency_h": {"P0": (0.95, 0.9), "P1": (0.95, 0.9)},
    "urgency_i": {"P0": (0.9, 0.95), "P1": (0.9, 0.9)},
    "urgency_j": {"P0": (0.9, 0.85), "P1": (0.9, 0.8)},
    "urgency_k": {"P0": (0.92, 0.95), "P1": (0.95, 0.9)},
    "urgency_l": {"P0": (0.84, 0.75), "P1": (0.93, 0.7)},
    "urgency_m": {"P0": (0.9, 0.95), "P1": (0.88, 0.88)},
    "urgency_n": {"P0": (0.93, 0.95), "P1": (0.93, 0.88)},
    "urgency_o": {"P0": (0.95, 0.95), "P1": (0.95, 0.95)},
    "urgency_p": {"P0": (0.87, 0.6), "P1": (0.95, 0.85)},
    "urgency_q": {"P0": (0.95, 0.95), "P1": (0.95, 0.9)},
    "urgency_r": {"P0": (0.88, 0.75), "P1": (0.87, 0.7)},
    "urgency_s": {"P0": (0.95, 0.8), "P1": (0.95, 0.88)},
    "urgency_t": {"P0": (0.9, 0.52), "P1": (0.8, 0.8)},
    "urgency_u": {"P0": (0.95, 0.7), "P1": (0.9, 0.92)},
}


@pytest.mark.parametrize("name", LEAST)
def test_texts_of_another_hand_are_urgent_where_they_are(name, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    bench = runpy.run_path(str(BENCHMARKS / "urgency.py"))
    table = bench["scores"](bench["judged"](FILE.with_name(f"{name}.yaml"))).set_index("level")
    for level, (precision, recall) in LEAST[name].items():
        assert table.at[level, "precision"] >= precision and table.at[level, "recall"] >= recall


SOUNDING = {  # a word of danger in a harmless meaning; half a pair where all of a short text is dreadful
    "漏电保护器收到了，装上挺好用": "P2",
    "请问食物中毒保险孩子几岁能买": "P2",
    "电梯困人那天维修师傅八分钟就到了，特地来表扬": "P2",
    "东西便宜，用了一次就起火": "P0",
    "轮胎在高速上爆了，车翻到沟里，我朋友没呼吸了": "P0",
    "退货费我付了，快递也寄回去了，二十天过去，钱和人都没影": "P1",
    "洗发水瓶子裂开了，流出来半瓶": "P2",
}


@pytest.mark.parametrize("text", SOUNDING)
def test_all_characters_together_tell_what_a_word_means(text, make, label):
    assert label(make(text)).tagged["urgency"].tolist() == [SOUNDING[text]]


@pytest.mark.parametrize(
    ("told", "level"),
    [("今天她又摔倒，腿骨折了", "P0"), ("她摔倒，腿骨折了", "P1")],
)
def test_in_a_letter_a_danger_is_at_hand_beside_a_word_of_now(told, level, make, label):
    letter = "，".join(
        ["我是村里的居民", "反映门前的路", "坑洼不平", "积水很深"] * 4
        + ["我妈妈每天要走", told, "投诉你们不修"]
    )
    assert label(make(letter)).tagged["urgency"].tolist() == [level]


def test_a_date_with_its_year_tells_what_is_not_happening_now(make, label):
    assert label(make("2016年我爸被你们的电梯夹断了手指，投诉")).tagged["urgency"].tolist() == ["P1"]


def test_weights_of_other_hands_tell_urgency_better_than_words_alone(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    bench = runpy.run_path(str(BENCHMARKS / "alarm.py"))
    lines = bench["lessons"]()
    known = bench["gist"].weights(bench["learned"](lines[lines["hand"] != "s"]))
    words, both = (bench["scores"](bench[by]("s", known)).set_index("level") for by in ("worded", "judged"))
    assert both.at["P0", "precision"] >= words.at["P0", "precision"] + 0.1
    assert both.at["P0", "recall"] > words.at["P0", "recall"]
    assert both.at["P1", "recall"] >= words.at["P1", "recall"] + 0.1


def test_levels_part_the_complaints_of_the_sample_shop(make, label):
    voices, _ = Shop.open(7).voices()
    tagged = label(make(*(voice.text for voice in voices))).tagged
    complaints = tagged[tagged["intent"] == "抱怨"]
    shares = complaints["urgency"].value_counts(normalize=True)
    assert 0.01 < shares["P0"] < 0.06 and 0.2 < shares["P1"] < 0.5
    big = complaints.groupby("primary_tag").filter(lambda rows: len(rows) > 200)
    assert (big["urgency"] == "P2").groupby(big["primary_tag"]).mean().between(0.35, 0.95).all()


def test_the_reason_stands_beside_the_level_and_peoples_word_wins(make, label):
    corrected = pd.DataFrame({"feedback_id": ["F001"], "tags": [None], "urgency": ["低"]})
    labelled = label(make("充电时起火了，差评", "充电时冒烟了，差评"), corrected=corrected)
    shown = labelled.tagged[["urgency", "urgency_why"]].values.tolist()
    assert shown == [["P0", "紧急字词：起火"], ["P2", "人工更正"]]
    summary = records.summary(duplicates.issues(labelled.tagged))
    assert summary["urgency_why"].tolist() == ["紧急字词：起火", "人工更正"]


def test_due_follows_the_spans_of_the_params():
    created = pd.Series(pd.to_datetime(["2026-09-28 10:00"] * 3 + [None])).astype("datetime64[us]")
    due = urgency.due(created, pd.Series(["P0", "P1", "P2", "P0"]), Sla(P1="48h"))
    assert due[0] == pd.Timestamp("2026-09-29 10:00") and due[1] == pd.Timestamp("2026-09-30 10:00")
    assert due[2] > due[1] and pd.isna(due[3])


def test_words_of_urgency_come_and_go():
    assert urgency.in_words(pd.Series(["P0", "P1", "P2"])).tolist() == ["高", "中", "低"]
    assert urgency.from_words(pd.Series([" 高 ", "Medium", "低"])).tolist() == ["P0", "P1", "P2"]


def test_words_of_urgency_are_made_ready_once_for_all_parts(make, label, monkeypatch):
    made = []

    def lexicon(words, original=urgency.Lexicon):
        made.append(original(words))
        return made[-1]

    monkeypatch.setattr(urgency, "Lexicon", lexicon)
    urgency._lexicon.cache_clear()
    for text in ("充电时冒烟了", "物流太慢"):
        label(make(text))
    assert len(made) == 1


VAGUE = {
    "服务很差": True,
    "太差了": True,
    "昨天客服骂人": False,
    "APP闪退": False,
    "快递五天了还没到": False,
    "垃圾": True,
    "9月3日 15:20 在徐汇门店排队两小时": False,
    "1号店服务差": True,
    "给1分都不想给": True,
    "3点建议：服务太差": True,
    "3号客服骂人": False,
    "下午3点客服态度差": False,
    "12号下单，商家不理人": False,
    "肘子太腻了": False,
    "拉面没有餐具": False,
    "太差劲了！！！": True,
}


@pytest.mark.parametrize(("text", "wanted"), VAGUE.items())
def test_vague_complaints(text, wanted):
    lacks = vagueness.missing(pd.Series([text], dtype="str"))
    assert vagueness.vague(lacks, pd.Series(["抱怨"])).tolist() == [wanted]
    assert vagueness.vague(lacks, pd.Series(["表扬"])).tolist() == [False]


def test_times_are_looked_for_only_where_they_may_begin_and_all_found():
    text = "第2点不行\n12点打烊\n等了三天\n3h\n1号店\n第12号说\n2026-09-01\n２点前\n十点评\n昨天"
    wanted = {text.count("\n", 0, match.start()) for match in vagueness.CLOCK.finditer(text)}
    lacks = vagueness.missing(pd.Series(text.split("\n"), dtype="str"))["time"]
    assert wanted and wanted <= set(np.flatnonzero(~lacks))
    assert set(np.flatnonzero(~lacks)) - wanted == {7, 9}  # a wide figure, and a word of the lists


def test_questions_name_what_is_missing(make, label):
    table = vagueness.questions(label(make("服务很差", "昨天快递员骂人")).tagged)
    assert table["feedback_id"].tolist() == ["F000"]
    assert table["missing"][0] == "时间、对象、经过" and "什么时候" in table["question"][0]


def test_a_known_product_is_the_object(make, label):
    frame = make("昨天太差了", "昨天太差了", product=["净水器", None])
    assert label(frame).tagged["vague"].tolist() == [False, True]
