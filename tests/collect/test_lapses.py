import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.collect import lapses
from voc_lib.period import Period

SEPTEMBER = Period.parse("2026-09")


def kpis(*given):
    """schema.KPIS of (first month, last month, name, total)."""
    rows = [
        {"month": str(month), "kpi": name, "kept": total // 2, "total": total}
        for first, last, name, total in given
        for month in pd.period_range(first, last, freq="M")
    ]
    return schema.shape(pd.DataFrame(rows), schema.KPIS)


def said(rows, period=SEPTEMBER, spec=schema.KPIS):
    return list(lapses.notes(rows, spec, period))


def test_a_table_of_last_year_is_told_once_however_many_kpis_it_has():
    (note,) = said(kpis(("2024-10", "2025-09", "发货率", 100), ("2024-10", "2025-09", "签收率", 100)))
    assert note.startswith("没有2026-09的数（表里是 2024-10 至 2025-09）")


def test_the_months_of_a_quarter_that_are_missing_are_named():
    (note,) = said(kpis(("2026-01", "2026-07", "发货率", 100)), Period.parse("2026-Q3"))
    assert note.startswith("没有2026-08、2026-09的数")


def test_a_kpi_that_stopped_is_told_with_the_name_that_began_after_it():
    old, new = ("2025-01", "2026-04", "发货率", 100), ("2026-05", "2026-09", "24小时发货率", 100)
    beside = ("2025-01", "2026-09", "签收率", 100)
    assert said(kpis(old, new, beside)) == [
        "“发货率” 只到 2026-04，“24小时发货率” 从 2026-05 才有；若改了名，请在文件里写成同样的名称"
    ]
    assert said(kpis(old, beside)) == ["“发货率” 到 2026-04 为止，2026-09没有数；请核对文件"]
    assert said(kpis(new, beside)) == []  # one that only began is nothing to look at


@pytest.mark.parametrize(
    ("spec", "rows", "named"),
    [
        (
            schema.KPIS,
            kpis(("2026-01", "2026-08", "发货率", 9), ("2026-09", "2026-09", "发货率", 0)),
            " 发货率 的总数",
        ),
        (schema.EXPOSURE, pd.DataFrame({"month": ["2026-08", "2026-09"], "orders": [9.0, 0.0]}), "的订单量"),
    ],
    ids=["kpis", "orders"],
)
def test_totals_of_zero_in_the_period_are_told(spec, rows, named):
    (note,) = said(schema.shape(rows, spec), spec=spec)
    assert note.startswith(f"2026-09{named}是 0，算不出来")
    assert said(schema.shape(rows, spec), Period.parse("2026-08"), spec) == []


def test_regions_that_have_no_orders_are_none_of_it_and_an_absent_table_neither():
    rows = pd.DataFrame({"month": ["2026-09"] * 2, "orders": [9.0, 0.0], "region": ["华东", "华南"]})
    assert said(schema.shape(rows, schema.EXPOSURE), spec=schema.EXPOSURE) == []
    assert said(schema.empty(schema.KPIS)) == []
