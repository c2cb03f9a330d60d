"""A register that refuses: locked, read-only, no register at all; one sentence each, nothing changed."""

import shutil
from datetime import datetime

import pytest
from sqlalchemy import create_engine, text

from voc_lib.errors import DataError
from voc_lib.register import database, store

AT = datetime(2026, 10, 1, 9, 0)


def corrected(engine):
    return store.add_correction(engine, "F1", "late", who="王敏", at=AT)


def test_a_register_somebody_holds_is_said_to_be_in_use(url, engine, monkeypatch):
    monkeypatch.setattr(database, "WAIT_SECONDS", 1)
    other = database.open(url)
    with database.alone(engine), pytest.raises(DataError, match=r"：\S+( \S+)? 正被占用"):
        corrected(other)
    assert corrected(other).version == 1
    other.dispose()


def test_a_register_that_cannot_be_written_is_said_to_be_read_only(url, engine):
    file = url.removeprefix("sqlite:///")
    only = f"sqlite:///file:{file}?mode=ro&uri=true"
    if engine.dialect.name == "postgresql":
        only = f"{url}&options=-c%20default_transaction_read_only%3Don"
    reader = database.open(only)
    with pytest.raises(DataError, match="是只读的"):
        corrected(reader)
    assert store.corrections(reader).empty
    reader.dispose()


@pytest.mark.parametrize("writable", [(), ("folder",)])
def test_a_register_file_nobody_may_write_is_read_all_the_same(tmp_path, monkeypatch, writable):
    file = tmp_path / "登记 库.db"
    made = database.open(f"sqlite:///{file}")
    corrected(made)
    made.dispose()
    monkeypatch.setattr(database.os, "access", lambda path, mode: bool(writable) and path == tmp_path)
    reader = database.open(f"sqlite:///{file}")
    assert len(store.corrections(reader)) == 1
    with pytest.raises(DataError, match=r"登记 库\.db 是只读的"):
        corrected(reader)
    reader.dispose()


@pytest.mark.parametrize(
    ("content", "says"), [(b"not a database at all" * 100, "不是登记库，或已损坏"), (None, "打不开")]
)
def test_a_file_that_is_no_register_is_said_to_be_none(tmp_path, content, says):
    file = tmp_path / "register.db"
    file.mkdir() if content is None else file.write_bytes(content)
    with pytest.raises(DataError, match=says):
        database.open(f"sqlite:///{file}")


def test_a_later_register_is_not_touched(tmp_path):
    file = tmp_path / "register.db"
    database.open(f"sqlite:///{file}").dispose()
    raw = create_engine(f"sqlite:///{file}")
    with raw.begin() as connection:
        connection.execute(text("UPDATE voc_register SET version = 99"))
        connection.execute(text("DROP TABLE voc_knowledge"))
    raw.dispose()
    shutil.copy(file, tmp_path / "before")
    with pytest.raises(DataError, match="更新的版本"):
        database.open(f"sqlite:///{file}")
    assert file.read_bytes() == (tmp_path / "before").read_bytes()
