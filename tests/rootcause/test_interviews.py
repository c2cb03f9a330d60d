"""Whom to interview, by stated rules, and what to ask."""

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.rootcause import interviews

PERIOD = Period.parse("2026-09")


def rows(problem, n, first=0, **changes):
    return [{"primary_tag": problem, "customer_id": f"C{first + i:03d}", **changes} for i in range(n)]


def drawn(known, made, *problems, **rest):
    found = interviews.table(known(**rest), made, PERIOD, problems)
    return schema.check(found, schema.INTERVIEWS)


def test_high_value_first_then_who_complains_up_to_twenty(known, issues):
    dear = rows("物流延迟", 14, customer_type="高价值客户", intent="需求")
    made = issues(*rows("物流延迟", 15, 100), *rows("物流延迟", 9, 200, intent="咨询"), *dear)
    ids = drawn(known, made, "物流延迟")["customer_id"]
    assert (len(ids), ids.nunique()) == (20, 20)
    assert ids.str.startswith("C0").sum() == 10 and ids.str.startswith("C1").sum() == 10


def test_a_customer_is_listed_once_and_nobody_without_an_id(known, issues):
    made = issues(*rows("物流延迟", 3), *rows("服务态度", 5), {"primary_tag": "服务态度"})
    found = drawn(known, made, "物流延迟", "服务态度")
    assert found["problem"].tolist() == ["物流延迟"] * 3 + ["服务态度"] * 2
    assert found["customer_id"].tolist() == [f"C{i:03d}" for i in range(5)]


def test_the_most_urgent_first_then_who_told_it_most_often(known, issues):
    made = issues(*rows("物流延迟", 3)).assign(repeat_count=pd.Series([1, 3, 1], dtype="Int64"))
    made["urgency"] = pd.Series(["P1", "P1", "P0"], dtype="str")
    found = drawn(known, made, "物流延迟")
    assert found["customer_id"].tolist() == ["C002", "C001", "C000"]
    assert found["reason"].tolist() == ["抱怨，P0", "抱怨，P1，反映 3 次", "抱怨，P1"]


def test_who_was_called_or_interviewed_lately_is_left_alone(known, issues):
    visits = [{"measure": "M01", "feedback_id": f"F000{i}", "at": at} for i, at in CALLS]
    measure = {"id": "M01", "problem": "物流延迟", "goal": "少", "action": "换", "owner": "王敏"}
    plan = {**measure, "department": "仓储部", "start": "2026-03-01", "due": "2026-04-01"}
    made = issues(*rows("物流延迟", 5), *rows("服务态度", 1, 4, channel="访谈"))
    found = drawn(known, made, "物流延迟", measures=[plan], revisits=visits)
    assert found["customer_id"].tolist() == ["C002", "C003"]


CALLS = [(0, "2026-09-02"), (1, None), (2, "2026-03-02")]


def test_the_same_data_in_another_order_draws_the_same(known, issues):
    made = issues(*rows("物流延迟", 40), *rows("服务态度", 40, 20))
    again = drawn(known, made.sample(frac=1, random_state=3), "物流延迟", "服务态度")
    pd.testing.assert_frame_equal(drawn(known, made, "物流延迟", "服务态度"), again)


def test_nobody_to_ask_is_a_sentence(known, issues):
    found = drawn(known, issues(*rows("物流延迟", 2, customer_id=None)), "物流延迟")
    assert conclusions.interviews(found, ["物流延迟"]).paragraphs == ("本期没有可访谈的客户。",)
    few = conclusions.interviews(drawn(known, issues(*rows("物流延迟", 2)), "物流延迟"), ["物流延迟"])
    assert few.paragraphs == ("选出 2 位客户：物流延迟 2 位。",) and "不足 10 位" in few.items[0]


def test_questions_come_of_what_is_open(known):
    tested = {"status": "证据", "tested": [{"by": "数据", "found": "积压 1.8 天"}]}
    why = [
        {"cause": "分拣慢", **tested, "why": [{"cause": "缺人"}, {"cause": "线老", **tested}]},
        {"cause": "下雨", **tested, "status": "已否定", "why": [{"cause": "没有预案"}]},
    ]
    asked = [
        {"question": "晚班几个人", "owner": "王敏"},
        {"question": "谁派单", "owner": "王敏", "answer": "系统"},
    ]
    plan = known({"problem": "物流延迟", "why": why, "questions": asked})
    found = schema.check(interviews.outline(plan, ["物流延迟", "服务态度"]), schema.INTERVIEW_OUTLINE)
    about = found.loc[found["problem"] == "物流延迟", "about"].tolist()
    assert about[1:-1] == [
        "待查清（王敏）",
        "假设：物流延迟 → 分拣慢 → 缺人",
        "还没有问到底：物流延迟 → 分拣慢 → 线老",
    ]
    assert (found["problem"] == "服务态度").sum() == 2


def test_the_leading_problems_are_named_and_other_is_none():
    ranks = pd.DataFrame({"rank": [2, 1, 3], "problem": ["物流延迟", "其他", "服务态度"]})
    assert interviews.leading(ranks) == ["物流延迟", "服务态度"]
