"""Whom to tell before a measure and after it, and in which state each one is."""

from datetime import date

import pandas as pd
import pytest

from tests.improve.test_followup import NO_EFFECTS, two_customers
from voc_lib import schema
from voc_lib.errors import ParamsError
from voc_lib.improve import telling
from voc_lib.report import conclusions

AS_OF = date(2026, 4, 15)


def told(plan, issues, *, effects=NO_EFFECTS, as_of=AS_OF):
    return schema.check(telling.table(plan, issues, effects, as_of=as_of), schema.TELLING)


def message(feedback_id, phase="改前", **changes):
    return {"measure": "M01", "feedback_id": feedback_id, "phase": phase, **changes}


def test_who_reported_the_problem_is_told_before_and_nobody_without_an_id(known, measure, evidence):
    progress = [{"measure": "M01", "at": "2026-04-10", "percent": 40}]
    found = told(known(measure(), progress=progress), two_customers(evidence))
    assert sorted(found["customer_id"]) == ["C1", "C2"] and set(found["phase"]) == {"改前"}
    assert found["feedback_ids"].tolist() == ["F00002", "F00000、F00001"]
    assert "正在改进：华东仓增设晚班分拣，预计 2026-04-30 完成，已完成 40%" in found["message"].iloc[0]


def test_a_measure_is_told_of_two_weeks_before_it_begins_and_not_earlier(known, measure, evidence):
    issues, plan = two_customers(evidence), known(measure(start="2026-04-20"))
    assert "将从 2026-04-20 起改进" in told(plan, issues, as_of=date(2026, 4, 6))["message"].iloc[0]
    assert told(plan, issues, as_of=date(2026, 4, 5)).empty
    assert told(known(measure(cancelled=True)), issues).empty


def test_who_suggested_something_hears_what_came_of_it(known, measure, evidence):
    issues = two_customers(evidence)
    issues["intent"] = pd.Series(["抱怨", "需求", *["抱怨"] * 4], dtype="str")
    plan, after = known(measure(done="2026-04-28")), date(2026, 9, 30)
    (row,) = told(plan, issues, as_of=after).to_dict("records")
    assert (row["phase"], row["customer_id"], row["state"]) == ("改后", "C1", "待告知")
    assert row["message"] == "您的建议已采纳，已有结果：华东仓增设晚班分拣（2026-04-28 完成），效果还在看"
    effects = pd.DataFrame({"measure_id": ["M01"], "verdict": ["未达标"]})
    assert "请先致歉" in told(plan, issues, effects=effects, as_of=after)["message"].iloc[0]


def test_who_was_told_before_is_answered_after_and_the_state_of_each_is_kept(known, measure, evidence):
    messages = [message("F00002", state="已回复", at="2026-04-12", note="可以等"), message("F00001")]
    plan = known(measure(), messages=messages)
    found = told(plan, two_customers(evidence)).set_index("customer_id")
    assert found["state"].to_dict() == {"C1": "待告知", "C2": "已回复"} and found.index[0] == "C1"
    assert (found.loc["C2", "note"], str(found.loc["C2", "told_at"])[:10]) == ("可以等", "2026-04-12")
    messages.append(message("F00002", "改后", state="已告知"))
    done = known(measure(done="2026-04-28"), messages=messages)
    later = told(done, two_customers(evidence), as_of=date(2026, 9, 30)).set_index("customer_id")
    assert later["state"].to_dict() == {"C1": "待告知", "C2": "已告知"}
    said = conclusions.telling(later.reset_index())
    assert said.paragraphs == ("还有 1 位客户待告知。",)
    assert said.items == ("M01 改后：待告知 1 位，已告知 1 位",)
    named = conclusions.telling(
        later.reset_index(), pd.DataFrame({"measure_id": ["M01"], "action": ["增设晚班"]})
    )
    assert named.items == ("M01 增设晚班，改后：待告知 1 位，已告知 1 位",)


def test_a_message_is_about_a_measure_there_is_and_in_a_state_there_is(known, measure):
    with pytest.raises(ParamsError, match="没有措施 “M09”"):
        known(measure(), messages=[{**message("F1"), "measure": "M09"}])
    with pytest.raises(ParamsError, match=r"messages\.0\.state"):
        known(measure(), messages=[message("F1", state="说了")])
