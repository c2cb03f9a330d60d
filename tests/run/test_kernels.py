"""Processes started ahead of need."""

import ast
import os
import signal
import subprocess
import sys

import pytest

from tests.run.test_engine import gone
from voc_lib import params
from voc_lib.run.record import runs
from voc_lib.run.workflow import child, nest, processes
from voc_lib.run.workflow.kernels import Kernel, Kernels
from voc_lib.run.workflow.processes import FORKS, Forked


def test_waiting_processes_are_used_first_and_discarded_at_the_end(tmp_path):
    kernels = Kernels()
    kernels.expected = 4
    first = kernels.take(cwd=tmp_path, env={})
    waiting = list(kernels._spares)
    assert len(waiting) == 2 and kernels.take(cwd=tmp_path, env={}) is waiting[0]
    assert kernels.expected == 0  # four were started, no more will be
    kernels.close()
    assert all(not spare.folder.exists() for spare in waiting[1:])
    for process in (first, waiting[0]):
        process.discard()
        assert gone(process.popen.pid) and not process.folder.exists()


def test_a_process_for_another_place_or_a_dead_one_is_not_used(tmp_path):
    kernels = Kernels()
    kernels.expected = 2
    first = kernels.take(cwd=tmp_path, env={})
    (spare,) = kernels._spares
    assert not spare.waits_for(tmp_path, {"TZ": "UTC"})
    spare.kill()
    spare.popen.wait()
    second = kernels.take(cwd=tmp_path, env={})
    assert second not in (first, spare)
    for process in (first, second, spare):
        process.discard()


def test_what_comes_after_the_end_dies_at_once(tmp_path):
    kernels = Kernels()
    kernels.kill()
    late = kernels.take(cwd=tmp_path, env={})
    assert late.popen.wait(60) != 0
    late.discard()


@pytest.fixture
def nested():
    if not FORKS:
        pytest.skip("没有 fork")
    kernels = Kernels()
    kernels.expect(2)
    yield kernels
    kernels.close()


def test_a_nest_started_ahead_is_used_and_one_that_died_replaced():
    if not FORKS:
        pytest.skip("没有 fork")
    with processes.ahead() as nest:
        kernels = Kernels(nest)
        kernels.expect(1)
        assert kernels._nest is nest and kernels.expected == 0
        nest.kill()
        nest._popen.wait()
        kernels.expect(2)
        assert kernels._nest is not nest and kernels._nest.lives
        kernels.close()
    assert not nest.lives and not nest.folder.exists()


def test_a_run_surely_has_something_to_do_when_nothing_is_published_or_knowledge_is_newer(tmp_path):
    knows, asked = tmp_path / "knowledge.yaml", tmp_path / "params.yaml"
    knows.write_text("{}")
    source = "sources: [{name: 工单, path: a.csv}]"
    asked.write_text(
        f"name: 小店\nperiod: '2026-09'\nknowledge: knowledge.yaml\n{source}\n", encoding="utf-8"
    )
    settings = params.load(asked)
    published = runs.published_folder(settings) / runs.FILE
    assert runs.outdated(settings)
    published.parent.mkdir(parents=True)
    published.write_text("{}")
    assert not runs.outdated(settings)
    os.utime(knows, (2e9, 2e9))
    assert runs.outdated(settings)
    with processes.ahead(wanted=False) as nest:
        assert nest is None


def test_a_request_is_answered_before_all_is_imported(monkeypatch):
    ours, theirs = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(ours))
    warmed = []
    monkeypatch.setattr(child, "warm", warmed.extend)
    os.write(theirs, b"one\n")
    asked = nest.requests(("first", "second"))
    assert next(asked) == "one\n" and warmed == []
    os.write(theirs, b"two\n")
    assert next(asked) == "two\n" and warmed == []
    os.close(theirs)
    assert list(asked) == [] and warmed == ["first", "second"]


def told(kernel, words, before=""):
    """What an expression comes to in a kernel, after a line."""
    client = kernel.manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(60)
    reply = client.execute_interactive(before, user_expressions={"told": words}, timeout=60)
    client.stop_channels()
    return ast.literal_eval(reply["content"]["user_expressions"]["told"]["data"]["text/plain"])


def test_a_nest_forks_warm_kernels_that_know_their_place(nested, tmp_path):
    place = "os.getcwd(), os.environ['TZ'], time.tzname[0]"
    ask = f"{place}, 'matplotlib' in sys.modules, naming.shares.cache_info().currsize"
    for zone, name in (("Asia/Shanghai", "CST"), ("UTC", "UTC")):
        process = nested.take(cwd=tmp_path, env={"TZ": zone})
        kernel = Kernel(process)
        line = "import os, sys, time; from voc_lib.clean import naming"
        assert told(kernel, ask, line) == (str(tmp_path), zone, name, True, 1)
        assert isinstance(process.popen, Forked) and process.popen.poll() is None
        kernel.stop()
        assert gone(process.popen.pid) and not process.folder.exists()


def test_a_warm_kernel_shows_tables_as_one_that_imports_pandas_itself(nested, tmp_path):
    for afresh in (False, True):
        kernel = Kernel(nested.take(cwd=tmp_path, env={}, afresh=afresh))
        assert isinstance(kernel.process.popen, Forked) is not afresh
        assert told(kernel, "pandas.options.display.max_columns", "import pandas") == child.KERNEL_COLUMNS
        kernel.stop()


def test_a_fork_that_heads_no_group_yet_is_killed_itself():
    sleeper = subprocess.Popen(["sleep", "60"])
    processes._end(Forked(sleeper.pid))
    assert sleeper.wait(60) == -signal.SIGKILL


def test_without_the_nest_a_process_is_started_instead(nested, tmp_path):
    process = nested.take(cwd=tmp_path, env={})
    nested._nest.kill()
    process.become([])
    assert isinstance(process.popen, subprocess.Popen)
    process.discard()
    fresh = nested.take(cwd=tmp_path, env={}, afresh=True)
    assert isinstance(fresh.popen, subprocess.Popen)
    fresh.discard()


def test_a_process_stopped_before_it_was_forked_never_lives(nested, tmp_path):
    process = nested.take(cwd=tmp_path, env={})
    nested.kill()
    process.become([])
    assert process.popen.wait(60) != 0
    process.discard()


@pytest.mark.skipif(not FORKS, reason="没有 fork")
def test_a_nest_does_not_fork_while_a_thread_is_at_work():
    words = """
import threading
from voc_lib.run.workflow import nest
done = threading.Event()
before, thread = nest.idle(), threading.Thread(target=done.wait)
thread.start()
print(before, nest.idle())
done.set()
"""
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False"]


SHARED = """
import json, os
from pathlib import Path
from voc_lib.run.workflow.processes import Forked, Nest, Process

def forked():
    process = Process(cwd=Path.cwd(), env={}, nest=nest)
    process.become(["--version"])
    process.discard()
    return isinstance(process.popen, Forked)

nest = Nest()
if not (pid := os.fork()):
    done = forked()
    nest.kill()
    nest.discard()
    asked = dict(arguments=["--version"], cwd=".", env=dict(), log=os.devnull)
    nest._popen.stdin.write(json.dumps(asked).encode() + bytes([10]))
    nest._popen.stdin.flush()  # it ends before it has its answer
    os._exit(0 if done and nest.lives else 1)
print(os.waitpid(pid, 0)[1], forked(), nest.folder.exists())
nest.discard()
print(nest.lives, nest.folder.exists())
"""


def test_a_nest_serves_processes_forked_from_the_one_that_started_it_and_ends_with_that_one():
    if not FORKS:
        pytest.skip("没有 fork")
    words = [sys.executable, "-c", SHARED]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout
    assert told.splitlines() == ["0 True True", "False False"]
