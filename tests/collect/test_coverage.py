import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.collect.coverage import compare, coverage, rake
from voc_lib.errors import DataError
from voc_lib.intervals import wilson


@pytest.fixture
def base():
    """100 customers: 80 in the east (level 普卡), 20 in the west (金卡)."""
    rows = [
        {"customer_id": f"c{i}", "region": "东" if i < 80 else "西", "level": "普卡" if i < 80 else "金卡"}
        for i in range(100)
    ]
    return schema.shape(pd.DataFrame(rows), schema.CUSTOMERS)


@pytest.fixture
def voices():
    """10 rows of the east, 10 of the west (one customer says 5), 2 of strangers, 1 nameless."""
    ids = [f"c{i}" for i in range(10)] + ["c80"] * 5 + [f"c{i}" for i in range(81, 86)] + ["x", "x", None]
    frame = pd.DataFrame(
        {"customer_id": ids, "created_at": "2026-09-01", "text": "慢", "channel": "电话", "source": "工单"}
    )
    frame = frame.assign(feedback_id=[str(i) for i in range(len(ids))], file="a", line=1)
    return schema.shape(frame, schema.FEEDBACK)


def test_who_speaks_and_who_does_not(voices, base):
    table = schema.check(coverage(voices, base), schema.COVERAGE).set_index(["dimension", "group"])
    west = table.loc[("地区", "西")]
    assert (
        west[["customers", "speakers"]].tolist() == [20, 6]
        and west["base_share"] == 0.2
        and west["voice_share"] == 0.5
    )
    assert (west["low"], west["high"]) == pytest.approx([float(x) for x in wilson(6, 20)[1:]])
    assert table.loc[("沉默的大多数", "本期未发声"), "customers"] == 84
    assert table.loc["发声集中度"]["voice_share"].iloc[0] == 5 / 20
    assert table.loc[("对不上客户表", "客户表之外的客户"), "voice_share"] == 2 / 23


def test_value_needs_orders_and_no_customers_is_no_error(voices, base):
    orders = pd.DataFrame({"customer_id": ["c0", "c1", "c2", "c3", "c4"], "amount": [5.0, 4, 3, 2, 1]})
    groups = (
        coverage(voices, base, orders=orders).query("dimension == '消费价值'").set_index("group")["customers"]
    )
    assert groups.to_dict() == {"其他有订单客户": 4, "无订单": 95, "高价值（消费前 20%）": 1}
    assert coverage(voices, schema.empty(schema.CUSTOMERS))["dimension"].tolist() == ["发声集中度"]


def test_weights_bring_the_voice_back_to_the_base(voices, base):
    raked = rake(voices, base, dimensions=("region",))
    shares = raked.weights.groupby(voices["customer_id"].map(base.set_index("customer_id")["region"])).sum()
    assert (shares / shares.sum()).to_dict() == pytest.approx({"东": 0.8, "西": 0.2}) and raked.converged
    weights = np.array([1.6] * 10 + [0.4] * 10)
    assert raked.effective_n == pytest.approx(weights.sum() ** 2 / (weights**2).sum()) and raked.n == 20


def test_weighted_stands_beside_unweighted(voices, base):
    frame = compare(
        voices["customer_id"].map(base.set_index("customer_id")["region"]),
        rake(voices, base, dimensions=("region",)),
    )
    assert frame.set_index("group")[["share", "weighted"]].loc["西"].tolist() == pytest.approx([0.5, 0.2])


def test_silent_groups_are_named_and_missing_columns_refused(voices, base):
    silent = base.assign(region=base["region"].mask(base.index >= 95, "北"))
    assert "北" in rake(voices, silent, dimensions=("region",)).notes[0]
    with pytest.raises(DataError, match="gender"):
        rake(voices, base, dimensions=("gender",))
