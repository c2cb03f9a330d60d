"""Goals, decisions and incidents: written once, carried by the register, shown where they matter."""

from datetime import date
from types import SimpleNamespace

import pytest

from voc_lib import knowledge, params
from voc_lib.errors import ParamsError
from voc_lib.improve import decisions, weekly
from voc_lib.register import entries

GOAL = {
    "name": "满意度到 4 分",
    "metric": {"kind": "csat"},
    "target": 4,
    "owner": "王敏",
    "due": "2026-12-31",
}
DECIDED = [
    {"decision": "换承运商", "at": "2026-09-07", "owner": "李强", "due": "2026-09-20"},
    {"decision": "补录工单", "at": "2026-09-14", "owner": "王敏"},
    {"decision": "停发短信", "at": "2026-09-01", "owner": "王敏", "due": "2026-09-05", "done": "2026-09-04"},
    {"decision": "下月再议", "at": "2026-10-05", "owner": "王敏"},
]
EVENTS = [{"incident": "分拣线停机", "at": "2026-05-06", "until": "2026-05-08", "problem": "物流延迟"}]
LEFT = [{"owner": "李强", "at": "2026-09-10", "successor": "王敏"}, {"owner": "赵云", "at": "2026-10-01"}]
ALL = {"goals": [GOAL], "decisions": DECIDED, "incidents": EVENTS, "departures": LEFT}
END = date(2026, 9, 30)


def test_they_are_the_same_after_the_register_and_after_the_form():
    known = knowledge.read(ALL)
    held = entries.rows(known)
    assert {row.kind for row in held.values()} == {"goal", "decision", "incident", "departure"}
    seen = {place: number for number, place in enumerate(held)}
    assert knowledge.read(entries.raw(held, seen)) == known
    import yaml

    assert knowledge.read(yaml.safe_load(knowledge.dump(known))) == known


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"decisions": [{"decision": "x", "at": "2026-09-07"}]}, "每项决定要有一个人去办"),
        ({"decisions": [{"decision": "x", "owner": "王敏"}]}, "缺少日期"),
        ({"decisions": [{**DECIDED[0], "due": "2026-09-01"}]}, "早于作决定的"),
        ({"decisions": [{**DECIDED[0], "measure": "M09"}]}, "没有措施 “M09”"),
        ({"incidents": [{**EVENTS[0], "until": "2026-05-01"}]}, "早于开始日期"),
        ({"incidents": [{**EVENTS[0], "problem": "物流延时"}]}, "是否想写 “物流延迟”"),
        ({"goals": [GOAL, GOAL]}, "写了 2 次"),
        ({"departures": [LEFT[1], LEFT[1]]}, "姓名 “赵云” 写了 2 次"),
        ({"departures": [{**LEFT[0], "successor": "李强"}]}, "接手的就是 李强 本人"),
        ({"departures": [{"owner": "李强"}]}, "缺少日期"),
    ],
)
def test_what_cannot_be_is_said(raw, says):
    with pytest.raises(ParamsError, match=says):
        knowledge.read(raw, problems=["物流延迟"])


def test_goals_have_one_source_of_truth():
    aims = [params.Goal.model_validate(GOAL)]
    without, with_ = (SimpleParams(goals) for goals in ([], aims))
    (held,) = knowledge.aimed(without, knowledge.read(ALL)).goals
    assert held.model_dump() == aims[0].model_dump()
    assert knowledge.aimed(with_, knowledge.read({})) is with_
    with pytest.raises(ParamsError, match="目标写在两处"):
        knowledge.aimed(with_, knowledge.read(ALL))


class SimpleParams(SimpleNamespace):
    def __init__(self, goals):
        super().__init__(goals=goals)

    def model_copy(self, update):
        return SimpleParams(update["goals"])


def test_a_goal_on_the_wrong_side_of_its_baseline_is_refused():
    with pytest.raises(ParamsError, match="并不好于基线"):
        knowledge.declared(knowledge.read({"goals": [{**GOAL, "baseline": 4.5}]}), [], where="登记库")


def test_what_is_decided_and_not_done_stands_first_with_its_days():
    told = decisions.told(knowledge.read(ALL), as_of=END)
    assert told == [
        "2026-09-07 定：换承运商（李强，应于 2026-09-20 办好，已逾期 10 天）",
        "2026-09-14 定：补录工单（王敏，没有写期限）",
        "2026-09-01 定：停发短信（王敏，2026-09-04 已办）",
    ]


def test_the_weekly_sheet_lists_what_was_decided_and_is_not_done():
    from voc_lib import schema

    nothing = [
        schema.empty(spec) for spec in (schema.TRACKING, schema.EFFECTS, schema.QUADRANTS, schema.PLAN)
    ]
    week = weekly.table(*nothing, as_of=END, decided=knowledge.read(ALL).decisions)
    schema.check(week, schema.WEEKLY)
    assert week["kind"].tolist() == ["已定未办"] * 2 and week["days"].tolist()[0] == -10
    assert week["what"].tolist() == ["2026-09-07 定：换承运商", "2026-09-14 定：补录工单"]


def test_what_those_who_left_had_to_do_is_to_be_given_to_somebody(known, measure):
    from voc_lib import schema
    from voc_lib.improve import plan

    told = known(measure(owner="李强"), measure(id="M02", owner="赵云"))
    effects = schema.empty(schema.EFFECTS)
    tracking = plan.tracking(told, effects, as_of=END)
    found = knowledge.read(ALL)
    week = weekly.table(
        tracking, effects, schema.empty(schema.QUADRANTS), plan.table(told), as_of=END,
        decided=found.decisions, departed=found.departures,
    )  # fmt: skip
    gone = "负责人 李强 2026-09-10 起不在，由 王敏 接手"
    asked = week[week["kind"] == weekly.DECIDE]
    assert asked["subject"].str[:3].tolist() == ["M01"] and asked["what"].tolist() == [
        f"{gone}：请改派负责人"
    ]
    assert f"2026-09-07 定：换承运商；{gone}，请改派" in week["what"].tolist()


def test_nothing_is_given_to_somebody_who_had_left():
    late = {"decision": "换承运商", "at": "2026-09-10", "owner": "李强"}
    found = knowledge.read({"decisions": [DECIDED[0], late], "departures": LEFT})
    assert knowledge.before_their_time(found) == [
        "决定 2026-09-10/换承运商：负责人 李强 2026-09-10 起不在，由 王敏 接手，"
        "2026-09-10 不能再交给他；请在 “负责人” 里改派"
    ]


def test_an_incident_inside_a_window_is_told_of_the_problem_it_struck(known, measure):
    judged = {"metric": {"kind": "csat"}, "target": 4.0, "before": "2026-Q1", "after": "2026-05"}
    trial = known(measure(**judged)).measures[0].trial
    found = knowledge.read(ALL).incidents
    told = ["改进后窗口内有事件：2026-05-06 分拣线停机，数值可能受它影响"]
    assert decisions.meanwhile(found, "物流延迟", trial) == told
    assert decisions.meanwhile(found, "服务态度", trial) == []
