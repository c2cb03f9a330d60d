from datetime import date

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.improve import effect, followup, plan, programme, weekly

SEPTEMBER = date(2026, 9, 30)
KPI = {"kind": "kpi", "name": "发货率", "better": "higher"}
TRIAL = {"metric": KPI, "target": 0.95, "before": "2025-12-01..2026-02-28", "after": "2026-05-01..2026-08-31"}


def steps(known_plan, evidence, as_of=SEPTEMBER):
    effects = effect.table(known_plan, evidence, as_of=as_of)
    return effects, plan.tracking(known_plan, effects, as_of=as_of)


def ranked(*problems):
    rows = [{"problem": name, "rank": i, "quadrant": "立即解决"} for i, name in enumerate(problems, 1)]
    return pd.DataFrame(rows, columns=["problem", "rank", "quadrant"])


def test_the_week_tells_late_soon_blocked_and_what_to_decide(known, measure, evidence):
    told = known(
        measure(id="M1", due="2026-09-20", obstacles="接口推迟", **{**TRIAL}),
        measure(id="M2", due="2026-10-14", **TRIAL),
        measure(id="M3", due="2026-10-15", obstacles="等设备", **TRIAL),
        measure(id="M4", due="2026-12-01", **TRIAL),
        measure(id="M5", due="2026-12-01"),
        measure(id="M6", due="2026-09-01", cancelled=True),
        progress=[{"measure": m, "at": "2026-09-01", "percent": 20} for m in ("M3", "M4", "M5")],
    )
    effects, tracking = steps(told, evidence())
    week = weekly.table(tracking, effects, ranked("物流延迟", "服务态度"), plan.table(told), as_of=SEPTEMBER)
    schema.check(week, schema.WEEKLY)
    said = [(kind, subject.split()[0]) for kind, subject in zip(week["kind"], week["subject"], strict=True)]
    assert said == [
        ("逾期", "M1"),
        ("14 天内到期", "M2"),
        ("受阻", "M2"),
        ("受阻", "M3"),
        ("要定的事", "M5"),
        ("要定的事", "服务态度"),
    ]
    assert week["days"].tolist()[:2] == [-10, 14] and week["what"][0] == "接口推迟"
    assert "没有写指标" in week["what"][4] and week["owner"][5] == "待指定"


def test_a_relapse_and_a_failure_ask_for_a_second_round(known, measure, evidence):
    months = pd.period_range("2024-03", "2026-09", freq="M")
    kept = [0.80] * 26 + [0.97] * 4 + [0.79]
    kpis = [(str(m), round(v * 4000), 4000) for m, v in zip(months, kept, strict=True)]
    told = known(measure(done="2026-04-20", **TRIAL))
    effects, tracking = steps(told, evidence(kpis=kpis))
    week = weekly.table(tracking, effects, ranked(), plan.table(told), as_of=SEPTEMBER)
    assert week["what"].tolist()[-1].startswith("2026-09 复发：定第二轮") and pd.isna(week["due"].iloc[-1])


def test_nothing_to_do_is_an_empty_sheet(known, evidence):
    effects, tracking = steps(known(), evidence())
    assert weekly.table(tracking, effects, ranked(), plan.table(known()), as_of=SEPTEMBER).empty


@pytest.fixture
def health(known, measure, evidence):
    months = pd.period_range("2024-03", "2026-09", freq="M")
    kpis = [(str(m), 3200 if i < 26 else 3880, 4000) for i, m in enumerate(months)]
    rows = [("2026-01", "物流延迟", 10), ("2026-09", "物流延迟", 30), ("2026-09", "其他", 10)]
    found = evidence(issues=rows, kpis=kpis)
    found.issues.loc[found.issues.index[:4], "intent"] = "需求"
    found.issues.loc[found.issues.index[-4:], "intent"] = "需求"
    told = known(
        measure(id="M1", done="2026-04-20", **TRIAL),
        measure(id="M2", due="2026-08-01"),
        measure(id="M3", due="2026-06-30", done="2026-07-02"),
        revisits=[{"measure": "M1", "feedback_id": "F00000", "score": 5}],
    )
    effects = effect.table(told, found, as_of=SEPTEMBER)
    calls = followup.table(told, found.issues, effects, as_of=SEPTEMBER)
    table = programme.table(told, found.issues, effects, calls, as_of=SEPTEMBER)
    return schema.check(table, schema.PROGRAMME).set_index("indicator")


def test_each_indicator_by_hand(health):
    assert health.loc["有措施的问题占比", ["value", "n"]].tolist() == [0.75, 40]
    assert health.loc["措施按期完成率", ["value", "n"]].tolist() == [pytest.approx(1 / 3), 3]
    assert health.loc["首条反馈到措施开始（中位数）", "value"] == pytest.approx(58.6, abs=0.1)
    assert health.loc["客户建议采纳率", ["value", "n"]].tolist() == [0.5, 8]
    assert health.loc["闭环率", ["value", "n"]].tolist() == [0.5, 2]
    assert (
        health.loc["措施开始到效果有结论（中位数）", "value"] == (date(2026, 8, 31) - date(2026, 3, 1)).days
    )
    assert health.loc["回访率", ["value", "n"]].tolist() == [pytest.approx(1 / 20), 20]


def test_the_trend_says_the_month_ends_as_they_were_known_then(health):
    assert health.loc["措施按期完成率", "trend"] == "100% → 100% → 50% → 50% → 33% → 33%"
    assert health.loc["措施按期完成率", "previous"] == pytest.approx(1 / 3)


def test_nothing_known_has_no_figures_and_no_error(known, evidence):
    empty = known()
    effects, _ = steps(empty, evidence())
    calls = followup.table(empty, evidence().issues, effects, as_of=SEPTEMBER)
    table = programme.table(empty, evidence().issues, effects, calls, as_of=SEPTEMBER)
    assert table["value"].isna().all() and (table["n"] == 0).all()
