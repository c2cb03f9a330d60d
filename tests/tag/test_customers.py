from datetime import date

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.params import CustomerRules
from voc_lib.tag.customers import customer_types, rfm

DAY = date(2026, 9, 30)


def orders(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    frame["order_id"] = [str(i) for i in range(len(frame))]
    return schema.shape(frame, schema.ORDERS)


def customers(*rows):
    return schema.shape(
        pd.DataFrame(rows, columns=["customer_id", "registered_at", "level"]), schema.CUSTOMERS
    )


def types(ids, *, people=None, bought=None, **rules):
    return customer_types(
        pd.Series(ids, dtype="str"),
        customers=schema.empty(schema.CUSTOMERS) if people is None else people,
        orders=schema.empty(schema.ORDERS) if bought is None else bought,
        rules=CustomerRules(**rules),
        as_of=DAY,
    ).tolist()


def test_types_from_orders():
    bought = orders(
        ("new", "2026-09-01", 10),
        ("old", "2024-01-01", 20),
        ("old", "2026-09-01", 20),
        ("rich", "2024-01-01", 900),
        ("rich", "2026-08-01", 900),
        ("gone", "2024-01-01", 5000),
        ("later", "2026-10-02", 5000),
    )
    found = types(["new", "old", "rich", "gone", "later", "?", None], bought=bought, high_value_share=0.5)
    assert found == ["新客", "老客", "高价值客户", "流失风险客户", "未知", "未知", "未知"]


def test_without_any_table_everybody_is_unknown():
    assert types(["a", None]) == ["未知", "未知"]


def test_registration_and_level_stand_in_for_orders():
    people = customers(
        ("a", "2026-08-20", None),
        ("b", "2020-01-01", " VIP "),
        ("c", "2020-01-01", "普通"),
        ("d", None, None),
    )
    assert types(["a", "b", "c", "d"], people=people) == ["新客", "高价值客户", "老客", "未知"]


@pytest.mark.parametrize(("days", "wanted"), [(89, "新客"), (90, "老客")])
def test_the_limit_of_new(days, wanted):
    first = pd.Timestamp(DAY) - pd.Timedelta(days=days)
    assert types(["a"], people=customers(("a", first, None))) == [wanted]


def test_rfm_matches_a_hand_count():
    table = rfm(
        schema.empty(schema.CUSTOMERS), orders(("a", "2026-09-30", 1), ("a", "2026-09-20", np.nan)), as_of=DAY
    )
    row = table.loc["a"]
    assert (row["recency_days"], row["age_days"], row["frequency"], row["monetary"]) == (1, 11, 2, 1.0)


@pytest.mark.parametrize(
    ("amounts", "wanted"),
    [([100] * 6, 0), ([0] * 6, 0), ([900, 100, 100, 100, 100, 100], 1), ([9, 9, 5, 1, 0, 0, -3], 0)],
    ids=["all alike", "all nothing", "one ahead", "two for one place"],
)
def test_ties_and_zero_spend_make_nobody_high_value(amounts, wanted):
    ids = [str(i) for i in range(len(amounts))]
    bought = orders(*[(i, "2026-01-01", amount) for i, amount in zip(ids, amounts, strict=True)])
    found = types(ids, bought=bought, high_value_share=0.2, churn_days=900)
    assert found.count("高价值客户") == wanted and found[-1] == "老客"
