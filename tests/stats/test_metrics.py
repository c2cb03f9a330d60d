from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats as sp
from statsmodels.duration.survfunc import SurvfuncRight

from voc_lib import intervals, schema
from voc_lib.errors import ParamsError
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.stats import basis, metrics, satisfaction

AUGUST, SEPTEMBER = Period.parse("2026-08"), Period.parse("2026-09")
NONE = schema.empty(schema.EXPOSURE), schema.empty(schema.KPIS)
KINDS = sorted(metrics.UNITS)


@pytest.fixture
def evidence(make):
    issues = make({"2026-08": 200, "2026-09": 240}, seed=3)
    rng = np.random.default_rng(4)
    issues["csat"], issues["nps"] = rng.integers(1, 6, 440), rng.integers(0, 11, 440)
    issues["closed_at"] = issues["created_at"] + pd.to_timedelta(rng.integers(1, 200, 440), unit="h")
    issues["first_response_at"] = issues["created_at"] + pd.to_timedelta(rng.integers(1, 90, 440), unit="min")
    exposure = pd.DataFrame({"month": ["2026-08", "2026-09"], "orders": [20_000, 30_000]})
    kpis = pd.DataFrame(
        {"month": ["2026-08", "2026-09"], "kpi": "3天发货率", "kept": [80, 96], "total": [100, 100]}
    )
    issues = schema.shape(issues, schema.ISSUES)
    return basis.Evidence(issues, schema.shape(exposure, schema.EXPOSURE), schema.shape(kpis, schema.KPIS))


def metric(kind, **more):
    needs = {
        "share": {"category": "物流延迟"},
        "rate": {"category": "物流延迟"},
        "kpi": {"name": "3天发货率"},
    }
    return Metric(kind=kind, **needs.get(kind, {}), **more)


def measure(kind, evidence, period=SEPTEMBER, **more):
    return metrics.measure(metric(kind, **more), evidence, period.start, period.end)


def test_share_counts_the_category_among_problems_of_the_filter(evidence):
    rows = evidence.issues[
        (evidence.issues["region"] == "华东") & (evidence.issues["created_at"] >= "2026-09-01")
    ]
    found = measure("share", evidence, where={"region": "华东"})
    assert (found.n, found.value) == (len(rows), (rows["primary_tag"] == "物流延迟").mean())
    low, high = (float(x) for x in intervals.wilson(found.value * found.n, found.n)[1:])
    assert (found.low, found.high) == pytest.approx((low, high))


def test_rate_is_per_thousand_orders_and_a_cut_month_counts_by_its_days(evidence):
    n = (
        (evidence.issues["primary_tag"] == "物流延迟") & (evidence.issues["created_at"] >= "2026-09-01")
    ).sum()
    found = measure("rate", evidence)
    assert (found.value, found.n, found.unit) == (pytest.approx(n / 30), 30_000, "件/千单")
    assert measure("rate", evidence, Period.parse("2026-09-01..2026-09-15")).n == 15_000


@pytest.mark.parametrize("kind, several", [("kpi", metrics.kpis), ("share", metrics.shares)])
def test_several_windows_at_once_are_each_of_them(evidence, kind, several):
    windows = [AUGUST, SEPTEMBER, Period.parse("2026-08-16..2026-09-15"), Period.parse("2026-10")]
    one_by_one = [metrics.measure(metric(kind), evidence, w.start, w.end) for w in windows]
    assert list(map(repr, several(metric(kind), evidence, windows))) == list(map(repr, one_by_one))


def test_kpi_of_the_specification(evidence):
    found = metrics.compare(metric("kpi"), evidence, AUGUST, SEPTEMBER)
    assert (found.before.value, found.after.value) == (0.80, 0.96)
    assert (
        found.difference == pytest.approx(0.16)
        and 0.05 < found.low < 0.16 < found.high
        and found.p_value < 0.001
    )


def test_means_are_compared_nearly_as_by_welch(evidence):
    late = evidence.issues["created_at"] >= "2026-09-01"
    found = metrics.compare(metric("csat"), evidence, AUGUST, SEPTEMBER)
    expected = sp.ttest_ind(evidence.issues["csat"][late], evidence.issues["csat"][~late], equal_var=False)
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.01)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval()), abs=0.02)


def test_equal_scores_are_no_certainty(make):
    issues = make({"2026-08": 8, "2026-09": 8}, csat=[5] * 8 + [4] * 8)
    found = metrics.compare(metric("csat"), basis.Evidence(issues, *NONE), AUGUST, SEPTEMBER)
    assert found.difference == -1 and found.low < -1 < found.high and found.p_value > 0.01


def test_hours_are_the_kaplan_meier_median_so_that_what_is_open_counts(evidence):
    rows = evidence.issues[evidence.issues["created_at"] >= "2026-09-01"]
    end = pd.Timestamp("2026-10-01")
    hours = (rows["closed_at"].clip(upper=end) - rows["created_at"]).dt.total_seconds() / 3600
    fit = SurvfuncRight(hours, (rows["closed_at"] < end).astype(int))
    assert measure("handling_hours", evidence).value == pytest.approx(fit.quantile(0.5))


def test_the_length_of_a_window_does_not_move_the_median_of_hours(make):
    """A month, half a month and three months of one stable service of median 96 hours."""
    issues = make({"2026-07": 4000, "2026-08": 4000, "2026-09": 4000}, seed=8)
    hours = np.random.default_rng(9).lognormal(np.log(96), 1.2, len(issues))
    issues["closed_at"] = issues["created_at"] + pd.to_timedelta(hours, unit="h")
    evidence = basis.Evidence(schema.shape(issues, schema.ISSUES), *NONE)
    windows = ("2026-07-01..2026-09-30", "2026-09", "2026-09-14..2026-09-30")
    found = [measure("handling_hours", evidence, Period.parse(window)) for window in windows]
    assert [estimate.value for estimate in found] == pytest.approx([96, 96, 96], rel=0.07)


def test_solved_at_first_contact_follows_every_issue_equally_long(make):
    """One issue in ten is raised again within 30 days; the younger month must not look better for it."""
    issues = make({"2026-08": 3000, "2026-09": 3000}, seed=8)
    rng = np.random.default_rng(9)
    issues["closed_at"] = issues["created_at"] + pd.Timedelta(hours=1)
    again = issues[rng.random(len(issues)) < 0.1]
    later = again["created_at"] + pd.to_timedelta(rng.uniform(0, 30, len(again)), unit="D")
    said = pd.concat([issues, again.assign(created_at=later)])
    said = said[said["created_at"] < "2026-10-01"]
    evidence = basis.Evidence(schema.shape(issues, schema.ISSUES), *NONE, said, SEPTEMBER.end)
    july, august = (measure("fcr", evidence, period) for period in (AUGUST, SEPTEMBER))
    truth = 1 - 0.1 * 7 / 30
    assert (july.value, august.value) == pytest.approx((truth, truth), abs=0.009)
    assert july.n == 3000 and 2100 < august.n < 2700


def test_a_deadline_ahead_is_undecided_even_where_the_issue_is_closed(evidence):
    found = measure("sla", evidence)
    rows = evidence.issues[evidence.issues["created_at"] >= "2026-09-01"]
    decided = rows[rows["due_at"] < "2026-10-01"]
    assert (found.n, found.value) == (len(decided), (decided["closed_at"] <= decided["due_at"]).mean())


def test_nps_change_stays_around_the_difference(evidence):
    found = metrics.compare(metric("nps"), evidence, AUGUST, SEPTEMBER)
    assert found.difference == pytest.approx(found.after.value - found.before.value)
    assert found.low < found.difference < found.high and 0 <= found.p_value <= 1


HANDLED = ("handling_hours", "first_response_hours", "sla", "fcr")


@pytest.mark.parametrize("kind", HANDLED)
def test_handling_after_the_window_is_not_known_in_it(kind, evidence):
    issues, end = evidence.issues, pd.Timestamp("2026-09-01")
    later = {c: issues[c] >= end for c in ("closed_at", "first_response_at")}
    assert later["closed_at"].sum() > 200
    cut = issues.assign(status="处理中", **{c: issues[c].mask(late) for c, late in later.items()})
    then = basis.Evidence(cut[cut["created_at"] < end], *NONE)
    assert measure(kind, evidence, AUGUST) == measure(kind, then, AUGUST)
    assert measure(kind, evidence, AUGUST).n > 0


@pytest.mark.parametrize(("kind", "indicator"), [("csat", "满意度均分"), ("nps", "NPS")])
def test_every_rating_counts_as_in_the_satisfaction_table(kind, indicator, evidence):
    again = evidence.issues.head(150).assign(created_at=pd.Timestamp("2026-09-20"), csat=1, nps=0)
    tagged = schema.shape(pd.concat([evidence.issues, again], ignore_index=True), schema.TAGGED)
    found = measure(kind, replace(evidence, ratings=tagged))
    table = satisfaction.table(tagged, SEPTEMBER).set_index(["group", "indicator"])
    expected = table.loc[("全部", indicator), ["value", "low", "high", "n"]].tolist()
    assert [found.value, found.low, found.high, found.n] == pytest.approx(expected)
    assert found.n == measure(kind, evidence).n + 150 and found.value < measure(kind, evidence).value


@pytest.mark.parametrize("kind", KINDS)
def test_the_estimate_lies_inside_its_interval(kind, evidence):
    found = measure(kind, evidence)
    assert found.low <= found.value <= found.high and found.n > 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_data_is_nan_for_every_kind(kind, make, recwarn):
    evidence = basis.Evidence(make({}), *NONE)
    found = metrics.compare(metric(kind), evidence, AUGUST, SEPTEMBER)
    assert found.before.n == found.after.n == 0
    assert np.isnan([found.before.value, found.difference, found.low, found.high, found.p_value]).all()
    assert not recwarn.list


def test_an_unknown_filter_column_is_named(evidence):
    with pytest.raises(ParamsError, match=r"regoin.*region"):
        basis.where(evidence.issues, {"regoin": "华东"})
    with pytest.raises(ValueError, match=r"regoin.*region"):  # before a run, by the metric itself
        metric("share", where={"regoin": "华东"})


def test_describe_speaks_chinese():
    assert metrics.describe(metric("kpi")) == "3天发货率"
    assert (
        metrics.describe(metric("rate", where={"region": "华东", "channel": "电话"}))
        == "物流延迟每千单件数（华东、电话）"
    )
    assert metrics.describe(metric("handling_hours")) == "处理时长中位数"


@pytest.mark.parametrize("seed", range(4))
def test_shares_of_problems_sorted_once_are_those_of_each_window(seed, make):
    rng = np.random.default_rng(seed)
    issues = make({f"2026-{month:02}": 40 for month in range(1, 10)}, seed=seed)
    later = issues["created_at"] + pd.to_timedelta(rng.integers(1, 90, len(issues)), unit="D")
    issues["again_at"] = later.astype(str).where(rng.random(len(issues)) < 0.3)
    issues["counted"], issues["problem"] = rng.random((2, len(issues))) < 0.9
    issues.loc[rng.random(len(issues)) < 0.1, "primary_tag"] = None
    evidence = basis.Evidence(schema.shape(issues, schema.ISSUES), *NONE)
    share = metric("share", where={"region": "华东"} if seed % 2 else {})
    windows = [Period.parse(said) for said in ("2026-08", "2026-02-10..2026-05-03", "2026-04", "2025-01")]
    one_by_one = [metrics.measure(share, evidence, window.start, window.end) for window in windows]
    found = metrics.shares(share, evidence, windows)
    np.testing.assert_equal([vars(each) for each in found], [vars(each) for each in one_by_one])
    assert [each.n > 3 for each in found] == [True, True, True, False]
