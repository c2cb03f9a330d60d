import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.metric import Metric
from voc_lib.params import Goal, Member, Milestone, Params, Source
from voc_lib.period import Period
from voc_lib.stats import diagnosis, goals, shares
from voc_lib.stats.basis import Evidence

SEPTEMBER = Period.parse("2026-09")


def params(**more):
    return Params(name="示例", period="2026-09", sources=[Source(name="工单", path="t.csv")], **more)


def top(issues, **more):
    stats = shares.table(issues, SEPTEMBER)
    return schema.check(diagnosis.top(issues, SEPTEMBER, stats, params=params(), **more), schema.DIAGNOSIS)


def test_three_pain_points_with_figures_quote_and_evidence(make):
    issues = make({"2026-08": 380, "2026-09": 400})
    table = top(issues)
    first = table.iloc[0]
    assert (
        table["rank"].tolist() == [1, 2, 3]
        and first["category"] == "物流延迟"
        and "其他" not in set(table["category"])
    )
    assert f"本期 {first['n']} 件，占 {first['share']:.1%}（95% 区间 " in first["finding"]
    assert first["quote"] in set(issues.loc[issues["primary_tag"] == "物流延迟", "text"])
    cited = issues[issues["feedback_id"].isin(first["feedback_ids"].split("、"))]
    assert len(cited) == 20 and set(cited["primary_tag"]) == {"物流延迟"}


def test_other_is_a_pain_point_only_alone(make):
    assert top(make({"2026-09": 30}, primary_tag="其他"))["category"].tolist() == ["其他"]


def test_three_loud_issues_do_not_outrank_a_hundred(make):
    issues = make(
        {"2026-09": 203}, primary_tag=["大"] * 200 + ["小"] * 3, urgency=["P1", "P2"] * 100 + ["P0"] * 3
    )
    assert top(issues)["category"].tolist() == ["大", "小"]


def test_a_significant_rise_adds_its_points_to_the_score(make):
    stats = shares.table(make({"2026-08": 400, "2026-09": 400}, seed=1), SEPTEMBER)
    issues = make({"2026-08": 400, "2026-09": 400}, seed=1)
    raised = stats.assign(change=10.0, p_adjusted=0.001)
    flat = diagnosis.top(issues, SEPTEMBER, stats.assign(change=0.0), params=params())
    risen = diagnosis.top(issues, SEPTEMBER, raised, params=params())
    assert risen["score"].tolist() == pytest.approx((flat["score"] + 0.1).tolist())


def test_an_empty_period_has_no_pain_points(make):
    assert top(make({})).empty and top(make({"2026-08": 9})).empty


def test_baselines_come_from_params_or_the_period_before(make):
    share = Metric(kind="share", category="物流延迟")
    plan = params(
        goals=[
            Goal(name="降延迟", metric=share, target=0.2),
            Goal(name="给定", metric=share, target=0.2, baseline=0.25),
            Goal(name="无数据", metric=Metric(kind="csat"), target=4.5),
        ]
    )
    issues = make({"2026-08": 100, "2026-09": 100})
    evidence = Evidence(issues, schema.empty(schema.EXPOSURE), schema.empty(schema.KPIS))
    table = schema.check(goals.table(plan, evidence, SEPTEMBER), schema.GOALS)
    august = issues[issues["created_at"] < "2026-09-01"]
    assert table["baseline"].tolist() == pytest.approx(
        [(august["primary_tag"] == "物流延迟").mean(), 0.25, float("nan")], nan_ok=True
    )
    assert table["source"].tolist() == ["上期 2026年8月", "项目约定", "上期与本期都没有数据，无法计算"]
    assert goals.table(params(), evidence, SEPTEMBER).empty


def test_team_milestones_and_channels(make):
    plan = params(
        team=[Member(role="分析师", name="乙"), Member(role="主管", name="甲", lead=True)],
        milestones=[
            Milestone(name="晚", due="2026-12-01", owner="甲"),
            Milestone(name="早", due="2026-09-15", owner="甲"),
        ],
    )
    assert schema.check(goals.team(plan), schema.TEAM)["name"].tolist() == ["甲", "乙"]
    table = schema.check(goals.milestones(plan, SEPTEMBER), schema.MILESTONES)
    assert table["milestone"].tolist() == ["早", "晚"] and table["state"].tolist() == ["已到期", "未到期"]
    tagged = schema.shape(
        make({"2026-08": 10, "2026-09": 40}, file=["旧.csv"] * 10 + ["新.csv"] * 40), schema.TAGGED
    )
    channels = schema.check(goals.channels(tagged, SEPTEMBER), schema.CHANNELS)
    assert (
        channels["n"].sum() == 40
        and channels["share"].sum() == pytest.approx(1)
        and set(channels["file"]) == {"新.csv"}
    )
    assert pd.isna(goals.channels(tagged, Period.parse("2027-01"))["share"]).all()
