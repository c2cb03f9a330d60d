import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import exposure, trends

SEPTEMBER = Period.parse("2026-09")


def orders(rows):
    return schema.shape(pd.DataFrame(rows, columns=["month", "orders", "region", "product"]), schema.EXPOSURE)


def test_every_month_and_category_stands_and_shares_sum_to_one(make):
    table = schema.check(
        trends.monthly(make({"2026-07": 50, "2026-09": 80}), until=SEPTEMBER, months=4), schema.TREND
    )
    assert len(table) == 4 * 5 and table["month"].unique().tolist() == [
        "2026-06",
        "2026-07",
        "2026-08",
        "2026-09",
    ]
    assert table.groupby("month")["n"].sum().tolist() == [0, 50, 0, 80]
    assert table.groupby("month")["share"].sum(min_count=1).dropna().tolist() == pytest.approx([1, 1])
    assert table.loc[table["month"] == "2026-08", "share"].isna().all()


def test_rate_is_per_thousand_orders_from_the_first_feedback_on(make):
    base = orders(
        [("2026-07", 9000, None, None), ("2026-08", 20_000, None, None), ("2026-09", 10_000, None, None)]
    )
    table = trends.monthly(make({"2026-08": 50, "2026-09": 80}), until=SEPTEMBER, months=3, exposure=base)
    assert table.groupby("month")["rate"].sum(min_count=1).tolist() == pytest.approx(
        [float("nan"), 2.5, 8.0], nan_ok=True
    )


def test_a_month_the_period_cuts_off_has_no_rate(make):
    base = orders([("2026-08", 1000, None, None), ("2026-09", 1000, None, None)])
    half = Period.parse("2026-09-01..2026-09-15")
    table = trends.monthly(make({"2026-08": 50, "2026-09": 80}), until=half, months=2, exposure=base)
    assert table.loc[table["month"] == "2026-09", "rate"].isna().all()
    assert table.loc[table["month"] == "2026-08", "rate"].notna().all()


def test_totals_are_not_counted_again_with_their_parts():
    base = orders(
        [("2026-09", 100, None, None), ("2026-09", 70, "华东", None), ("2026-09", 20, "华东", "手机")]
    )
    assert exposure.orders(base).to_dict() == {"2026-09": 100}
    assert exposure.orders(base, {"region": "华东"}).to_dict() == {"2026-09": 70}
    assert exposure.orders(base, {"region": "华东", "product": "手机"}).to_dict() == {"2026-09": 20}
    assert exposure.orders(base, {"region": "华北"}).empty and exposure.orders(
        base, {"channel": "电话"}
    ).to_dict() == {"2026-09": 100}


def test_nothing_is_an_empty_table(make):
    assert trends.monthly(make({}), until=SEPTEMBER).empty
