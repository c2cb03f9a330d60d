"""A register of an older layout: its rows keep their place, and learn whose they are."""

from datetime import datetime

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    insert,
    text,
)

from voc_lib.errors import DataError
from voc_lib.register import alerts, codings, database, models, revisions, store
from voc_lib.stats.alerts import Alert

AT = datetime(2026, 9, 30, 9, 30)
LONG = "长" * 200
OLD = MetaData()
CORRECTIONS = Table(
    "voc_corrections",
    OLD,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("feedback_id", String(200), index=True, nullable=False),
    Column("field", String(40), nullable=False),
    Column("version", Integer),
    Column("seen", Integer, nullable=False),
    Column("old", Text),
    Column("new", Text, nullable=False),
    Column("who", String(100), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("why", Text, nullable=False),
    UniqueConstraint("feedback_id", "field", "version", name="voc_corrections_one_per_version"),
)
CODINGS = Table(
    "voc_codings",
    OLD,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("feedback_id", String(200), index=True, nullable=False),
    Column("coder", String(100), nullable=False),
    Column("tags", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
REVISIONS = Table(
    "voc_revisions",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=True),
    *(Column(name, Integer, nullable=False) for name in ("corrections", "codings", "draws", "knowledge")),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("corrections", "codings", "draws", "knowledge", name="voc_revisions_once"),
)
ROW = {"field": "tags", "seen": 0, "new": "late", "who": "王敏", "at": AT, "why": ""}


@pytest.fixture
def old(engine, url):
    """The address of a register as version 1 left it: three corrections, one of them twice, and an answer."""
    models.Base.metadata.drop_all(engine)
    OLD.create_all(engine)
    with engine.begin() as connection:
        for table in OLD.tables:  # the server is shared: no copy of another upgrade
            connection.execute(text(f"DROP TABLE IF EXISTS {table}_layout1"))
        for feedback_id, version in (("41", 1), ("41", 2), ("b:7", 1), (LONG, 1)):
            connection.execute(insert(CORRECTIONS).values(**ROW, feedback_id=feedback_id, version=version))
        about = {"feedback_id": "41", "coder": "甲", "tags": "late", "note": "", "at": AT}
        connection.execute(insert(CODINGS).values(**about))
    return url


def test_old_rows_wait_for_their_source_and_take_it_once(old):
    engine = database.open(old)
    assert store.unclaimed(engine) == sorted(["41", "b:7", LONG])
    store.claim(engine, {"41": "a:41", "b:7": "b:7"})
    assert store.corrections(engine)["feedback_id"].tolist() == [f":{LONG}", "a:41", "b:7"]
    assert store.trail(engine, "a:41")["version"].tolist() == [1, 2]
    assert codings.answers(engine)["feedback_id"].tolist() == ["a:41"]
    engine.dispose()
    again = database.open(old)
    assert store.unclaimed(again) == [LONG]  # brought up once, not again
    again.dispose()


def test_an_old_row_does_not_take_the_place_of_a_new_one(old):
    engine = database.open(old)
    store.add_correction(engine, "a:41", "rude", who="李强", at=AT)
    store.claim(engine, {"41": "a:41"})
    assert store.current(engine, "a:41") == (1, "rude", "李强") and "41" in store.unclaimed(engine)
    engine.dispose()


def test_an_old_register_is_copied_before_it_is_brought_up(old, tmp_path):
    database.open(old).dispose()
    again = database.open(old)
    if again.dialect.name == "sqlite":
        assert sorted(path.name for path in tmp_path.glob("*.db")) == ["register.db", "register.layout1.db"]
        copy = create_engine(f"sqlite:///{tmp_path}/register.layout1.db")
        assert database.layout(copy) == 1
    else:
        copy = again
    names = "" if again.dialect.name == "sqlite" else "_layout1"
    with copy.begin() as connection:
        query = text(f"SELECT feedback_id FROM voc_corrections{names} ORDER BY id")
        ids = connection.execute(query).scalars()
        assert list(ids) == ["41", "41", "b:7", LONG]
    for engine in (copy, again):
        engine.dispose()


@pytest.mark.parametrize("table", [CORRECTIONS, CODINGS], ids=["answers alone", "corrections alone"])
def test_an_upgrade_that_was_stopped_half_way_is_taken_up_again(old, table):
    """All tables are there and no number: the rows of either old table tell that ids lack their source."""
    stopped = create_engine(old)
    models.Base.metadata.create_all(stopped)
    with stopped.begin() as connection:
        connection.execute(table.delete())
    stopped.dispose()
    engine = database.open(old)
    assert store.unclaimed(engine) == (["41"] if table is CORRECTIONS else sorted(["41", "b:7", LONG]))
    engine.dispose()


def test_of_layout_2_only_the_new_tables_are_made(engine, url):
    store.add_correction(engine, "a:41", "late", who="王敏", at=AT)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE voc_knowledge"))
        connection.execute(text("DROP TABLE voc_revisions"))
        connection.execute(text("UPDATE voc_register SET version = 2"))
    again = database.open(url)
    assert database.layout(again) == database.LAYOUT
    assert store.corrections(again)["feedback_id"].tolist() == ["a:41"]
    again.dispose()


def test_revisions_of_layout_3_are_kept_and_know_of_alerts_from_then_on(engine, url):
    alert = Alert("Y001", "新开", AT.date(), AT.date(), AT.date(), "其他", "清零", 9, 0.0)
    alerts.add(engine, [alert], report="店", at=AT)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE voc_alerts DROP COLUMN rule"))
        connection.execute(text("DROP TABLE voc_revisions"))
        REVISIONS.create(connection)
        marks = {"corrections": 4, "codings": 3, "draws": 2, "knowledge": 1}
        connection.execute(insert(REVISIONS).values(**marks, number=7, at=AT))
        connection.execute(text("UPDATE voc_register SET version = 3"))
    again = database.open(url)
    assert database.layout(again) == database.LAYOUT == 4
    assert revisions.marks(again, 7) == revisions.Marks(**marks, alerts=0)
    assert revisions.take(again, at=AT) == 8 and revisions.marks(again, 8).alerts == 1
    assert alerts.book(again, report="店") == [alert]
    again.dispose()


def test_a_register_of_a_later_version_is_refused(engine, url):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO voc_register (version) VALUES (99)"))
    with pytest.raises(DataError, match="更新的版本"):
        database.open(url)
    models.Base.metadata.drop_all(engine)  # the server is shared
