"""A register saved and put back: the same rows, and numbers that go on."""

from datetime import datetime

import pytest

from voc_lib.errors import DataError, ParamsError
from voc_lib.register import backups, codings, database, known, revisions, store
from voc_lib.register.entries import Row
from voc_lib.register.known import Edit, Signature

AT = datetime(2026, 10, 1, 9, 0)


@pytest.fixture
def filled(engine):
    store.add_correction(engine, "工单:1", "late", who="王敏", at=AT)
    codings.add(engine, "工单:1", "late", coder="甲", at=AT)
    row = Row("promise", "按时", {"name": "按时"})
    known.save(engine, "小店", [Edit(row.place, row, 0)], Signature("王敏", AT), check=lambda raw: None)
    return engine


def test_what_was_saved_is_put_back_and_nothing_else(filled, tmp_path):
    file = tmp_path / "copy" / "b.db"
    assert backups.backup(filled, file) == 4  # with the revision
    trail = store.trail(filled)
    store.add_correction(filled, "工单:2", "rude", who="李强", at=AT)
    assert backups.restore(filled, file) == 4
    assert store.trail(filled).equals(trail)
    assert len(known.state(filled, "小店")) == 1 and len(codings.answers(filled)) == 1
    assert store.add_correction(filled, "工单:3", "rude", who="李强", at=AT).version == 1
    assert revisions.take(filled, at=AT) == 2


def test_a_backup_of_one_kind_of_database_is_a_register_of_its_own(filled, tmp_path):
    backups.backup(filled, tmp_path / "b.db")
    again = database.open(f"sqlite:///{tmp_path / 'b.db'}")
    assert store.corrections(again)["feedback_id"].tolist() == ["工单:1"]
    again.dispose()


def test_a_backup_is_not_overwritten_and_must_be_one(filled, tmp_path):
    backups.backup(filled, tmp_path / "b.db")
    with pytest.raises(ParamsError, match="已存在"):
        backups.backup(filled, tmp_path / "b.db")
    (tmp_path / "x.db").write_bytes(b"no register" * 99)
    with pytest.raises(DataError, match="不是备份"):
        backups.restore(filled, tmp_path / "x.db")
    with pytest.raises(ParamsError, match="找不到备份"):
        backups.restore(filled, tmp_path / "nowhere.db")
    assert len(store.trail(filled)) == 1


def test_what_numbers_are_spent_is_asked_only_where_one_is_given(filled):
    def asked():
        raise AssertionError

    store.add_correction(filled, "工单:9", "rude", who="李强", at=AT)
    assert revisions.take(filled, at=AT, spent=lambda: 7) == 8
    assert revisions.take(filled, at=AT, spent=asked) == 8


def test_a_number_given_before_a_restore_never_means_another_state(filled, tmp_path):
    first = revisions.take(filled, at=AT)
    backups.backup(filled, tmp_path / "b.db")
    store.add_correction(filled, "工单:2", "rude", who="李强", at=AT)
    lost = revisions.take(filled, at=AT)
    backups.restore(filled, tmp_path / "b.db")
    with pytest.raises(ParamsError, match=f"没有第 {lost} 次修订，它在恢复备份时没有带回"):
        revisions.marks(filled, lost)
    assert revisions.take(filled, at=AT) == first  # the state is the one of that number
    store.add_correction(filled, "工单:3", "late", who="李强", at=AT)
    again = revisions.take(filled, at=AT)
    assert again > lost and revisions.table(filled)["number"].tolist() == [first, again]
    backups.backup(filled, tmp_path / "c.db")
    backups.restore(filled, tmp_path / "b.db")
    backups.restore(filled, tmp_path / "c.db")  # what the backup says itself is true again
    assert revisions.take(filled, at=AT) == again
    row, signed = Row("promise", "更快", {"name": "更快"}), Signature("王敏", AT)
    known.save(filled, "小店", [Edit(row.place, row, 0)], signed, check=lambda raw: None, spent=90)
    assert revisions.take(filled, at=AT) == 91
