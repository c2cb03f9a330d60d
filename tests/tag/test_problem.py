"""Which feedback is a problem: neither praise nor a remark in which nothing went wrong."""

import pandas as pd
import pytest

from voc_lib.clean import duplicates
from voc_lib.period import Period
from voc_lib.report import voices
from voc_lib.stats import shares
from voc_lib.tag.problem import problems, remarks

NEUTRAL = ["好", "可以", "还行", "还可以吧", "刚收到，还没用", "哈哈", "还没拆封", "默认好评"]
NOTHING_WRONG = [
    "再也不用担心退货了",
    "不用担心物流慢",
    "这下不愁没电了",
    "从此告别漏水",
    "质量问题暂时没发现",
    "物流速度正常",
    "坏了再来你家买",
    "以前那台一年就坏，这台希望耐用",
    "不知道以后会不会坏",
]
WRONG = [
    "用了2天就坏了",
    "快递五天了还没到",
    "客服骂人",
    "建议增加夜间配送",
    "请问怎么退货",
    "再也不用这个牌子了，太差",
]

ELSEWHERE = {  # whether it is a problem of ours
    "以前那家难吃，这家可以": False,
    "别家的起球，这家没有": False,
    "原先那台老死机，这台用了俩月没卡过": False,
    "之前用的那套系统老闪退，这套不闪退": False,
    "以前发货慢，换了快递就准时": False,
    "别家都到了就你家还没发货": True,
    "比以前那台还卡顿": True,
    "以前那家好用，这家两天就坏了": True,
    "以前很好用，换了新款两天就坏了": True,
}

BROKEN = ["用了3天就坏了", "用了4天就坏了", "用了5天就坏了"]


@pytest.mark.parametrize("text", [*NEUTRAL, *NOTHING_WRONG])
def test_a_remark_is_no_problem(text, make, label):
    assert not label(make(text)).tagged["problem"].any()


@pytest.mark.parametrize("text", WRONG)
def test_what_went_wrong_or_is_asked_is_a_problem(text, make, label):
    assert label(make(text)).tagged["problem"].all()


@pytest.mark.parametrize("text", ELSEWHERE)
def test_what_was_wrong_elsewhere_or_earlier_is_no_problem_of_ours(text, make, label):
    assert label(make(text)).tagged["problem"].tolist() == [ELSEWHERE[text]]


def test_remarks_stand_apart_and_lead_nothing(make, label):
    tagged = label(make(*NEUTRAL, *NOTHING_WRONG, *WRONG, *BROKEN, "师傅很热情，点赞")).tagged
    issues = duplicates.issues(tagged)
    table = shares.table(issues, Period.parse("2026-09"))
    assert table["n"].sum() == len(WRONG) + 3 and table["category"].iloc[0] == "商品质量"
    quiet = issues[remarks(issues)]
    assert set(quiet["text"]) >= set(NEUTRAL[:6])
    words = voices.said(issues, Period.parse("2026-09"))
    assert f"另有 {len(quiet)} 件未提出问题" in str(words)


def test_a_tag_set_by_a_person_is_a_problem(make, label):
    frame = make("嗯", "嗯嗯")
    set_by = pd.DataFrame({"feedback_id": ["工单:F000"], "tags": ["EC-LOG"]})
    assert set(frame["source"]) == {"工单"}
    found = label(frame, corrected=set_by.assign(feedback_id=frame["feedback_id"].iloc[:1])).tagged
    assert found["problem"].tolist() == [True, False]


def test_an_issue_is_a_problem_if_it_ever_was(make, label):
    tagged = label(make("刚收到，还没用", "用了2天就坏了", customer_id="C1")).tagged
    issues = duplicates.issues(tagged.assign(issue_id="I-1"))
    assert len(issues) == 1 and issues["problem"].tolist() == [True]


def test_where_nothing_is_said_of_it_all_but_praise_are_problems():
    rows = pd.DataFrame({"intent": ["抱怨", "表扬", "其他", None], "problem": [None, None, False, None]})
    assert problems(rows).tolist() == [True, False, False, True]
    assert problems(rows[["intent"]]).tolist() == [True, False, True, True]
