"""Who is slower, where time goes, what waits: counted again by plain loops."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.stats import desks, service, stages

SEPTEMBER = Period.parse("2026-09")
END = pd.Timestamp("2026-10-01")
NO_STAGES = [schema.empty(spec) for spec in (schema.STAGES, schema.BACKLOG, schema.HANDOFFS)]


@pytest.fixture
def handled(make):
    """300 problems of three departments of which one closes at a third of the speed; some never closed."""
    rng = np.random.default_rng(7)
    issues = make({"2026-09": 300}, seed=3, intent="抱怨")
    team = rng.choice(["售后部", "技术部", "客服部"], 300)
    answered = issues["created_at"] + pd.to_timedelta(rng.exponential(2, 300), unit="h")
    closed = answered + pd.to_timedelta(rng.exponential(np.where(team == "技术部", 90, 30)), unit="h")
    done = (rng.random(300) > 0.1) & (closed < END)
    status = np.where(done, "已完成", "处理中")
    handler = pd.Series(team).map({"售后部": "甲", "技术部": "乙", "客服部": "[姓名]"})
    return issues.assign(
        department=team,
        handler=handler.to_numpy(),
        first_response_at=answered.where(answered < END),
        closed_at=closed.where(done),
        status=status,
    )


def tables(issues):
    tagged = schema.shape(issues, schema.TAGGED)
    found = service.scoped(issues, tagged, SEPTEMBER)
    return [schema.check(f(found), spec) for f, spec in TABLES]


TABLES = ((desks.table, schema.DESKS), (stages.of_tickets, schema.STAGES), (desks.backlog, schema.BACKLOG))


def test_the_slow_department_is_named_and_its_figures_are_those_of_statsmodels(handled):
    found = tables(handled)[0].set_index(["dimension", "group"])
    rows = handled[handled["department"] == "技术部"]
    hours = (rows["closed_at"].fillna(END) - rows["created_at"]).dt.total_seconds() / 3600
    line = found.loc[("部门", "技术部")]
    assert line["claim"] == "更慢" and line["pace"] < 0.6
    assert line["hours"] == pytest.approx(SurvfuncRight(hours, rows["closed_at"].notna()).quantile(0.5))
    assert (line["n"], line["open"]) == (len(rows), rows["closed_at"].isna().sum())
    whole = (handled["closed_at"].fillna(END) - handled["created_at"]).dt.total_seconds() / 3600
    _, p = survdiff(
        whole, handled["closed_at"].notna(), handled["department"] == "技术部", strata=handled["urgency"]
    )
    assert line["p_adjusted"] >= p and line["p_adjusted"] <= p * 2 * len(found)


def test_hidden_names_are_not_one_person(handled):
    found = tables(handled)[0]
    assert set(found.loc[found["dimension"] == "处理人", "group"]) == {"甲", "乙"}


def test_small_groups_are_not_judged(handled):
    few = pd.concat(
        [handled[handled["department"] != "客服部"], handled[handled["department"] == "客服部"].head(5)]
    )
    found = tables(few)[0].set_index(["dimension", "group"])
    assert found.loc[("部门", "客服部"), "claim"] == "样本太少" and np.isnan(
        found.loc[("部门", "客服部"), "pace"]
    )
    assert found.loc[("部门", "售后部"), "claim"] != "样本太少"


def test_a_slow_desk_of_twenty_is_found_and_alike_ones_are_not(make):
    rng = np.random.default_rng(11)
    claims = []
    for run in range(40):
        issues = make({"2026-09": 220}, seed=run, intent="抱怨")
        team = np.where(np.arange(220) < 20, "少", rng.choice(["甲部", "乙部", "丙部"], 220))
        slow = np.where((team == "少") & (run % 2 == 0), 4, 1)
        closed = issues["created_at"] + pd.to_timedelta(rng.exponential(24 * slow), unit="h")
        done = closed < END
        status = np.where(done, "已完成", "处理中")
        issues = issues.assign(department=team, closed_at=closed.where(done), status=status)
        found = tables(issues)[0]
        claims.append(found.loc[found["dimension"] == "部门", ["group", "claim"]].set_index("group")["claim"])
    assert sum(each["少"] == "更慢" for each in claims[::2]) >= 16
    assert sum(each.isin(["更慢", "更快"]).any() for each in claims[1::2]) <= 3


def test_a_slow_handler_of_few_problems_a_month_is_found_over_six_months(make):
    rng = np.random.default_rng(3)
    issues = make({f"2026-{month:02d}": 120 for month in range(3, 10)}, intent="抱怨")
    who = rng.choice([f"坐席{i}" for i in range(12)], len(issues))
    closed = issues["created_at"] + pd.to_timedelta(
        rng.exponential(np.where(who == "坐席3", 90, 30)), unit="h"
    )
    status = np.where(closed < END, "已完成", "处理中")
    issues = issues.assign(handler=who, closed_at=closed.where(closed < END), status=status)
    tagged = schema.shape(issues, schema.TAGGED)
    now, half = (service.scoped(issues, tagged, each) for each in (SEPTEMBER, desks.long(SEPTEMBER)))
    found = schema.check(desks.table(now, half), schema.DESKS).set_index(["dimension", "group"])
    people = found.loc["处理人"]
    assert people.index[people["claim"] == "更慢"].tolist() == ["坐席3"]
    recent = issues[(issues["created_at"] >= "2026-04-01") & (issues["handler"] == "坐席3")]
    assert people.loc["坐席3", "n"] == len(recent) and found.loc["渠道", "n"].sum() <= 120


def test_the_desk_that_solves_less_at_once_is_named(make):
    at = pd.Timestamp("2026-09-01") + pd.to_timedelta(np.arange(120) * 2, unit="h")
    team, who = ["理财部", "柜面部"] * 60, [f"c{i}" for i in range(120)]
    common = {"intent": "抱怨", "customer_id": who, "department": team, "status": "已完成"}
    issues = make({"2026-09": 120}, **common).assign(created_at=at, closed_at=at + pd.Timedelta(hours=5))
    again = issues[(issues.index % 2 == 0) & (issues.index < 60)]
    later = again.assign(
        created_at=again["created_at"] + pd.Timedelta(days=3), feedback_id=again["feedback_id"] + "b"
    )
    tagged = schema.shape(pd.concat([issues, later], ignore_index=True), schema.TAGGED)
    scope = service.scoped(issues, tagged, SEPTEMBER)
    judged = schema.check(desks.table(scope), schema.DESKS)
    line = judged.set_index(["dimension", "group"]).loc[("部门", "理财部")]
    assert (line["first_contact"], line["others"], line["solved"]) == (0.5, 1.0, "更低")
    p = fisher_exact([[30, 30], [60, 0]]).pvalue
    assert p <= line["solved_p"] <= p * 2 * len(judged)
    told = str(conclusions.service_quality(schema.empty(schema.SERVICE), judged, *NO_STAGES))
    assert "各部门的一次解决率：理财部更低，50.0%（其他 100.0%" in told and "柜面部更高" in told


def test_what_was_not_judged_is_said(handled):
    few = pd.concat(
        [handled[handled["department"] != "客服部"], handled[handled["department"] == "客服部"].head(5)]
    )
    judged = tables(few.assign(department=few["department"].replace("技术部", "售后部")))[0]
    told = str(conclusions.service_quality(schema.empty(schema.SERVICE), judged, *NO_STAGES))
    assert "各部门办结" not in told
    judged = tables(few)[0]
    told = str(conclusions.service_quality(schema.empty(schema.SERVICE), judged, *NO_STAGES))
    assert "另有 1 组的件数太少，没有判断" in told


def test_a_channel_alone_has_nobody_to_be_held_against(handled):
    found = tables(handled.assign(channel="电话"))[0].set_index("dimension")
    assert found.loc["渠道", "claim"] == "没有其他组" == found.loc["渠道", "solved"]


def test_stages_add_up_to_the_time_every_ticket_took(handled):
    found = tables(handled)[1]
    whole = found[found["group"] == "全部"].set_index("stage")
    until = handled["closed_at"].fillna(END)
    first = handled["first_response_at"].fillna(END)
    assert whole["total"].sum() == pytest.approx(
        (until - handled["created_at"]).dt.total_seconds().sum() / 3600
    )
    waits = (first - handled["created_at"]).dt.total_seconds() / 3600
    assert whole.loc[stages.WAIT, "total"] == pytest.approx(waits.sum())
    assert whole.loc[stages.WAIT, "open"] == handled["first_response_at"].isna().sum()
    assert whole["share"].sum() == pytest.approx(1) and whole.index[0] == stages.WORK
    parts = found[found["group"] != "全部"].groupby("stage")["total"].sum()
    assert parts[stages.WORK] == pytest.approx(whole.loc[stages.WORK, "total"])


def test_the_whole_stands_before_the_departments_of_both_tables(handled):
    one = tables(handled)[1]
    groups = stages.both(one, one.assign(basis="状态流水"))["group"].tolist()
    assert groups[:4] == ["全部"] * 4 and "全部" not in groups[4:]


def test_the_backlog_is_banded_by_days_waited(make):
    ages = [0.5, 3, 3.1, 7, 8, 30, 31, 400]
    issues = make({"2026-09": len(ages)}, intent="抱怨", status="处理中", department="售后部")
    issues["created_at"] = [END - pd.Timedelta(days=d) for d in ages]
    issues["due_at"] = issues["created_at"] + pd.Timedelta(days=7)
    found = tables(issues)[2].set_index("band")
    assert found["n"].to_dict() == {"3 天以内": 2, "4–7 天": 2, "8–30 天": 2, "超过 30 天": 2}
    assert found["late"].to_dict() == {"3 天以内": 0, "4–7 天": 0, "8–30 天": 2, "超过 30 天": 2}


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"status": "已完成"},
        {"closed_at": pd.Timestamp("2020-01-01"), "first_response_at": pd.Timestamp("2020-01-01")},
        {"closed_at": pd.Timestamp("2099-01-01")},
        {"status": "处理中", "department": None, "handler": None},
    ],
    ids=["nothing", "no times", "before it was raised", "in the future", "nobody"],
)
@pytest.mark.parametrize("n", [0, 1, 40])
def test_bad_records_are_no_figures_and_no_errors(make, columns, n):
    issues = make({"2026-09": n}, intent="抱怨", **columns)
    judged, lasting, _ = tables(issues)
    assert not (judged["hours"] < 0).any() and not (lasting["total"] < 0).any()
    assert not judged["claim"].isin(["更慢", "更快"]).any()
