import pandas as pd

from voc_lib.text import quotes

TEXTS = [
    "快递五天没到，物流一直不更新",
    "快递六天没到，物流信息一直不更新",
    "快递卡在中转站，物流三天没动",
    "慢",
    "赠品颜色不对",
    "快递太慢了" * 80,
]


def issues(texts=TEXTS, **more):
    n = len(texts)
    base = {
        "feedback_id": [f"F{i}" for i in range(n)],
        "created_at": pd.date_range("2026-09-01", periods=n),
        "channel": "电话",
        "text": pd.Series(texts, dtype="str"),
        "primary_tag": "物流延迟",
    }
    return pd.DataFrame({**base, **more})


def test_quotes_are_verbatim_readable_and_near_the_middle():
    table = quotes.representative(issues(), top=2)
    assert list(table.columns) == quotes.COLUMNS and len(table) == 2
    assert set(table["text"]) <= set(TEXTS[:3])


def test_quotes_do_not_repeat_each_other():
    table = quotes.representative(issues([TEXTS[0]] * 5 + TEXTS[1:3]), top=2)
    assert table["text"].nunique() == 2 and TEXTS[2] in set(table["text"])


def test_texts_that_differ_in_a_number_are_one_quote_while_there_are_others():
    same = [f"快递单{i}三天了还没有到，客服也不回复我" for i in range(20)]
    others = ["包装盒被压坏，里面的杯子碎了一个", "物流信息一直不更新，停在转运中心"]
    table = quotes.representative(issues([*same, *others]), top=3)
    assert set(others) < set(table["text"])


def test_every_category_speaks_and_same_seed_same_quotes():
    rows = issues(primary_tag=["乙", "甲", "乙", "甲", "丙", "丙"])
    table = quotes.representative(rows, top=1)
    assert table["category"].tolist() == ["丙", "乙", "甲"]
    pd.testing.assert_frame_equal(table, quotes.representative(rows.sample(frac=1, random_state=2), top=1))


def test_large_categories_are_sampled_by_the_seed():
    rows = issues([f"快递第{i}单没到，已经{i % 9}天" for i in range(2_500)])
    pd.testing.assert_frame_equal(quotes.representative(rows, seed=7), quotes.representative(rows, seed=7))


def test_vague_words_come_last_and_nothing_gives_nothing():
    rows = issues(TEXTS[:2], vague=[True, False])
    assert quotes.representative(rows, top=1)["text"].tolist() == [TEXTS[1]]
    assert quotes.representative(issues([])).empty
