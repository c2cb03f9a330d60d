from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pandas as pd
import pytest

from voc_lib.errors import DataError
from voc_lib.register import codings, draws, store

AT = datetime(2026, 9, 30, 9, 30)


def test_the_last_answer_of_each_coder_counts_and_corrects_nothing(engine):
    for coder, tags in (("甲", "late"), ("乙", "rude"), ("甲", "late；rude")):
        codings.add(engine, "F1", tags, coder=coder, at=AT)
    given = codings.answers(engine)
    assert given[["coder", "tags"]].values.tolist() == [["乙", "rude"], ["甲", "late；rude"]]
    assert store.corrections(engine).empty


def test_an_answer_taken_back_is_gone(engine):
    codings.add(engine, "F1", "late", coder="甲", at=AT)
    codings.add(engine, "F1", "", coder="甲", at=AT)
    assert codings.answers(engine).empty


def test_an_answer_without_a_coder_is_refused(engine):
    with pytest.raises(DataError, match="标注人"):
        codings.add(engine, "F1", "late", coder=" ", at=AT)


def test_blind_answers_are_told_from_those_saved_with_a_correction(engine):
    later = AT + timedelta(hours=1)
    codings.add(engine, "F1", "late", coder="甲", at=AT)
    store.add_correction(engine, "F1", "rude", who="甲", at=later)
    codings.add(engine, "F1", "rude", coder="甲", at=later)
    codings.add(engine, "F2", "late", coder="乙", at=later)
    given = codings.blind(engine)
    assert given[["feedback_id", "coder", "tags"]].values.tolist() == [
        ["F1", "甲", "late"],
        ["F2", "乙", "late"],
    ]
    assert given["period"].isna().all()


def test_nothing_blind_yet_is_an_empty_table(engine):
    assert codings.blind(engine).empty


ROWS = pd.DataFrame(
    {"feedback_id": [f"F{i:03d}" for i in range(100)], "stratum": ["late"] * 90 + ["rude"] * 10}, dtype="str"
)
ABOUT = {"report": "小店", "period": "2026-09", "seed": 1, "at": AT}


def test_a_sample_is_drawn_once_and_a_larger_one_holds_it(engine):
    first = draws.take(engine, ROWS, 20, **ABOUT)
    assert first["stratum"].value_counts().to_dict() == {"late": 14, "rude": 6} and len(first) == 20
    again = draws.take(engine, ROWS.assign(stratum="x"), 10, **ABOUT)  # kept, whatever the rows say now
    pd.testing.assert_frame_equal(first, again)
    more = draws.take(engine, ROWS, 40, **ABOUT)
    pd.testing.assert_frame_equal(more.head(20), first)
    assert len(more) == 40 and more["feedback_id"].is_unique


def test_two_who_draw_at_once_get_the_same(engine):
    with ThreadPoolExecutor(4) as pool:
        samples = list(pool.map(lambda _: draws.take(engine, ROWS, 30, **ABOUT), range(4)))
    assert all(sample.equals(samples[0]) and len(sample) == 30 for sample in samples)


def test_an_answer_bears_the_draws_of_its_report(engine):
    ident = draws.take(engine, ROWS, 20, **ABOUT)["feedback_id"].iloc[0]
    draws.take(engine, ROWS, 100, **{**ABOUT, "period": "2026-Q3"})
    codings.add(engine, ident, "late", coder="甲", at=AT)
    assert codings.blind(engine, report="小店")["period"].tolist() == ["2026-09", "2026-Q3"]
    assert codings.blind(engine, report="大店")["period"].isna().tolist() == [True]
