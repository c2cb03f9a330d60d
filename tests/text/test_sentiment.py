from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from voc_lib.text import matching
from voc_lib.text.sentiment import both, by_clause, from_scores, mismatches, sentiment

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "sentiment.yaml").read_text(encoding="utf-8"))
SIGN = {"good": 1, "bad": -1, "none": 0}


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_golden_case(case, request):
    if "xfail" in case:
        request.applymarker(pytest.mark.xfail(reason=case["xfail"], strict=True))
    value = sentiment(pd.Series([case["text"]], dtype="str")).iloc[0]
    assert np.sign(value) == SIGN[case["is"]], value


def test_degrees_and_repeats_strengthen_within_bounds():
    values = sentiment(pd.Series(["差", "非常差", "非常差，太差了，垃圾，骗人", "差" * 100_000]))
    assert values.is_monotonic_decreasing and values.between(-1, 1).all()


def test_chunks_do_not_change_values(monkeypatch):
    texts = pd.Series([case["text"] for case in CASES], dtype="str")
    once = sentiment(texts)
    monkeypatch.setattr(matching, "CHUNK_CHARS", 15)
    pd.testing.assert_series_equal(sentiment(texts), once)


def test_every_clause_has_its_place_and_its_own_value(monkeypatch):
    texts = pd.Series(["质量很好，客服差", "", "快递", "太差了\n很满意"], dtype="str")
    table = by_clause(texts)
    pieces = [texts[line.row][line.start : line.end] for line in table.itertuples()]
    assert pieces == ["质量很好，", "客服差", "", "快递", "太差了\n", "很满意"]
    assert np.sign(table["sentiment"]).tolist() == [1, -1, 0, 0, -1, 1]
    pd.testing.assert_series_equal(both(texts)[0], sentiment(texts))
    monkeypatch.setattr(matching, "CHUNK_CHARS", 5)
    pd.testing.assert_frame_equal(by_clause(texts), table)


def test_missing_texts_and_no_texts():
    assert sentiment(pd.Series([None, "好"], dtype="str")).tolist()[0] == 0
    assert sentiment(pd.Series([], dtype="str")).empty


def test_scores_come_first_csat_before_nps():
    scored = pd.DataFrame({"csat": [5.0, None, None], "nps": [0.0, 0.0, None]})
    assert from_scores(scored).fillna(9).tolist() == [1.0, -1.0, 9.0]
    assert from_scores(pd.DataFrame(index=[0])).isna().all()


def test_detractors_are_below_passives_at_and_promoters_above_nothing():
    values = from_scores(pd.DataFrame({"nps": range(11)}))
    assert (values[:7] < 0).all() and (values[7:9] == 0).all() and (values[9:] > 0).all()
    assert values.is_monotonic_increasing and values[0] == -1 and values[10] == 1


def test_mismatches_list_scores_against_words_widest_first():
    tagged = pd.DataFrame(
        {
            "feedback_id": ["1", "2", "3", "4"],
            "csat": [5.0, 1.0, 5.0, None],
            "nps": np.nan,
            "text": ["太差了，垃圾，骗人", "很好很满意", "很好", "太差"],
        }
    )
    table = mismatches(tagged)
    assert table["feedback_id"].tolist() in (["1", "2"], ["2", "1"])
    assert (table["score"] * table["words"] < 0).all()


def test_a_score_whose_good_end_is_a_guess_says_nothing():
    scored = pd.DataFrame({"csat": [5.0, 5.0], "csat_scale": ["A–E", "2 档"]})
    assert from_scores(scored).fillna(0).tolist() == [0, 1]
