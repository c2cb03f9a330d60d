import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.clean import copies, duplicates, merged

LONG = "买的净水器漏水，客服推三阻四说要等厂家，等了半个月没有人来处理"


def feedback(*rows):
    """Rows of (id, customer, day, text)."""
    frame = pd.DataFrame(rows, columns=["feedback_id", "customer_id", "created_at", "text"])
    base = frame.assign(
        created_at=pd.to_datetime(frame["created_at"]),
        channel="电话",
        source="工单",
        file="a.csv",
        line=range(len(frame)),
    )
    return schema.shape(base, schema.FEEDBACK)


def found(*rows, category=None, **options):
    frame = feedback(*rows)
    labels = None if category is None else pd.Series(category, index=frame.index, dtype="str")
    return duplicates.find(frame, category=labels, **{"window_days": 30, "similarity": 0.8, **options})


def groups(frame):
    """Sets of feedback ids that form an issue."""
    return sorted(sorted(ids) for ids in frame.groupby("issue_id")["feedback_id"].agg(list))


def test_one_customer_one_problem_within_the_window_is_one_issue_across_words():
    frame = found(
        ("1", "u1", "2026-09-01", "快递三天没到"),
        ("2", "u1", "2026-09-20", "物流太慢了，还要等多久"),
        ("3", "u1", "2026-10-25", "又是物流慢"),
        ("4", "u2", "2026-09-02", "快递没到"),
        category=["物流延迟"] * 4,
    )
    assert groups(frame) == [["1", "2"], ["3"], ["4"]]
    assert frame["duplicate_kind"].tolist() == ["唯一", "同客户同问题", "唯一", "唯一"]
    assert frame["repeat_count"].tolist() == [2, 2, 1, 1]


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ("使用效果；功能异常", "功能异常", True),  # one problem of both
        ("功能异常；使用效果", "使用效果；功能异常", True),
        ("使用效果；功能异常", "物流延迟", False),
        ("退换货流程", "功能异常；物流延迟", False),
        ("其他", "功能异常", False),  # other words, and one of them names no problem
        ("其他；功能异常", "功能异常", True),
    ],
)
def test_texts_that_share_a_problem_are_repeats(first, second, merged):
    rows = ("1", "u1", "2026-09-01", "筛选不能用"), ("2", "u1", "2026-09-20", "订单状态不同步")
    assert (len(groups(found(*rows, category=[first, second]))) == 1) == merged


def test_likeness_decides_where_one_text_names_no_problem():
    rows = [("1", "u1", "2026-09-01", LONG), ("2", "u1", "2026-09-03", LONG + "！求回复")]
    assert len(groups(found(*rows, category=["其他", "退换货流程"]))) == 1
    assert len(groups(found(*rows, category=["物流延迟", "退换货流程"]))) == 2
    other = ("2", "u1", "2026-09-03", LONG.replace("半个月", "三个月"))
    assert len(groups(found(rows[0], other, category=["其他", "退换货流程"]))) == 2


def test_a_shared_problem_of_two_customers_stays_two():
    rows = ("1", "u1", "2026-09-01", "筛选不能用"), ("2", "u2", "2026-09-02", "订单状态不同步")
    assert len(groups(found(*rows, category=["使用效果；功能异常", "功能异常"]))) == 2


def test_short_words_of_two_customers_are_two_voices():
    frame = found(
        ("1", "u1", "2026-09-01", "太慢了"),
        ("2", "u2", "2026-09-01", "太慢了！！"),
        ("3", None, "2026-09-02", "太慢了"),
    )
    assert groups(frame) == [["1"], ["2"], ["3"]]


def test_a_long_text_of_two_customers_is_two_issues_and_a_mark():
    frame = found(
        ("1", "u1", "2026-09-01", LONG),
        ("2", "u2", "2026-09-03", LONG + "！！"),
        ("3", None, "2026-09-04", LONG.replace("处理", "处里") + "，求回复"),
        ("4", "u4", "2026-09-04", "别的事"),
    )
    assert groups(frame) == [["1"], ["2"], ["3"], ["4"]]
    assert (frame["duplicate_kind"] == "唯一").all()
    assert frame["copy_group"].fillna("").tolist() == ["C-1", "C-1", "C-1", ""]
    assert frame["copy_size"].fillna(0).tolist() == [3, 3, 3, 0]
    assert frame["copy_first_seen"].dropna().unique().tolist() == [pd.Timestamp("2026-09-01")]


def test_a_customer_of_its_own_copies_nobody():
    rows = [("1", "u1", "2026-07-01", LONG), ("2", "u1", "2026-09-03", LONG)]
    frame = found(*rows)
    assert groups(frame) == [["1"], ["2"]] and frame["copy_group"].isna().all()


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ((None, "2026-09-01 10:00:12"), (None, "2026-09-01 10:00:40"), True),
        ((None, "2026-09-01 10:00:12"), (None, "2026-09-01 10:05:40"), False),
        ((None, "2026-09-01"), (None, "2026-09-01"), False),  # a day without a clock
        (("u1", "2026-09-01 10:00:12"), (None, "2026-09-01 10:00:40"), False),  # who may be anybody
        (("u1", "2026-09-01 10:00:12"), ("u2", "2026-09-01 10:00:40"), False),
        (("匿名", "2026-09-01 10:00:12"), ("匿名用户", "2026-09-01 10:00:40"), True),
    ],
)
def test_where_nobody_is_known_one_minute_tells_one_submission(first, second, merged):
    frame = found(("1", *first, LONG), ("2", *second, LONG), category=["售后维修"] * 2)
    assert (len(groups(frame)) == 1) == merged
    assert (frame["duplicate_kind"].iloc[1] == "同一次提交") == merged


def test_one_minute_in_another_place_or_of_another_product_is_another_submission():
    rows = feedback(*[(str(i), None, "2026-09-01 10:00", LONG) for i in range(3)])
    rows = rows.assign(channel=["电话", "电话", "微信"], product=["门锁", "水壶", "门锁"])
    assert len(groups(duplicates.find(rows, window_days=30, similarity=0.8))) == 3


def test_an_account_many_share_is_nobody():
    rows = [(f"{i:03d}", "店员", f"2026-09-01 10:{i % 60:02d}:00", f"第{i}件") for i in range(60)]
    rows += [("a", "店员", "2026-09-02 11:00:10", LONG), ("b", "店员", "2026-09-02 11:00:30", LONG)]
    frame = found(*rows, category=["物流延迟"] * len(rows))
    assert len(groups(frame)) == 61


@pytest.mark.parametrize(
    ("this", "other"), [("半个月", "三个月"), ("漏水", "不漏水"), ("净水器", "热水器"), ("漏水", "漏水30次")]
)
def test_texts_that_differ_in_a_fact_are_not_copies(this, other):
    frame = found(("1", "u1", "2026-09-01", LONG), ("2", "u2", "2026-09-01", LONG.replace(this, other)))
    assert groups(frame) == [["1"], ["2"]]


def test_nobody_is_not_one_person():
    rows = [
        (str(i), who, "2026-09-01", f"第{i}件事")
        for i, who in enumerate(["匿名", "anonymous", None, "匿名", "0"])
    ]
    assert len(groups(found(*rows, category=["物流延迟"] * 5))) == 5


def test_an_id_with_more_repeats_than_a_person_has_is_a_shared_account():
    rows = [(f"{i:03d}", "店员", "2026-09-01", f"第{i}件") for i in range(duplicates.BUSIEST + 1)]
    assert len(groups(found(*rows, category=["物流延迟"] * len(rows)))) == len(rows)


def test_the_unspecific_category_is_no_problem():
    rows = [("1", "u1", "2026-09-01", "发票抬头"), ("2", "u1", "2026-09-02", "想要礼品袋")]
    assert len(groups(found(*rows, category=["其他", "其他"]))) == 2


def test_without_categories_one_customers_similar_words_are_one_issue():
    frame = found(
        ("1", "u1", "2026-09-01", "登录页面打不开"),
        ("2", "u1", "2026-09-05", "登录页面打不开啊"),
        ("3", "u1", "2026-09-06", "想开发票"),
    )
    assert groups(frame) == [["1", "2"], ["3"]]


def test_a_group_of_mixed_words_does_not_pull_in_another_customers_copy():
    frame = found(
        ("1", "u1", "2026-09-01", LONG),
        ("2", "u1", "2026-09-02", "机器还是坏的没有人管"),
        ("3", "u2", "2026-09-03", LONG),
        category=["售后维修"] * 3,
    )
    assert groups(frame) == [["1", "2"], ["3"]]


def test_order_and_index_of_the_rows_do_not_matter():
    rows = [
        ("1", "u1", "2026-09-03", LONG),
        ("2", "u2", "2026-09-01", LONG),
        ("3", "u3", "2026-09-02", "别的事"),
    ]
    plain, turned = found(*rows), found(*rows[::-1])
    assert (
        plain.set_index("feedback_id")["issue_id"].to_dict()
        == turned.set_index("feedback_id")["issue_id"].to_dict()
    )


def test_nothing_in_nothing_out():
    empty = duplicates.find(schema.empty(schema.FEEDBACK), window_days=30, similarity=0.8)
    assert list(empty.columns[-7:-4]) == ["issue_id", "repeat_count", "duplicate_kind"] and empty.empty
    assert list(empty.columns[-4:]) == copies.COLUMNS


def tagged(frame):
    rest = {c.name: "P1" for c in schema.TAGGED.columns if c.required and c.name not in frame}
    return frame.assign(**{**rest, "due_at": pd.Timestamp("2026-09-09"), "vague": False})


def test_an_issue_is_its_earliest_row_and_keeps_all_ids():
    frame = tagged(
        found(
            ("2", "u1", "2026-09-03", LONG),
            ("1", "u1", "2026-09-01", LONG),
            ("3", "u3", "2026-09-02", "别的"),
        )
    )
    table = duplicates.issues(frame)
    assert table["feedback_ids"].tolist() == ["1、2", "3"] and table["feedback_id"].tolist() == ["1", "3"]
    assert list(table.columns) == schema.ISSUES.names and table["repeat_count"].tolist() == [2, 1]
    assert table["customer_ids"].tolist() == ["u1", "u3"]
    assert table["again_at"].fillna("").tolist() == ["2026-09-03 00:00:00", ""]


def test_issues_made_part_by_part_or_read_by_column_are_those_made_at_once(monkeypatch):
    rows = [(f"{n}", f"u{n % 7}", f"2026-09-{1 + n:02}", LONG if n % 2 else f"别的{n}") for n in range(20)]
    frame = tagged(found(*rows))
    whole, every = duplicates.issues(frame), merged.of(frame)
    monkeypatch.setattr(merged, "PIECE", 3)
    parts = list(every.parts())
    assert [len(part) for part in parts[:2]] == [3, 3] and 0 < len(whole) < len(frame)
    pd.testing.assert_frame_equal(pd.concat(parts), whole)
    few = ["issue_id", "again_at", "text"]
    pd.testing.assert_frame_equal(every.read(few), whole[[name for name in whole if name in few]])
    chosen = (whole["repeat_count"] > 1).to_numpy()
    pd.testing.assert_frame_equal(every.read(rows=chosen), whole[chosen])
    assert [len(part) for part in merged.of(frame.head(0)).parts()] == [0]


def test_the_ledger_closes():
    frame = tagged(
        found(
            ("1", "u1", "2026-09-01", LONG),
            ("2", "u1", "2026-09-03", LONG),
            ("3", "u3", "2026-09-02", "别的"),
        )
    )
    frame.loc[1, "file"] = "b.csv"
    reads = schema.shape(
        pd.DataFrame(
            {
                "source": "工单",
                "file": ["a.csv", "b.csv"],
                "read": [3, 1],
                "quarantined": [1, 0],
                "kept": [2, 1],
                "in_period": [2, 1],
            }
        ),
        schema.READS,
    )
    sheets = {"a.csv": None, "b.csv": "9月"}  # a file without sheets beside a workbook
    frame, reads = (rows.assign(sheet=rows["file"].map(sheets).astype("str")) for rows in (frame, reads))
    table = schema.check(duplicates.ledger(reads, frame), schema.LEDGER)
    assert table["sheet"].isna().tolist() == [True, False]
    assert table[["merged", "issues"]].to_numpy().tolist() == [[0, 2], [1, 0]]
    assert (table["kept"] == table["merged"] + table["issues"]).all()


def test_people_split_and_merge_issues_above_all_rules():
    rows = (
        ("1", "u1", "2026-09-01", "快递三天没到"),
        ("2", "u1", "2026-09-02", "物流太慢了"),
        ("3", "u1", "2026-09-03", "还没到"),
        ("4", "u2", "2026-09-04", "邻居的快递也没到"),
        ("5", "u3", "2026-09-05", "一直没有消息"),
    )
    said = {"1": schema.ALONE, "4": "2", "5": "4"}
    people = pd.Series(list("12345")).map(said).astype("str")
    frame = found(*rows, category=["物流延迟"] * 5, people=people)
    assert groups(frame) == [["1"], ["2", "3", "4", "5"]]
    kinds = dict(zip(frame["feedback_id"], frame["duplicate_kind"], strict=True))
    assert kinds == {"1": "唯一", "2": "唯一", "3": "同客户同问题", "4": "人工归并", "5": "人工归并"}
    issue = duplicates.issues(tagged(frame)).set_index("feedback_id").loc["2"]
    assert issue["customer_ids"] == "u1、u2、u3" and issue["repeat_count"] == 4


def test_where_people_set_nothing_no_issue_is_put_together_anew(monkeypatch):
    monkeypatch.setattr(duplicates, "regrouped", None)
    rows = (("1", "u1", "2026-09-01", LONG), ("2", "u1", "2026-09-02", LONG))
    assert groups(found(*rows, people=pd.Series([None, None], dtype="str"))) == [["1", "2"]]


def test_issues_put_together_in_a_circle_are_one():
    rows = (("1", "u1", "2026-09-01", "甲"), ("2", "u2", "2026-09-02", "乙"), ("3", "u3", "2026-12-02", "丙"))
    assert groups(found(*rows, people=pd.Series(["3", "1", "2"], dtype="str"))) == [["1", "2", "3"]]
