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


@pytest.mark.parametrize("words", ["平稳，各地区的订单构成在漂移，φ=3", "平稳，一个来源（四成）退出，φ=3"])
def test_nothing_hidden_is_seldom_told(words):
    told, higher = simulate.cautioned(simulate.WORLDS[words], 12)
    assert told <= 1 / 12 and higher <= 1 / 12


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ("订单移到问题多的地区，各地区没有变", 1.0),
        ("各地区都长到 1.35 倍，订单移到问题少的地区", 0.8),
        ("一直在的来源长到 1.6 倍，另一个来源退出", 1.0),
    ],
)
def test_what_a_mix_or_a_source_makes_or_hides_is_told(words, least):
    assert simulate.cautioned(simulate.WORLDS[words], 5)[0] >= least


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


def shop_of_regions(rng, phi, grown=1.0):
    """Schema.REGION_RATES of 8 kinds in 5 regions, about 300 problems a month, phi times as unsteady."""
    sizes, kinds = (1 / np.arange(1, n + 1) / sum(1 / np.arange(1, n + 1)) for n in (5, 8))
    months, places = MONTHS[-13:], [f"地区{i}" for i in range(5)]
    mean = np.tile(300 * np.outer(sizes, kinds), (13, 1, 1))
    mean[-1, 1, 0] *= grown
    n = rng.poisson(mean) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi)
    cells = pd.MultiIndex.from_product([months, places, range(8)], names=["month", "region", "primary_tag"])
    rows = cells.repeat(n.ravel()).to_frame(index=False)
    rows["created_at"], rows["primary_tag"] = rows["month"] + "-05", "类" + rows["primary_tag"].astype("str")
    rows["feedback_id"] = [f"F{i}" for i in range(len(rows))]
    issues = schema.shape(
        rows.assign(issue_id=rows["feedback_id"], intent="抱怨", problem=True), schema.ISSUES
    )
    size = [
        (month, place, 40_000 * part) for month in months for place, part in zip(places, sizes, strict=True)
    ]
    exposure = schema.shape(pd.DataFrame(size, columns=["month", "region", "orders"]), schema.EXPOSURE)
    return schema.check(rates.regions(issues, exposure, SEPTEMBER), schema.REGION_RATES)


def news(table):
    """The regions and kinds that are among the findings."""
    return [(one["region"], one["category"]) for _, one in table.iterrows() if per_order.regional(one)]


def test_regions_that_are_unsteady_anyway_are_seldom_news():
    rng = np.random.default_rng(8)
    found = [shop_of_regions(rng, phi=3) for _ in range(25)]
    assert sum(bool(news(table)) for table in found) <= 2
    assert np.mean([table["dispersion"].mean() for table in found]) > 2


def test_a_kind_that_grew_in_one_region_is_news():
    rng = np.random.default_rng(9)
    found = [news(shop_of_regions(rng, phi=1, grown=3.5)) for _ in range(10)]
    assert sum(("地区1", "类0") in each for each in found) >= 8


def test_the_ratio_of_regions_is_exact_given_their_sum():
    size = {"华东": 10_000.0, "华南": 30_000.0}
    counts = {(region, month): n for month in MONTHS[-2:] for region, n in (("华东", 4), ("华南", 36))}
    exposure = pd.DataFrame([(m, r, size[r]) for r, m in counts], columns=["month", "region", "orders"])
    line = rates.regions(issues_of(counts), exposure, SEPTEMBER).set_index(["category", "region"])
    east = line.loc[("物流延迟", "华东")]
    test = stats.binomtest(4, 40, 0.25)
    tail = 2 * stats.binom.cdf(4, 40, 0.25)
    assert east["p_adjusted"] == pytest.approx(tail) and east["claim"] == "相当" and test.pvalue > 0.02
    low, high = stats.binomtest(4, 40).proportion_ci(1 - rates.RATE / 4, method="exact")
    assert east["ratio_low"] == pytest.approx(3 * low / (1 - low))
    assert east["ratio_high"] == pytest.approx(3 * high / (1 - high))


def test_a_level_that_moved_long_ago_is_counted_since_then():
    rng = np.random.default_rng(6)
    orders = np.full(24, 40_000.0)
    counts = rng.poisson(np.where(np.arange(24) < 8, 100, 150)[:, None], (24, 2))
    counts[-1] = [150, 230]
    table = rates.table(trend_of(counts, orders), SEPTEMBER)
    still, risen = (row(table, name) for name in ("类0", "类1"))
    assert still["moved"] and still["periods"] == 15 and still["claim"] == "相当"
    assert still["level"] == pytest.approx(counts[8:-1, 0].mean() / 40)
    assert risen["claim"] == "偏高" and risen["dispersion"] < 2
    said = str(per_order.rates(table, schema.empty(schema.REGION_RATES)))
    assert "近 15 期，更早的水平不同，不算" in said


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


@pytest.mark.parametrize(("grown", "hidden"), [(1.0, False), (1.6, True)])
def test_a_rise_of_the_steady_sources_is_said_where_one_that_left_hides_it(grown, hidden):
    """60,000 orders a month; 150 problems of one source, 90 of one that left."""
    parts = []
    for place, month in enumerate(MONTHS):
        now = month == MONTHS[-1]
        parts += [(month, "工单", round(150 * (grown if now else 1)) + place % 3)]
        parts += [(month, "微博", 0 if now and hidden else 90)]
    rows = [(month, source) for month, source, n in parts for _ in range(n)]
    issues = pd.DataFrame(rows, columns=["created_at", "source"])
    numbers = [f"F{i:05d}" for i in range(len(issues))]
    issues = issues.assign(
        created_at=issues["created_at"] + "-15",
        issue_id=numbers,
        feedback_id=numbers,
        channel="渠道",
        primary_tag="物流延迟",
    )
    issues = schema.shape(issues.assign(intent="抱怨", problem=True), schema.ISSUES)
    orders = schema.shape(pd.DataFrame({"month": MONTHS, "orders": 60_000.0}), schema.EXPOSURE)
    found = rates.firm(trends.monthly(issues, until=SEPTEMBER, exposure=orders), issues, orders, SEPTEMBER)
    whole = row(found, rates.ALL)
    assert whole["claim"] == "相当" and pd.notna(whole["caution"]) == hidden
    said = str(per_order.rates(found, schema.empty(schema.REGION_RATES)))
    assert ("与以往相当，但有来源接入或退出；只看一直在的来源，每千单 4.0 件" in said) == hidden


def shifted(share, levels):
    """The rates of a month in which `share` of 20,000 orders went to 西南 (before: a tenth)."""
    counts, orders = {}, {}
    for place, month in enumerate(MONTHS):
        part = share if month == MONTHS[-1] else 0.1
        for region, base in (("西南", 20_000 * part), ("华东", 20_000 * (1 - part))):
            level = levels[region] * (levels.get("now", 1) if month == MONTHS[-1] else 1)
            counts[region, month] = round(base * level / 1000) + place % 2
            orders[region, month] = base
    exposure = pd.DataFrame(
        [(m, r, n) for (r, m), n in orders.items()], columns=["month", "region", "orders"]
    )
    exposure, issues = schema.shape(exposure, schema.EXPOSURE), issues_of(counts)
    issues = issues.assign(source="工单", channel="电话", feedback_id=issues.index.astype("str"))
    trend = trends.monthly(issues, until=SEPTEMBER, exposure=exposure)
    return rates.firm(trend, issues, exposure, SEPTEMBER)


@pytest.mark.parametrize(
    ("share", "now", "claim", "told"),
    [
        (0.1, 1.0, "相当", None),
        (0.1, 1.6, "偏高", None),
        (0.5, 1.0, "偏高", "合计的变化来自地区构成的变化"),
        (0.02, 1.6, "相当", "这个变化被地区构成的变化盖住"),
        (0.5, 1.6, "偏高", "合计的变化大半来自地区构成的变化，各地区自己也偏高"),
    ],
)
def test_a_rate_that_only_moved_with_its_orders_or_stood_still_with_them_says_so(share, now, claim, told):
    """西南 has always had 15 per 1,000 orders, 华东 3."""
    found = row(shifted(share, {"西南": 15.0, "华东": 3.0, "now": now}), rates.ALL)
    assert found["claim"] == claim
    assert pd.isna(found["caution"]) if told is None else found["caution"].endswith(told)
