"""Segments, cohorts, repurchase, churn and buying after a complaint: counted again by plain loops."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency
from statsmodels.stats.proportion import proportion_confint

from voc_lib import schema
from voc_lib.params import CustomerRules
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.stats import afterwards, loyalty, segments

SEPTEMBER = Period.parse("2026-09")
END = pd.Timestamp("2026-10-01")
RULES = CustomerRules()
NOBODY = schema.empty(schema.CUSTOMERS)


def shop(seed, customers=300, years=2):
    """Orders of customers who buy at rates of their own and of whom some stop."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        at = END - pd.Timedelta(days=float(rng.uniform(1, 365 * years)))
        stop = END - pd.Timedelta(days=float(rng.uniform(-400, 500)))
        gap = rng.uniform(10, 120)
        while at < min(END, stop) or not rows or rows[-1][0] != f"c{number}":
            rows.append((f"c{number}", at, round(float(rng.lognormal(4, 1)), 2)))
            at += pd.Timedelta(days=float(rng.exponential(gap)))
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    frame["ordered_at"] = frame["ordered_at"].clip(upper=END - pd.Timedelta(minutes=1)).dt.floor("min")
    return schema.shape(frame.assign(order_id=[f"o{i}" for i in range(len(frame))]), schema.ORDERS)


def complaints(make, orders, seed, share=0.3):
    """A problem of some orders' customers a few days later."""
    rng = np.random.default_rng(seed)
    rows = orders[rng.random(len(orders)) < share]
    at = rows["ordered_at"] + pd.to_timedelta(rng.integers(60, 8000, len(rows)), unit="min")
    keep = (at < END).to_numpy()
    who, when = rows["customer_id"].to_numpy()[keep], at.to_numpy()[keep]
    return make({"2026-09": int(keep.sum())}, seed=seed, customer_id=who, created_at=when, intent="抱怨")


@pytest.mark.parametrize("seed", range(3))
def test_cohorts_are_those_of_a_loop(seed):
    orders = shop(seed)
    found = schema.check(loyalty.cohorts(orders, SEPTEMBER), schema.COHORTS)
    month = orders["ordered_at"].dt.strftime("%Y-%m")
    bought = {c: set(m) for c, m in month.groupby(orders["customer_id"])}
    for row in found.to_dict("records"):
        when = str(pd.Period(row["cohort"]) + row["month"])
        born = [c for c, months in bought.items() if min(months) == row["cohort"]]
        active = sum(when in bought[c] for c in born)
        assert (row["customers"], row["active"]) == (len(born), active) and when <= "2026-09"
        low, high = proportion_confint(active, len(born), method="wilson")
        assert (row["low"], row["high"]) == pytest.approx((low, high))


@pytest.mark.parametrize("seed", range(3))
def test_repurchase_is_that_of_a_loop(seed):
    orders = shop(seed)
    found = loyalty.repurchase(orders, SEPTEMBER).set_index("cohort")
    told: dict[str, list[bool]] = {}
    for _, days in orders.groupby("customer_id")["ordered_at"]:
        dates = sorted({day.normalize() for day in days})
        quarter = dates[0].to_period("Q")
        if quarter.end_time + pd.Timedelta(days=90) < END:
            told.setdefault(f"{quarter.year}-Q{quarter.quarter}", []).append(
                len(dates) > 1 and (dates[1] - dates[0]).days <= 90
            )
    for name, line in found.iterrows():
        assert (line["customers"], line["again"]) == (len(told[name]), sum(told[name]))
    new = orders["ordered_at"].min() + pd.Timedelta(days=180)
    assert list(found.index) == [name for name in sorted(told) if pd.Period(name).start_time >= new][-8:]


def test_orders_of_nobody_are_no_customer():
    orders = shop(0)
    more = pd.concat([orders, orders.head(3).assign(customer_id=None)], ignore_index=True)
    for told in (loyalty.cohorts, loyalty.repurchase):
        pd.testing.assert_frame_equal(told(more, SEPTEMBER), told(orders, SEPTEMBER))


def test_customers_of_old_are_no_new_ones_of_the_first_months_of_the_orders():
    """A steady shop whose orders are known for a year: who bought before it is no cohort of its beginning."""
    days = pd.date_range("2025-10-01", "2026-09-30", freq="20D")
    old = [(f"老{c}", day + pd.Timedelta(days=c % 20)) for c in range(100) for day in days]
    new = [(f"新{c}", pd.Timestamp("2026-04-01") + pd.Timedelta(days=c % 90)) for c in range(60)]
    orders = schema.shape(
        pd.DataFrame(old + new, columns=["customer_id", "ordered_at"])
        .assign(amount=1.0)
        .assign(order_id="x"),
        schema.ORDERS,
    )
    orders = orders[orders["ordered_at"] < END]
    found = loyalty.repurchase(orders, SEPTEMBER)
    assert found["cohort"].tolist() == ["2026-Q2"] and found["again"].tolist() == [0]
    assert loyalty.cohorts(orders, SEPTEMBER)["cohort"].min() == "2026-04"


@pytest.mark.parametrize("seed", range(3))
def test_churn_looks_back_and_counts_who_never_came_again(seed):
    orders = shop(seed)
    labelled = segments.rfm(NOBODY, orders, SEPTEMBER, RULES)
    found = loyalty.churn(orders, labelled, SEPTEMBER).set_index("band")
    start = END - pd.Timedelta(days=180)
    was = dict.fromkeys(loyalty.BANDS, 0)
    lost, now = was.copy(), was.copy()
    for _, days in orders.groupby("customer_id")["ordered_at"]:
        before = days[days < start]
        band = next(b for b, most in loyalty.BANDS.items() if (END - days.max()).days <= most)
        now[band] += 1
        if len(before):
            band = next(b for b, most in loyalty.BANDS.items() if (start - before.max()).days <= most)
            was[band] += 1
            lost[band] += not (days >= start).any()
    assert found["was"].to_dict() == was and found["lost"].to_dict() == lost
    assert found["customers"].to_dict() == now
    assert found["expected"].dropna().to_dict() == pytest.approx(
        {b: lost[b] / was[b] * now[b] for b in was if was[b]}
    )


@pytest.mark.parametrize("seed", range(2))
def test_after_a_complaint_is_that_of_a_loop(make, seed):
    orders = shop(seed, customers=200)
    issues = complaints(make, orders, seed)
    found = schema.check(afterwards.table(issues, orders, SEPTEMBER), schema.AFTERWARDS).set_index("group")
    days = {c: sorted(part) for c, part in orders.groupby("customer_id")["ordered_at"]}
    last = END - pd.Timedelta(days=90)
    first = (last.to_period("M") - 12).start_time
    said = issues[issues["created_at"] >= first].sort_values("created_at")
    told = {}
    for who, at in zip(said["customer_id"], said["created_at"], strict=True):
        told.setdefault((at.to_period("M"), who), at)

    def cell(who, at):
        before = [day for day in days[who] if day <= at]
        since = (at.floor("min") - before[-1]).total_seconds() / 86_400 if before else None
        again = any(at < day <= at + pd.Timedelta(days=90) for day in days[who])
        bands = np.searchsorted(afterwards.RECENCY, since) if before else None
        return (bands, np.searchsorted(afterwards.COUNT, len(before))) if before else None, again

    others = {}
    months = {month for (month, _), at in told.items() if at < last}
    for month in months:
        middle = month.start_time + pd.Timedelta(days=14)
        for who in days:
            near = (
                abs(issues.loc[issues["customer_id"] == who, "created_at"] - middle) <= pd.Timedelta(days=90)
            ).any()
            key, again = cell(who, middle)
            if not near and key:
                others.setdefault((month, *key), []).append(again)
    mine = [((month, *key), again) for (month, who), at in told.items() if at < last
            for key, again in [cell(who, at)] if key]  # fmt: skip
    mine = [(key, again) for key, again in mine if key in others]
    whole = found.loc["全部"]
    assert whole["n"] == len(mine)
    assert whole["share"] == pytest.approx(np.mean([again for _, again in mine]))
    assert whole["compared"] == pytest.approx(np.mean([np.mean(others[key]) for key, _ in mine]))
    assert whole["change"] == pytest.approx(100 * (whole["share"] - whole["compared"]))


def test_complainers_who_leave_are_found_and_those_who_do_not_are_not(make):
    rng = np.random.default_rng(5)
    days = pd.date_range("2025-03-01", "2026-09-30", freq="30D")
    rows = [(f"c{c}", day + pd.Timedelta(days=int(rng.integers(0, 25)))) for c in range(400) for day in days]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    orders = orders[rng.random(len(orders)) < 0.6].assign(amount=10.0)
    at = {
        f"c{c}": pd.Timestamp("2025-09-05") + pd.Timedelta(days=int(rng.integers(0, 250))) for c in range(150)
    }
    left = {c for c in at if rng.random() < 0.5}
    gone = [c in left and t > at[c] for c, t in zip(orders["customer_id"], orders["ordered_at"], strict=True)]
    kept = orders[~np.array(gone)].reset_index(drop=True)
    for some, claim in ((kept, "更低"), (orders.reset_index(drop=True), "相当")):
        told = schema.shape(some.assign(order_id=[f"o{i}" for i in range(len(some))]), schema.ORDERS)
        issues = make({"2026-09": 150}, customer_id=list(at), created_at=list(at.values()), intent="抱怨")
        assert afterwards.table(issues, told, SEPTEMBER).set_index("group").loc["全部", "claim"] == claim


def test_a_category_is_held_against_those_who_complained_of_something_else(make):
    """Whoever complains buys more than the silent; of them those hurt by one thing leave."""
    rng = np.random.default_rng(8)
    days = pd.date_range("2025-03-01", "2026-09-30", freq="30D")
    rows = [(f"c{c}", day + pd.Timedelta(days=int(rng.integers(0, 25)))) for c in range(900) for day in days]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    number = orders["customer_id"].str[1:].astype(int)
    orders = orders[rng.random(len(orders)) < np.where(number < 400, 0.6, 0.25)]
    at = [pd.Timestamp("2025-09-05") + pd.Timedelta(days=int(d)) for d in rng.integers(0, 250, 400)]
    tags = np.array(["账户与安全", "费率与收费", "服务态度", "办理流程"])[np.arange(400) % 4]
    when = orders["customer_id"].str[1:].astype(int).map(lambda c: at[c] if c < 400 else pd.NaT)
    hurt = orders["customer_id"].str[1:].astype(int).map(lambda c: c < 400 and c % 4 == 0 and c % 8 < 4)
    kept = orders[~(hurt & (orders["ordered_at"] > when))].assign(amount=1.0)
    told = schema.shape(kept.assign(order_id=[f"o{i}" for i in range(len(kept))]), schema.ORDERS)
    who = [f"c{c}" for c in range(400)]
    issues = make(
        {"2026-09": 400}, customer_id=who, created_at=at, intent="抱怨", primary_tag=tags, tags=tags
    )
    found = schema.check(afterwards.table(issues, told, SEPTEMBER), schema.AFTERWARDS)
    claims = found.set_index("group")["claim"].to_dict()
    assert claims.pop("全部") != "更低" and claims.pop("账户与安全") == "更低"
    assert "更低" not in claims.values()
    none = [schema.empty(spec) for spec in (schema.REPURCHASE, schema.CHURN)]
    groups = segments.table(NOBODY, told, issues, SEPTEMBER, RULES)
    found.loc[found["group"] == "全部", ["claim", "change_low"]] = ["更高", 0.1]
    words = str(conclusions.customers(groups, *none, found, schema.empty(schema.CARE)))
    assert "反映“账户与安全”的客户 90 天内再次下单的占" in words and "不能说问题让人多买" in words


def seasonal(make, rng, customers=1500, days=700):
    """Customers who buy much in winter and little in spring; 物流延迟 is what is complained of in winter."""
    start = END - pd.Timedelta(days=days)
    month = (start + pd.to_timedelta(np.arange(days), unit="D")).month
    rate = np.select([month.isin([11, 12, 1]), month.isin([2, 3, 4])], [1.8, 0.5], 1.0) * 0.008
    who, day = np.nonzero(rng.poisson(np.outer(rng.gamma(1, 1, customers), rate)))
    orders = pd.DataFrame({"customer_id": who.astype("str"), "ordered_at": start + pd.to_timedelta(day, "D")})
    orders = orders.assign(order_id=np.arange(len(orders)).astype("str"), amount=10.0)
    told = orders[(rng.random(len(orders)) < 0.08) & (orders["ordered_at"] < END - pd.Timedelta(days=9))]
    at = told["ordered_at"] + pd.to_timedelta(rng.integers(1, 9, len(told)), unit="D")
    tags = np.where(at.dt.month.isin([1, 2]), "物流延迟", rng.choice(["服务态度", "退换货流程"], len(told)))
    columns = {"customer_id": told["customer_id"].to_numpy(), "created_at": at.to_numpy(), "intent": "抱怨"}
    issues = make({"2026-09": len(told)}, **columns, primary_tag=tags, tags=tags)
    return issues, schema.shape(orders, schema.ORDERS)


def test_a_problem_of_the_high_season_is_not_taken_for_what_keeps_customers_away(make):
    rng = np.random.default_rng(4)
    tables = [afterwards.table(*seasonal(make, rng), SEPTEMBER).set_index("group") for _ in range(8)]
    assert sum(table.loc["物流延迟", "claim"] == "更低" for table in tables) <= 1
    assert all(table.loc["物流延迟", "n"] >= 30 for table in tables)


def test_a_high_value_customer_who_stopped_buying_keeps_both_labels(make):
    orders = shop(1)
    quiet = orders.iloc[:1].assign(
        customer_id="大客户", order_id="x", amount=9e6, ordered_at=END - pd.Timedelta(days=300)
    )
    orders = pd.concat([orders, quiet], ignore_index=True)
    labelled = segments.rfm(NOBODY, orders, SEPTEMBER, RULES)
    line = labelled.set_index("customer_id").loc["大客户"]
    assert (line["value"], line["state"]) == ("高价值", "流失风险") and (line["r"], line["m"]) == (1, 5)
    issues = make({"2026-09": 2}, customer_id=["大客户", "c1"], intent="抱怨", status=["处理中", "已完成"])
    care = schema.check(segments.care(issues, labelled, SEPTEMBER), schema.CARE)
    assert (
        care["customer_id"].tolist() == ["大客户", "c1"] and care["labels"][0] == "高价值客户、流失风险客户"
    )
    assert care["open"].tolist() == [1, 0] and "挽回" in care["advice"][0]


def test_segments_add_up_and_next_year_is_what_the_same_group_spent(make):
    orders = shop(4, customers=900)
    found = schema.check(
        segments.table(NOBODY, orders, make({"2026-09": 5}), SEPTEMBER, RULES), schema.SEGMENTS
    )
    assert found["customers"].sum() == 900 and found["amount"].sum() == pytest.approx(orders["amount"].sum())
    start = END - pd.Timedelta(days=365)
    then = segments.rfm(
        NOBODY, orders, Period.parse(f"2024-01-01..{(start - pd.Timedelta(days=1)).date()}"), RULES
    )
    row = found[found["next_year"].notna()].iloc[0]
    who = then.loc[(then["value"] == row["value"]) & (then["state"] == row["state"]), "customer_id"]
    spent = orders[orders["customer_id"].isin(who) & (orders["ordered_at"] >= start)]["amount"].sum()
    assert (
        row["next_year"] == pytest.approx(spent / len(who))
        and row["next_low"] < row["next_year"] < row["next_high"]
    )


def test_needs_are_tested_as_scipy_does(make):
    orders = shop(2)
    labelled = segments.rfm(NOBODY, orders, SEPTEMBER, RULES)
    rng = np.random.default_rng(0)
    who = rng.choice(labelled["customer_id"], 400)
    rich = pd.Series(who).map(labelled.set_index("customer_id")["value"]).eq("高价值").to_numpy()
    tags = np.where(rich & (rng.random(400) < 0.5), "发票问题", rng.choice(["物流延迟", "服务态度"], 400))
    issues = make({"2026-09": 400}, customer_id=who, intent="抱怨", primary_tag=tags, tags=tags)
    found = schema.check(segments.needs(issues, labelled, SEPTEMBER), schema.NEEDS)
    line = found.set_index(["segment", "category"]).loc[("高价值客户", "发票问题")]
    table = pd.crosstab(rich, tags == "发票问题")
    assert line["claim"] == "更高" and line["n"] == table.loc[True, True] and line["base"] == rich.sum()
    assert line["p_adjusted"] >= chi2_contingency(table, correction=False).pvalue
    assert "高价值客户反映发票问题的比例更高" in str(conclusions.needs(found))


@pytest.mark.parametrize(
    "change",
    [
        lambda o: o.head(0),
        lambda o: o.head(1),
        lambda o: o.assign(amount=np.nan),
        lambda o: o.assign(amount=5.0),
        lambda o: o.assign(ordered_at=pd.Timestamp("2027-05-01")),
        lambda o: o.assign(customer_id="同一个"),
    ],
    ids=["none", "one", "no amounts", "equal amounts", "all in the future", "one customer"],
)
def test_poor_orders_give_sentences_and_no_errors(make, change):
    orders = schema.shape(change(shop(3, customers=40)), schema.ORDERS)
    issues = complaints(make, shop(3, customers=40), 3)
    labelled = segments.rfm(NOBODY, orders, SEPTEMBER, RULES)
    groups = segments.table(NOBODY, orders, issues, SEPTEMBER, RULES)
    again, risk = loyalty.repurchase(orders, SEPTEMBER), loyalty.churn(orders, labelled, SEPTEMBER)
    after, care = afterwards.table(issues, orders, SEPTEMBER), segments.care(issues, labelled, SEPTEMBER)
    loyalty.cohorts(orders, SEPTEMBER)
    assert orders["amount"].notna().any() or not (groups["value"] == "高价值").any()
    words = str(conclusions.customers(groups, again, risk, after, care))
    assert "nan" not in words and "—" not in words
    assert str(conclusions.needs(segments.needs(issues, labelled, SEPTEMBER)))
