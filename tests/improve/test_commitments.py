from dataclasses import replace

import pandas as pd
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


def test_a_promise_nothing_is_known_of_any_more_is_not_shown_as_it_was(evidence):
    """Kept in April under one name, counted since under another: April's share is not September's."""
    held = evidence(kpis=[("2026-04", 80, 100)])
    other = held.kpis.assign(kpi="24小时发货率", month="2026-05")
    held = replace(held, kpis=pd.concat([held.kpis, other], ignore_index=True))
    table = commitments.table(promised(), held, until=Period.parse("2026-09"))
    (card,) = conclusions.strip(schema.empty(schema.GOALS), table).cards
    assert (card.value, card.direction, card.tone) == ("—", "没有数据", "muted")
    assert card.note == "目标 95.0%，2026年4月以后没有数据"
    (said,) = commitments.absent(promised(), held)
    assert "“发货率” 只到 2026-04，“24小时发货率” 从 2026-05 才有" in said
    assert "未达标，此后没有数据" in str(conclusions.commitments(table).items[0])


def test_a_promise_counts_what_was_kept_not_what_went_wrong():
    with pytest.raises(ParamsError, match=r"promises\.按时发货\.metric：承诺数的是兑现了多少次.*越低越好"):
        knowledge.declared(promised(better="lower"), [], where="知识.yaml")


def handled(evidence, months=("2026-07", "2026-08"), n=60):
    """Issues due three days after they were raised: of ten, two done a day late, one open."""
    found = evidence([(month, "物流延迟", n) for month in months])
    rows = found.issues
    due = rows["created_at"] + pd.Timedelta(days=3)
    place = pd.Series(range(len(rows)), index=rows.index) % 10
    closed = (due + pd.to_timedelta(place.lt(2).map({True: 24, False: -24}), unit="h")).mask(place.eq(2))
    told = rows.assign(
        source="工单", due_at=due, closed_at=closed, status="已完成", department="客服部", handler="处理人01"
    )
    told["status"] = told["status"].mask(place.eq(2), "处理中")
    return replace(found, issues=schema.shape(told, schema.ISSUES))


SLA = {"name": "三天内办结", "metric": {"kind": "sla"}, "target": 0.9}
FCR = {"name": "一次解决", "metric": {"kind": "fcr"}, "target": 0.9}


@pytest.mark.parametrize("label", ["2026-08", "2026-Q3", "2026-07-10..2026-08-15"])
def test_the_list_of_cases_and_the_rate_agree(known, evidence, label):
    period, held = Period.parse(label), handled(evidence)
    said = held.issues[["issue_id", "created_at"]]
    again = said.head(40).assign(created_at=said["created_at"] + pd.Timedelta(days=2))
    held = replace(held, ratings=pd.concat([said, again], ignore_index=True))
    promises = known(promises=[SLA, FCR, PROMISE])
    rates = commitments.table(promises, held, until=period)
    cases = schema.check(commitments.breaches(promises, held, period=period), schema.BREACHES)
    inside = rates[rates["month"].isin(period.months) & rates["breaches"].gt(0)]
    listed = cases.groupby(["promise", "month"], observed=True).size()
    assert (
        len(inside) >= 1 and listed.to_dict() == inside.set_index(["promise", "month"])["breaches"].to_dict()
    )
    public = commitments.published(rates, period).set_index("promise")
    summed = rates[rates["month"].isin(period.months)].groupby("promise")[["kept", "n"]].sum()
    assert public.loc[SLA["name"], ["kept", "n"]].tolist() == summed.loc[SLA["name"]].tolist()


def test_a_case_tells_when_it_was_due_and_done_and_by_how_much_it_was_late(known, evidence):
    cases = commitments.breaches(known(promises=[SLA]), handled(evidence), period=Period.parse("2026-07"))
    done = cases[cases["state"] == "超时办结"]
    assert (done["late_hours"] == 24).all() and (done["closed_at"] - done["due_at"]).eq("1D").all()
    waiting = cases[cases["state"] == "到期末没有办结"]
    assert waiting["closed_at"].isna().all() and waiting["late_hours"].gt(0).all() and len(waiting)
    assert set(cases["department"]) == {"客服部"} and set(cases["handler"]) == {"处理人01"}
    assert commitments.summed(known(promises=[SLA, PROMISE])) == [PROMISE["name"]]
    told = conclusions.breaches(cases, [PROMISE["name"]]).items
    assert f"未兑现 {len(cases)} 件" in told[0] and "没有逐件的记录" in told[1]


@pytest.mark.parametrize(
    ("kept", "n", "counts", "share"),
    [
        (900, 1000, [900, 1000], 0.9),
        (29, 29, [], None),
        (997, 1000, [], 0.99),
        (3, 40, [], 0.07),
        (40, 40, [40, 40], 1),
    ],
)
def test_the_public_version_has_no_small_group(known, evidence, kept, n, counts, share):
    table = commitments.table(
        known(promises=[PROMISE]), evidence(kpis=[("2026-08", kept, n)]), until=Period.parse("2026-08")
    )
    row = schema.check(commitments.published(table, Period.parse("2026-08")), schema.PUBLISHED).iloc[0]
    assert row[["kept", "n"]].dropna().tolist() == counts
    assert row["share"] == pytest.approx(share) if share is not None else pd.isna(row["share"])
    assert not {"issue_id", "feedback_id", "customer_id", "handler", "department"} & set(row.index)
