from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from voc_lib import tag
from voc_lib.tag import classifier
from voc_lib.text.matching import fold

REVIEWS = Path(__file__).parents[2] / "../shared/data/chinese_nlp_corpus/waimai_10k.csv"
ODD = [
    "",
    "好",
    "慢" * 100_000,
    "The weather is nice",
    "🙂😀🙂",
    "𠮷野家",
    "一\n\n二  三",
    "总是\u3000 闪退",
    None,
]


def usual(texts, like):
    """Scores of the same coefficients after scikit-learn's own vectorizer."""
    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), sublinear_tf=True, min_df=2, preprocessor=fold, dtype=np.float32
    )
    vectorizer.fit(like)
    grams = sorted(
        vectorizer.vocabulary_, key=lambda g: ord(g) if len(g) == 1 else (ord(g[0]) + 1) << 21 | ord(g[1])
    )
    order = [vectorizer.vocabulary_[gram] for gram in grams]
    return vectorizer.transform(texts)[:, order]


def same_as_usual(texts):
    targets = np.array([["不" in text, "快" in text, len(text) > 12] for text in texts])
    model = classifier.fit(texts, targets, ["甲", "乙", "丙"], seed=1)
    asked = pd.concat([texts, pd.Series(ODD)], ignore_index=True).astype("str")
    wanted = usual(asked.fillna("").tolist(), texts.tolist()) @ model.coefficients + model.intercepts
    np.testing.assert_allclose(model.scores(asked), wanted, atol=1e-4)


def test_scores_are_those_of_scikit_learn():
    same_as_usual(pd.Series([text for t in tag.load("ecommerce").tags for text in (*t.include, *t.phrases)]))


def test_scores_are_those_of_scikit_learn_on_reviews():
    if not REVIEWS.exists():
        pytest.skip("the public reviews are not here")
    same_as_usual(pd.read_csv(REVIEWS)["review"].dropna().iloc[:3000].astype("str"))


def test_no_text_has_no_scores():
    model = classifier.fit(pd.Series(["好", "差"] * 30), np.array([[True], [False]] * 30), ["甲"], seed=1)
    assert model.scores(pd.Series([], dtype="str")).shape == (0, 1)


def test_texts_counted_once_teach_and_are_judged_as_texts_by_themselves():
    texts = pd.Series([text for t in tag.load("ecommerce").tags for text in (*t.include, *t.phrases)])
    target = texts.str.contains("慢").to_numpy(dtype=bool)[:, None]
    seen, known = classifier.counted(texts), np.arange(len(texts)) % 3 > 0
    again = classifier.learned(seen.rows(known), target[known], ["慢"], seed=1)
    model = classifier.fit(texts[known], target[known], ["慢"], seed=1)
    np.testing.assert_array_equal(again.coefficients, model.coefficients)
    np.testing.assert_array_equal(again.held_against(seen.rows(~known)), model.scores(texts[~known]))
