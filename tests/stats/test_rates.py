import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks import simulate
from benchmarks.simulate import SEPTEMBER, trend_of
from voc_lib import schema
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.report.conclusions import per_order
from voc_lib.stats import rates, trends
from voc_lib.stats.basis import Evidence
from voc_lib.stats.metrics import measure

MONTHS = [str(month) for month in pd.period_range("2024-10", "2026-09", freq="M")]


def row(table, name):
    return table.set_index("category").loc[name]


def test_all_problems_come_first_then_the_most_frequent_kinds():
    counts = np.full((24, 3), [100, 200, 300])
    table = rates.table(trend_of(counts, np.full(24, 40_000.0)), SEPTEMBER)
    assert table["category"].tolist() == [rates.ALL, "类2", "类1", "类0"]


def test_a_planted_rise_is_claimed_and_the_figures_are_those_of_the_counts():
    orders = np.full(24, 40_000.0)
    counts = np.full((24, 2), [200, 100])
    counts[:-1, 0] += np.tile([6, -6], 12)[:23]
    counts[-1] = [300, 100]
    table = rates.table(trend_of(counts, orders), SEPTEMBER)
    whole, first, second = (row(table, name) for name in (rates.ALL, "类0", "类1"))
    assert (whole["claim"], first["claim"], second["claim"]) == ("偏高", "偏高", "相当")
    assert whole["n"] == 400 and whole["rate"] == 10 and first["previous"] == pytest.approx(206 / 40)
    assert first["last_year"] == pytest.approx(counts[11, 0] / 40)
    assert first["level"] == pytest.approx(counts[:-1, 0].mean() / 40) and first["periods"] == 23
    assert first["ratio"] == pytest.approx(300 / counts[:-1, 0].mean())
    assert first["ratio_low"] > 1 and second["ratio_low"] < 1 < second["ratio_high"]
    exact = stats.chi2.ppf(0.025, 2 * 300) / 2 / 40
    assert first["low"] == pytest.approx(exact)


@pytest.mark.parametrize("phi", [1, 3, 5])
def test_stable_months_claim_hardly_anything(phi):
    assert simulate.per_order(phi, 200) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)


def test_a_rise_of_a_third_of_all_problems_is_found():
    assert simulate.per_order(1, 60, grown=4 / 3, whole=True) >= 0.75


def test_few_problems_few_months_or_unknown_orders_claim_nothing():
    orders = np.full(24, 40_000.0)
    counts = np.ones((24, 1), dtype=int)
    counts[-1] = 8
    assert set(rates.table(trend_of(counts, orders), SEPTEMBER)["claim"]) == {"无法比较"}
    assert rates.table(trend_of(counts[-7:], orders[-7:]), SEPTEMBER).shape[0] == 2
    assert rates.table(trend_of(counts[-6:], orders[-6:]), SEPTEMBER).empty
    unknown = trend_of(counts, orders).assign(rate=np.nan)
    assert rates.table(unknown, SEPTEMBER).empty
    assert rates.table(trend_of(counts, orders), Period.parse("2026-09-01..2026-09-15")).empty is False
    assert rates.table(trend_of(counts, orders), Period.parse("2026-08")).empty


def test_a_quarter_is_held_against_quarters():
    orders, counts = np.full(24, 40_000.0), np.full((24, 1), 100)
    counts[-3:] = 150
    table = rates.table(trend_of(counts, orders), Period.parse("2026-Q3"))
    assert row(table, "类0")["n"] == 450 and row(table, "类0")["periods"] == 7
    assert row(table, "类0")["last_year"] == pytest.approx(100 / 40)


def issues_of(counts):
    """Issues: (region, month) -> number of problems of one category."""
    rows = [(region, f"{month}-05") for (region, month), n in counts.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["region", "created_at"])
    frame["created_at"] = pd.to_datetime(frame["created_at"])
    return frame.assign(
        primary_tag="物流延迟", intent="投诉", problem=True, again_at=None, customer_id=None, counted=True
    )


def test_a_region_is_held_against_all_others_and_against_its_own_past():
    regions = ["华东", "华南", "东北"]
    per_month = {"华东": 20, "华南": 20, "东北": 20}
    counts = {(region, month): per_month[region] for region in regions for month in MONTHS[-13:]}
    size = {"华东": 10_000.0, "华南": 10_000.0, "东北": 2_500.0}
    exposure = pd.DataFrame(
        [(month, region, size[region]) for month in MONTHS[-13:] for region in regions],
        columns=["month", "region", "orders"],
    )
    table = rates.regions(issues_of(counts), exposure, SEPTEMBER)
    part = table[table["category"] == "物流延迟"].set_index("region")
    assert part.loc["东北", "claim"] == "偏高" and part.loc["东北", "rate"] == 8
    assert part.loc["东北", "ratio"] == pytest.approx(4) and part.loc["东北", "before"] == pytest.approx(4)
    assert set(table["category"]) == {rates.ALL, "物流延迟"}
    assert rates.regions(issues_of(counts), exposure[exposure["month"] < "2026-09"], SEPTEMBER).empty
    assert rates.regions(issues_of(counts), exposure[exposure["region"] == "华东"], SEPTEMBER).empty


def test_a_region_with_fewer_orders_than_problems_has_no_rate_and_spoils_no_other():
    months = [f"2026-{month:02d}" for month in range(1, 10)]
    places = {"华东": 2000, "东北": 2000, "西北": 2000}
    exposure = pd.DataFrame(
        [{"month": m, "region": r, "orders": 3 if (m, r) == ("2026-09", "西北") else n}
         for m in months for r, n in places.items()]
    )  # fmt: skip
    counts = {(r, m): 20 for m in months for r in places}
    table = rates.regions(issues_of(counts), exposure, SEPTEMBER)
    whole = table[table["category"] == "全部"].set_index("region")
    assert whole.loc["西北", "claim"] == "无法比较" and pd.isna(whole.loc["西北", ["rate", "ratio"]]).all()
    assert whole.loc["华东", "ratio"] == pytest.approx(1) and whole.loc["华东", "claim"] == "相当"
    said = per_order.rates(
        rates.table(trend_of(np.full((24, 2), 100), np.full(24, 10_000.0)), SEPTEMBER), table
    )
    assert "西北的业务量只有 3" in str(said) and "少于问题 20 件" in str(said)


def by_region(counts, orders):
    """The tables of 2026-09 from problems and orders per (region, month)."""
    exposure = pd.DataFrame(
        [(month, region, n) for (region, month), n in orders.items()], columns=["month", "region", "orders"]
    )
    exposure, issues = schema.shape(exposure, schema.EXPOSURE), issues_of(counts)
    trend = trends.monthly(issues, until=SEPTEMBER, months=12, exposure=exposure)
    return rates.table(trend, SEPTEMBER), rates.regions(issues, exposure, SEPTEMBER), exposure


PROBLEMS = {"华东": 20, "华南": 30, "东北": 50}  # a month; per 1,000 orders 2, 3 and 10
ORDERS = {"华东": 10_000.0, "华南": 10_000.0, "东北": 5_000.0}


@pytest.mark.parametrize("lacking", ["once", "always", "short"])
def test_problems_of_a_region_without_orders_are_not_counted_over_those_of_others(lacking):
    counts = {(region, month): n for region, n in PROBLEMS.items() for month in MONTHS[-12:]}
    orders = {cell: ORDERS[cell[0]] for cell in counts}
    for month in MONTHS[-12:] if lacking == "always" else MONTHS[-1:]:
        del orders["东北", month]
    if lacking == "short":
        orders["东北", MONTHS[-1]] = 10.0
    table, regions, _ = by_region(counts, orders)
    whole = row(table, rates.ALL)
    assert (whole["n"], whole["orders"], whole["left_out"]) == (50, 20_000, 50)
    assert whole["rate"] == 2.5 and whole["level"] == 2.5 and whole["claim"] == "相当"
    part = regions[regions["category"] == rates.ALL].set_index("region")
    assert part.loc["东北", "n"] == 50 and pd.isna(part.loc["东北", "rate"])
    assert part.loc["华南", "ratio"] == 1.5 and part.loc["华南", "before"] == 1.5
    said = str(per_order.rates(table, regions))
    assert "另有 50 件" in said and ("东北（50 件问题）没有业务量" in said) is (lacking != "short")


def test_a_month_before_that_lacks_a_region_is_unknown():
    counts = {(region, month): n for region, n in PROBLEMS.items() for month in MONTHS[-12:]}
    orders = {cell: ORDERS[cell[0]] for cell in counts}
    del orders["东北", MONTHS[-3]]
    table, _, exposure = by_region(counts, orders)
    whole = row(table, rates.ALL)
    assert (whole["n"], whole["periods"], whole["rate"], whole["level"]) == (100, 10, 4, 4)
    found = Evidence(issues_of(counts), exposure, schema.empty(schema.KPIS))
    metric = Metric(kind="rate", category="物流延迟")
    july, august = (Period.parse(month) for month in MONTHS[-3:-1])
    assert measure(metric, found, july.start, july.end).n == 0
    assert measure(metric, found, august.start, august.end).value == 4


def test_fewer_orders_than_problems_in_the_period_are_no_denominator():
    orders = np.full(24, 10_000.0)
    orders[-1] = 150
    assert rates.table(trend_of(np.full((24, 2), 100), orders), SEPTEMBER).empty


def test_a_kind_that_was_never_there_before_is_said_so_without_a_ratio():
    row = pd.Series({"rate": 2.4, "level": 0.0, "periods": 11, "ratio": np.nan})
    assert per_order.against_level(row) == "每千单 2.4 件，此前 11 期一件也没有"


def test_the_trend_of_real_issues_fits():
    counts = {("华东", month): 20 for month in MONTHS}
    exposure = pd.DataFrame({"month": MONTHS, "orders": 10_000.0})
    trend = trends.monthly(issues_of(counts), until=SEPTEMBER, exposure=exposure)
    table = rates.table(trend, SEPTEMBER)
    assert row(table, rates.ALL)["rate"] == 2 and set(table["claim"]) == {"相当"}


@pytest.mark.parametrize(
    ("moved", "grown", "claim"),
    [("joined", 1, "无法比较"), ("left", 1, "无法比较"), ("never", 1, "相当"), ("joined", 2, "偏高")],
)
def test_a_rate_claims_only_what_stands_without_a_source_that_joined_or_left(moved, grown, claim):
    """60,000 orders a month; 120 problems of one source, 80 of another, there always or not."""
    parts = []
    for place, month in enumerate(MONTHS):
        now = month == MONTHS[-1]
        there = {"joined": now, "left": not now, "never": True}[moved]
        sizes = {"工单": 120 * (grown if now else 1) + place % 3, "微博": 80 * there}
        parts += [(month, "物流延迟", source, int(n)) for source, n in sizes.items()]
    rows = [(month, tag, source) for month, tag, source, n in parts for _ in range(n)]
    issues = pd.DataFrame(rows, columns=["created_at", "primary_tag", "source"])
    numbers = [f"F{i:05d}" for i in range(len(issues))]
    issues = issues.assign(
        created_at=issues["created_at"] + "-15", issue_id=numbers, feedback_id=numbers, channel="渠道"
    )
    issues = schema.shape(issues.assign(intent="抱怨", problem=True), schema.ISSUES)
    orders = schema.shape(pd.DataFrame({"month": MONTHS, "orders": 60_000.0}), schema.EXPOSURE)
    trend = trends.monthly(issues, until=SEPTEMBER, exposure=orders)
    found = rates.firm(trend, issues, orders, SEPTEMBER)
    assert row(found, rates.ALL)["claim"] == claim
    said = str(per_order.rates(found, schema.empty(schema.REGION_RATES)))
    assert ("有来源接入或退出" in said) == (claim == "无法比较")
