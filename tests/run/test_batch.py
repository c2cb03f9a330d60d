"""Several reports: one that fails stops no other, and nothing is passed over silently."""

import signal
import subprocess
import sys

import pytest

from tests.run.conftest import FAST, write_project
from voc_lib import cli
from voc_lib.run.record import runs


@pytest.fixture
def folder(tmp_path, two_steps):
    """Params files of two reports that can be made, one without data, a broken one; and no params."""
    write_project(tmp_path, FAST)
    words = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").unlink()
    (tmp_path / "a.yaml").write_text(words.replace("小店", "甲"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(words.replace("data/*.csv", "data/没有.csv"), encoding="utf-8")
    (tmp_path / "c.yml").write_text("name: [没有写完\n", encoding="utf-8")
    (tmp_path / "d.yaml").write_text(words.replace("小店", "丁"), encoding="utf-8")
    (tmp_path / "knowledge.yaml").write_text("measures: []\n", encoding="utf-8")
    return tmp_path


def test_all_reports_are_run_and_the_worst_decides(folder, capsys):
    assert cli.call(["run", "--all", str(folder)]) == 3
    seen = capsys.readouterr()
    assert all(runs.read(folder / "outputs" / name / "2026-09") for name in ("甲", "丁"))
    table = seen.out[seen.out.index("4 份报告，2 份没有成功") :]
    assert all(name in table for name in ("a.yaml", "b.yaml", "c.yml", "d.yaml"))
    assert "knowledge" not in table
    assert table.count("已发布") == 2 and "找不到文件" in table and "没有.csv" in seen.err
    (folder / "b.yaml").unlink()
    assert cli.call(["run", str(folder), "--all"]) == 2
    assert capsys.readouterr().out.count("没有变化，未重新运行") == 2


def test_what_is_no_folder_of_params_is_said(folder, capsys):
    assert cli.call(["run", "--all", str(folder / "a.yaml")]) == 2
    assert "不是文件夹" in capsys.readouterr().err
    assert cli.call(["run", "--all", str(folder / "data")]) == 2
    assert "没有参数文件" in capsys.readouterr().err


TOGETHER = """
import os, sys, time
from pathlib import Path
from voc_lib import cli
from voc_lib.errors import ParamsError
from voc_lib.verbs import batch

def one(file):
    print(file.name, os.getpid(), flush=True)
    if file.name == "b":
        raise ParamsError("b 不行。")
    if file.name == "c":
        os.kill(os.getpid(), 9)
    for _ in range({turns}):  # not in one: a signal that comes just before a sleep does not break it off
        time.sleep(0.1)
    return True

print("code", batch.together([Path(name) for name in sys.argv[1:]], one, cli._sentence), os.getpid())
"""
STOPPABLE = "import signal; from voc_lib import cli; signal.signal(signal.SIGTERM, cli._terminated)"
forks = pytest.mark.skipif(sys.platform != "linux", reason="没有 fork")


@forks
def test_reports_run_two_at_a_time_each_in_its_process_and_the_worst_decides():
    words = [sys.executable, "-c", TOGETHER.format(turns=0)]
    done = subprocess.run([*words, *"abd"], capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines() if line and line[0] != "="]
    assert sorted(line[0] for line in lines) == ["a", "b", "code", "d"] and "b 不行。" in done.stderr
    assert len({line[-1] for line in lines}) == 4 and lines[-1][:2] == ["code", "2"]
    killed = subprocess.run([*words, *"ac"], capture_output=True, text=True, check=True)
    assert "code 1 " in killed.stdout


@forks
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_several_reports_stops_each(sign):
    """Also by an interrupt to the first process alone, as `kill -INT` sends one."""
    quick = "from voc_lib.verbs import batch; batch.GRACE = 0.1"
    words = [sys.executable, "-c", f"{STOPPABLE}\n{quick}\n{TOGETHER.format(turns=36_000)}", "a", "d"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        at_work = set()
        while not at_work >= {b"a", b"d"}:
            line = run.stdout.readline()
            assert line  # there is none where it has ended
            at_work.add(line.split(b" ")[0])
        run.send_signal(sign)
        assert b"code" not in run.stdout.read()  # it ends when no process holds it any more
        assert run.wait() != 0
