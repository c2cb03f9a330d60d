import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib.text import matching
from voc_lib.text.matching import Lexicon, clauses, corpora, corpus, fold

ALPHABET = "慢太ABａ　，。 \n😀總\x00é"


@settings(max_examples=100, deadline=None)
@given(st.text(ALPHABET, max_size=30))
def test_folding_keeps_every_position_and_is_idempotent(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@settings(max_examples=100, deadline=None)
@given(st.text(ALPHABET, max_size=30))
def test_clauses_together_are_the_text(text):
    assert "".join(clauses(text)) == text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("ab慢愀😀", min_size=1, max_size=3), min_size=1),
    st.lists(st.text("ab慢c愀😀🙂", max_size=8)),
)
def test_every_overlapping_occurrence_is_found(words, texts):
    lexicon, part = Lexicon(words), corpus(texts)
    hits = lexicon.hits(part)
    found = sorted(zip(hits.start.tolist(), hits.end.tolist(), strict=True))
    wanted = [
        (i, i + len(word))
        for word in lexicon.words
        for i in range(len(part.folded))
        if part.folded.startswith(word, i)
    ]
    assert found == sorted(wanted)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(ALPHABET, max_size=8)))
def test_every_position_lies_in_the_last_text_and_clause_that_began(texts):
    part = corpus(texts)
    at = np.arange(len(part.folded) + 1)
    assert np.array_equal(part.rows(at), np.searchsorted(part.starts, at, "right") - 1)
    assert np.array_equal(part.clause(at), np.searchsorted(part.clauses, at, "right") - 1)


def test_chunks_hold_every_text_once_in_order(monkeypatch):
    monkeypatch.setattr(matching, "CHUNK_CHARS", 10)
    texts = pd.Series(["一二三四五", "", None, "长" * 50, "x"], index=list("edcba"))
    parts = list(corpora(texts))
    assert [part.first for part in parts] == list(np.cumsum([0, *map(len, parts)])[:-1])
    assert "\n".join(part.raw for part in parts).split("\n") == texts.fillna("").tolist()


def test_no_text_at_all():
    assert list(corpora(pd.Series([], dtype="str"))) == []


def test_rows_and_clauses_of_positions():
    part = corpus(["甲，乙", "丙"])
    assert part.rows(np.array([0, 2, 4])).tolist() == [0, 0, 1]
    assert part.clause(np.array([0, 2, 4])).tolist() == [0, 1, 2]


DIVIDED = {"3.5折": 1, "好。坏": 2, "v1.2好": 1, "好 坏": 2, "a b": 1, "好😀坏": 2}


@pytest.mark.parametrize(("text", "n"), DIVIDED.items())
def test_what_divides_clauses(text, n):
    assert len(clauses(text)) == n


def test_lone_surrogates_do_not_break_matching():
    assert len(fold("好\ud800坏")) == 3
