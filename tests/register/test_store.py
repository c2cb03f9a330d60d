from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pandas as pd
import pytest

from voc_lib.errors import DataError, ParamsError
from voc_lib.register import database, store
from voc_lib.register.store import Saved

AT = datetime(2026, 9, 30, 9, 30)


def correct(engine, new, *, who="王敏", **rest):
    return store.add_correction(engine, "F1", new, who=who, at=AT, **rest)


def test_who_when_old_new_and_why_are_kept(engine):
    assert correct(engine, "late", why="写的是晚到", old="other") == Saved(1)
    assert correct(engine, "rude", who="李强", seen=1) == Saved(2)
    trail = store.trail(engine, "F1")
    assert trail[["version", "old", "new", "who", "why"]].values.tolist() == [
        [1, "other", "late", "王敏", "写的是晚到"],
        [2, "late", "rude", "李强", ""],
    ]
    assert trail["at"].tolist() == [pd.Timestamp(AT)] * 2
    assert store.corrections(engine).values.tolist() == [["F1", "rude"]]


def test_the_second_of_two_is_kept_but_not_in_force_and_told(engine):
    correct(engine, "late")
    saved = correct(engine, "rude", who="李强", seen=0)
    assert saved.version is None and "王敏 已于 2026-09-30 09:30 改为 “LATE”" in saved.conflict(str.upper)
    assert store.current(engine, "F1") == (1, "late", "王敏")
    assert store.conflicts(engine)[["who", "old", "new"]].values.tolist() == [["李强", "late", "rude"]]
    assert correct(engine, "rude", who="李强", seen=1) == Saved(2)


def test_many_at_once_give_one_winner_and_a_full_trail(engine):
    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(lambda i: correct(engine, f"tag{i}", who=f"分析师{i}"), range(8)))
    assert [s.version for s in saved if s.version] == [1]
    assert len(store.trail(engine)) == 8 and len(store.conflicts(engine)) == 7


def test_a_version_nobody_has_seen_is_refused(engine):
    with pytest.raises(DataError, match="没有第 3 版"):
        correct(engine, "late", seen=3)


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"who": " "}, "更正人"), ({"new": ""}, "新值"), ({"field": "urgancy"}, "是否想写 “urgency”")],
)
def test_an_incomplete_correction_is_refused(engine, changes, says):
    with pytest.raises(DataError, match=says):
        correct(engine, **{"new": "late", **changes})


def test_fields_are_corrected_apart_and_survive_reopening(engine, url):
    correct(engine, "late")
    correct(engine, "P0", field="urgency")
    again = database.open(url)
    assert store.corrections(again, field="urgency").values.tolist() == [["F1", "P0"]]
    assert store.corrections(again).values.tolist() == [["F1", "late"]]
    again.dispose()


def test_text_is_data(engine):
    text = "x'; DROP TABLE voc_corrections; -- “=1+1” 😀"
    correct(engine, text, why=text)
    assert store.trail(engine)[["new", "why"]].values.tolist() == [[text, text]]


def test_an_empty_register_gives_empty_frames(engine):
    assert store.corrections(engine).columns.tolist() == ["feedback_id", "tags"]
    assert store.trail(engine).empty and store.conflicts(engine).empty
    assert store.current(engine, "F1") == (0, None, "")


@pytest.mark.parametrize("url", ["register.db", "mongo://x", ""])
def test_an_address_that_is_none_is_a_sentence(url):
    with pytest.raises(ParamsError, match="登记库地址无法识别"):
        database.open(url)


def test_a_database_that_does_not_answer_never_tells_the_password(tmp_path):
    address = f"postgresql+psycopg://voc:s3cret@/voc?host={tmp_path}"
    pytest.importorskip("psycopg")
    with pytest.raises(DataError) as error:
        database.open(address)
    assert "没有响应" in str(error.value) and "s3cret" not in str(error.value)


def test_a_correction_taken_back_counts_as_never_made_and_stays_in_the_trail(engine):
    correct(engine, "late")
    assert store.withdraw(engine, "F1", who="王敏", at=AT, seen=1) == Saved(2)
    assert store.corrections(engine).empty and store.current(engine, "F1") == (2, None, "王敏")
    assert store.trail(engine, "F1")["new"].tolist() == ["late", ""]
    assert correct(engine, "rude", seen=2) == Saved(3)
    assert store.corrections(engine)["tags"].tolist() == ["rude"]


def test_taking_back_what_another_has_changed_is_told(engine):
    correct(engine, "late")
    correct(engine, "rude", who="李强", seen=1)
    saved = store.withdraw(engine, "F1", who="王敏", at=AT, seen=1)
    assert saved.version is None and "李强" in saved.conflict()
    assert store.corrections(engine)["tags"].tolist() == ["rude"]
