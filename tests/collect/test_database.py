import sqlite3

import pytest

from voc_lib import collect
from voc_lib.collect import database
from voc_lib.errors import DataError, ParamsError

QUERY = "select id as 工单号, words as 反馈内容, at as 创建时间 from tickets"


@pytest.fixture
def url(tmp_path, monkeypatch):
    with sqlite3.connect(tmp_path / "crm.db") as base:
        base.execute("create table tickets (id integer, words text, at text)")
        base.executemany(
            "insert into tickets values (?, ?, ?)", [(1, "慢", "2026-09-01"), (2, None, "2026-09-02")]
        )
    monkeypatch.setenv("CRM_URL", f"sqlite:///{tmp_path / 'crm.db'}")
    return f"sqlite:///{tmp_path / 'crm.db'}"


def test_a_query_becomes_feedback(shop, url):
    collected = collect.load(shop(source={"path": None, "url": "${CRM_URL}", "query": QUERY}))
    assert collected.feedback["feedback_id"].tolist() == ["1"]
    assert collected.reads[["read", "kept", "quarantined"]].iloc[0].tolist() == [2, 1, 1]


def test_a_time_the_database_cannot_know_yet_is_quarantined_and_said(shop, tmp_path, monkeypatch):
    rows = [(1, "慢", "2020-09-01"), (2, "坏", "2020-09-02"), (3, "贵", "2099-12-01")]
    with sqlite3.connect(tmp_path / "crm.db") as base:
        base.execute("create table tickets (id integer, words text, at text)")
        base.executemany("insert into tickets values (?, ?, ?)", rows)
    monkeypatch.setenv("CRM_URL", f"sqlite:///{tmp_path / 'crm.db'}")
    found = collect.load(shop(source={"path": None, "url": "${CRM_URL}", "query": QUERY}, period="2020-09"))
    assert found.feedback["feedback_id"].tolist() == ["1", "2"]
    assert found.quarantine["reason"].str.startswith("反馈时间晚于读取数据库的日期").tolist() == [True]
    assert any("1 个反馈时间晚于读取数据库的日期" in note and "隔离区" in note for note in found.notes)


def test_mended_rows_of_a_query_stay_with_their_source(shop, url, tmp_path):
    (tmp_path / "改.csv").write_text("工单号,反馈内容,创建时间\n2,坏,2026-09-02\n", encoding="utf-8")
    source = {"path": None, "url": "${CRM_URL}", "query": QUERY, "mended": ["改.csv"]}
    feedback = collect.load(shop(source=source)).feedback
    assert feedback[["source", "feedback_id"]].to_numpy().tolist() == [["工单", "1"], ["工单", "2"]]


@pytest.mark.parametrize(
    "query",
    [
        "delete from tickets",
        "select 1; drop table tickets",
        "with a as (select 1) insert into tickets select 1,2,3",
        "pragma x",
        "(select 1) delete from tickets",
        "with a as (delete from tickets returning *) select * from a",
        "select * into copy from tickets",
        "select 1 exec sp_x",
        "select 1 exec('x')",
        "select 1\ndrop\ttable tickets",
    ],
)
def test_only_reading_is_allowed(query):
    with pytest.raises(DataError, match="只能是一条 SELECT"):
        database.check_query(query, name="CRM")


def test_a_word_in_quotes_is_no_command():
    database.check_query("select 'drop; delete' as a, \"update\" from t -- insert\n", name="CRM")


@pytest.mark.parametrize(
    "query",
    [
        "(select id from a) union (select id from b)",
        "select words as call, t.copy, update_time from tickets t order by call desc",
        "-- 导出\n/* 每月 */ select call from tickets",
    ],
)
def test_columns_may_be_named_like_commands(query):
    database.check_query(query, name="CRM")


def test_bytes_are_the_text_they_hold(tmp_path):
    query = "select cast('慢' as blob) as a, x'C2FD' as b, x'00FF' as c"
    table = database.read(f"sqlite:///{tmp_path / 'a.db'}", query, name="CRM")
    assert table.cells.to_pylist() == [{"a": "慢", "b": "慢", "c": "0x00ff"}]


def test_faults_are_sentences_without_the_address(url, shop, monkeypatch):
    with pytest.raises(DataError, match="查询失败") as error:
        database.read(url, "select nothing from nowhere", name="CRM")
    assert "crm.db" not in str(error.value)
    monkeypatch.delenv("CRM_URL")
    with pytest.raises(ParamsError, match="CRM_URL"):
        collect.load(shop(source={"path": None, "url": "${CRM_URL}", "query": QUERY}))


def test_the_connection_cannot_write(url):
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.connect() as connection:
        database._make_read_only(connection)
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            connection.execute(sa.text("delete from tickets"))
    engine.dispose()
