"""Whose words others sent too, and why: told apart, shown, and left out of statistics by choice only."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.clean import copies, duplicates, likeness
from voc_lib.clean.groups import clusters

CASES = Path(__file__).parents[1] / "cases"
WORDS = "手机运行流畅，拍照清晰，客服态度也好，值得购买，下次还来"


def feedback(days, *, channel="商品评价", **columns):
    frame = pd.DataFrame(
        {
            "feedback_id": [f"{i:03d}" for i in range(len(days))],
            "customer_id": [f"u{i}" for i in range(len(days))],
            "created_at": pd.Timestamp("2026-09-01") + pd.to_timedelta(days, unit="D"),
            "channel": channel,
            "source": "导出",
            "text": WORDS,
            "file": "a.csv",
            "line": range(len(days)),
            **columns,
        }
    )
    return schema.shape(frame, schema.FEEDBACK)


def marked(rows, **options):
    return duplicates.find(rows, window_days=30, similarity=0.8, **options)


def kind(rows, **options):
    return marked(rows, **options)["copy_kind"].unique().tolist()


def test_work_orders_of_many_customers_are_a_template():
    assert kind(feedback(range(0, 60, 2), channel="电话工单")) == ["坐席模板"]
    assert kind(feedback(range(0, 60, 2), channel="在线", handler="王敏", status="已完成")) == ["坐席模板"]


def test_reviews_in_one_burst_of_nobody_who_bought_are_a_campaign():
    rows = feedback([0.1 * i for i in range(20)])
    assert kind(rows) == ["群发文案"]
    assert kind(rows, buyers=pd.Series(["someone else"])) == ["群发文案"]
    assert kind(rows, buyers=rows["customer_id"]) == ["相同文字"]


def test_reviews_spread_over_months_are_neither():
    assert kind(feedback(range(0, 200, 10))) == ["相同文字"]


def test_one_early_copy_does_not_hide_a_burst():
    assert kind(feedback([0, *[60 + 0.1 * i for i in range(19)]])) == ["群发文案"]


def test_the_mark_says_since_when_and_how_many():
    found = marked(feedback([3, 1, 2]))
    assert found["copy_group"].unique().tolist() == ["C-001"] and found["copy_size"].tolist() == [3, 3, 3]
    assert found["copy_first_seen"].unique().tolist() == [pd.Timestamp("2026-09-02")]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("count", ["000", "001", "002", "003"]),
        ("once", ["000", "002", "003"]),
        ("drop", ["003"]),
        ({"群发文案": "drop"}, ["000", "001", "002", "003"]),
        ({"相同文字": "drop"}, ["003"]),
    ],
)
def test_copies_are_left_out_of_statistics_by_choice_only(choice, kept):
    rows = feedback([0, 10, 40, 41]).assign(text=[WORDS, WORDS, WORDS, "屏幕闪"])
    found = marked(rows)
    counted = copies.counted(found, choice)
    assert found.loc[counted, "feedback_id"].tolist() == kept  # 相同文字: too slow for a campaign


def test_an_issue_that_counts_once_counts_with_all_its_rows():
    rows = feedback([0, 1, 2]).assign(customer_id=["u1", "u2", "u1"])
    found = marked(rows, category=pd.Series("功能异常", index=rows.index))
    assert copies.counted(found, "once").tolist() == [True, False, True]


def test_agents_standard_sentences_stay_as_many_problems_as_customers():
    tickets = pd.read_csv(CASES / "canned_tickets.csv", dtype="str")
    names = dict(zip(tickets.columns, ["feedback_id", "customer_id", "created_at", "text"], strict=True))
    rows = tickets.rename(columns=names).assign(channel="电话工单", source="来源", file="a.csv", line=1)
    rows["created_at"] = pd.to_datetime(rows["created_at"])
    found = marked(schema.shape(rows, schema.FEEDBACK), category=rows["text"])
    assert found["issue_id"].nunique() == 65 and (found["repeat_count"] == 1).all()
    sizes = found.groupby("copy_group")["copy_size"].first()
    assert sorted(sizes) == [10, 20, 30]  # the price is told in each customer's own words
    assert found["copy_kind"].dropna().unique().tolist() == ["坐席模板"]


def swapped(text, *places):
    """The text with other characters in some places."""
    return "".join("嗯" if n in places else character for n, character in enumerate(text))


def test_comparing_one_text_in_many_wordings_grows_as_the_texts_do(monkeypatch):
    pairs = []

    def counted(texts, made, asked, original=likeness.paired, **options):
        pairs.append(len(asked))
        return original(texts, made, asked, **options)

    monkeypatch.setattr(likeness, "paired", counted)
    long = "昨天在你们店里买的净水器刚装上就漏水，地板都泡坏了，请尽快派师傅来看看"
    places = [(i, j) for i in range(len(long)) for j in range(i)][:400]
    rows = feedback(range(400), text=[swapped(long, *both) for both in places])
    found = []
    for n in (200, 400):
        pairs.clear()
        assert duplicates.find(rows.iloc[:n], window_days=30, similarity=0.8)["copy_group"].notna().any()
        found.append(sum(pairs))
    assert found[1] < 4 * found[0]


def test_putting_copies_together_looks_at_no_other_texts(monkeypatch):
    looked = []

    def counted(texts, original=likeness.plain):
        looked.append(len(texts))
        return original(texts)

    monkeypatch.setattr(likeness, "plain", counted)
    texts = [f"{n}号柜的灯不亮了" for n in range(500)]
    texts[7], texts[9] = "昨天买的净水器刚装上就漏水了", "昨天买的净水器刚装上就漏水啦"
    assert clusters(texts, np.array([[7, 9]]), similarity=0.8)[9] == 7
    assert sum(looked) == 2
