"""What people know in the register: who changed what, two at once, as it was before."""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from voc_lib import knowledge
from voc_lib.errors import DataError, ParamsError
from voc_lib.register import known, revisions
from voc_lib.register.known import Signature

AT = datetime(2026, 10, 1, 9, 0)
TREE = {"problem": "物流延迟", "why": [{"cause": "人员不足", "root": True}], "fishbone": {"人": ["缺编"]}}
MEASURE = {
    "id": "M01",
    "problem": "物流延迟",
    "cause": "人员不足",
    "goal": "占比由 25% 降到 12%",
    "action": "增设晚班",
    "owner": "王敏",
    "department": "仓储部",
    "start": "2026-03-01",
    "due": "2026-04-30",
}
WHOLE = {
    "causes": [TREE],
    "measures": [MEASURE, {**MEASURE, "id": "M02", "owner": "李强"}],
    "revisits": [{"measure": "M01", "feedback_id": "F1", "score": 4}] * 2,
}


def put(engine, raw, *, who="王敏", held=None, report="小店", **rest):
    """Brings the register to what is written; `held` is what the writer had seen."""
    held = known.state(engine, report) if held is None else held
    wanted = known.edits(held, knowledge.read(raw))
    return known.save(engine, report, wanted, Signature(who, AT, **rest), check=knowledge.read)


def stands(engine, report="小店", **rest):
    return knowledge.read(known.raw(known.state(engine, report, **rest)))


def test_what_is_saved_is_read_back_and_saved_again_changes_nothing(engine):
    assert put(engine, WHOLE) == 7
    assert stands(engine) == knowledge.read(WHOLE)
    assert put(engine, WHOLE) == 0 and len(known.history(engine, "小店")) == 7
    assert stands(engine, "大店") == knowledge.Knowledge()


def test_every_change_says_who_what_before_why_and_from_where(engine):
    put(engine, WHOLE)
    moved = {**MEASURE, "due": "2026-05-31"}
    put(engine, {**WHOLE, "measures": [moved]}, who="李强", why="设备晚到", origin="plan.yaml")
    last = known.history(engine, "小店").tail(2)
    assert last[["kind", "key", "version", "who", "why", "origin"]].values.tolist() == [
        ["measure", "M01", 2, "李强", "设备晚到", "plan.yaml"],
        ["measure", "M02", 2, "李强", "设备晚到", "plan.yaml"],
    ]
    old, new = last["old"].map(json.loads), last["new"]
    assert old.iloc[0]["due"] == "2026-04-30" and json.loads(new.iloc[0])["due"] == "2026-05-31"
    assert new.isna().tolist() == [False, True]  # withdrawn, and what it was stays


def test_what_was_withdrawn_can_come_back_in_its_place(engine):
    put(engine, WHOLE)
    put(engine, {**WHOLE, "measures": [WHOLE["measures"][0]]})
    put(engine, WHOLE)
    assert stands(engine) == knowledge.read(WHOLE)
    assert known.history(engine, "小店")["version"].max() == 3


def test_the_second_of_two_is_told_and_shown_both_and_nothing_is_saved(engine):
    put(engine, WHOLE)
    seen = known.state(engine, "小店")
    put(engine, {**WHOLE, "measures": [{**MEASURE, "due": "2026-05-31"}, WHOLE["measures"][1]]}, who="李强")
    late = [{**MEASURE, "due": "2026-06-30"}, {**MEASURE, "id": "M02", "owner": "赵六"}]
    with pytest.raises(DataError) as error:
        put(engine, {**WHOLE, "measures": late}, held=seen)
    told = str(error.value)
    assert "措施 M01：李强 已于 2026-10-01 09:00 改过" in told
    assert "due 现在是 “2026-05-31”，您的是 “2026-06-30”" in told and "一处也没有保存" in told
    assert stands(engine).measure("M02").owner == "李强"


def test_the_same_change_by_two_is_no_conflict(engine):
    put(engine, WHOLE)
    seen = known.state(engine, "小店")
    moved = {**WHOLE, "measures": [{**MEASURE, "due": "2026-05-31"}, WHOLE["measures"][1]]}
    put(engine, moved, who="李强")
    assert put(engine, moved, held=seen) == 0


def test_two_who_change_different_entries_both_win(engine):
    put(engine, WHOLE)
    seen = known.state(engine, "小店")
    first = {**WHOLE, "measures": [{**MEASURE, "due": "2026-05-31"}, WHOLE["measures"][1]]}
    put(engine, first, held=seen, who="李强")
    second = {**WHOLE, "measures": [MEASURE, {**MEASURE, "id": "M02", "owner": "赵六"}]}
    put(engine, second, held=seen)
    assert [str(m.due) for m in stands(engine).measures] == ["2026-05-31", "2026-04-30"]
    assert stands(engine).measure("M02").owner == "赵六"


def test_many_at_once_on_one_entry_give_one_winner(engine):
    put(engine, WHOLE)
    seen = known.state(engine, "小店")

    def change(number):
        raw = {**WHOLE, "measures": [{**MEASURE, "result": str(number)}, WHOLE["measures"][1]]}
        try:
            return put(engine, raw, held=seen, who=f"分析师{number}")
        except DataError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(change, range(8))) == 1
    assert len(known.history(engine, "小店")) == 8


def test_what_would_not_be_right_is_refused_as_a_whole(engine):
    put(engine, WHOLE)
    held = known.state(engine, "小店")
    about = {"signed": Signature("王敏", AT), "check": knowledge.read}
    bone = known.edit(held, ("bone", "物流延迟/人"), None)
    top, measure = (known.edit(held, place, None) for place in (("problem", "物流延迟"), ("measure", "M01")))
    with pytest.raises(DataError, match="上一级不在了"):
        known.save(engine, "小店", [bone, top], **about)
    with pytest.raises(ParamsError, match="没有措施 “M01”"):
        known.save(engine, "小店", [bone, measure], **about)
    assert stands(engine) == knowledge.read(WHOLE)
    assert known.save(engine, "小店", [bone], **about) == 1


def test_a_change_nobody_signs_is_refused(engine):
    with pytest.raises(DataError, match="署名"):
        put(engine, WHOLE, who=" ")


def test_an_earlier_revision_is_read_again_as_it_was(engine):
    put(engine, WHOLE)
    first = revisions.take(engine, at=AT)
    put(engine, {"measures": []})
    second = revisions.take(engine, at=AT)
    assert second > first and revisions.take(engine, at=AT) == second
    until = revisions.marks(engine, first).knowledge
    assert stands(engine, until=until) == knowledge.read(WHOLE)
    assert stands(engine) == knowledge.Knowledge()
    with pytest.raises(ParamsError, match=f"没有第 99 次修订，最新的是第 {second} 次"):
        revisions.marks(engine, 99)


def test_things_stand_in_the_order_they_were_written(engine):
    put(engine, WHOLE)
    turned = {**WHOLE, "measures": [{**MEASURE, "id": "M00"}, *reversed(WHOLE["measures"])]}
    put(engine, turned)
    assert [m.id for m in stands(engine).measures] == ["M00", "M02", "M01"]
    put(engine, {**WHOLE, "measures": [*turned["measures"], {**MEASURE, "id": "M09"}]})
    assert [m.id for m in stands(engine).measures] == ["M00", "M02", "M01", "M09"]


def test_words_are_data(engine):
    words = "x'; DROP TABLE voc_knowledge; -- “=1+1” 😀 \\ \" {}"
    put(engine, {**WHOLE, "measures": [{**MEASURE, "result": words}, WHOLE["measures"][1]]}, why=words)
    assert stands(engine).measure("M01").result == words


def calls_of(engine, n):
    """Calls of functions it takes to save and read a plan of n measures, each with 25 calls to customers."""
    measures = [{**MEASURE, "id": f"M{i:03d}"} for i in range(n)]
    calls = [{"measure": f"M{i % n:03d}", "feedback_id": f"F{i}", "score": 1 + i % 5} for i in range(25 * n)]
    raw, report = {"causes": [TREE], "measures": measures, "revisits": calls}, f"{n}"
    made = Counter()
    sys.setprofile(lambda frame, event, what: made.update((event,)))
    try:
        put(engine, raw, report=report)
        found = stands(engine, report)
    finally:
        sys.setprofile(None)
    assert found == knowledge.read(raw)
    return made["call"] + made["c_call"]


def test_a_plan_of_200_measures_and_5000_calls_takes_no_longer_a_row_than_a_small_one(engine):
    calls_of(engine, 10)  # what is made ready once
    assert calls_of(engine, 200) < 5 * calls_of(engine, 50)  # 4 times the rows; each among all would take 16
