"""The alerts of a period in the report: how each stands, whose it is, and what of them is a finding."""

from datetime import date

import pandas as pd
import pytest

from tests.report.test_findings import NOTHING, SEPTEMBER, shaped, task
from tests.stats.test_alerts import rows
from voc_lib import schema
from voc_lib.report import conclusions, findings, incidents
from voc_lib.stats.alerts import Alert

OLD, FIRST, LAST = date(2026, 7, 5), date(2026, 9, 7), date(2026, 9, 28)
OPENED = Alert("Y001", "新开", FIRST, FIRST, FIRST, "其他", "积分…清零", 9, 0.0)
GROWN = Alert("Y001", "更新", date(2026, 9, 14), FIRST, date(2026, 9, 14), "其他", "积分…清零", 12, 0.0)
RULE = "2026-08 18.0%，越界（控制限 9.0% 至 15.0%）"
OPEN_BEFORE = Alert("Y002", "新开", OLD, OLD, OLD, "物流延迟", "物流延迟", 20, 8.5, RULE)
OVER = [
    Alert("Y003", "新开", OLD, OLD, OLD, "服务态度", "推诿", 7, 1.0),
    Alert("Y003", "关闭", LAST, OLD, FIRST, "服务态度", "推诿", 0, 1.0),
]
LONG_OVER = Alert("Y004", "关闭", OLD, OLD, OLD, "服务态度", "转接", 0, 1.0)
OWNERS = {"其他": "林小满", "物流延迟": "石慧", "服务态度": "林小满"}


@pytest.fixture
def table():
    issues = pd.concat([rows([9, 6]), rows([3], text="太慢", category="物流延迟")], ignore_index=True)
    issues["feedback_id"] = [f"F{number}" for number in range(len(issues))]
    trail = [LONG_OVER, OPEN_BEFORE, OVER[0], OPENED, GROWN, OVER[1]]
    return incidents.table(trail, issues, SEPTEMBER, owners=OWNERS)


def test_what_is_open_or_changed_stands_once_with_its_state_course_size_and_owner(table):
    shown = schema.check(table, schema.INCIDENTS)[["name", "state", "moved", "n", "owner"]]
    assert [tuple(None if pd.isna(v) else v for v in row) for row in shown.itertuples(index=False)] == [
        ("积分…清零（Y001）", "更新", "09-07 新开；更新 1 次", 15, "林小满"),
        ("物流延迟（Y002）", "新开", None, 3, "石慧"),
        ("推诿（Y003）", "关闭", "09-28 关闭", 0, "林小满"),
    ]


def test_the_conclusion_comes_first_and_without_alerts_there_is_none(table):
    view = conclusions.warned(table, SEPTEMBER)
    assert view.paragraphs == ("2026年9月末有 2 件预警没有关闭，本期关闭 1 件。",) and view.tone == "warn"
    assert view.items[0] == "“积分…清零（Y001）”仍未平息：本期 15 次，此前没有；2026-09-07 首次预警。"
    assert f"开警前月均 8.5 次；控制图 {RULE}；2026-07-05 首次预警" in view.items[1]
    assert conclusions.warned(table[table["state"] == "关闭"], SEPTEMBER).tone == "good"
    assert conclusions.warned(table.iloc[:0], SEPTEMBER) is None


def test_open_ones_are_findings_and_cards_unless_they_are_news_already(table):
    read = NOTHING._replace(incidents=table)
    found = findings.table(read, SEPTEMBER)
    assert found[["kind", "subject"]].values.tolist() == [
        ["预警", "物流延迟（Y002）"],
        ["预警", "积分…清零（Y001）"],
    ]
    courses = {"trend": schema.empty(schema.TREND), "effect_months": schema.empty(schema.EFFECT_MONTHS)}
    shown = conclusions.cards(found, read._asdict() | courses).cards
    assert [card.value for card in shown] == ["3 次", "15 次"] and shown[
        1
    ].note == "其他；此前没有，2026-09-07 首次预警"
    assert len(conclusions.to_decide(found, tables=read._asdict()).items) == 2
    line = {"term": "积分清零", "category": "其他", "n": 9, "before": 0, "p_adjusted": 0.01}
    line["feedback_ids"] = table["feedback_ids"][0]
    news = read._replace(emerging=shaped(schema.EMERGING, line))
    assert findings.table(news, SEPTEMBER)["kind"].tolist() == ["新问题", "预警"]


def test_who_answers_is_the_owner_of_the_measure_under_way_else_the_lead():
    plan = shaped(schema.PLAN, {"problem": "物流延迟", "measure_id": "M07"})
    tracking = shaped(schema.TRACKING, task("M07", "进行中", "2026-11-30", "石慧"))
    assert incidents.owners(["物流延迟", "其他"], plan, tracking, "林小满") == {
        "物流延迟": "石慧",
        "其他": "林小满",
    }
