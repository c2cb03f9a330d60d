"""A database read by what changed: the same history as by reading all, and no doubt passed over."""

import pandas as pd
import pytest
import sqlalchemy as sa

from voc_lib import collect
from voc_lib.clean import privacy, unchanged
from voc_lib.collect import archive, ratings, watermark
from voc_lib.errors import DataError, ParamsError
from voc_lib.run.record import archived

KEY = b"0123456789abcdef"
QUERY = (
    "select id as 工单号, words as 反馈内容, at as 创建时间, phone as 手机号, score as 满意度, "
    "changed as 修改时间 from tickets;"
)
SOURCE = {"path": None, "url": "${CRM_URL}", "query": QUERY, "watermark": "修改时间"}
ROWS = [
    (1, "快递太慢了", "2026-08-03 10:00:00", "13800138000", 2, "2026-08-03 10:00:00"),
    (2, "客服态度很差", "2026-08-20 10:00:00", None, 8, "2026-08-20 10:00:00"),
    (3, "", "2026-08-25 10:00:00", None, 9, "2026-08-25 10:00:00"),
    (4, "软件闪退", "2026-09-02 10:00:00", None, None, "2026-09-02 10:00:00"),
]
LATER = [
    (2, "客服态度很差，已道歉", "2026-08-20 10:00:00", None, 9, "2026-09-05 09:00:00"),
    (5, "退款没有到账", "2026-09-05 10:00:00", None, 3, "2026-09-05 10:00:00"),
]


class Base:
    """A table of tickets in a database, whatever it is."""

    def __init__(self, url, kind):
        self.engine = sa.create_engine(url)
        with self.engine.begin() as base:
            base.execute(sa.text("drop table if exists tickets"))
            columns = (
                f"id integer primary key, words text, at {kind}, phone text, score integer, changed {kind}"
            )
            base.execute(sa.text(f"create table tickets ({columns})"))
        self.put(*ROWS)

    def put(self, *rows):
        names = ("id", "words", "at", "phone", "score", "changed")
        with self.engine.begin() as base:
            for row in rows:
                base.execute(sa.text("delete from tickets where id = :id"), {"id": row[0]})
                words = "insert into tickets values (:id, :words, :at, :phone, :score, :changed)"
                base.execute(sa.text(words), dict(zip(names, row, strict=True)))

    def do(self, words):
        with self.engine.begin() as base:
            base.execute(sa.text(words))


@pytest.fixture
def lite(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    monkeypatch.setenv("CRM_URL", url)
    return Base(url, "text")


def step(settings, *, publish=True):
    """What step 2 does, and then the publication: the collected, the history and ratings of the report."""
    collected = privacy.protect(collect.load(settings), KEY)
    shown = {"handlers": "name", "key": KEY}
    collected = unchanged.recalled(collected, settings.archive, settings.period, **shown)
    archive.write(collected.feedback, settings.archive)
    ratings.write(collected.ratings, settings.archive)
    if publish:
        archived.advance(settings, collected.marks)
    return collected


def everything(settings):
    return archive.read(settings.archive), archive.read(settings.archive / "ratings")


def same_as_reading_all(base, shop, tmp_path, change=()):
    """The history after an increment is that of one reading of all, and the ledger counts alike."""
    part = shop(source=SOURCE)
    step(part)
    base.put(*(change or LATER))
    collected = step(part)
    whole = shop(source=SOURCE, outputs="whole")
    other = step(whole)
    for one, two in zip(everything(part), everything(whole), strict=True):
        pd.testing.assert_frame_equal(one.drop(columns="line"), two.drop(columns="line"))
    counts = ["kept", "rated", "in_period"]
    assert collected.reads[counts].iloc[0].tolist() == other.reads[counts].iloc[0].tolist()
    line = collected.reads.iloc[0]
    assert (
        line["read"] == line["kept"] + line["quarantined"] and line["lines"] == line["aside"] + line["read"]
    )
    return collected


def test_only_what_changed_is_read_and_the_history_is_whole(lite, shop, tmp_path):
    collected = same_as_reading_all(lite, shop, tmp_path)
    (note,) = [note for note in collected.notes if "增量读取" in note]
    assert (
        "从 2026-08-30 起" in note and "现有 5 行，这次读取新增和改动的 3 行" in note and "删除的行" in note
    )
    texts = everything(shop(source=SOURCE))[0].set_index("feedback_id")["text"]
    assert texts["2"] == "客服态度很差，已道歉" and texts["1"] == "快递太慢了"
    assert collected.feedback["csat_scale"].dropna().unique().tolist() == ["1–10"]


def test_nothing_new_is_no_fault_and_scores_keep_their_scale(lite, shop):
    settings = shop(source=SOURCE | {"overlap_days": 1})
    step(settings)
    lite.put((6, "包装破了", "2026-09-09 10:00:00", None, 5, "2026-09-09 10:00:00"))
    collected = step(settings)
    assert collected.feedback.set_index("feedback_id")["csat_scale"]["6"] == "1–10"
    before = everything(settings)
    lite.do("delete from tickets where id in (4, 6)")
    lite.put((9, "", "2026-09-09 10:00:00", None, None, "2026-09-09 11:00:00"))
    collected = step(settings)
    assert any("至少少了 1 行" in note for note in collected.notes)
    for one, two in zip(everything(settings), before, strict=True):
        pd.testing.assert_frame_equal(one, two)


def test_a_run_that_was_not_published_moves_nothing(lite, shop):
    settings = shop(source=SOURCE)
    step(settings)
    held = watermark.read(settings.archive)
    lite.put(*LATER)
    step(settings, publish=False)
    assert watermark.read(settings.archive) == held
    again = step(settings)
    assert any("读取新增和改动的 3 行" in note for note in again.notes)
    assert watermark.read(settings.archive)["工单"].until == "2026-09-05 10:00:00"


def back(base, settings):
    base.do("update tickets set changed = '2026-08-20 10:00:00' where id > 2")


def behind(base, settings):
    base.put((8, "补录的投诉", "2026-08-10 10:00:00", None, 1, "2026-08-10 10:00:00"))


def lost(base, settings):
    (settings.archive / "2026-08.parquet").unlink()


def broken(base, settings):
    (settings.archive / watermark.FILE).write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [(back, "时间倒退"), (behind, "比上次多了 1 行"), (lost, "比上次少了"), (broken, "")],
)
def test_what_makes_the_mark_doubtful_has_all_read_again(lite, shop, change, told):
    settings = shop(source=SOURCE)
    step(settings)
    change(lite, settings)
    collected = step(settings)
    assert not collected.partly and (not told or any("全部重读" in n and told in n for n in collected.notes))
    with lite.engine.connect() as base:
        n = base.execute(sa.text("select count(*) from tickets where words != ''")).scalar()
    assert len(collected.feedback) == n


def test_other_params_have_all_read_again(lite, shop):
    step(shop(source=SOURCE))
    collected = step(shop(source=SOURCE | {"overlap_days": 9}))
    assert any("全部重读：参数里这个来源改过" in note for note in collected.notes)


def test_rows_without_a_time_are_read_each_time_and_a_clock_ahead_moves_nothing_ahead(lite, shop):
    settings = shop(source=SOURCE)
    lite.put(
        (7, "没有修改时间", "2026-08-05 10:00:00", None, 4, None),
        (8, "时钟快了", "2026-08-06 10:00:00", None, 4, "2999-01-01 00:00:00"),
    )
    first = step(settings)
    assert any("有 1 行的 修改时间 是空的" in note for note in first.notes)
    assert any("2999-01-01 00:00，比现在" in note and "核对时钟" in note for note in first.notes)
    assert watermark.read(settings.archive)["工单"].until < "2999"
    lite.put((7, "还是没有修改时间", "2026-08-05 10:00:00", None, 4, None))
    assert "还是没有修改时间" in step(settings).feedback["text"].tolist()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"watermark": "改动时间"}, "没有 watermark 所写的列 “改动时间”。是否想写 “修改时间”"),
        ({"watermark": "手机号"}, "里有文字，不全是时间"),
        ({"watermark": "满意度"}, "里有数字，不全是时间"),
        ({"watermark": "空"}, "整列是空的"),
        ({"query": QUERY.replace("id as 工单号, ", "")}, "没有反馈ID列"),
        ({"query": QUERY.replace(";", " where 1 = 0 -- 全部")}, "还没有一行数据"),
    ],
)
def test_a_column_that_cannot_tell_what_changed_is_a_sentence(lite, shop, change, said):
    query = change.get("query", QUERY).replace("changed as", "null as 空, changed as")
    with pytest.raises(DataError, match=said) as error:
        collect.load(shop(source=SOURCE | change | {"query": query}))
    assert "13800138000" not in str(error.value)


def test_a_text_among_times_is_told_by_its_line(lite, shop):
    lite.do("update tickets set changed = '2026-08-20上午' where id = 2")
    with pytest.raises(DataError, match="第 2 行"):
        collect.load(shop(source=SOURCE))


def test_a_watermark_is_for_databases(shop):
    with pytest.raises(ParamsError, match="watermark 只用于数据库来源"):
        shop(source={"watermark": "修改时间"})


def test_postgresql_is_read_by_what_changed(postgres_url, monkeypatch, shop, tmp_path):
    monkeypatch.setenv("CRM_URL", postgres_url)
    base = Base(postgres_url, "timestamptz")
    late = (*LATER[1][:5], None)
    same_as_reading_all(base, shop, tmp_path, change=[LATER[0], late])
    base.engine.dispose()
