import numpy as np
import pandas as pd
import pytest

from voc_lib.errors import DataError
from voc_lib.tag import feeling
from voc_lib.text.sentiment import by_clause


def scored(n=300):
    rng = np.random.default_rng(1)
    good = rng.random(n) < 0.5
    texts = [f"{'口感绵密回购三次' if g else '咬着像纸板一样'}{i}" for i, g in enumerate(good)]
    return pd.Series(texts, dtype="str"), pd.Series(np.where(good, 1.0, -1.0))


def test_scores_teach_words_the_lexicon_does_not_know():
    model = feeling.fit(*scored(), seed=1)
    values = feeling.predict(model, pd.Series(["绵密，回购", "像纸板", "绵密但是很差劲"]))
    assert values[0] > 0 > values[1] and values.between(-1, 1).all() and values[2] < values[0]


def test_middling_scores_teach_nothing_and_too_few_are_said():
    texts, scores = scored(250)
    with pytest.raises(DataError, match="至少需要 200 条"):
        feeling.fit(texts, scores.mask(scores.index < 100, 0.0), seed=1)
    with pytest.raises(DataError, match="好评差评都有"):
        feeling.fit(texts, scores.abs(), seed=1)


def test_words_are_held_against_clear_scores():
    texts = ["质量很好", "太差了", "太差了", "包裹", "太差了"]
    rows = pd.DataFrame({"text": pd.Series(texts, dtype="str"), "csat": [5.0, 1.0, 4.0, 2.0, 3.0]})
    rows = rows.assign(feedback_id=list("abcde"), created_at=pd.Timestamp("2026-09-01"))
    table = feeling.accuracy(rows).set_index("group")
    assert table.loc["全部", ["scored", "spoken", "right"]].tolist() == [4, 3, 2]
    assert table.loc["高分", "share"] == 0.5 and table.loc["低分", "low"] < 1
    assert feeling.accuracy(rows.iloc[:0])["share"].isna().all()


def test_each_tag_has_the_sentiment_of_its_own_clauses(make, label):
    labelled = label(make("包装很漂亮，客服态度太差", "快递五天了还没到，客服骂人", "嗯"))
    values = feeling.of_evidence(labelled.tagged, labelled.tags, clauses=by_clause(labelled.tagged["text"]))
    assert (values[labelled.tags["tag"] == "服务态度"] < 0).all()
    assert values[labelled.tags["start"].isna()].isna().all()
    table = feeling.by_tag(labelled.tagged, labelled.tags).set_index("tag")
    assert (
        table.loc["服务态度", ["n", "bad"]].tolist() == [2, 1.0] and table["sentiment"].between(-1, 1).all()
    )


def test_sentiment_of_tags_of_nothing_is_nothing(make, label):
    labelled = label(make("好").iloc[:0])
    assert feeling.by_tag(labelled.tagged, labelled.tags).empty


def history(n=600):
    """Scored texts, half of them without a word of the lexicon, and three without a score."""
    texts, scores = scored(n)
    more = pd.Series(["回购三次，绵密", "像纸板一样", "质量很好"], dtype="str")
    csat = pd.concat([(scores * 2 + 3), pd.Series([np.nan] * 3)], ignore_index=True)
    rows = pd.DataFrame({"text": pd.concat([texts, more], ignore_index=True), "csat": csat})
    ids = [f"F{i:04d}" for i in range(len(rows))]
    return rows.assign(feedback_id=ids, created_at=pd.Timestamp("2026-09-01"), nps=np.nan)


def test_scores_teach_what_words_do_not_say_and_how_often_that_is_right():
    rows = history()
    learned = feeling.taught(rows, seed=1)
    assert learned.useful and 250 < learned.n < 350 and learned.low < learned.share
    words = pd.Series([0.0] * 602 + [0.6])
    values = feeling.completed(words, rows["text"], learned)
    assert values[600] > 0 > values[601] and values[602] == 0.6
    assert feeling.taught(rows.tail(50), seed=1) is None


def test_scores_at_random_teach_nothing_that_is_used():
    rows = history()
    luck = np.random.default_rng(3).permutation(rows["csat"][:600])
    learned = feeling.taught(rows[:600].assign(csat=luck), seed=1)
    assert not learned.useful
    assert (feeling.completed(pd.Series([0.0] * 600), rows["text"][:600], learned) == 0).all()


def test_the_mood_people_set_comes_first_then_scores_then_words(make, label):
    corrected = pd.DataFrame({"feedback_id": ["F000"], "tags": [None], "mood": ["负面"]})
    frame = make("质量很好", "质量很好", "质量很好", "包裹", csat=[5.0, 1.0, None, None])
    found = label(frame, corrected=corrected).tagged
    assert found["mood"].tolist() == ["负面", "负面", "正面", "中性"]
    assert found["sentiment"].tolist()[:2] == [-1.0, -1.0]


def test_who_complains_or_praises_without_a_word_of_feeling_has_a_mood(make, label):
    frame = make("来电人反映路灯半年没人修", "跑了两年没停过，皮实", "请问几点开门", "甲")
    found = label(frame, "government").tagged
    assert found["mood"].tolist() == ["负面", "正面", "中性", "中性"]


def test_the_model_decides_where_words_speak_only_if_it_has_more_of_them_right():
    rows = history()
    assert not feeling.taught(rows, seed=1).decides  # the words are right of all they speak of
    turned = rows.assign(text=rows["text"] + "，好快")  # a word of praise in every text
    learned = feeling.taught(turned, seed=1)
    assert learned.spoken == 600 and learned.by_words < 0.6 < learned.by_model and learned.decides
    given = pd.Series(["像纸板，好快", "绵密，好快"], dtype="str")
    values = feeling.completed(pd.Series([0.5, 0.5]), given, learned)
    assert values[0] < 0 < values[1]
    luck = turned[:600].assign(csat=np.random.default_rng(3).permutation(turned["csat"][:600]))
    told = feeling.taught(luck, seed=1)
    assert not told.decides and (feeling.completed(pd.Series([0.5, 0.5]), given, told) == 0.5).all()
