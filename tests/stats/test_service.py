from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.metric import Metric
from voc_lib.params import Sla
from voc_lib.period import Period
from voc_lib.stats import metrics, satisfaction, service
from voc_lib.stats.basis import Evidence

SEPTEMBER = Period.parse("2026-09")
START = pd.Timestamp("2026-09-10")


def rows(make, hours, **columns):
    """One issue per entry raised on 10 September and closed so many hours later (None: open)."""
    n = len(hours)
    closed = pd.to_datetime([START + pd.Timedelta(hours=h) if h is not None else None for h in hours])
    base = {
        "created_at": START,
        "due_at": START + pd.Timedelta(hours=24),
        "closed_at": closed,
        "intent": "抱怨",
    }
    return make({"2026-09": n}, **base | {"status": "处理中"} | columns)


def figures(issues, tagged=None):
    tagged = schema.shape(issues, schema.TAGGED) if tagged is None else tagged
    table = schema.check(service.table(issues, tagged, SEPTEMBER, sla=Sla()), schema.SERVICE)
    return table.set_index(["group", "indicator"])


def test_durations_leave_impossible_ones_out_and_say_so(make):
    table = figures(rows(make, [10, 20, 30, 40, 50, 60, -5, 99_999, None]))
    line = table.loc[("全部", "处理时长均值")]
    assert (
        (line["value"], line["n"]) == (35, 6)
        and "1 件时间不合理" in line["note"]
        and "2 件到期末没有有效的完成时间" in line["note"]
    )
    middle = table.loc[("全部", "处理时长中位数")]
    assert (middle["value"], middle["low"], middle["high"]) == (35, 10, 60)


def test_open_issues_lengthen_the_median_instead_of_vanishing(make):
    table = figures(rows(make, [10, 20, 30, None, None, None, None]))
    assert table.loc[("全部", "处理时长中位数"), "value"] == 20
    waiting = table.loc[("全部", "办结时长中位数（含未完成）")]
    assert np.isnan(waiting["value"]) and waiting["n"] == 7 and "未完成的 4 件" in waiting["note"]


def test_issues_opened_again_are_open_and_the_basis_says_so(make):
    """10 closed in 10 hours, two of them open again: they wait, are late, and no mean counts them."""
    back = ["处理中"] * 2 + ["已完成"] * 8
    table = figures(rows(make, [10] * 10, status=back))
    line = table.loc["全部"]
    assert line.loc["待处理量", "value"] == 2 and line.loc["超期待处理量", "value"] == 2
    assert line.loc["SLA达成率", "value"] == 0.8 and line.loc["处理时长均值", "n"] == 8
    said = "；2 件有完成时间而状态仍未办结，是又打开了，按未完成计"
    for name in ("待处理量", "SLA达成率", "处理时长均值", "办结时长中位数（含未完成）"):
        assert said in line.loc[name, "note"]
    stale = figures(rows(make, [10] * 10, status="处理中")).loc["全部"]
    assert stale.loc["待处理量", "value"] == 0 and "又打开" not in stale.loc["SLA达成率", "note"]


def test_sla_counts_open_and_overdue_as_missed_and_leaves_the_undecided_out(make):
    issues = rows(make, [10, 24, 30, None, None])
    issues.loc[4, "due_at"] = pd.Timestamp("2026-10-20")
    line = figures(issues).loc[("全部", "SLA达成率")]
    assert (line["value"], line["n"]) == (0.5, 4) and "1 件未到期" in line["note"]


def test_the_table_and_a_goal_give_one_figure_of_deadlines_kept(make):
    """Closed before a deadline that lies ahead: not counted, for slow ones of its age are not known yet."""
    issues = rows(make, [10, 30, 5, 6, None])
    issues.loc[2:, "due_at"] = pd.Timestamp("2026-10-20")
    line = figures(issues).loc[("全部", "SLA达成率")]
    evidence = Evidence(
        schema.shape(issues, schema.ISSUES), schema.empty(schema.EXPOSURE), schema.empty(schema.KPIS)
    )
    goal = metrics.measure(Metric(kind="sla"), evidence, SEPTEMBER.start, SEPTEMBER.end)
    assert (line["value"], line["n"], line["low"], line["high"]) == (goal.value, goal.n, goal.low, goal.high)
    assert (goal.value, goal.n) == (0.5, 2)


def again(issues, days):
    """The single feedback of the issues, those named raised again so many days later."""
    tagged = schema.shape(issues, schema.TAGGED)
    later = tagged.loc[list(days)].assign(feedback_id=[f"再{i}" for i in days])
    later["created_at"] += pd.to_timedelta(list(days.values()), unit="D")
    return pd.concat([tagged, later], ignore_index=True)


def test_first_contact_counts_closed_once_and_repeats(make):
    issues = rows(make, [1, 1, 1, None, None])
    line = figures(issues, again(issues, {2: 3, 3: 5})).loc[("全部", "一次解决率")]
    assert (line["value"], line["n"]) == (0.5, 4)


def test_first_contact_follows_every_issue_for_seven_days(make):
    issues = rows(make, [1] * 40)
    issues.loc[20:, ["created_at", "closed_at"]] -= pd.Timedelta(days=31)
    late = dict.fromkeys(range(21, 25), 20) | {0: 2, 20: 2}  # most of August's were raised again later on
    line = figures(issues, again(issues, late)).loc[("全部", "一次解决率")]
    assert line["value"] == line["previous"] == 0.95
    issues.loc[:9, "created_at"] = pd.Timestamp("2026-09-28")
    line = figures(issues, again(issues, {})).loc[("全部", "一次解决率")]
    assert line["n"] == 10 and "未满 7 天" in line["note"]


def test_a_customer_who_raises_an_issue_again_repeats_and_nobody_else(make):
    issues = rows(make, [1, 1, 1, 1])
    tagged = schema.shape(issues, schema.TAGGED).assign(issue_id=["A", "A", "A", "B"])

    def repeat_rate(customers):
        own = tagged.assign(customer_id=pd.Series(customers, dtype="str"))
        return figures(issues, own).loc[("全部", "投诉重复率")]

    line = repeat_rate(["u1", "u1", "u1", "u1"])
    assert (line["value"], line["n"]) == (0.5, 4)
    assert repeat_rate(["u1", "u2", "u1", "u1"])["value"] == 0.25  # two customers people put together
    unknown = repeat_rate([None, None, None, "u1"])
    assert unknown["value"] == 0 and "3 条没有客户编号" in unknown["note"]


def test_backlog_is_what_was_open_at_the_end_of_the_period(make):
    issues = rows(make, [None, 24 * 25, 5])  # open, closed in October, closed in time
    table = figures(issues)
    assert table.loc[("全部", "待处理量"), "value"] == 2 and table.loc[("全部", "超期待处理量"), "value"] == 2
    assert table.loc[("全部", "待处理时长中位数"), "value"] == pytest.approx(21)


def late_month(make, month, day, *, handled):
    """20 problems answered in an hour and closed after a day, 20 raised on `day` and handled later."""
    raised = pd.to_datetime([f"{month}-10"] * 20 + [f"{month}-{day}"] * 20)
    closed = [*(raised[:20] + pd.Timedelta(days=1)), *[pd.Timestamp(handled)] * 20]
    answered = [*(raised[:20] + pd.Timedelta(hours=1)), *closed[20:]]
    status = ["已完成" if pd.notna(c) else "处理中" for c in closed]
    times = {"created_at": raised, "due_at": raised + pd.Timedelta(days=2), "closed_at": closed}
    return make({month: 40}, **times, first_response_at=answered, status=status, intent="抱怨")


def test_the_period_before_is_told_with_what_was_known_at_its_end(make):
    august = late_month(make, "2026-08", 28, handled="2026-09-20")
    issues = pd.concat([august, late_month(make, "2026-09", 27, handled=None)], ignore_index=True)
    issues["issue_id"] = [f"I{i}" for i in range(80)]
    line = figures(issues).loc["全部"]
    assert line.loc["处理时长均值", ["value", "previous"]].tolist() == [24, 24]
    assert line.loc["首次响应时间中位数", ["value", "previous"]].tolist() == [1, 1]
    assert line.loc["SLA达成率", ["value", "previous"]].tolist() == [0.5, 0.5]
    assert line.loc["待处理量", ["value", "previous"]].tolist() == [20, 20]
    assert line["value"].tolist() == pytest.approx(line["previous"].tolist(), nan_ok=True)


def test_an_old_month_run_again_later_says_the_same(make):
    late = late_month(make, "2026-09", 27, handled="2026-10-01")
    then = late_month(make, "2026-09", 27, handled=None)
    pd.testing.assert_frame_equal(figures(late), figures(then))


def test_sources_that_record_no_handling_have_no_backlog_and_miss_no_deadline(make):
    table = figures(rows(make, [None] * 8, status=None))
    assert np.isnan(table.loc[("全部", "待处理量"), "value"]) and table.loc[("全部", "SLA达成率"), "n"] == 0


def test_channels_departments_and_the_period_before(make):
    issues = rows(
        make, [10, 20, 30, 40], channel=["电话", "电话", "微博", "微博"], department=["仓储部"] * 3 + [None]
    )
    issues.loc[[0, 2], "created_at"] -= pd.Timedelta(days=31)
    issues.loc[[0, 2], "closed_at"] -= pd.Timedelta(days=31)
    table = figures(issues)["value"]
    assert table[("全部", "处理时长均值")] == 30 and table[("渠道：微博", "处理时长均值")] == 40
    assert figures(issues).loc[("渠道：微博", "处理时长均值"), "previous"] == 30
    assert table[("部门：仓储部", "处理时长均值")] == 20


def test_nothing_is_missing_values_not_a_crash(make):
    table = figures(make({}))
    assert table.drop(["待处理量", "超期待处理量"], level="indicator")["value"].isna().all()


def test_satisfaction_mean_share_and_nps_by_hand(make):
    issues = rows(make, [1] * 6, csat=[5, 4, 4, 2, 5, None], nps=[10, 9, 8, 3, None, None], channel="电话")
    tagged = schema.shape(issues, schema.TAGGED)
    table = schema.check(satisfaction.table(tagged, SEPTEMBER), schema.SERVICE).set_index(
        ["group", "indicator"]
    )
    assert table.loc[("全部", "满意度均分"), ["value", "n"]].tolist() == [4, 5]
    assert (
        table.loc[("渠道：电话", "满意率"), "value"] == 0.8
        and table.loc[("月份：2026-09", "NPS"), "value"] == 25
    )
    assert "6 条反馈中 5 条有评分" in table.loc[("全部", "满意率"), "note"]
    assert satisfaction.table(tagged, Period.parse("2025-01")).empty


MESSAGES = Path(__file__).parents[2] / "../shared/data/tipdm2020c_gov_messages/附件4_留言_答复.xlsx"


@pytest.mark.skipif(not MESSAGES.exists(), reason="公开政务留言数据不在这台机器上")
def test_real_replies_take_the_published_eleven_days(make):
    raw = pd.read_excel(MESSAGES, engine="calamine", usecols=["留言时间", "答复时间"])
    asked, replied = (
        pd.to_datetime(raw[c].astype("str").str.strip(), errors="coerce", format="mixed") for c in raw
    )
    issues = make({"2026-09": len(raw)}, created_at=asked, closed_at=replied, due_at=asked, status="已完成")
    table = service.table(
        issues, schema.shape(issues, schema.TAGGED), Period.parse("2010-01-01..2026-01-01"), sla=Sla()
    )
    line = table.set_index(["group", "indicator"]).loc[("全部", "处理时长中位数")]
    assert line["value"] / 24 == pytest.approx(11.2, abs=0.1) and line["n"] > 2_800
    assert line["low"] < line["value"] < line["high"]
