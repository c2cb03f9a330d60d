import pandas as pd

from voc_lib import schema
from voc_lib.tag import library, records, urgency


def issues(**columns):
    base = {
        "issue_id": ["I-1", "I-2"],
        "feedback_ids": ["1", "2、3"],
        "feedback_id": ["1", "2"],
        "created_at": pd.to_datetime(["2026-09-02", "2026-09-01"]),
        "channel": ["电话", "微博"],
        "text": ["快递三天没到", "闪退"],
        "primary_tag": ["物流延迟", "功能异常"],
        "tags": ["物流延迟", "功能异常"],
        "urgency": ["P1", "P0"],
    }
    return schema.shape(pd.DataFrame({**base, **columns}), schema.ISSUES)


def test_summary_puts_the_urgent_first_with_all_feedback_ids():
    table = records.summary(issues())
    assert table["feedback_ids"].tolist() == ["2、3", "1"]
    assert list(table.columns) == schema.SUMMARY.names


def test_owner_joins_department_and_handler_and_falls_back_to_the_taxonomy():
    pack = library.load("ecommerce")
    table = records.requests(issues(department=["仓储部", None], handler=["王敏", None]), pack)
    assert table["owner"].tolist() == [pack.department_of("功能异常"), "仓储部/王敏"]


def test_states_are_ours_and_foreign_words_are_kept_in_the_remark():
    table = records.requests(
        issues(
            status=["已解决", "信息审核"], remark=[None, "回电"], closed_at=[None, pd.Timestamp("2026-09-03")]
        ),
        library.load("ecommerce"),
    )
    assert table["status"].tolist() == ["已完成", "已完成"]
    assert table["remark"].isna().tolist() == [False, True]
    assert table["remark"][0] == "回电；原状态：信息审核"
    schema.check(table, schema.REQUESTS)


def test_no_state_and_no_closing_time_is_waiting():
    assert records.state(pd.Series([None], dtype="str"), pd.Series([pd.NaT])).tolist() == ["待处理"]


def test_urgency_stands_in_words_beside_the_level_and_reads_back():
    table = records.summary(issues())
    assert table["urgency_words"].tolist() == ["高", "中"]
    assert urgency.from_words(table["urgency_words"]).tolist() == table["urgency"].tolist()


def test_each_request_says_how_it_is_handled():
    table = records.requests(issues(repeat_count=[2, 1]), library.load("ecommerce"))
    assert table["route"].tolist() == ["紧急：立即处理", "复杂：转专家"]


def test_questions_and_mismatches_say_where_and_when(make, label):
    tagged = label(make("太差了", "质量很好", csat=[None, 1.0])).tagged
    asked, apart = records.questions(tagged), records.mismatches(tagged)
    assert asked["feedback_id"].tolist() == ["F000"] and "什么时候" in asked["question"][0]
    assert apart["feedback_id"].tolist() == ["F001"] and apart["channel"].tolist() == ["电话"]
    for table in (asked, apart):
        assert table["created_at"].notna().all()
    assert records.questions(tagged.iloc[:0]).empty and records.mismatches(tagged.iloc[:0]).empty
