"""The notebooks on surveys, service and customers, each executed alone on tables made for it."""

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tests.stats import conftest as made
from tests.stats import test_answered as surveyed
from tests.stats import test_loyalty as sold
from voc_lib import params, schema
from voc_lib.params import Sla
from voc_lib.period import Period
from voc_lib.run.publish import render
from voc_lib.run.steps import find, upstream
from voc_lib.run.tables import read_table, write_table
from voc_lib.run.workflow import engine
from voc_lib.stats import service

SEPTEMBER = Period.parse("2026-09")
PARTS = ["问卷各题", "哪类客户的评分不同", "各题与整体评分的相关", "整体评分受什么影响"]


@pytest.fixture
def run(tmp_path, forked):
    """Execute a step on some tables, the others empty: its page as words with headings, and its tables."""
    file = tmp_path / "params.yaml"
    file.write_text(
        "name: 店\nperiod: '2026-09'\nrender: {html: true, pdf: false, excel: false}\n"
        "sources: [{name: 工单, path: 工单.csv, channel: 客服}]\n",
        encoding="utf-8",
    )
    settings = params.load(file)

    def execute(name, **tables):
        spec, stage = find(name), tmp_path / "stage"
        for step in upstream(spec.name):
            for table in find(step).tables:
                frame = tables.get(table, schema.empty(schema.table(table)))
                write_table(frame, stage / "tables" / f"{table}.parquet")
        engine.execute(spec, settings, stage, limits=engine.Limits())
        (page,) = render.step(stage, spec, name="店", period=settings.period, outputs=settings.params.render)
        main = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").main
        executed = next(stage.rglob(f"{spec.name}.ipynb")).read_text(encoding="utf-8")
        assert "widget-view" not in executed and "重跑到这里" not in main.get_text()  # no bar in a run
        headings = [heading.get_text().strip() for heading in main.select("h2, h3")]
        made = {table: read_table(stage / "tables" / f"{table}.parquet") for table in spec.tables}
        return main.get_text(), headings, made

    return execute


def handled(n=60, **columns):
    """Problems answered after an hour and closed after ten, those of 技术部 after forty."""
    issues = made._issues({"2026-09": n}, intent="抱怨", department=["售后部", "技术部"] * (n // 2))
    hours = np.where(issues["department"] == "技术部", 40, 10)
    at = issues["created_at"].dt.floor("h")
    times = {
        "first_response_at": at + pd.Timedelta(hours=1),
        "closed_at": at + pd.to_timedelta(hours, unit="h"),
    }
    issues = issues.assign(created_at=at, **times, status="已完成", **columns)
    tagged = schema.shape(issues, schema.TAGGED)
    figures = service.table(issues, tagged, SEPTEMBER, sla=Sla())
    return {"issues": issues, "tagged": tagged, "service": figures}


def test_service_says_who_is_slower_and_leaves_out_what_no_log_says(run):
    words, headings, tables = run("04c", **handled())
    assert "技术部更慢" in words and "时间花在哪个环节" in headings
    assert not {"转手与重开", "按处理人"} & set(headings)
    slow = tables["desks"].set_index(["dimension", "group"]).loc[("部门", "技术部")]
    assert slow["hours"] == 40 and slow["claim"] == "更慢" and tables["handoffs"].empty


def test_service_of_a_log_alone_says_where_tickets_stay_and_go(run):
    states = [("新建", "甲"), ("处理中", "乙"), ("处理中", "甲"), ("已完成", "甲")]
    rows = [
        {"ticket_id": f"T{t}", "state": state, "handler": who, "at": pd.Timestamp("2026-09-02") + gap * n}
        for t in range(4)
        for n, (state, who) in enumerate(states)
        for gap in [pd.Timedelta(hours=t + 1)]
    ]
    events = schema.shape(pd.DataFrame(rows), schema.STATUS_EVENTS)
    words, headings, tables = run("04c", status_events=events)
    assert "转手与重开" in headings and "按处理人" not in headings
    assert "转手 100.0%（4 / 4 个工单" in words
    lasting = tables["stages"].query("group == '全部'").set_index("stage")
    assert lasting["total"].to_dict() == {"处理中": 20, "新建": 10} and "已完成" not in lasting.index


def test_survey_without_answers_shows_scores_alone(run):
    tagged = schema.shape(made._issues({"2026-09": 40}, csat=[5.0, 4.0, 2.0, 1.0] * 10), schema.TAGGED)
    words, headings, tables = run("04b", tagged=tagged)
    assert "满意度均分 3.0 分" in words and all(table.empty for table in tables.values())
    assert headings[:2] == ["结论", "满意度与 NPS"] and not {*PARTS} & set(headings)


def test_survey_with_answers_names_what_the_whole_hangs_on(run):
    words, headings, tables = run("04b", answers=surveyed.answers(*surveyed.shop(1)))
    assert "对整体评分最重要的是速度" in words and set(PARTS) & set(headings) == {*PARTS} - {PARTS[1]}
    assert tables["survey_drivers"].nlargest(1, "importance")["driver"].tolist() == ["速度"]
    assert tables["survey_groups"].empty


def test_customers_are_counted_with_their_orders_and_nobody_is_a_sentence(run):
    orders = sold.shop(0, customers=120)
    issues = sold.complaints(made._issues, orders, 0)
    words, _, tables = run("04d", orders=orders, issues=issues)
    assert f"下过单的客户 {orders['customer_id'].nunique()} 位" in words
    assert tables["segments"]["customers"].sum() == orders["customer_id"].nunique()
    whole = tables["segments"]["monetary"] * tables["segments"]["customers"]
    assert whole.sum() == pytest.approx(orders["amount"].sum())
    words, _, tables = run("04d")
    assert "看不出客户的购买" in words and tables["segments"].empty and tables["care"].empty
