from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from voc_lib.text import normalize
from voc_lib.text.normalize import Cleaned, explain

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/normalize.yaml").read_text(encoding="utf-8"))
NOISE = st.text(
    st.sampled_from(list("哈退款三十天元,.!！。…。&;#<>/br www:htps💢😡👍🏻\u200b\n\t 個發１２Ａaxn幾两")),
    max_size=30,
)


def params(cases):
    for case in cases:
        marks = [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []
        yield pytest.param(case, id=case["text"][:20] or "empty", marks=marks)


@pytest.mark.parametrize("case", list(params(CASES)))
def test_case(case):
    expected = Cleaned(case["text"], ()) if case.get("same") else Cleaned(case["clean"], tuple(case["steps"]))
    assert explain(case["text"]) == expected


def test_there_are_cases_enough_also_of_what_must_not_change():
    assert len(CASES) >= 80 and sum(case.get("same", False) for case in CASES) >= 30


def test_many_texts_at_once_give_what_one_at_a_time_gives(monkeypatch):
    monkeypatch.setattr(normalize, "BLOCK_CHARS", 50)
    texts = pd.Series([case["text"] for case in CASES], dtype="str")
    assert normalize.normalize(texts).fillna("").tolist() == [explain(text).text for text in texts]


def test_missing_stays_missing_and_the_index_is_kept():
    texts = pd.Series(["慢！！", None, "\u200b"], index=[5, 6, 7], dtype="str")
    found = normalize.normalize(texts)
    assert found.index.tolist() == [5, 6, 7] and found.isna().tolist() == [False, True, True]


@given(st.text(max_size=40) | NOISE)
@example("哈哈哈ww&amp;#119;.a.com")
def test_a_clean_text_is_clean(text):
    once = explain(text).text
    assert explain(once) == Cleaned(once, ())


@given(st.lists(NOISE, max_size=6))
def test_no_text_touches_another(texts):
    found = normalize.normalize(pd.Series(texts, dtype="str")).fillna("").tolist()
    assert found == [explain(text).text for text in texts]


def test_every_step_has_its_own_name_and_a_chinese_title():
    assert len({step.name for step in normalize.STEPS}) == len(normalize.STEPS)
    assert all(not step.title.isascii() for step in normalize.STEPS)
