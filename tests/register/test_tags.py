from datetime import datetime

import pytest
from sqlalchemy import event, insert

from voc_lib.errors import DataError
from voc_lib.register import store, tags
from voc_lib.register.models import Correction
from voc_lib.tag import corrections, library

AT = datetime(2026, 9, 30, 9, 30)
WHO = {"who": "王敏", "at": AT}


def pack(*renamed):
    """The built-in taxonomy with tags renamed: (code, new name)."""
    raw = library.load("ecommerce")
    names = dict(renamed)
    changed = tuple(tag.model_copy(update={"name": names.get(tag.code, tag.name)}) for tag in raw.tags)
    return raw.model_copy(update={"tags": changed})


def code_of(name):
    return library.load("ecommerce").by_name[name].code


def test_corrections_survive_a_renamed_tag(engine):
    before = library.load("ecommerce")
    store.add_correction(engine, "F1", tags.encode(["物流延迟", "服务态度"], before), **WHO)
    after = pack((code_of("物流延迟"), "配送太慢"))
    assert corrections.read(store.corrections(engine), after)["tags"].tolist() == ["配送太慢；服务态度"]


def test_an_unknown_tag_is_refused_with_the_nearest():
    with pytest.raises(DataError, match="是否想写 “物流延迟”"):
        tags.encode(["物流延时"], library.load("ecommerce"))


def test_merging_carries_corrections_along_with_a_trail(engine):
    for feedback_id, value in (("F1", "slow"), ("F2", "slow；rude"), ("F3", "rude"), ("F4", "rude；slow")):
        store.add_correction(engine, feedback_id, value, **WHO)
    assert tags.merge(engine, "slow", "rude", **WHO) == 3
    assert store.corrections(engine)["tags"].tolist() == ["rude", "rude", "rude", "rude"]
    assert store.trail(engine, "F1")[["old", "new", "why"]].values.tolist()[-1] == [
        "slow",
        "rude",
        "标签合并：slow → rude",
    ]


def test_splitting_asks_for_each_feedback_and_leaves_the_undecided(engine):
    for feedback_id in ("F1", "F2", "F3"):
        store.add_correction(engine, feedback_id, "slow；rude", **WHO)
    choice = {"F1": ["late"], "F2": ["late", "lost"]}
    tags.split(engine, "slow", lambda feedback_id: choice.get(feedback_id, []), **WHO)
    assert store.corrections(engine)["tags"].tolist() == ["late；rude", "late；lost；rude", "slow；rude"]
    assert len(store.trail(engine, "F3")) == 1


def test_ten_thousand_are_merged_in_one_transaction(engine):
    row = {"field": "tags", "version": 1, "seen": 0, "old": None, "new": "slow", "why": "", **WHO}
    with engine.begin() as connection:
        connection.execute(insert(Correction), [{**row, "feedback_id": f"F{i}"} for i in range(10_000)])
    commits = []
    event.listen(engine, "commit", commits.append)
    assert tags.merge(engine, "slow", "rude", **WHO) == 10_000
    assert len(commits) == 1 and set(store.corrections(engine)["tags"]) == {"rude"}


def test_a_correction_made_meanwhile_is_seen_and_split_too(engine):
    for feedback_id in ("F1", "F2"):
        store.add_correction(engine, feedback_id, "slow", **WHO)
    asked = []

    def choose(feedback_id):
        asked.append(feedback_id)
        if len(asked) == 1:
            store.add_correction(engine, "F2", "rude；slow", who="李强", at=AT, seen=1)
        return ["late"]

    assert tags.split(engine, "slow", choose, **WHO) == 2
    assert store.corrections(engine)["tags"].tolist() == ["late", "rude；late"]
    assert store.trail(engine, "F1")["new"].tolist() == ["slow", "late"]  # the first try left nothing


def test_nothing_is_merged_while_others_keep_correcting(engine):
    for feedback_id in ("F1", "F2"):
        store.add_correction(engine, feedback_id, "slow", **WHO)

    def choose(feedback_id):
        seen, *_ = store.current(engine, feedback_id)
        store.add_correction(engine, feedback_id, "slow", who="李强", at=AT, seen=seen)
        return ["late"]

    with pytest.raises(DataError, match="一条也没有改"):
        tags.split(engine, "slow", choose, **WHO)
    assert set(store.corrections(engine)["tags"]) == {"slow"}


def test_a_tag_is_named_by_its_name_or_by_a_code_only_corrections_know(engine):
    store.add_correction(engine, "F1", "gone", **WHO)
    shop = library.load("ecommerce")
    assert [tags.code(engine, word, shop) for word in ("物流慢", "gone")] == [code_of("物流延迟"), "gone"]
    with pytest.raises(DataError, match="不在标签体系"):
        tags.code(engine, "gome", shop)


def test_codes_the_taxonomy_lost_are_counted(engine):
    store.add_correction(engine, "F1", f"{code_of('物流延迟')}；gone", **WHO)
    assert tags.unknown(engine, library.load("ecommerce")) == {"gone": 1}
