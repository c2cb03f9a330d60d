import numpy as np
import pandas as pd
import pytest

from voc_lib import tag
from voc_lib.errors import DataError
from voc_lib.tag import learn, rules

WORDS = {
    "物流延迟": ["包裹一直在路上", "三天了没有动静", "送货的迟迟不来", "什么时候能到手"],
    "功能异常": ["点了没有任何反应", "画面一片空白", "登陆总是跳出来", "软件自己关掉"],
    "服务态度": ["说话很冲", "问三句回一句", "把电话撂了", "特别没有耐心"],
}


def lessons(n=240, seed=1):
    rng = np.random.default_rng(seed)
    names = rng.choice(list(WORDS), n)
    texts = [
        f"{rng.choice(WORDS[name])}，{rng.choice(['真是', '唉', '你好', '昨天'])}{i}"
        for i, name in enumerate(names)
    ]
    return pd.Series(texts, dtype="str"), pd.Series(names, dtype="str")


@pytest.fixture(scope="module")
def tagger():
    return learn.fit(*lessons(), taxonomy=tag.load("ecommerce"), seed=1)


def test_it_learns_what_people_tagged_beyond_the_rules(tagger):
    texts, names = lessons(seed=2)
    assert (learn.predict(tagger, texts)["primary_tag"] == names).mean() > 0.95


def test_learning_is_reproducible(tagger):
    again = learn.fit(*lessons(), taxonomy=tag.load("ecommerce"), seed=1)
    texts, _ = lessons(seed=3)
    pd.testing.assert_frame_equal(learn.predict(again, texts), learn.predict(tagger, texts))


def test_it_abstains_where_it_knows_nothing(tagger):
    predicted = learn.predict(tagger, pd.Series(["", "🙂", "The weather is nice"]))
    assert predicted["abstains"].all() and predicted["confidence"].between(0, 1).all()


def test_slips_in_the_tags_it_learned_from_do_not_make_it_heard_on_anything():
    rng = np.random.default_rng(7)
    said = [("发货太慢", "物流延迟"), ("一直闪退", "功能异常"), ("客服态度差", "服务态度")] * 100
    mute = [(text, "其他") for text in ["谢谢师傅", "想问一下", "辛苦你们", "大家加油"]] * 10
    slips = [
        (text, rng.choice(list(WORDS)) if rng.random() < odds else name)
        for rows, odds in ((said, 0.15), (mute, 0.25))
        for text, name in rows
    ]
    texts, names = zip(*slips, strict=True)
    numbered = pd.Series([f"{text}{i}" for i, text in enumerate(texts)], dtype="str")
    taught = learn.fit(numbered, pd.Series(names), taxonomy=tag.load("ecommerce"), seed=1)
    predicted = learn.predict(taught, pd.Series(["发货太慢了", "软件闪退", "asdf", "1234567", "天气不错"]))
    assert predicted["abstains"].tolist() == [False, False, True, True, True]


def test_confidence_is_about_the_share_of_right_answers():
    texts, names = lessons(600)
    noise = np.random.default_rng(5).random(600) < 0.3
    noisy = names.where(~noise, np.random.default_rng(6).permutation(names.to_numpy()))
    taught = learn.fit(texts[:400], noisy[:400], seed=1)
    predicted = learn.predict(taught, texts[400:])
    right = (predicted["primary_tag"] == noisy[400:]).mean()
    assert predicted["confidence"].mean() == pytest.approx(right, abs=0.12)


def test_several_tags_are_learned_and_given():
    texts, names = lessons(400)
    both = pd.Series([f"{a}，{b}" for a, b in zip(texts[:200], texts[200:], strict=True)], dtype="str")
    tags = ["；".join(dict.fromkeys(pair)) for pair in zip(names[:200], names[200:], strict=True)]
    taught = learn.fit(both[:150], pd.Series(tags[:150]), seed=1)
    given = learn.predict(taught, both[150:])["tags"].str.split("；").map(set)
    assert np.mean([set(t.split("；")) == g for t, g in zip(tags[150:], given, strict=True)]) > 0.7


def test_too_little_to_learn_from_is_said():
    with pytest.raises(DataError, match="至少需要 40 条"):
        learn.fit(pd.Series(["好"] * 10), pd.Series(["甲"] * 10), seed=1)


def test_examples_prefer_corrections_and_leave_out_the_unlabelled(make):
    frame = make("a", "b", "c", "d", category_given=["退货", None, "看不懂的类别", "退货"])
    corrected = pd.DataFrame({"feedback_id": ["F003"], "tags": ["EC-ATT"]})
    table = learn.examples(frame, tag.load("ecommerce"), corrected=corrected)
    assert table.to_numpy().tolist() == [["a", "退换货流程"], ["d", "服务态度"]]


def test_label_listens_to_the_tagger_and_people_still_win(make, label, tagger):
    frame = make("问三句回一句，把电话撂了", "特别没有耐心，说话很冲")
    corrected = pd.DataFrame({"feedback_id": ["F001"], "tags": ["商品质量"]})
    labelled = label(frame, tagger=tagger, corrected=corrected)
    assert labelled.tagged["primary_tag"].tolist() == ["服务态度", "商品质量"]
    by = labelled.tags.groupby("feedback_id")["by"].agg(set)
    assert "模型" in by["F000"] and "人工" in by["F001"] and "模型" not in by["F001"]


def test_review_queue_lists_doubts_first(make, tagger):
    pack = tag.load("ecommerce")
    frame = make("包裹一直在路上", "退款退货都不给办", "🙂")
    decided, _ = rules.decide(rules.votes(frame, pack), frame, pack)
    queue = learn.review(frame, decided, learn.predict(tagger, frame["text"]))
    assert {"F001", "F002"} <= set(queue["feedback_id"])
    assert queue["confidence"].is_monotonic_increasing and (queue["why"] != "").all()


def test_a_rare_tag_missing_from_a_fold_is_no_trouble():
    texts, names = lessons(100)
    rare = names.mask(names.index < 5, "罕见")
    for seed in range(4):
        assert "罕见" in learn.fit(texts, rare, seed=seed).names


def test_texts_without_any_pair_are_learned_from_too():
    taught = learn.fit(pd.Series(["", "好"] * 30), pd.Series(["甲", "乙"] * 30), seed=1)
    assert learn.predict(taught, pd.Series(["好"]))["primary_tag"].tolist() == ["乙"]


def labelled_issues(make, label, n=300):
    texts, names = lessons(n)
    frame = make(*texts, category_given=names.to_numpy())
    return label(frame).tagged.assign(issue_id=frame["feedback_id"])


def test_the_gain_over_rules_is_measured_on_rows_not_learned_from(make, label):
    found = learn.gain(labelled_issues(make, label), tag.load("ecommerce"), seed=1)
    assert found.rows == 300 and set(found.names) == set(WORDS)
    assert found.both > 0.95 > found.rules and found.low < found.both - found.rules < found.high
    assert found.low > 0


def test_no_gain_is_told_from_a_handful_of_rows_or_from_those_kept_apart(make, label):
    tagged = labelled_issues(make, label)
    assert learn.gain(tagged.head(150), tag.load("ecommerce"), seed=1) is None
    assert learn.gain(tagged, tag.load("ecommerce"), without=tagged["feedback_id"], seed=1) is None


def test_labels_of_chance_show_no_gain(make, label):
    tagged = labelled_issues(make, label)
    shuffled = np.random.default_rng(3).permutation(tagged["category_given"].to_numpy())
    found = learn.gain(tagged.assign(category_given=shuffled), tag.load("ecommerce"), seed=1)
    assert found.answered < 0.5 and found.both < 0.5


def test_a_tagger_never_sure_changes_nothing(make, label, tagger):
    assert label(make("🙂"), tagger=tagger).tags["by"].tolist() == ["兜底"]


def test_rows_are_predicted_the_same_in_blocks(monkeypatch, tagger):
    texts, _ = lessons(50, seed=4)
    whole = learn.predict(tagger, texts.set_axis(range(100, 150)))
    monkeypatch.setattr(learn, "BLOCK", 7)
    pd.testing.assert_frame_equal(learn.predict(tagger, texts.set_axis(range(100, 150))), whole)
    assert learn.predict(tagger, texts[:0]).dtypes.equals(whole.dtypes)
