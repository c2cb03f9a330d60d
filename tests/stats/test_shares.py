import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import shares

SEPTEMBER = Period.parse("2026-09")
COUNTS = {"物流延迟": 120, "功能异常": 90, "服务态度": 80, "退换货流程": 60, "其他": 50}
PEOPLE = {"物流延迟": 98, "功能异常": 75, "服务态度": 65, "退换货流程": 50, "其他": 40}

row = st.tuples(
    st.sampled_from(["甲", "乙", "丙", "其他"]),
    st.sampled_from(["C1", "C2", "C3", None]),
    st.sampled_from(
        ["2026-08-31 23:59", "2026-09-01 00:00", "2026-09-30 23:59", "2026-10-01 00:00", "2026-07-31 12:00"]
    ),
    st.sampled_from(["抱怨", "表扬"]),
)


def frame(rows):
    tags, people, times, intents = zip(*rows, strict=True) if rows else ([], [], [], [])
    raw = {
        "primary_tag": tags,
        "customer_id": people,
        "created_at": pd.to_datetime(list(times)),
        "intent": intents,
    }
    ids = [f"F{i}" for i in range(len(rows))]
    return schema.shape(pd.DataFrame({**raw, "feedback_id": ids, "text": "快递慢"}), schema.ISSUES)


def oracle(rows, month):
    """Counts and customers per category, in plain Python."""
    kept = [(t, c) for t, c, when, intent in rows if when[:7] == month and intent != "表扬"]
    tags = {t for t, _ in kept}
    return {t: (sum(x == t for x, _ in kept), len({c for x, c in kept if x == t} - {None})) for t in tags}


@settings(max_examples=100, deadline=None)
@given(st.lists(row, max_size=30))
def test_table_is_the_plain_python_count(rows):
    table = schema.check(shares.table(frame(rows), SEPTEMBER), schema.CATEGORY_STATS)
    now, before = oracle(rows, "2026-09"), oracle(rows, "2026-08")
    assert set(table["category"]) == (set(now) | set(before) if now else set())
    total = sum(n for n, _ in now.values())
    for line in table.to_dict("records"):
        n, people = now.get(line["category"], (0, 0))
        assert (line["n"], line["customers"], line["share"]) == (n, people, n / total)
        assert line["previous_n"] == before.get(line["category"], (0, 0))[0]
    assert not len(table) or (table["share"].sum(), table["cumulative"].iloc[-1]) == pytest.approx((1, 1))


def seeds():
    """The 400 issues of the specification."""
    people = [f"{t}{i % PEOPLE[t]}" for t, n in COUNTS.items() for i in range(n)]
    tags = [t for t, n in COUNTS.items() for _ in range(n)]
    return frame([(t, c, "2026-09-05 10:00", "抱怨") for t, c in zip(tags, people, strict=True)])


def test_figures_of_the_specification():
    table = shares.table(seeds(), SEPTEMBER)
    assert table["category"].tolist() == list(COUNTS)
    assert table["share"].tolist() == [0.30, 0.225, 0.20, 0.15, 0.125]
    assert table["customers"].tolist() == [98, 75, 65, 50, 40]
    assert table["cumulative"].tolist() == pytest.approx([0.3, 0.525, 0.725, 0.875, 1])


def test_change_is_in_points_with_newcombe_and_adjusted_p(make):
    table = shares.table(make({"2026-08": 380, "2026-09": 400}), SEPTEMBER).set_index("category")
    line = table.loc["物流延迟"]
    assert line["change"] == pytest.approx(100 * (line["n"] / 400 - line["previous_n"] / 380))
    assert line["change_low"] < line["change"] < line["change_high"]
    assert (table["p_adjusted"] > 0.05).all()


def test_no_previous_period_leaves_the_change_open():
    table = shares.table(seeds(), SEPTEMBER)
    assert (
        table["change"].isna().all() and table["p_adjusted"].isna().all() and (table["previous_n"] == 0).all()
    )


def test_a_category_that_is_gone_is_shown_with_zero():
    rows = [("甲", "C1", "2026-08-05 10:00", "抱怨"), ("乙", "C1", "2026-09-05 10:00", "抱怨")]
    table = shares.table(frame(rows), SEPTEMBER).set_index("category")
    assert table.loc["甲", ["n", "previous_n", "change"]].tolist() == [0, 1, -100]


def test_keywords_tell_the_categories_apart(make):
    table = shares.table(make({"2026-09": 400}), SEPTEMBER).set_index("category")
    assert "快递" in table.loc["物流延迟", "keywords"].split("、")
    assert "快递" not in table.loc["服务态度", "keywords"].split("、")


def test_an_empty_period_is_an_empty_table(make, recwarn):
    assert shares.table(make({}), SEPTEMBER).empty and shares.table(make({"2026-07": 5}), SEPTEMBER).empty
    assert not [w for w in recwarn.list if issubclass(w.category, RuntimeWarning)]


def test_input_is_left_alone(make):
    issues = make({"2026-08": 20, "2026-09": 20})
    before = issues.copy(deep=True)
    shares.table(issues, SEPTEMBER)
    pd.testing.assert_frame_equal(issues, before)


def test_every_customer_of_a_merged_issue_is_counted_once(make):
    rows = make({"2026-09": 3}, primary_tag="物流延迟", customer_id=["C1", "C1", "C9"])
    rows = rows.assign(customer_ids=["C1、C2", None, "C9、C2"])
    assert shares.customers(rows).to_dict() == {"物流延迟": 3}
