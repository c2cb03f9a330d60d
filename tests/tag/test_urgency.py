import pandas as pd
import pytest

from voc_lib import tag
from voc_lib.params import Sla
from voc_lib.tag import urgency, vagueness


def rows(text="包裹没到", **columns):
    base = {
        "text": text,
        "primary_tag": "物流延迟",
        "intent": "抱怨",
        "repeat_count": 1,
        "customer_type": "老客",
    }
    return pd.DataFrame([{**base, **columns}])


CASES = [
    ({}, "P1", "问题类型"),
    ({"primary_tag": "其他"}, "P2", "问题类型"),
    ({"intent": "需求"}, "P2", "非抱怨"),
    ({"text": "充电时起火了"}, "P0", "紧急字词"),
    ({"text": "没有起火"}, "P1", "问题类型"),
    ({"text": "起火了，师傅处理得好", "intent": "表扬"}, "P2", "非抱怨"),
    ({"repeat_count": 3}, "P0", "重复反馈"),
    ({"repeat_count": 2}, "P1", "问题类型"),
    ({"repeat_count": 2, "customer_type": "高价值客户"}, "P0", "重复反馈"),
    ({"repeat_count": 3, "primary_tag": "其他"}, "P1", "重复反馈"),
    ({"repeat_count": 3, "intent": "咨询"}, "P2", "非抱怨"),
    ({"text": "起火了", "urgency_given": "低"}, "P2", "人工指定"),
    ({"urgency_given": "看不懂"}, "P1", "问题类型"),
    ({"text": "全部用户都登录不上", "primary_tag": "功能异常"}, "P0", "紧急字词"),
    ({"text": "无法支付", "primary_tag": "功能异常"}, "P0", "紧急字词"),
    ({"text": "无法支付", "primary_tag": "物流延迟"}, "P1", "问题类型"),
]


@pytest.mark.parametrize(("columns", "level", "why"), CASES)
def test_urgency_and_why(columns, level, why):
    found = urgency.urgency(rows(**columns), tag.load("ecommerce")).iloc[0]
    assert found.tolist() == [level, why]


def test_due_follows_the_spans_of_the_params():
    created = pd.Series(pd.to_datetime(["2026-09-28 10:00"] * 3 + [None])).astype("datetime64[us]")
    due = urgency.due(created, pd.Series(["P0", "P1", "P2", "P0"]), Sla(P1="48h"))
    assert due[0] == pd.Timestamp("2026-09-29 10:00") and due[1] == pd.Timestamp("2026-09-30 10:00")
    assert due[2] > due[1] and pd.isna(due[3])


def test_words_of_urgency_come_and_go():
    assert urgency.in_words(pd.Series(["P0", "P1", "P2"])).tolist() == ["高", "中", "低"]
    assert urgency.from_words(pd.Series([" 高 ", "Medium", "低"])).tolist() == ["P0", "P1", "P2"]


VAGUE = {
    "服务很差": True,
    "太差了": True,
    "昨天客服骂人": False,
    "APP闪退": False,
    "快递五天了还没到": False,
    "垃圾": True,
    "9月3日 15:20 在徐汇门店排队两小时": False,
}


@pytest.mark.parametrize(("text", "wanted"), VAGUE.items())
def test_vague_complaints(text, wanted):
    lacks = vagueness.missing(pd.Series([text], dtype="str"))
    assert vagueness.vague(lacks, pd.Series(["抱怨"])).tolist() == [wanted]
    assert vagueness.vague(lacks, pd.Series(["表扬"])).tolist() == [False]


def test_questions_name_what_is_missing(make, label):
    table = vagueness.questions(label(make("服务很差", "昨天快递员骂人")).tagged)
    assert table["feedback_id"].tolist() == ["F000"]
    assert table["missing"][0] == "时间、对象、经过" and "什么时候" in table["question"][0]


def test_a_known_product_is_the_object(make, label):
    frame = make("昨天太差了", "昨天太差了", product=["净水器", None])
    assert label(frame).tagged["vague"].tolist() == [False, True]
