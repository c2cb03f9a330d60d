"""Folders: what is read of them, what is left aside, what stops the run."""

import pytest

from tests.collect.conftest import ROWS
from voc_lib import collect
from voc_lib.errors import DataError, ParamsError


def test_a_file_without_feedback_in_a_folder_is_quarantined(load):
    note = "本文件夹存放客服导出\n每月一次\n"
    collected = load({"数据/9月.csv": ROWS, "数据/说明.txt": note}, source={"path": "数据"})
    assert len(collected.feedback) == 2
    assert set(collected.quarantine["reason"]) == {"文件没有反馈内容列或反馈时间列"}
    assert any("说明.txt" in note and "移出文件夹" in note for note in collected.notes)


def test_a_month_with_other_headers_still_stops_the_run(load):
    other = "工单号,客户之声,创建时间\n1,慢,2026-10-01\n"
    with pytest.raises(DataError, match=r"10月\.csv.*反馈内容"):
        load({"数据/9月.csv": ROWS, "数据/10月.csv": other}, source={"path": "数据"})


def test_links_that_go_in_a_circle_are_one_sentence(shop, tmp_path):
    (tmp_path / "甲").symlink_to(tmp_path / "乙")
    (tmp_path / "乙").symlink_to(tmp_path / "甲")
    with pytest.raises(ParamsError, match="甲 里的链接绕成了圈"):
        collect.load(shop(source={"path": "甲"}))
