import pytest
from statsmodels.stats.proportion import proportion_confint

from voc_lib import knowledge, schema
from voc_lib.errors import ParamsError
from voc_lib.improve import commitments
from voc_lib.period import Period
from voc_lib.report import conclusions

PROMISE = {"name": "24 小时内发货", "metric": {"kind": "kpi", "name": "发货率"}, "target": 0.95}


def test_kept_per_month_with_wilson_and_verdict(known, evidence):
    data = evidence(kpis=[("2026-06", 990, 1000), ("2026-07", 96, 100), ("2026-09", 850, 1000)])
    table = commitments.table(known(promises=[PROMISE]), data, until=Period.parse("2026-Q3"))
    schema.check(table, schema.COMMITMENTS)
    assert table["month"].tolist() == ["2026-06", "2026-07", "2026-08", "2026-09"]
    assert table["verdict"].tolist() == ["达标", "证据不足", "证据不足", "未达标"]
    assert table["breaches"].tolist() == [10, 4, 0, 150]
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx(
        proportion_confint(990, 1000, method="wilson")
    )


def test_only_the_last_months_are_told(known, evidence):
    data = evidence(kpis=[(f"2026-{m:02d}", 9, 10) for m in range(1, 10)])
    table = commitments.table(known(promises=[PROMISE]), data, until=Period.parse("2026-08"), months=3)
    assert table["month"].tolist() == ["2026-06", "2026-07", "2026-08"]


def test_a_promise_without_data_stays_with_one_empty_month(known, evidence):
    table = commitments.table(known(promises=[PROMISE]), evidence(), until=Period.parse("2026-08"))
    assert table[["month", "n", "verdict"]].values.tolist() == [["2026-08", 0, "证据不足"]]


def test_no_promises_no_rows(known, evidence):
    table = commitments.table(known(), evidence(), until=Period.parse("2026-08"))
    assert schema.check(table, schema.COMMITMENTS).empty


def promised(**metric):
    kpi = {"kind": "kpi", "name": "发货率", "better": "higher", **metric}
    return knowledge.read({"promises": [{"name": "按时发货", "metric": kpi, "target": 0.95}]})


def test_a_promise_in_a_renamed_kpi_is_said_and_not_judged(evidence):
    held = evidence(kpis=[("2026-08", 99, 100)])
    renamed = promised(name="发货律")
    table = commitments.table(renamed, held, until=Period.parse("2026-08"))
    assert table["verdict"].tolist() == ["证据不足"]
    (said,) = commitments.absent(renamed, held)
    assert "KPI 表里没有 “发货律”。是否想写 “发货率”？" in said and commitments.absent(promised(), held) == []
    assert said in conclusions.commitments(table, [said]).items


def test_a_promise_counts_what_was_kept_not_what_went_wrong():
    with pytest.raises(ParamsError, match=r"promises\.按时发货\.metric：承诺数的是兑现了多少次.*越低越好"):
        knowledge.declared(promised(better="lower"), [], where="知识.yaml")
