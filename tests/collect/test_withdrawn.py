from datetime import datetime

import pandas as pd
import pytest

from tests.collect.test_archive import rows
from voc_lib.collect import archive, ratings, withdrawn
from voc_lib.errors import ParamsError
from voc_lib.period import Period

SEPTEMBER = Period.parse("2026-09")
SIGNED = {"who": "王敏", "why": "交错了文件", "at": datetime(2026, 10, 1, 9)}


@pytest.fixture
def kept(tmp_path):
    """An archive of two sources, two files and a score alone."""
    held = rows(("1", "2026-08-31", "慢"), ("2", "2026-09-01", "坏"), ("2", "2026-09-02", "退款", "投诉"))
    wrong = rows(("3", "2026-09-03", "错的")).assign(file="b.csv")
    rated = rows(("4", "2026-09-04", None)).assign(csat=5.0, file="b.csv")
    archive.write(pd.concat([held, wrong], ignore_index=True), tmp_path)
    ratings.write(rated, tmp_path)
    return tmp_path


def held(folder):
    return archive.read(folder)["text"].tolist(), len(archive.read(folder / ratings.FOLDER))


def test_a_file_of_a_month_is_taken_out_alone_and_put_back_as_it_was(kept):
    before = archive.read(kept), archive.read(kept / ratings.FOLDER)
    told = withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER, file="b.csv"), **SIGNED)
    assert (told.number, told.rows, told.rated) == (1, 1, 1)
    assert held(kept) == (["慢", "坏", "退款"], 0)
    assert withdrawn.table(kept) == [told] and told.who == "王敏" and told.at == "2026-10-01 09:00"
    back = withdrawn.put_back(kept, 1, who="李强", at=SIGNED["at"])
    assert back.returned == "2026-10-01 09:00 李强" and withdrawn.table(kept) == [back]
    for was, now in zip(before, (archive.read(kept), archive.read(kept / ratings.FOLDER)), strict=True):
        pd.testing.assert_frame_equal(was, now)


def test_a_source_is_taken_out_although_another_has_the_same_id(kept):
    assert withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER, "投诉"), **SIGNED).rows == 1
    assert held(kept) == (["慢", "坏", "错的"], 1)


def test_what_is_taken_out_stands_in_its_file_before_it_is_gone(kept, monkeypatch):
    monkeypatch.setattr(archive, "drop", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER), **SIGNED)
    assert len(held(kept)[0]) == 4 and withdrawn.table(kept)[0].rows == 3
    monkeypatch.undo()
    assert withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER), **SIGNED).number == 2
    withdrawn.put_back(kept, 1, who="", at=SIGNED["at"])
    withdrawn.put_back(kept, 2, who="", at=SIGNED["at"])
    assert sorted(held(kept)[0]) == sorted(["慢", "坏", "退款", "错的"]) and held(kept)[1] == 1


def test_rows_read_anew_since_stay_as_they_are_when_the_old_ones_come_back(kept):
    withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER, "工单"), **SIGNED)
    archive.write(rows(("2", "2026-09-01", "坏了，更正")), kept)
    withdrawn.put_back(kept, 1, who="王敏", at=SIGNED["at"])
    assert "坏了，更正" in held(kept)[0] and "坏" not in held(kept)[0]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (withdrawn.Chosen(Period.parse("2025-09")), "没有2025年9月的反馈"),
        (withdrawn.Chosen(SEPTEMBER, "工單"), "没有来源 “工單”"),
        (withdrawn.Chosen(SEPTEMBER, file="c.csv"), "是否想写 “[ab].csv”"),
    ],
)
def test_where_nothing_is_chosen_nothing_is_done(kept, chosen, said):
    with pytest.raises(ParamsError, match=said):
        withdrawn.take(kept, chosen, **SIGNED)
    assert withdrawn.table(kept) == []


def test_what_was_taken_out_of_a_period_and_is_not_back_meets_it_alone(kept):
    told = withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER), **SIGNED)
    assert withdrawn.meeting(kept, Period.parse("2026-Q3")) == [told]
    assert withdrawn.meeting(kept, Period.parse("2026-08")) == []
    withdrawn.put_back(kept, 1, who="", at=SIGNED["at"])
    assert withdrawn.meeting(kept, SEPTEMBER) == []


def test_only_what_is_still_out_can_be_put_back(kept):
    withdrawn.take(kept, withdrawn.Chosen(SEPTEMBER), **SIGNED)
    with pytest.raises(ParamsError, match="可放回的：1。"):
        withdrawn.put_back(kept, 2, who="", at=SIGNED["at"])
    withdrawn.put_back(kept, 1, who="", at=SIGNED["at"])
    with pytest.raises(ParamsError, match="可放回的：无。"):
        withdrawn.put_back(kept, 1, who="", at=SIGNED["at"])


def test_reports_of_the_period_say_it_until_it_is_back(kept):
    withdrawn.take(
        kept, withdrawn.Chosen(SEPTEMBER, file="b.csv"), **{**SIGNED, "why": "13800138000 打来说的"}
    )

    def said(label):
        return list(withdrawn.notes(kept, Period.parse(label), lambda words: words.replace("138001380", "*")))

    (note,) = said("2026-Q3")
    assert (
        "撤下过 2 条（2026年9月、文件 b.csv；2026-10-01 09:00，原因：*00 打来" in note and "--back 1" in note
    )
    assert said("2026-08") == said("2026-10") == []
    withdrawn.put_back(kept, 1, who="", at=SIGNED["at"])
    assert said("2026-09") == []
