import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import tickets
from voc_lib.tag import library

SEPTEMBER = Period.parse("2026-09")
PACK = library.load("ecommerce")


@pytest.fixture
def issues():
    """Closed in time, late, open past its time, not due, praise, of a source nobody tracks, closed later."""
    closed = ["2026-09-02", "2026-09-20", None, None, "2026-09-02", None, "2026-10-05"]
    due = ["2026-09-04", "2026-09-04", "2026-09-04", "2026-10-08", "2026-09-04", "2026-09-04", "2026-09-04"]
    status = ["已完成", "已完成", "处理中", "处理中", "已完成", None, "已完成"]
    frame = pd.DataFrame({"closed_at": closed, "due_at": due, "status": status})
    ids = [f"F{i}" for i in range(len(frame))]
    frame = frame.assign(
        issue_id=[f"I-{x}" for x in ids],
        feedback_id=ids,
        feedback_ids=ids,
        created_at="2026-09-01 00:00",
        channel="电话",
        source=["电话"] * 5 + ["商店", "电话"],
        text="快递慢",
        tags="物流延迟",
        primary_tag="物流延迟",
        attribute="服务流程",
        customer_type="老客",
        urgency=["P0", "P1", "P1", "P2", "P2", "P2", "P0"],
        intent=["抱怨"] * 4 + ["表扬", "抱怨", "抱怨"],
        problem=[True] * 4 + [False, True, True],
        repeat_count=1,
        vague=False,
        department=["客服部", None, "客服部", None, None, None, "客服部"],
        handler=["甲", None, "甲", "乙", None, None, "甲"],
        region="华东",
        urgency_why="问题类型：物流延迟",
    )
    return schema.shape(frame, schema.ISSUES)


@pytest.fixture
def rows(issues):
    return tickets.detailed(issues, PACK, SEPTEMBER)


def test_lists_of_all_months_need_no_other_columns_than_those_that_last(issues, rows):
    few = tickets.detailed(issues[tickets.LASTING], PACK, SEPTEMBER)
    for listed in (tickets.overdue, lambda r: tickets.urgent(r, SEPTEMBER)):
        assert len(listed(rows))
        pd.testing.assert_frame_equal(listed(few), listed(rows))
    pd.testing.assert_frame_equal(tickets.crossed(few, SEPTEMBER), tickets.crossed(rows, SEPTEMBER))
    wide = issues.assign(**few.loc[issues.index])
    pd.testing.assert_frame_equal(tickets.table(wide), tickets.table(rows))


def test_overdue_is_told_as_known_at_the_end_of_the_period(rows):
    assert rows["overdue"].tolist() == ["否", "是", "是", "未到期", "否", "无处理记录", "是"]
    assert rows["overdue_days"].round(1).tolist()[1:3] == [16.0, 27.0]
    assert rows["age_days"].tolist()[6] == 30.0 and rows["open"].tolist()[6]


def test_what_is_no_problem_says_why_it_is_not_counted(rows):
    assert rows["category"].tolist()[4] == "（不是问题：表扬）" and rows["counts"].tolist()[4] is False
    assert rows["category"].eq("物流延迟").sum() == rows["counts"].sum() == 6


def test_cases_stand_by_department_and_handler_with_their_age(rows):
    late, first = tickets.overdue(rows), tickets.urgent(rows, SEPTEMBER)
    assert late["issue_id"].tolist() == ["I-F2", "I-F6"] and set(late["handler"]) == {"甲"}
    assert first["open"].tolist() == [True, False]
    load = schema.check(tickets.load(late, first), schema.LOAD)
    assert load[["department", "handler", "late", "age_30", "urgent"]].values.tolist() == [
        ["客服部", "甲", 2, 2, 1]
    ]


def test_the_department_is_that_of_the_tag_where_the_source_names_none(rows):
    told = tickets.table(rows)
    assert told["department"].notna().all() and told.loc[1, "department"] == PACK.department_of("物流延迟")
    assert told.loc[1, "handler"] == "未分派"


def test_the_cross_table_adds_up_to_the_problems(rows):
    cross = schema.check(tickets.crossed(rows, SEPTEMBER), schema.TICKET_CROSS)
    assert cross[["category", "p0", "p1", "p2", "n", "late"]].values.tolist() == [["物流延迟", 2, 2, 2, 6, 2]]


def test_an_empty_period_gives_empty_tables(rows):
    nothing = rows.iloc[:0]
    late, first = tickets.overdue(nothing), tickets.urgent(nothing, SEPTEMBER)
    assert late.empty and first.empty and tickets.load(late, first).empty
    assert tickets.crossed(nothing, SEPTEMBER).empty and tickets.table(nothing).empty
