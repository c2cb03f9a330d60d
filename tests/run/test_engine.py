"""One notebook through papermill: what really happened is what is said."""

import json
import os
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from tests.run.conftest import FAST, write_notebook
from voc_lib.errors import DataError, DeadlineError, KernelDiedError, NotebookError, ParamsError
from voc_lib.run.steps import find
from voc_lib.run.workflow import engine
from voc_lib.run.workflow.kernels import POSIX

PLAN = find("01_plan")


def execute(settings, *cells, **limits):
    write_notebook(settings.folder, "01_plan", *cells)
    stage = settings.folder / "stage"
    stage.mkdir(exist_ok=True)
    engine.execute(PLAN, settings, stage, limits=engine.Limits(**limits))
    return stage


def record(settings):
    return nbformat.read(settings.folder / "stage" / "notebooks" / "01_plan.ipynb", as_version=4)


def test_a_good_notebook_leaves_a_record_without_paths_or_times(settings):
    execute(settings, "'ok'", FAST)
    text = json.dumps(record(settings), ensure_ascii=False)
    assert "ok" in text and str(settings.folder) not in text and "papermill" not in text
    assert "folder = ''" in text and "period = '2026-09'" in text


def test_the_same_notebook_gives_the_same_bytes(settings):
    path = execute(settings, "1 + 1", FAST) / "notebooks" / "01_plan.ipynb"
    first = path.read_bytes()
    execute(settings, "1 + 1", FAST)
    assert path.read_bytes() == first


def test_cell_error_names_step_cell_heading_and_masks_the_cause(settings):
    with pytest.raises(NotebookError, match=r"01_plan（前期准备）第 2 个代码单元.*计算.*KeyError") as error:
        execute(settings, "raise KeyError('客户电话 13812345678')", FAST)
    assert "13812345678" not in str(error.value)
    assert "13812345678" not in json.dumps(record(settings).cells[-2].outputs)


def test_an_error_of_the_house_keeps_sentence_and_exit_code(settings):
    with pytest.raises(DataError, match="第 7 行坏了（步骤 01_plan") as error:
        execute(settings, "from voc_lib.errors import DataError\nraise DataError('第 7 行坏了')", FAST)
    assert error.value.exit_code == 3


@pytest.mark.parametrize("code", ["raise SystemExit", "raise SystemExit(0)", "import sys; sys.exit(3)"])
def test_exit_in_a_cell_is_no_success(settings, code):
    with pytest.raises(NotebookError, match=r"exit\(\)"):
        execute(settings, code, FAST)


def test_a_tolerated_error_is_an_error_all_the_same(settings):
    path = write_notebook(settings.folder, "01_plan", "1 / 0", FAST)
    node = nbformat.read(path, as_version=4)
    node.cells[2].metadata["tags"] = ["raises-exception"]
    (settings.folder / "stage").mkdir()
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        engine.execute(PLAN, settings, settings.folder / "stage", node=node, limits=engine.Limits())


def test_a_killed_kernel_is_said_with_its_cell(settings):
    with pytest.raises(KernelDiedError, match=r"第 2 个代码单元.*内核突然结束"):
        execute(settings, "import os; os.kill(os.getpid(), 9)", FAST)
    assert len(record(settings).cells) == 5


def test_a_slow_cell_and_a_slow_run_are_stopped(settings):
    with pytest.raises(DeadlineError, match=r"第 2 个代码单元.*超过了 10 秒"):
        execute(
            settings, "import time; time.sleep(600)", FAST, cell_seconds=10
        )  # room for the first cell on a busy machine
    with pytest.raises(DeadlineError, match="整个运行超过了 2 秒"):
        execute(settings, "import time; time.sleep(600)", FAST, run_seconds=2)


def test_no_sentinel_no_success_even_if_an_old_one_is_there(settings):
    execute(settings, FAST)
    with pytest.raises(NotebookError, match=r"step\.save"):
        execute(settings, "x = 1")


def test_nothing_a_cell_started_survives(settings):
    cell = (
        "import subprocess, pathlib\nchild = subprocess.Popen(['sleep', '999'])\n"
        "pathlib.Path(folder, 'pid').write_text(str(child.pid))"
    )
    stage = execute(settings, cell, FAST)
    assert gone(int((stage / "pid").read_text()))


@pytest.mark.skipif(not POSIX, reason="unix sockets")
def test_the_kernel_talks_over_sockets_only_its_owner_can_open(settings):
    cell = (
        "import ipykernel.connect, pathlib\n"
        "pathlib.Path(folder, 'seen').write_text(ipykernel.connect.get_connection_file())"
    )
    look = (
        "import os, json\npath = pathlib.Path(folder, 'seen').read_text()\n"
        "mode = os.stat(os.path.dirname(path)).st_mode\n"
        "pathlib.Path(folder, 'mode').write_text(json.dumps([mode, json.load(open(path))['transport']]))"
    )
    stage = execute(settings, cell, look, FAST)
    mode, transport = json.loads((stage / "mode").read_text())
    assert transport == "ipc" and mode & 0o777 == 0o700
    assert not Path((stage / "seen").read_text()).parent.exists()


def test_the_kernel_is_this_python_in_a_fixed_environment(settings):
    cell = (
        "import os, sys, json, pathlib\nkeys = ['TZ', 'PYTHONHASHSEED', 'MPLBACKEND', 'OMP_NUM_THREADS']\n"
        "pathlib.Path(folder, 'env').write_text(json.dumps([sys.prefix, *[os.environ[k] for k in keys]]))"
    )
    stage = execute(settings, cell, FAST)
    assert json.loads((stage / "env").read_text()) == [sys.prefix, "Asia/Shanghai", "0", "Agg", "1"]


def test_unknown_parameter_is_refused_before_a_kernel_starts(settings, monkeypatch):
    monkeypatch.setattr(engine, "Kernel", None)
    wrong = settings.params.model_copy(update={"steps": {"01_plan": {"top": 5}}})
    with pytest.raises(ParamsError, match="top：01_plan 没有这个参数。是否想写 “top_n”"):
        execute(settings.model_copy(update={"params": wrong}), FAST)


def gone(pid: int) -> bool:
    for _ in range(1200):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    os.kill(pid, 9)
    return False
