"""Stages and rounds of a measure: their order, what is judged in a pilot, what came of each round."""

from datetime import date

import pandas as pd
import pytest

from tests.improve.conftest import make_issues
from voc_lib import schema
from voc_lib.errors import ParamsError
from voc_lib.improve import chain, effect, followup, plan, stages, tasks, weekly
from voc_lib.rootcause import causes

SHARE = {"kind": "share", "category": "物流延迟"}
PILOT = {
    "scope": {"region": "华东"},
    "comparison": {"region": "华南"},
    "start": "2026-05-01",
    "end": "2026-06-30",
}
TRIAL = {"metric": SHARE, "target": 0.12, "before": "2026-01-01..2026-02-28"}
TRIAL |= {"after": "2026-07-01..2026-08-31"}
PASSED = {"verdict": "通过", "at": "2026-07-02", "by": "评审会"}
FAILED = {"verdict": "不通过", "at": "2026-07-02", "why": "没有变化"}
APRIL, MAY, JUNE, END = (date(2026, *day) for day in ((4, 30), (5, 31), (6, 30), (8, 31)))


def shares(east, south):
    """400 problems a month and region, of which so many are late parcels, before and from May 2026 on."""
    rows = []
    for month in map(str, pd.period_range("2024-05", "2026-08", freq="M")):
        for region, (before, after) in {"华东": east, "华南": south, "华北": (100, 100)}.items():
            n = after if month >= "2026-05" else before
            rows += [(month, "物流延迟", n, region), (month, "其他", 400 - n, region)]
    return rows


def staged(known, measure, evidence, rows, **written):
    return effect.table(known(measure(**{**TRIAL, **written})), evidence(rows), as_of=END).iloc[0]


def test_a_pilot_is_judged_on_its_scope_against_the_comparison_group(known, measure, evidence):
    rows = shares((100, 30), (100, 100))
    row = staged(known, measure, evidence, rows, stages={"pilot": PILOT})
    assert (row["verdict"], row["stage"], row["next_step"]) == ("达标", "待判定", "定是否推广"), row["note"]
    assert row["metric"] == "物流延迟占比（华东）" and row["after"] == pytest.approx(30 / 400)
    assert "试点：只看 地区=华东" in row["note"] and "同期对照组（华南）变化" in row["note"]
    out = {"pilot": PILOT, "verdict": PASSED, "rollout": "2026-07-05"}
    whole = staged(known, measure, evidence, rows, stages=out)
    assert (whole["verdict"], whole["stage"], whole["metric"]) == ("未达标", "已推广", "物流延迟占比")


def test_nothing_is_met_by_a_stage_or_where_the_comparison_group_did_as_well(known, measure, evidence):
    done = {"pilot": PILOT, "verdict": PASSED, "rollout": "2026-07-05", "consolidated": "2026-08-01"}
    flat = shares((100, 100), (100, 100))
    fixed = staged(known, measure, evidence, flat, stages=done, document="SOP-1", done="2026-04-20")
    assert (fixed["stage"], fixed["verdict"]) == ("已固化", "未达标")
    for south in ((100, 30), (200, 40)):  # as well; far better, so that the net change is for the worse
        row = staged(known, measure, evidence, shares((100, 30), south), stages={"pilot": PILOT})
        assert row["verdict"] == "证据不足" and "不能排除与措施无关的共同变化" in row["reason"], south
    alone = {name: value for name, value in PILOT.items() if name != "comparison"}
    row = staged(known, measure, evidence, shares((100, 30), (100, 100)), stages={"pilot": alone})
    assert row["verdict"] == "证据不足" and "没有写对照组" in row["reason"]


@pytest.mark.parametrize(
    ("written", "day", "stage"),
    [
        ({}, END, "未评审"),
        ({"review": {"verdict": "通过", "at": "2026-05-15"}}, APRIL, "未评审"),
        ({"review": {"verdict": "通过"}}, END, "评审通过"),
        ({"review": {"verdict": "退回"}}, END, "评审退回"),
        ({"review": {"verdict": "通过"}, "stages": {"pilot": PILOT}}, APRIL, "待试点"),
        ({"stages": {"pilot": PILOT}}, JUNE, "试点中"),
        ({"stages": {"pilot": PILOT}}, END, "待判定"),
        ({"stages": {"pilot": PILOT, "verdict": PASSED}}, END, "试点通过"),
        ({"stages": {"pilot": PILOT, "verdict": FAILED}}, END, "试点未通过"),
        ({"stages": {"pilot": PILOT, "verdict": FAILED}}, MAY, "试点中"),
        ({"stages": {"rollout": "2026-08-01"}}, END, "已推广"),
        ({"stages": {"rollout": "2026-08-01"}, "cancelled": True}, END, "取消"),
    ],
)
def test_the_stage_is_the_one_of_that_day(known, measure, written, day, stage):
    table = schema.check(stages.table(known(measure(**written)), as_of=day), schema.MEASURE_STAGES)
    assert table["stage"].tolist() == [stage]
    assert plan.tracking(known(measure(**written)), as_of=day)["stage"].tolist() == [stage]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"pilot": PILOT, "verdict": PASSED, "rollout": "2026-07-05"}, ""),
        ({"rollout": "2026-07-05"}, ""),
        ({"pilot": PILOT, "rollout": "2026-07-05"}, "M01：2026-07-05 已推广，试点却没有判定"),
        ({"pilot": PILOT, "verdict": PASSED, "rollout": "2026-06-20"}, "M01：推广 2026-06-20 早于试点的判定"),
        (
            {"pilot": PILOT, "verdict": FAILED, "rollout": "2026-07-05"},
            "M01：试点于 2026-07-02 判定不通过",
        ),
    ],
)
def test_a_roll_out_without_its_verdict_is_one_sentence(known, measure, written, says):
    found = stages.faults(known(measure(stages=written)), as_of=END)
    assert len(found) == bool(says) and "".join(found).startswith(says)


def test_what_is_dated_before_its_measure_and_what_who_left_had_to_do_is_said(known, measure):
    """Also where knowledge is in a file, which nothing refused when it was written."""
    told = known(
        measure(),
        measure(id="M02", done="2026-04-20"),
        measure(id="M03", start="2026-08-01", due="2026-09-01"),
        departures=[{"owner": "王敏", "at": "2026-06-01", "successor": "李强"}],
        progress=[{"measure": "M01", "at": "2026-02-01", "percent": 10}],
    )
    assert stages.faults(told, as_of=END) == [
        "进展 M01/2026-02-01：2026-02-01 早于措施开始 2026-03-01；请改正其中一个",
        "措施 M03：负责人 王敏 2026-06-01 起不在，由 李强 接手，"
        "2026-08-01 不能再交给他；请在 “责任人” 里改派",
        "负责人 王敏 2026-06-01 起不在，由 李强 接手，名下还有没完成的措施 M01；请改派",
    ]
    assert not any("名下" in sentence for sentence in stages.faults(told, as_of=MAY))


def test_a_call_without_a_day_about_a_later_round_is_said_to_count_for_nothing_there(known, measure):
    calls = [{"measure": "M01", "feedback_id": "F1", "score": 5}]
    told = known(measure(), measure(**SECOND), revisits=calls)
    (said,) = stages.faults(told, as_of=END)
    assert said == "M01：1 次回访没有写日期，不知是哪一轮，只算第 1 轮的（F1）；请补上日期"
    assert stages.faults(told, as_of=APRIL) == []
    dated = told.model_copy(
        update={"revisits": [known(measure(), revisits=[{**calls[0], "at": "2026-09-01"}]).revisits[0]]}
    )
    assert stages.faults(dated, as_of=END) == []


def test_what_people_decided_is_held_against_the_data(known, measure, evidence):
    told = known(measure(**TRIAL, stages={"pilot": PILOT, "verdict": PASSED}))
    effects = effect.table(told, evidence(shares((100, 100), (100, 100))), as_of=END)
    (said,) = stages.faults(told, effects, as_of=END)
    assert said.startswith("M01：判定通过，试点的效果却是未达标")


def test_the_meeting_is_asked_for_the_verdict_of_a_pilot_that_ended(known, measure, evidence):
    told = known(measure(**TRIAL, stages={"pilot": PILOT}, done="2026-04-20"))
    effects = effect.table(told, evidence(shares((100, 30), (100, 100))), as_of=END)
    empty = schema.empty(schema.QUADRANTS)
    week = weekly.table(plan.tracking(told, effects, as_of=END), effects, empty, plan.table(told), as_of=END)
    assert week["what"].tolist() == ["试点已结束，效果达标：定通过还是不通过"]


def test_only_customers_of_the_scope_are_called_about_a_pilot(known, measure, evidence):
    rows = evidence([("2026-03", "物流延迟", 3, "华东"), ("2026-03", "物流延迟", 4, "华南")]).issues
    told = known(measure(done="2026-04-20", stages={"pilot": PILOT}))
    effects = pd.DataFrame({"measure_id": ["M01"], "verdict": ["证据不足"]})
    assert len(followup.table(told, rows, effects, as_of=END)) == 3


SECOND = {"round": 2, "failure": "临时坐席不熟悉业务", "start": "2026-05-01", "due": "2026-06-30"}


@pytest.fixture
def twice(known, measure):
    """A measure that did nothing from March on, and its second round since May."""
    first = measure(**{**TRIAL, "after": "2026-03-01..2026-04-30"}, done="2026-03-20")
    second = measure(**TRIAL) | SECOND | {"action": "换承运商", "before": "2026-03-01..2026-04-30"}
    visits = [("F1", 1, "2026-04-02"), ("F2", 5, "2026-08-10")]
    visits = [{"measure": "M01", "feedback_id": i, "score": score, "at": at} for i, score, at in visits]
    return known(first, second, revisits=visits)


def test_effects_are_judged_on_the_round_at_work_and_both_are_told(twice, evidence):
    data = evidence(shares((100, 30), (100, 30)))
    before = effect.table(twice, data, as_of=APRIL).iloc[0]
    assert (before["round"], before["verdict"], before["revisit_csat"]) == (1, "未达标", 1)
    now = effect.table(twice, data, as_of=END)
    assert now[["round", "action", "revisit_csat"]].values.tolist() == [[2, "换承运商", 5]]
    assert "上一轮没有成：临时坐席不熟悉业务" in now["note"][0]
    both = schema.check(effect.of_rounds(twice, data, as_of=END), schema.ROUNDS)
    assert (both["verdict"][0], both["failure"][0]) == ("未达标", "临时坐席不熟悉业务")
    assert both["until"].dt.date.tolist() == [APRIL, END] and both["after"][0] == pytest.approx(0.25)
    assert len(effect.of_rounds(twice, data, as_of=APRIL)) == 1


def test_plan_and_tasks_hold_both_rounds_and_a_chain_leads_to_one(twice):
    assert plan.table(twice)["round"].tolist() == stages.table(twice, as_of=END)["round"].tolist() == [1, 2]
    assert tasks.sheet(twice)["task"].tolist() == ["M01 华东仓增设晚班分拣", "M01 第2轮 换承运商"]
    tracking = plan.tracking(twice, as_of=END)
    empty = [schema.empty(schema.table(name)) for name in ("tagged", "tags", "why")]
    tables = chain.Tables(*empty, plan.table(twice), tracking, schema.empty(schema.EFFECTS))
    assert len(tracking) == 1 and "换承运商" in chain.lines(tables, "M01")[0]
    early = tables._replace(tracking=plan.tracking(twice, as_of=APRIL))  # the second round lies ahead
    assert "华东仓增设晚班分拣" in chain.lines(early, "M01")[0]
    assert "换承运商" not in chain.lines(early, "M01")[0]


def test_a_chain_says_what_tested_a_root(known, measure):
    tested = {"root": True, "status": "证据", "tested": [{"by": "数据", "found": "平均 41 天到岗"}]}
    why = [{"cause": "招聘慢", **tested}, {"cause": "设备老", "root": True}]
    held = known(measure(cause="招聘慢"), causes=[{"problem": "物流延迟", "why": why}])
    issues = make_issues([("2026-08", "物流延迟", 1)])
    tags = pd.DataFrame({"feedback_id": ["F00000"], "tag": "物流延迟", "evidence": "慢", "primary": True})
    found = [issues, schema.shape(tags.assign(by="规则"), schema.TAGS), causes.table(held, issues)]
    rest = [plan.table(held), plan.tracking(held, as_of=END), schema.empty(schema.EFFECTS)]
    told = "\n".join(chain.lines(chain.Tables(*found, *rest), "物流延迟"))
    assert "└ 根因 招聘慢（证据）：运营数据：平均 41 天到岗" in told
    assert "└ 根因 设备老（假设）：还没有检验" in told


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ({"problem": "服务态度"}, "与上一轮的 “物流延迟” 不同"),
        ({"start": "2026-03-01"}, "不晚于上一轮的 2026-03-01"),
        ({"round": 3}, "没有 M01 的第 2 轮"),
    ],
)
def test_rounds_follow_one_another(known, measure, second, says):
    with pytest.raises(ParamsError, match=says):
        known(measure(), measure(**{**SECOND, **second}))
    assert known(measure(), measure(**SECOND)).measure("M01").round == 2
