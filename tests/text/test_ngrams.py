import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from voc_lib import tag
from voc_lib.text import matching
from voc_lib.text.matching import corpus, fold
from voc_lib.text.ngrams import Ngrams, ngrams


def code(gram):
    return ord(gram) if len(gram) == 1 else (ord(gram[0]) + 1) << 21 | ord(gram[1])


def counted_by_sklearn(texts, least=1):
    """The n-grams and their counts as the usual vectorizer has them, in the order of our codes."""
    usual = CountVectorizer(analyzer="char", ngram_range=(1, 2), preprocessor=fold, min_df=least)
    table = usual.fit_transform(texts).toarray()
    grams = sorted(usual.vocabulary_, key=code)
    return [code(gram) for gram in grams], table[:, [usual.vocabulary_[gram] for gram in grams]]


CASES = [
    "",
    "好",
    "好好好",
    "ＡＰＰ總是閃退",
    " 前\n\n后 \t",
    "\x00\x00好",
    "🙂👨‍👩‍👧🙂",
    "a\u2003\u3000b",
    "The end.",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(CASES), st.text("好a \n\u2028🙂\x00", max_size=9)), min_size=1))
def test_counts_are_those_of_the_usual_vectorizer(texts):
    found = ngrams(pd.Series(texts, dtype="str"))
    if any(texts):
        codes, table = counted_by_sklearn(texts)
        assert found.codes.tolist() == codes
        assert np.array_equal(found.counts(corpus(texts)).toarray(), table)


def test_a_lone_surrogate_counts_as_a_question_mark():
    found = Ngrams(np.array([code("?"), code("好"), code("好?")]))
    assert found.counts(corpus(["好\ud800", "\ud800"])).toarray().tolist() == [[1, 1, 1], [1, 0, 0]]


@pytest.mark.parametrize("chars", [7, 1_000_000])
def test_rare_ones_are_left_out_whatever_the_chunks(monkeypatch, chars):
    monkeypatch.setattr(matching, "CHUNK_CHARS", chars)
    texts = [text for pack in ("ecommerce", "government") for t in tag.load(pack).tags for text in t.include]
    assert ngrams(pd.Series(texts), least=2).codes.tolist() == counted_by_sklearn(texts, least=2)[0]


def test_a_very_long_text_is_counted_whole():
    assert Ngrams(np.array([code("好"), code("好好")])).counts(
        corpus(["好" * 100_000])
    ).toarray().tolist() == [[100_000, 99_999]]


def test_no_text_has_no_ngrams():
    assert len(ngrams(pd.Series([], dtype="str")).codes) == 0
