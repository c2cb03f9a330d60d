"""Measures on records no textbook has: a sentence each time, never a wrong verdict, never a warning."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.improve.conftest import make_issues, make_kpis
from voc_lib.errors import ParamsError
from voc_lib.improve import effect
from voc_lib.schema import EXPOSURE, empty
from voc_lib.stats.basis import Evidence

MONTHS = [str(month) for month in pd.period_range("2024-01", "2026-09", freq="M")]
AFTER = pd.Timestamp("2026-05-01")
WINDOWS = {"before": "2026-01-01..2026-02-28", "after": "2026-05-01..2026-09-30"}
KPI = {"kind": "kpi", "name": "发货率", "better": "higher"}
HOURS = {"kind": "handling_hours"}

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def judged(known, measure):
    """The row of the effect table of a measure on the KPIs or issues given."""

    def call(metric, target, *, kpis=(), issues=None, **more):
        rows = make_issues([]) if issues is None else issues
        plan = known(measure(metric=metric, target=target, **{**WINDOWS, **more}))
        data = Evidence(rows, empty(EXPOSURE), make_kpis(kpis))
        return effect.table(plan, data, as_of=date(2026, 9, 30)).iloc[0]

    return call


def issues(each, **columns):
    rows = make_issues([(month, "物流延迟", each) for month in MONTHS])
    return rows.assign(**{name: value(rows["created_at"]) for name, value in columns.items()})


def closed(each, hours):
    """Issues closed after so many hours, by their month and number."""

    def at(created):
        lasted = [hours(when, number) for number, when in enumerate(created)]
        return created + pd.to_timedelta(lasted, unit="h")

    return issues(each, closed_at=at).assign(status="已完成")


@pytest.mark.parametrize(
    ("metric", "target", "more", "said"),
    [
        (KPI, 95, {}, "比例请写小数"),
        (KPI, -0.1, {}, "超出 0–1"),
        ({"kind": "csat"}, 95, {}, "以 1–5 分为单位"),
        (KPI, 0.9, {"before": "2026-01-01..2026-06-30"}, "不能重叠或颠倒"),
        (KPI, 0.9, {"due": "2026-02-28"}, "早于开始日期"),
        (KPI, 0.9, {"due": "9999-12-31"}, "年份应在 1990 到 2100"),
        (KPI, 0.9, {"due": 20260430}, "应是日期，例如 2026-09-30"),
        (KPI, 0.9, {"start": "2026-06-15", "due": "2026-07-01"}, "措施 2026-06-15 才开始"),
        (
            {"kind": "sla", "where": {"region": "华东"}},
            0.9,
            {"comparison": {"region": "华东"}},
            "对照组就是指标的范围",
        ),
    ],
    ids=["percent", "negative", "scale", "overlap", "due", "year", "no day", "before it began", "itself"],
)
def test_targets_and_windows_that_make_no_sense_are_refused(judged, metric, target, more, said):
    with pytest.raises(ParamsError, match=said):
        judged(metric, target, kpis=[(month, 80, 100) for month in MONTHS], **more)


@pytest.mark.parametrize(
    ("kpis", "name", "said"),
    [
        ([(month, 0, 0) for month in MONTHS], "发货率", "改进前没有数据"),
        ([(month, 80, 100 * (month < "2026-05")) for month in MONTHS], "发货率", "改进后没有数据"),
        ([(month, 80, 100) for month in MONTHS], "发货及时率", "是否想写 “发货率”？若改了名"),
        ([(month, 60 + 30 * (month > "2026-04"), 100) for month in MONTHS[25:]], "发货率", "少于 6 个月"),
        ([(month, 100, 100) for month in MONTHS], "发货率", "改进前已达到目标"),
        ([(month, 1, 1) for month in MONTHS], "发货率", "样本只有 26"),
    ],
    ids=["zero", "zero-after", "renamed", "short", "equal", "ones"],
)
def test_kpis_that_say_too_little_decide_nothing(judged, kpis, name, said):
    row = judged({**KPI, "name": name}, 0.8, kpis=kpis)
    assert row["verdict"] == "证据不足" and said in row["note"]


def test_a_window_that_holds_days_before_the_start_and_measures_beside_are_said(known, measure):
    metric = {"metric": KPI, "target": 0.85, **WINDOWS}
    plan = known(
        measure(**metric, start="2026-05-10", due="2026-05-20"), measure(id="M02", start="2026-04-01")
    )
    data = Evidence(make_issues([]), empty(EXPOSURE), make_kpis([(m, 80, 100) for m in MONTHS]))
    row = effect.table(plan, data, as_of=date(2026, 9, 30)).iloc[0]
    assert "改进后窗口含 2026-05-10 开始实施以前的日子" in row["note"]
    assert "同一问题还有措施 M02（2026-04-01 开始），各自的作用分不开" in row["caution"]


def test_months_without_a_number_are_named_beside_what_the_others_say(judged):
    given = [
        (month, 95 if month >= "2026-05" else 60, 100)
        for month in MONTHS
        if month not in ("2026-07", "2026-09")
    ]
    row = judged(KPI, 0.8, kpis=given)
    assert row["verdict"] == "达标"
    assert "改进后的 5 个月里 2026-07、2026-09 没有数，没有计入" in row["note"]
    assert "改进前的 2 个月" not in row["note"]


def test_too_many_months_without_a_number_leave_a_met_target_open(judged):
    """Who stops counting in bad months does not reach a target by it."""
    given = [
        (month, 95 if month >= "2026-05" else 60, 100)
        for month in MONTHS
        if month not in ("2026-06", "2026-07", "2026-09")
    ]
    row = judged(KPI, 0.8, kpis=given)
    assert row["verdict"] == "证据不足"
    assert "改进后的 5 个月里 2026-06、2026-07、2026-09 没有数，缺的月份太多" in row["reason"]


def test_a_rate_without_orders_says_what_is_missing(judged):
    row = judged({"kind": "rate", "category": "物流延迟"}, 0.5, issues=issues(20))
    assert row["verdict"] == "证据不足" and "没有订单量，算不出每千单件数" in row["note"]


@pytest.mark.parametrize("wrong", [-5.0, 30_000.0], ids=["before it was raised", "after three years"])
def test_hours_that_cannot_be_are_counted_and_too_many_of_them_decide_nothing(judged, wrong):
    rows = closed(40, lambda when, i: 24.0 + i % 9 if when < AFTER else wrong if i % 2 else 3.0 + i % 7)
    row = judged(HOURS, 12, issues=rows)
    assert row["verdict"] == "证据不足"
    assert row["reason"].startswith(
        "达到目标，但改进后 100 件（共 200 件）的时间早于反馈、超过三年或没有记录"
    )


@pytest.mark.parametrize("word", ["处理中", "重新打开"])
def test_issues_closed_at_once_and_opened_again_do_not_meet_a_target(judged, word):
    """Their first closing time stands beside a state that says they are open."""
    rows = closed(40, lambda when, i: 24.0 + i % 9 if when < AFTER else 2.0 + i % 7)
    again = (rows["created_at"] >= AFTER) & (np.arange(len(rows)) % 2 == 0)
    row = judged(HOURS, 12, issues=rows.assign(status=rows["status"].mask(again, word)))
    assert row["verdict"] == "证据不足"
    assert row["reason"].startswith("达到目标，但改进后 100 件（有完成时间的共 200 件）状态仍是未办结")
    stale = judged(HOURS, 12, issues=rows.assign(status="处理中"))
    assert stale["verdict"] == "达标"  # as it was before: the state is simply not kept


def test_a_few_hours_that_cannot_be_are_said_and_change_nothing(judged):
    rows = closed(40, lambda when, i: -5.0 if i % 40 == 7 else (24.0 if when < AFTER else 6.0) + i % 9)
    row = judged(HOURS, 12, issues=rows)
    assert row["verdict"] == "达标" and "改进后 5 件（共 200 件）的时间早于反馈" in row["note"]


def test_hours_all_alike_prove_no_change_and_closed_at_once_none_at_all(judged):
    same = judged(HOURS, 25, issues=closed(40, lambda when, i: 24.0))
    assert same["verdict"] == "证据不足" and "改进前已达到目标" in same["reason"]
    missed = judged(HOURS, 12, issues=closed(40, lambda when, i: 24.0))
    assert missed["verdict"] == "未达标"
    once = judged(HOURS, 12, issues=closed(40, lambda when, i: 0.0))
    assert once["verdict"] == "证据不足" and "同一时刻办结，记录看不出时长" in once["reason"]


def test_months_alike_in_themselves_that_differ_from_each_other_are_not_certain(judged):
    """All of a month take equally long, 20 to 28 hours by month: a fall to 19 is what months do."""
    spread = np.random.default_rng(1).integers(20, 29, 40).astype("float64")
    rows = closed(40, lambda when, i: spread[i // 40] - 1.5 * (when >= AFTER))
    assert judged(HOURS, 26, issues=rows)["verdict"] == "证据不足"


def test_scores_that_are_all_five_are_no_certainty(judged):
    """30 fives: the mean may well be under 4.95."""
    few = judged({"kind": "csat"}, 4.95, issues=issues(6, csat=lambda t: np.where(t < AFTER, 4.0, 5.0)))
    assert few["verdict"] == "证据不足" and "改进后区间含目标值" in few["reason"]
    far = judged({"kind": "csat"}, 4.3, issues=issues(60, csat=lambda t: np.where(t < AFTER, 4.0, 5.0)))
    assert far["verdict"] == "达标"


def test_five_answers_to_nps_decide_nothing(judged):
    row = judged({"kind": "nps"}, 50, issues=issues(1, nps=lambda t: np.full(len(t), 10.0)))
    assert row["verdict"] == "证据不足" and row["n_after"] == 5
