from datetime import date

import pandas as pd
import pytest

from benchmarks import simulate
from voc_lib import schema
from voc_lib.improve import effect, followup, plan, watch
from voc_lib.period import Period
from voc_lib.report import conclusions, findings
from voc_lib.stats.basis import Evidence

RUNS = 150
TRIAL = {
    "done": "2026-04-28",
    "metric": {"kind": "kpi", "name": "发货率", "better": "higher"},
    "target": 0.95,
    "before": "2025-12-01..2026-02-28",
    "after": "2026-05-01..2026-06-30",
}


def kpis(values, first="2024-03", n=4000):
    months = pd.period_range(first, periods=len(values), freq="M")
    return [(str(m), round(v * n), n) for m, v in zip(months, values, strict=True)]


@pytest.fixture
def judged(known, measure, evidence):
    """The row of a measure that rose from 80 to 96 % and was `later` so, month by month."""

    def build(later, *, quiet=6, **more):
        values = [0.80] * 26 + [0.96] * 2 + later
        end = (pd.Period("2026-06") + len(later)).end_time.date()
        told = known(measure(**TRIAL, **more))
        return effect.table(told, evidence(kpis=kpis(values)), as_of=end, quiet=quiet).iloc[0]

    return build


def test_80_96_79_is_a_relapse_and_not_consolidated(judged):
    row = judged([0.79])
    assert (row["verdict"], row["watch"], row["slipped"]) == ("未达标", "复发", "2026-07")
    assert row["next_step"] == "回到根因分析" and "2026-07 复发（越界）" in row["reason"]
    assert "措施已重新打开" in row["watch_note"]


@pytest.mark.parametrize(
    ("before", "later", "target", "reason"),
    [
        (10, [0.79], 0.95, "曾达到目标，2026-07 复发（越界）"),
        (8, [0.79] * 3, 0.90, "曾达到目标，最近 3 个月已回落，区间不含目标值"),
    ],
)
def test_80_96_79_is_a_relapse_also_where_the_months_before_prove_no_effect(
    known, measure, evidence, before, later, target, reason
):
    """8 and 6 months before are too few for 达标; that the target was lost needs no cause."""
    months = kpis([0.80] * before + [0.96] * 2 + later, str(pd.Period("2026-05") - before))
    end = (pd.Period("2026-06") + len(later)).end_time.date()
    row = effect.table(known(measure(**TRIAL | {"target": target})), evidence(kpis=months), as_of=end).iloc[0]
    assert (row["verdict"], row["watch"], row["reason"]) == ("未达标", "复发", reason)
    assert row["next_step"] == "回到根因分析" and "措施已重新打开" in row["watch_note"]


def test_a_target_reached_without_proof_and_kept_stays_open(known, measure, evidence):
    months = kpis([0.80] * 10 + [0.96] * 5, "2025-07")
    row = effect.table(known(measure(**TRIAL)), evidence(kpis=months), as_of=date(2026, 9, 30)).iloc[0]
    assert row["verdict"] == "证据不足" and pd.isna(row["watch"])


def test_a_measure_that_slipped_for_a_month_is_open_until_enough_months_are_quiet(judged):
    back = judged([0.96, 0.79, 0.96, 0.96, 0.96])
    assert (back["watch"], back["quiet_months"], back["verdict"]) == ("复发", 3, "未达标")
    held = judged([0.96, 0.79, 0.96, 0.96, 0.96], quiet=3)
    assert (held["watch"], held["verdict"]) == ("已稳住", "达标") and "已恢复" in held["watch_note"]


@pytest.mark.parametrize(
    ("later", "document", "step"),
    [
        ([], "SOP-1", "继续看守"),
        ([0.96] * 5, "SOP-1", "继续看守"),
        ([0.96] * 6, "", "写成制度文件后固化"),
        ([0.96] * 6, "SOP-1", "机制固化"),
        ([0.96] * 6 + [0.949], "SOP-1", "继续看守"),
    ],
)
def test_only_what_held_and_is_written_down_is_consolidated(judged, later, document, step):
    row = judged(later, document=document)
    assert (row["verdict"], row["next_step"]) == ("达标", step)


def test_a_month_of_few_cases_under_the_target_withholds_consolidation(known, measure, evidence):
    """79 % of 50 after six months of 96 % is no alarm yet, and no reason to write it down for good."""
    months = kpis([0.80] * 26 + [0.96] * 8 + [0.79], n=50)
    told = known(measure(**TRIAL | {"target": 0.9}, document="SOP-1"))
    row = effect.table(told, evidence(kpis=months), as_of=date(2027, 1, 31)).iloc[0]
    assert (row["watch"], row["next_step"]) == ("已稳住", "继续看守")
    assert row["watch_note"].endswith("最近一个月差于目标，先不固化")


def test_a_measure_whose_window_has_just_ended_says_from_when_it_is_watched(judged):
    assert "从下个月起看守；满 6 个月没有复发才算稳住" in judged([])["watch_note"]


def test_a_relapse_is_said_behind_the_name_of_the_measure(judged):
    told = conclusions.effects(pd.DataFrame([judged([0.79])]))
    assert "，复发）；后续：回到根因分析" in told.items[0] and told.items[0].startswith("未达标：“")


def test_a_month_worse_than_the_level_but_better_than_the_target_is_no_relapse(judged):
    assert judged([0.96, 0.952, 0.953])["watch"] == "看守中"


def test_what_never_met_its_target_is_not_watched(known, measure, evidence):
    rows = evidence(kpis=kpis([0.80] * 26 + [0.81] * 2 + [0.79]))
    row = effect.table(known(measure(**TRIAL)), rows, as_of=date(2026, 7, 31)).iloc[0]
    assert row["verdict"] == "未达标" and pd.isna(row["watch"])


def test_three_months_a_little_under_the_target_are_a_relapse_and_two_are_not():
    whole = simulate.series(pd.Series([0.8] * 24 + [0.9] * 5 + [0.871] * 3).to_numpy(), 1500)
    for months, rules in ((2, []), (3, ["连续偏移"])):
        found = watch.alarms(whole[:24], whole[24:29], whole[29 : 29 + months], 0.89, 1)
        assert [alarm.rule for alarm in found] == rules


@pytest.mark.parametrize("before", [8, 12, 24, 36])
@pytest.mark.parametrize("name", simulate.GUARDED)
def test_a_year_that_holds_hardly_ever_cries_wolf(name, before):
    """150 years: at 2 % more than eight false alarms have a chance of .4 %."""
    assert simulate.relapses(name, before, RUNS) <= 8 / RUNS


def test_an_effect_wholly_lost_is_seen():
    assert simulate.relapses("n=300，φ=1", 24, 60, lost=0.1) >= 0.9


def test_who_is_told_what_and_what_stands_open_again(known, measure, evidence):
    rows = evidence(issues=[("2026-04", "物流延迟", 2)], kpis=kpis([0.80] * 26 + [0.96] * 2 + [0.79]))
    told = known(measure(**TRIAL), revisits=[{"measure": "M01", "feedback_id": "F00000", "score": 5}])
    effects = effect.table(told, rows, as_of=date(2026, 7, 31))
    schema.check(effects, schema.EFFECTS)
    calls = followup.table(told, rows.issues, effects, as_of=date(2026, 7, 31))
    assert not calls["reason"].str.contains("已改进").any()
    assert "不要说问题已解决" in calls["reason"].iloc[0] and "需再次说明" in calls["reason"].iloc[1]
    tracking = plan.tracking(told, effects, as_of=date(2026, 7, 31))
    schema.check(tracking, schema.TRACKING)
    assert tracking["state"].tolist() == ["复发"]
    assert "复发 1 项" in str(conclusions.tracking(tracking))


def test_a_relapse_leads_the_summary_also_before_all_problems_risen(judged):
    lost = judged([0.79]).to_dict() | {"measure_id": "M02"}
    failed = lost | {"measure_id": "M01", "watch": None, "slipped": None, "reason": "未到目标"}
    effects = schema.shape(pd.DataFrame([failed, lost]), schema.EFFECTS)
    rose = {"category": "全部", "n": 900, "rate": 9.0, "level": 5.0, "claim": "偏高", "p_adjusted": 1e-9}
    rates = schema.shape(pd.DataFrame([rose]), schema.RATES)
    spare = [schema.CHANGES, schema.EMERGING, schema.COMMITMENTS, schema.TRACKING, schema.PLAN]
    changes, emerging, promises, tracking, plans = (schema.empty(table) for table in spare)
    tables = (rates, changes, emerging, effects, promises, tracking, plans, schema.empty(schema.TEAM))
    found = findings.table(findings.Tables(*tables), Period.parse("2026-07"))
    assert found["kind"].tolist() == ["措施复发", "问题总量", "措施"]
    assert "达到目标后于2026年7月（79.0%）复发，已重新打开" in found["finding"][0]


def test_hours_that_rise_again_are_a_relapse(known, measure):
    months = pd.period_range("2024-03", "2026-07", freq="M")
    hours = [
        48.0 if m <= pd.Period("2026-04") else 12.0 if m <= pd.Period("2026-06") else 60.0 for m in months
    ]
    rows = [
        {"created_at": f"{m}-{1 + i % 25:02d} 08:00", "hours": h * (0.8 + 0.1 * (i % 5))}
        for m, h in zip(months, hours, strict=True)
        for i in range(40)
    ]
    frame = pd.DataFrame(rows)
    ids = pd.Series([f"F{i:05d}" for i in range(len(frame))], dtype="str")
    created = pd.to_datetime(frame["created_at"])
    issues = frame.assign(
        created_at=created,
        closed_at=created + pd.to_timedelta(frame["hours"], unit="h"),
        issue_id=ids,
        feedback_id=ids,
        feedback_ids=ids,
        primary_tag="物流延迟",
        status="已完成",
        text="慢",
    )
    evidence = Evidence(
        schema.shape(issues, schema.ISSUES), schema.empty(schema.EXPOSURE), schema.empty(schema.KPIS)
    )
    trial = TRIAL | {"metric": {"kind": "handling_hours"}, "target": 24}
    row = effect.table(known(measure(**trial)), evidence, as_of=date(2026, 7, 31)).iloc[0]
    assert (row["watch"], row["slipped"]) == ("复发", "2026-07"), row.to_dict()
