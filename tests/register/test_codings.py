from datetime import datetime, timedelta

import pytest

from voc_lib.errors import DataError
from voc_lib.register import codings, store
from voc_lib.tag import agreement

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


def test_ratings_are_what_agreement_is_computed_from(engine):
    for number, (one, other) in enumerate([("late", "late"), ("rude", "rude"), ("late", "rude")]):
        codings.add(engine, f"F{number}", one, coder="甲", at=AT)
        codings.add(engine, f"F{number}", f"{other}；x", coder="乙", at=AT)
    rated = codings.ratings(engine)
    assert rated.columns.tolist() == ["乙", "甲"] and len(rated) == 3
    assert agreement.kappa(rated["甲"], rated["乙"])[0] == pytest.approx(0.4)


def test_an_answer_without_a_coder_is_refused(engine):
    with pytest.raises(DataError, match="标注人"):
        codings.add(engine, "F1", "late", coder=" ", at=AT)


def test_blind_answers_are_told_from_those_saved_with_a_correction(engine):
    later = AT + timedelta(hours=1)
    codings.add(engine, "F1", "late", coder="甲", at=AT)
    store.add_correction(engine, "F1", "rude", who="甲", at=later)
    codings.add(engine, "F1", "rude", coder="甲", at=later)
    store.add_correction(engine, "F2", "rude", who="甲", at=AT)
    codings.add(engine, "F2", "rude", coder="甲", at=AT)
    codings.add(engine, "F2", "late", coder="乙", at=later)
    given = codings.blind(engine)
    assert given[["feedback_id", "coder", "tags", "drawn"]].values.tolist() == [
        ["F1", "甲", "late", True],  # corrected only afterwards: chance had chosen it
        ["F2", "乙", "late", False],
    ]


def test_nothing_blind_yet_is_an_empty_table(engine):
    assert codings.blind(engine).empty
