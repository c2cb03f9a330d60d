"""A report speaks of its subject: words of the house change, data and quotes stay."""

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions, narrative, plots, subject, tables

TABLE = "application/vnd.voc.table+json"


@pytest.fixture
def of_crm():
    subject.speak_of("crm")
    yield
    subject.speak_of("customers")


def test_heads_change_and_cells_of_data_do_not(of_crm):
    frame = pd.DataFrame({"category": ["客户重复", "客户"], "n": [1, 2], "customers": [1, 2]})
    shown = tables.table(frame, schema.CATEGORY_STATS, columns=["category", "customers"])._repr_mimebundle_()
    assert [column["label"] for column in shown[TABLE]["columns"]] == ["问题类型", "涉及员工数"]
    assert [row[0] for row in shown[TABLE]["rows"]] == ["客户重复", "客户"]
    assert "涉及员工数" in shown["text/html"]


def test_kinds_of_people_are_named_in_sentences_too(of_crm):
    row = {name: "x" for name in ("issue_id", "feedback_ids", "channel", "source", "text", "file", "tags")}
    row |= {"feedback_id": "1", "line": 1, "repeat_count": 1, "primary_tag": "其他", "attribute": "其他"}
    row |= {"customer_type": "老客", "urgency": "P1", "intent": "抱怨", "vague": False}
    issues = schema.shape(pd.DataFrame([row | {"created_at": "2026-09-01"}]), schema.ISSUES)
    assert "老员工 100.0%" in str(conclusions.labels(issues, Period.parse("2026-09")))


def test_sentences_change_outside_quotes_and_names(of_crm):
    shown = narrative.text("3 位客户说“客户太多”，大客户部、客户经理最多")._repr_mimebundle_()
    (words,) = shown["application/vnd.voc.text+json"]["paragraphs"]
    assert words == "3 位员工说“客户太多”，大客户部、客户经理最多"


def test_names_and_sentences_of_the_house_change_in_rows_of_a_workbook_too():
    row = {"indicator": "重复反馈率", "group": "新客", "unit": "%", "note": "同一客户的反馈"}
    rows = schema.shape(pd.DataFrame([row, {**row, "group": "大客户部", "note": None}]), schema.SERVICE)
    told = subject.cells(rows, schema.SERVICE, "crm")
    assert told["group"].tolist() == ["新员工", "大客户部"] and told["note"][0] == "同一员工的反馈"
    assert told["note"].isna().tolist() == [False, True]
    assert subject.cells(rows, schema.SERVICE, "customers") is rows


def test_charts_change_in_words_for_those_who_cannot_see_them(of_crm):
    row = {"dimension": "地区", "group": "华东", "customers": 10, "speakers": 2, "base_share": 0.5}
    row |= {"voice_share": 0.4, "participation": 0.2, "low": 0.1, "high": 0.3}
    chart = plots.coverage(schema.shape(pd.DataFrame([row]), schema.COVERAGE))
    assert "占全部员工的比例" in chart.caption and "客户" not in chart.alt


def test_customers_are_spoken_of_as_before():
    assert subject.said("涉及客户数") == subject.label("涉及客户数") == "涉及客户数"
    assert subject.table(schema.CATEGORY_STATS, "customers") == schema.CATEGORY_STATS


@pytest.mark.parametrize("spec", schema.TABLES.values(), ids=lambda spec: spec.name)
def test_no_table_speaks_of_customers_to_employees(spec):
    told = subject.table(spec, "crm")
    assert not [label for label in (told.title, *told.labels.values()) if "客户" in label]
    assert len(set(told.labels.values())) == len(set(spec.labels.values()))
