"""Feedback from a real PostgreSQL: read in pieces, read only, its password nowhere."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from tests import debian
from voc_lib import collect
from voc_lib.collect import database
from voc_lib.errors import DataError
from voc_lib.run import steps
from voc_lib.run.workflow import choice, pipeline

PASSWORD = "Geheim-7431"
QUERY = "select id as 工单号, words as 反馈内容, at::text as 创建时间 from tickets order by id"
SOURCE = {"path": None, "url": "${CRM_URL}", "query": QUERY}
ROWS = [(1, "快递太慢了", "2026-09-01 10:00"), (2, "", "2026-09-02 10:00"), (3, "软件闪退", None)]


@pytest.fixture
def url(postgres_url, monkeypatch):
    """A database with a table of tickets and a function that empties it; the address holds a password."""
    engine = sa.create_engine(postgres_url)
    with engine.begin() as base:
        base.execute(sa.text("drop table if exists tickets"))
        base.execute(sa.text("create table tickets (id integer, words text, at timestamp)"))
        insert = sa.text("insert into tickets values (:id, :words, :at)")
        base.execute(insert, [dict(zip(("id", "words", "at"), row, strict=True)) for row in ROWS])
        wipe = "create or replace function wipe() returns integer language sql as"
        base.execute(sa.text(f"{wipe} 'delete from tickets; select 1'"))
    secret = postgres_url.replace("voc@", f"voc:{PASSWORD}@")
    monkeypatch.setenv("CRM_URL", secret)
    yield secret
    with engine.connect() as base:
        assert base.execute(sa.text("select count(*) from tickets")).scalar() == len(ROWS)
    engine.dispose()


def test_a_query_becomes_feedback_with_every_row_accounted_for(shop, url):
    collected = collect.load(shop(source=SOURCE))
    assert collected.feedback["text"].tolist() == ["快递太慢了"]
    assert collected.quarantine["line"].tolist() == [2, 3]
    assert collected.reads[["read", "kept", "quarantined"]].iloc[0].tolist() == [3, 1, 2]


def test_rows_come_in_pieces_from_a_cursor_of_the_server(url, monkeypatch):
    monkeypatch.setattr(database, "PIECE", 7)
    table = database.read(url, "select n, 'x' || n as 内容 from generate_series(1, 20) n", name="CRM")
    assert [chunk.num_rows for chunk in table.cells.to_batches()] == [7, 7, 6]
    assert table.cells["内容"].to_pylist()[-1] == "x20"
    cursors = database.read(url, "select count(*) as n from pg_cursors", name="CRM")
    assert cursors.cells["n"].to_pylist() == ["1"]


@pytest.mark.parametrize(
    "query",
    [
        "insert into tickets values (9, 'x', now())",
        "update tickets set words = 'x'",
        "with gone as (delete from tickets returning id) select * from gone",
        "select * into copies from tickets",
    ],
)
def test_a_query_that_writes_is_refused_before_it_is_sent(shop, url, query):
    with pytest.raises(DataError, match=r"只能是一条 SELECT.*不能写入或修改数据"):
        collect.load(shop(source=SOURCE | {"query": query}))


@pytest.mark.parametrize(
    "query", ["select wipe()", "select set_config('transaction_read_only', 'off', true), wipe()"]
)
def test_the_server_refuses_what_a_select_hides(shop, url, query):
    with pytest.raises(DataError, match=r"“工单” 查询失败：.*read-"):
        collect.load(shop(source=SOURCE | {"query": query}))


def test_colons_and_percent_signs_in_a_query_are_its_own(url):
    query = (
        "select to_char(at, ':HH24:MI') as 时, words like '%:慢%' as a, words like '%慢%' as b from tickets"
    )
    cells = database.read(url, query, name="CRM").cells
    assert cells["时"].to_pylist() == [":10:00", ":10:00", ""]
    assert cells["a"].to_pylist() == ["false"] * 3 and cells["b"].to_pylist() == ["true", "false", "false"]


@pytest.mark.parametrize(
    ("change", "query"),
    [
        (("host=/", f"host=/{PASSWORD}/"), QUERY),
        (("/postgres?", f"/{PASSWORD}?"), QUERY),
        (("psycopg://", "nodriver://"), QUERY),
        (("@/", f"@h:{PASSWORD}/"), QUERY),
        (("", ""), f"select '{PASSWORD}'::integer"),
    ],
)
def test_no_message_shows_the_password(url, change, query):
    with pytest.raises(DataError, match="数据库来源 “CRM”") as error:
        database.read(url.replace(*change), query, name="CRM")
    assert PASSWORD not in str(error.value)


def test_no_file_of_a_run_holds_the_password(shop, url, monkeypatch, forked):
    for module in (pipeline, choice):  # to save the time of six kernels
        monkeypatch.setattr(module, "STEPS", steps.STEPS[:2])
    settings = shop(source=SOURCE, render={"pdf": False})
    result = pipeline.run(settings, clock=lambda: datetime(2026, 10, 1, 9))
    (line,) = result.manifest["inputs"]
    assert line["path"] == "${CRM_URL}"
    files = [path for path in settings.outputs.rglob("*") if path.is_file()]
    assert len(files) > 10 and not [path for path in files if PASSWORD.encode() in path.read_bytes()]


def test_a_server_is_installed_only_on_a_ci_machine_as_root():
    assert debian.may_install({"CI": "true"}, root=True, apt=True)
    assert not debian.may_install({}, root=True, apt=True)
    assert not debian.may_install({"CI": "true"}, root=False, apt=True)
