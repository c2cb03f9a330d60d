import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.errors import ParamsError
from voc_lib.params import Params, Weights
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.rootcause import priority, resample

PERIOD = Period.parse("2026-09")


def settings(**changes):
    return Params.model_validate(
        {"name": "x", "period": "2026-09", "sources": [{"name": "a", "path": "a.csv"}], **changes}
    )


def month(issues):
    """物流延迟: 6 customers, 2 of high value, P0; 服务态度: 3 customers; 其他: 1 of high value."""
    rows = [{"primary_tag": "物流延迟", "customer_id": f"A{i}", "urgency": "P0"} for i in range(6)]
    rows[0]["customer_type"] = rows[1]["customer_type"] = "高价值客户"
    rows += [{"primary_tag": "服务态度", "customer_id": f"B{i}", "urgency": "P2"} for i in range(3)]
    rows += [{"primary_tag": "其他", "customer_id": "D1", "customer_type": "高价值客户"}]
    return issues(*rows, {"primary_tag": "物流延迟", "customer_id": "A0", "urgency": "P0"})


def test_figures_by_hand(issues):
    table = schema.check(
        priority.table(month(issues), PERIOD, settings(costs={"物流延迟": 0.8})), schema.QUADRANTS
    )
    first = table.set_index("problem").loc["物流延迟"]
    overall = 3 / 10
    value = [(2 + 5 * overall) / 11, (0 + 5 * overall) / 8, (1 + 5 * overall) / 6]
    assert first["reach"] == pytest.approx(6 / 10) and first["value"] == pytest.approx(value[0])
    assert first["urgency_score"] == 1 and first["cost"] == 0.8
    relative = value[0] / max(value)
    assert first["score"] == pytest.approx(0.4 * 1 + 0.3 * relative + 0.2 * 1 + 0.1 * 0.2)
    assert first["importance"] == pytest.approx((0.4 + 0.3 * relative) / 0.7)


def test_quadrants_and_order(issues):
    table = priority.table(month(issues), PERIOD, settings()).set_index("problem")
    assert table["rank"].tolist() == [1, 2, 3] and table.index[0] == "物流延迟"
    assert table.loc["服务态度", "quadrant"] == "观察" and table.loc["其他", "quadrant"] == "重点规划"


def test_a_dominating_problem_stays_first_and_twins_share_the_place():
    rng = np.random.default_rng(1)
    parts = np.array([[1, 1, 1, 1], [0.6, 0.4, 0.5, 0.5], [0.4, 0.6, 0.5, 0.5]], dtype=float)
    table = priority.stability(parts, np.array([1.0, 1, 1, 1]), rng=rng)
    assert table["first_share"].tolist() == [1, 0, 0]
    assert table[["rank_low", "rank_high"]].values.tolist() == [[1, 1], [2, 3], [2, 3]]


def test_same_seed_same_table_and_a_weight_of_zero_stays_zero(issues):
    params = settings(weights={"reach": 0, "value": 1, "urgency": 0, "cost": 0})
    table = priority.table(month(issues), PERIOD, params)
    assert table.equals(priority.table(month(issues), PERIOD, params))
    assert table["problem"].iloc[0] == "其他" and table["first_share"].iloc[0] < 1


def test_all_weights_zero_is_refused(issues):
    params = settings(weights=Weights(reach=0, value=0, urgency=0, cost=0).model_dump())
    with pytest.raises(ParamsError, match="都是 0"):
        priority.table(month(issues), PERIOD, params)


def test_no_problems_no_rows_and_unknown_customers_count_one_each(issues):
    assert schema.check(priority.table(issues(), PERIOD, settings()), schema.QUADRANTS).empty
    table = priority.table(
        issues({"primary_tag": "其他", "times": 3}, {"primary_tag": "物流延迟"}), PERIOD, settings()
    )
    assert table.set_index("problem").loc["其他", "reach"] == 0.75


def chance(issues, rng, shares, n=200):
    """Issues of customers of whom some speak twice, drawn by the shares, with severity at chance."""
    names = ["物流延迟", "服务态度", "功能异常", "退换货流程", "价格", "其他服务"]
    who, tags = rng.integers(0, n // 2 * 2, n), rng.choice(names, n, p=shares)
    urgency = rng.choice(["P0", "P1", "P2"], n)
    given = zip(tags, who, urgency, strict=True)
    return issues(*({"primary_tag": t, "customer_id": f"C{w}", "urgency": u} for t, w, u in given))


def said(table):
    return str(conclusions.priorities(table))


def test_six_equal_problems_are_hardly_ever_called_stable_and_are_named_as_ties(issues):
    rng = np.random.default_rng(3)
    tables = [priority.table(chance(issues, rng, [1 / 6] * 6), PERIOD, settings()) for _ in range(25)]
    told = [said(table) for table in tables]
    assert sum("排名稳定" in words for words in told) <= 2
    assert sum("首位并列" in words for words in told) >= 23


def test_a_problem_of_half_the_customers_is_called_stable(issues):
    rng = np.random.default_rng(4)
    drawn = chance(issues, rng, [0.6, *[0.08] * 5], n=1_000)
    words = said(priority.table(drawn, PERIOD, settings()))
    assert "建议先解决物流延迟" in words and "排名稳定" in words


def test_a_problem_no_other_comes_near_is_no_tie(issues):
    table = priority.table(chance(issues, np.random.default_rng(4), [1 / 6] * 6), PERIOD, settings())
    words = said(table.assign(first_share=table["rank"].eq(1) * 0.85))
    assert "85.0% 的情形" in words and "首位并列" not in words and "排名稳定" not in words


def test_customers_are_drawn_and_not_rows():
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"problem": ["甲"] * 50 + ["乙"], "who": ["a"] * 50 + ["b"], "high": False})
    drawn = resample.draws(rows.assign(severity=1.0), ["甲", "乙"], 2_000, rng=rng)
    assert drawn.people.mean(axis=0) == pytest.approx([1, 1], abs=0.1)
    assert drawn.graded.mean(axis=0) == pytest.approx([50, 1], rel=0.1)
    assert drawn.everyone.var() == pytest.approx(2, rel=0.15)
