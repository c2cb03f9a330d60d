import pandas as pd
import pytest

from voc_lib import params, schema
from voc_lib.collect import coverage
from voc_lib.collect.coverage import kish
from voc_lib.report import sampling
from voc_lib.stats import weighting

ORDERS = schema.empty(schema.ORDERS)


@pytest.fixture
def base():
    """100 customers, 80 in the east."""
    rows = [{"customer_id": f"c{i}", "region": "东" if i < 80 else "西"} for i in range(100)]
    return schema.shape(pd.DataFrame(rows), schema.CUSTOMERS)


@pytest.fixture
def problems():
    """10 of the east (all about delivery), 10 of the west (half of them), one of a stranger."""
    ids = [*(f"c{i}" for i in range(10)), *(f"c{i}" for i in range(80, 90)), "x"]
    tags = ["物流延迟"] * 15 + ["功能异常"] * 6
    return pd.DataFrame({"customer_id": ids, "primary_tag": tags, "created_at": pd.Timestamp("2026-09-01")})


def test_shares_come_back_to_the_base(problems, base):
    found = weighting.weigh(problems, base, dimensions=["region"], orders=ORDERS)
    row = schema.check(found.table, schema.WEIGHTED).set_index("category").loc["物流延迟"]
    assert row[["n", "share"]].tolist() == [15, 0.75]
    assert row["weighted_share"] == pytest.approx(0.8 + 0.2 / 2) and row["difference"] == pytest.approx(15)
    weights = pd.Series([1.6] * 10 + [0.4] * 10).to_numpy()
    assert found.effective_n == pytest.approx(kish(weights)) and (found.n, found.known) == (21, 20)
    assert row["low"] < 0.75 < row["weighted_share"] < row["high"]
    assert "有效样本量（Kish）为 15；变化最大的是物流延迟，由 75.0% 变为 90.0%" in str(
        sampling.weights(found)
    )


def test_without_dimensions_nothing_is_computed_and_nothing_shown(problems):
    found = weighting.weigh(problems, schema.empty(schema.CUSTOMERS), dimensions=[], orders=ORDERS)
    assert found.table.empty and sampling.weights(found) is None


def test_nobody_known_is_a_sentence_and_silent_groups_are_named(problems, base):
    stranger = weighting.weigh(problems.tail(1), base, dimensions=["region"], orders=ORDERS)
    assert "没有一个对得上客户表" in str(sampling.weights(stranger))
    north = base.assign(region=base["region"].mask(base.index >= 95, "北"))
    said = sampling.weights(weighting.weigh(problems, north, dimensions=["region"], orders=ORDERS))
    assert "北" in said.items[0] and said.tone == "warn"


def test_weights_that_are_cut_say_which_group_stays_short(base):
    west, east = (base.loc[base["region"] == base["region"].iloc[end], "customer_id"] for end in (-1, 0))
    loud = [east.iloc[0]] * 200 + [west.iloc[0]] * 2
    at = pd.Timestamp("2026-09-01")
    said = pd.DataFrame({"customer_id": loud, "primary_tag": "物流延迟", "created_at": at})
    told = str(sampling.weights(weighting.weigh(said, base, dimensions=["region"], orders=ORDERS)))
    assert "权重截在平均的 5 倍" in told and "客户里占" in told


def test_params_offer_the_dimensions_there_are():
    assert set(params.Dimension.__args__) == set(coverage.DIMENSIONS)
