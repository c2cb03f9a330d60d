"""Rows that have no room in memory are told of before a kernel starts."""

import shutil

import pandas as pd
import pytest

from tests.run.conftest import clock
from voc_lib.errors import RoomError
from voc_lib.run.steps import BY_NAME
from voc_lib.run.workflow import pipeline, room

FIRST, TAGGING = BY_NAME["02_collect"], BY_NAME["03_clean_and_tag"]


@pytest.fixture
def memory(tmp_path, monkeypatch):
    """Sets what the machine says it has left, in MB; no control group but one made by a test."""

    def left(mb, swap=0):
        file = tmp_path / "meminfo"
        file.write_text(f"MemTotal: 99999999 kB\nMemAvailable: {mb * 1024} kB\nSwapFree: {swap * 1024} kB\n")
        monkeypatch.setattr(room, "MEMINFO", file)

    monkeypatch.setattr(room, "GROUP", tmp_path / "group")
    left(8_000)
    return left


@pytest.fixture
def held(settings):
    """A run folder whose history holds so many rows."""
    folder = settings.folder / "run"

    def rows(n):
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        pd.DataFrame({"feedback_id": range(n)}).to_parquet(folder / "tables" / "history.parquet")
        return folder

    return rows


def test_what_has_no_room_is_said_with_what_to_do(settings, held, memory):
    folder = held(400_000)
    room.require(TAGGING, settings, room.expected(TAGGING, settings, folder))
    memory(1_000)
    with pytest.raises(
        RoomError, match=r"03_clean_and_tag.*约 400,000 条反馈，至少需要 1\.2 GB.*只有 1\.0 GB"
    ) as said:
        room.require(TAGGING, settings, room.expected(TAGGING, settings, folder))
    assert "移走最早的月份" in str(said.value) and said.value.exit_code == 13
    memory(1_000, swap=500)
    room.require(TAGGING, settings, room.expected(TAGGING, settings, folder))


def test_few_rows_and_a_machine_that_does_not_say_are_let_pass(settings, held, memory, monkeypatch, tmp_path):
    memory(1)
    room.require(TAGGING, settings, room.expected(TAGGING, settings, held(room.LITTLE)))
    monkeypatch.setattr(room, "MEMINFO", tmp_path / "nothing")
    room.require(TAGGING, settings, room.expected(TAGGING, settings, held(400_000)))


def test_a_container_has_what_its_limit_leaves(settings, held, memory, tmp_path):
    group = tmp_path / "group"
    group.mkdir()
    for name, words in {
        "max": "1000000000",
        "current": "600000000",
        "stat": "inactive_file 100000000",
    }.items():
        (group / f"memory.{name}").write_text(f"{words}\n")
    assert room.available() == 500_000_000
    (group / "memory.max").write_text("max\n")
    assert room.available() == 8_000 * 2**20


def test_the_first_step_counts_the_lines_of_its_files_before_any_kernel(settings, memory):
    (settings.folder / "data" / "大.csv").write_text(
        "工单号,反馈内容\n" + "1,慢\n" * 900_000, encoding="utf-8"
    )
    memory(2_000)
    with pytest.raises(RoomError, match=r"02_collect.*约 900,00[0-9] 条"):
        pipeline.run(settings, clock=clock)
    assert list((settings.outputs / "failed").glob("*/*/*"))
    shutil.rmtree(settings.outputs)
    memory(8_000)
    room.require(FIRST, settings, room.expected(FIRST, settings, settings.folder))
