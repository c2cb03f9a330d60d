"""Scores without words over the months: each once, and only as long as no words have come."""

from dataclasses import replace
from datetime import date

import pandas as pd

from voc_lib import schema
from voc_lib.clean import privacy
from voc_lib.collect import ratings
from voc_lib.period import Period


def rated(**scores) -> pd.DataFrame:
    rows = [
        {
            "feedback_id": name,
            "created_at": f"2026-0{month}-02",
            "csat": score,
            "source": "问卷",
            "channel": "问卷",
        }
        for name, (month, score) in scores.items()
    ]
    return schema.shape(pd.DataFrame(rows).assign(file="a", line=2), schema.RATINGS)


def test_ratings_of_earlier_months_come_back_once(tmp_path):
    ratings.write(rated(a=(7, 3), b=(8, 5)), tmp_path)
    nobody = schema.empty(schema.HISTORY)
    every = ratings.history(tmp_path, rated(b=(8, 4), c=(9, 1)), nobody, until=date(2026, 9, 30))
    schema.check(every, schema.RATINGS)
    assert dict(every[["feedback_id", "csat"]].itertuples(index=False)) == {"a": 3, "b": 4, "c": 1}


def test_a_rating_that_got_words_counts_with_them(tmp_path):
    ratings.write(rated(a=(7, 3), b=(8, 5)), tmp_path)
    worded = schema.shape(rated(a=(7, 3)).assign(text="慢"), schema.HISTORY)
    assert ratings.history(tmp_path, rated(c=(9, 1)), worded)["feedback_id"].tolist() == ["b", "c"]


def test_nothing_rated_leaves_no_folder(tmp_path):
    nothing = schema.empty(schema.RATINGS)
    ratings.write(nothing, tmp_path)
    assert not list(tmp_path.iterdir())
    assert ratings.history(tmp_path, nothing, schema.empty(schema.HISTORY)).empty


def test_who_rated_is_a_pseudonym(load):
    head = "答卷编号,客户编号,姓名,反馈内容,满意度,提交时间\n"
    collected = load({"问卷.csv": head + "1,u1,王小明,慢,2,2026-09-01\n2,u1,王小明,,5,2026-09-01\n"})
    safe = privacy.protect(collected, b"0123456789abcdef")
    assert safe.voices["customer_id"].nunique() == 1 and safe.ratings["customer_name"].tolist() == ["王**"]
    assert safe.ratings["customer_id"][0] != "u1"


def test_voices_of_a_period_have_words_or_a_score(load):
    head = "答卷编号,客户编号,反馈内容,满意度,提交时间\n"
    august, words = "1,u1,慢,2,2026-08-31 23:59\n", "2,u2,卡,1,2026-09-01\n"
    collected = load({"问卷.csv": head + august + words + "3,u3,,5,2026-09-30 23:00\n"})
    spoke = collected.within(Period.parse("2026-09"))
    assert spoke["customer_id"].tolist() == ["u2", "u3"] and list(spoke) == list(collected.voices)
    mailed = replace(collected, ratings=collected.ratings.assign(channel="邮件"))
    assert mailed.channels == ["电话", "邮件"]
