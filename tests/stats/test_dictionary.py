from voc_lib import knowledge, params, schema
from voc_lib.stats import dictionary, metrics

BASE = {"name": "报告", "period": "2026-09", "sources": [{"name": "a", "path": "a.csv"}]}
ENTRY = {
    "name": "退货率",
    "better": "lower",
    "numerator": "退货订单",
    "denominator": "全部订单",
    "source": "ERP",
}


def test_every_metric_that_is_judged_by_stands_once_with_its_direction():
    goals = [
        {"name": "快", "metric": {"kind": "handling_hours"}, "target": 24},
        {"name": "少退", "metric": {"kind": "kpi", "name": "退货率"}, "target": 0.08},
    ]
    promises = [{"name": "少退货", "metric": {"kind": "kpi", "name": "退货率"}, "target": 0.9}]
    plan = params.parse(
        params.Params, {**BASE, "goals": goals, "metrics": [ENTRY, {"name": "旧指标", "better": "higher"}]},
        where="p",
    )  # fmt: skip
    table = dictionary.table(plan, knowledge.read({"promises": promises}))
    rows = schema.check(table, schema.METRICS).set_index("metric")
    assert rows.loc["退货率", ["better", "numerator", "used_by"]].tolist() == [
        "越低越好", "退货订单", "目标：少退；承诺：少退货",
    ]  # fmt: skip
    assert rows.loc["旧指标", "used_by"] == "没有使用" and len(rows) == 3


def test_every_built_in_kind_is_defined():
    assert set(dictionary._words()) == set(metrics.UNITS)
    assert all(
        set(words) == {"definition", "numerator", "denominator", "source", "exposure"}
        for words in dictionary._words().values()
    )
