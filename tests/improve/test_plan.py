from datetime import date

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.improve import plan

TREE = [
    {"cause": "分拣效率低", "why": [{"cause": "人员不足", "why": [{"cause": "招聘流程缓慢", "root": True}]}]}
]


def test_plan_tells_the_whole_chain_and_leaves_blanks_missing(known, measure):
    table = plan.table(known(measure(resources=""), causes=[{"problem": "物流延迟", "why": TREE}]))
    row = schema.check(table, schema.PLAN).iloc[0]
    assert row["cause"] == "物流延迟 → 分拣效率低 → 人员不足 → 招聘流程缓慢"
    assert row["owner"] == "王敏" and row["due"] == pd.Timestamp("2026-04-30") and pd.isna(row["resources"])


@pytest.mark.parametrize(
    ("as_of", "changes", "state"),
    [
        ("2026-02-28", {}, "未开始"),
        ("2026-03-01", {}, "进行中"),
        ("2026-04-30", {}, "进行中"),
        ("2026-05-01", {}, "已逾期"),
        ("2026-05-01", {"done": "2026-04-30"}, "按期"),
        ("2026-06-01", {"done": "2026-05-01"}, "延期"),
        ("2026-04-15", {"done": "2026-04-20"}, "进行中"),
        ("2026-05-10", {"done": "2026-05-20"}, "已逾期"),
        ("2026-09-30", {"cancelled": True}, "取消"),
    ],
)
def test_states_follow_the_dates(known, measure, as_of, changes, state):
    table = plan.tracking(known(measure(**changes)), as_of=date.fromisoformat(as_of))
    row = schema.check(table, schema.TRACKING).iloc[0]
    assert row["state"] == state
    assert pd.notna(row["done"]) == (state in ("按期", "延期"))


def test_tracking_tells_the_last_progress_of_its_time(known, measure):
    entries = [("2026-04-01", 50, "设备到货"), ("2026-04-15", None, "试运行"), ("2026-05-02", 100, "")]
    progress = [{"measure": "M01", "at": a, "percent": p, "note": n} for a, p, n in entries]
    held = known(measure(), measure(id="M02"), progress=progress)

    def told(day):
        return plan.tracking(held, as_of=date.fromisoformat(day)).set_index("measure_id")["progress"]

    assert told("2026-04-10")["M01"] == "2026-04-01 50%，设备到货"
    assert told("2026-04-30")["M01"] == "2026-04-15 试运行"
    assert told("2026-05-30")["M01"] == "2026-05-02 100%" and pd.isna(told("2026-05-30")["M02"])


def test_alerts_name_the_late_and_the_soon_the_latest_first(known, measure):
    measures = [
        measure(id=i, due=due)
        for i, due in (("M1", "2026-05-30"), ("M2", "2026-05-05"), ("M3", "2026-04-20"))
    ]
    told = plan.alerts(known(*measures, measure(id="M4", done="2026-04-02")), as_of=date(2026, 5, 1))
    assert [line.split()[0] for line in told] == ["M3", "M2"]
    assert "已逾期 11 天（应于 2026-04-20 完成，责任人 王敏）" in told[0] and "还剩 4 天" in told[1]


def test_gaps_are_top_problems_without_a_live_measure(known, measure):
    quadrants = pd.DataFrame(
        {"rank": [2, 1, 3], "problem": ["服务态度", "物流延迟", "功能异常"], "quadrant": "观察"}
    )
    assert plan.gaps(known(measure()), quadrants, top=2) == [
        "第 2 位 服务态度（观察）：请指定负责人和完成日期"
    ]
    cancelled = known(measure(cancelled=True))
    assert len(plan.gaps(cancelled, quadrants, top=3)) == 3


def test_solutions_carry_the_review_and_the_steps(known, measure):
    review = {"resources": "足够", "risks": "旺季人手波动", "expected": "占比降到 12% 以下"}
    table = plan.solutions(known(measure(steps=["招聘", "上线"], review=review, resources="30 万元")))
    row = schema.check(table, schema.SOLUTIONS).iloc[0]
    assert (row["resources"], row["risks"]) == ("30 万元；足够", "旺季人手波动")
    assert row["action"] == "华东仓增设晚班分拣（1. 招聘；2. 上线）"


def test_empty_knowledge_gives_empty_tables(known):
    for table, spec in (
        (plan.table(known()), schema.PLAN),
        (plan.solutions(known()), schema.SOLUTIONS),
        (plan.tracking(known(), as_of=date(2026, 9, 30)), schema.TRACKING),
    ):
        assert schema.check(table, spec).empty
