"""The same tables from parts and from processes of this machine, and one sentence where a process dies."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.clean.test_privacy import TEXTS
from tests.engine import work
from voc_lib import engine
from voc_lib.clean import privacy
from voc_lib.engine import local, processes
from voc_lib.errors import EngineError
from voc_lib.text.segmentation import Segmenter

NUMBERS = pd.DataFrame({"n": range(90)}, index=range(5, 95))


@pytest.fixture
def parts(monkeypatch):
    monkeypatch.setattr(local, "PART", 20)


@pytest.fixture
def two(parts, monkeypatch):
    monkeypatch.setattr(local, "MANY", 50)
    monkeypatch.setattr(processes, "cores", lambda: 2)


def test_labels_of_parts_are_those_of_all_rows_byte_for_byte(history, label, monkeypatch, tmp_path):
    own = Segmenter(["花呗分期"], names=["空气炸锅"])
    whole = label(history, segmenter=own)
    monkeypatch.setattr(local, "PART", 20)
    cut = label(history, segmenter=own)
    for name in ("tagged", "tags"):
        assert work.written(getattr(whole, name), tmp_path) == work.written(getattr(cut, name), tmp_path)


def test_words_masked_by_processes_are_the_same_byte_for_byte(two, monkeypatch, tmp_path):
    frame = pd.DataFrame({c: pd.Series(TEXTS, dtype="str") for c in privacy.WORDS}).assign(
        customer_name="王敏"
    )
    there = engine.rows(engine.LOCAL, privacy._words, frame)
    monkeypatch.setattr(local, "MANY", len(frame) + 1)
    here = engine.rows(engine.LOCAL, privacy._words, frame)
    assert work.written(here, tmp_path) == work.written(there, tmp_path)
    assert (there["text"] != frame["text"]).sum() > 100


def test_many_rows_are_worked_on_elsewhere_in_their_order_and_few_here(two):
    many, few = (engine.rows(engine.LOCAL, work.here, rows) for rows in (NUMBERS, NUMBERS.head(40)))
    assert many["n"].equals(NUMBERS["n"]) and os.getpid() not in set(many["process"])
    assert set(few["process"]) == {os.getpid()}


def test_what_goes_wrong_in_a_process_is_raised_here(two):
    with pytest.raises(ValueError, match=work.FAULT):
        engine.rows(engine.LOCAL, work.wrong, NUMBERS)
    with pytest.raises(EngineError, match="中途退出，多半是内存不够，什么也没有发布"):
        engine.rows(engine.LOCAL, work.fatal, NUMBERS)


ALONE = """
from tests.engine import work
from voc_lib.engine import processes
list(processes.mapped(work.waiting, [1], 1))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is forked")
def test_when_the_process_they_work_for_is_killed_they_are_gone_too():
    with subprocess.Popen([sys.executable, "-c", ALONE], stdout=subprocess.PIPE) as killed:
        worker = Path("/proc", killed.stdout.readline().decode().strip())
        parent = Path("/proc", (worker / "stat").read_text().split()[3])
        assert worker.exists() and int(parent.name) != killed.pid
        killed.kill()
    until = time.monotonic() + 120
    while (worker.exists() or parent.exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not worker.exists() and not parent.exists()


@pytest.mark.parametrize(("system", "number"), [("darwin", 1), ("linux", 2)])
def test_where_none_are_forked_one_process_does_all(system, number, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3}, raising=False)
    assert processes.cores() == number
