"""The same tables from a cluster as from this machine, and one sentence for each way a cluster fails."""

import os
import pickle
import signal
import sys

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.clean.test_privacy import KEY, TEXTS, collected
from tests.engine import work
from tests.run.conftest import FAST, write_project
from voc_lib import cli, engine, params
from voc_lib.clean import privacy
from voc_lib.engine import cluster, job, program
from voc_lib.engine.cluster import Cluster
from voc_lib.engine.local import Local
from voc_lib.errors import EngineError
from voc_lib.tag import spoken
from voc_lib.text.segmentation import Segmenter

distributed = pytest.importorskip("distributed", reason="没有安装 voc-workbench[cluster]")
NUMBERS = pd.DataFrame({"n": range(240)}, index=range(5, 245))
QUIET = {
    "distributed.scheduler.allowed-failures": 1,  # a worker killed is survived, two by one part are not
    "distributed.comm.timeouts.connect": "2s",
}


def started(**options):
    """A cluster of this machine without a page to look at."""
    return distributed.LocalCluster(
        host="127.0.0.1",
        threads_per_worker=1,
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        silence_logs=50,
        **options,
    )


@pytest.fixture(scope="module")
def two_workers():
    import dask

    with dask.config.set(QUIET), started(n_workers=2) as running:
        yield running


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(cluster, "PART", 20)
    monkeypatch.setattr(cluster, "PATIENCE", 60)


@pytest.fixture
def dask(two_workers):
    made = Cluster(two_workers.scheduler_address)
    yield made
    if "_client" in vars(made):
        made._forget()


def test_labels_are_those_of_one_machine_byte_for_byte(history, label, dask, tmp_path):
    own = Segmenter(["花呗分期"], names=["空气炸锅"])
    here, there = label(history, segmenter=own), label(history, segmenter=own, engine=dask)
    assert len(history) > 5 * cluster.PART
    for name in ("tagged", "tags"):
        assert work.written(getattr(here, name), tmp_path) == work.written(getattr(there, name), tmp_path)


def test_masked_words_are_those_of_one_machine_byte_for_byte(dask, tmp_path):
    frame = pd.DataFrame({c: pd.Series(TEXTS, dtype="str") for c in privacy.WORDS}).assign(
        customer_name="王敏"
    )
    here, there = (engine.rows(each, privacy._words, frame) for each in (engine.LOCAL, dask))
    assert work.written(here, tmp_path) == work.written(there, tmp_path)
    assert (here["text"] != frame["text"]).sum() > 100


def test_an_error_of_the_work_is_raised_here_and_logged_nowhere_there(dask):
    with pytest.raises(ValueError, match=work.FAULT):
        list(dask.map(work.wrong, NUMBERS))
    logs = str(dask._client.get_worker_logs()) + str(dask._client.get_scheduler_logs())
    assert "13800138000" not in logs and "Compute Failed" not in logs


def test_a_scheduler_that_vanishes_midway_is_said():
    running = started(n_workers=1, processes=False, protocol="tcp")
    parts = Cluster(running.scheduler_address).map(work.double, NUMBERS)
    assert next(parts)[0] == 0
    running.close()
    with pytest.raises(EngineError, match=r"失去联系，什么也没有发布。请看它是否还在运行"):
        list(parts)


def test_a_scheduler_without_workers_is_said(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 5)  # enough to be answered in by a busy machine
    with (
        started(n_workers=0) as running,
        pytest.raises(EngineError, match="没有工作进程。请启动工作进程"),
    ):
        Cluster(running.scheduler_address).said()


def test_another_version_of_a_package_is_said_by_name(dask, monkeypatch):
    known = distributed.versions._version_cached
    monkeypatch.setattr(
        distributed.versions, "_version_cached", lambda name: "0.1" if name == "rjieba" else known(name)
    )
    with pytest.raises(EngineError, match=rf"rjieba 本机 0.1、工作进程 {known('rjieba')}。请在两边装同一份"):
        dask.said()


def test_another_program_on_a_worker_is_said(dask, monkeypatch):
    monkeypatch.setattr(program, "digest", lambda: "another")
    with pytest.raises(EngineError, match="与本机的程序不同，结果不会相同：程序文件"):
        list(dask.map(work.double, NUMBERS))


def test_dask_that_is_not_installed_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"需要 distributed，这里没有装。请安装 voc-workbench\[cluster\]"):
        Cluster("").said()


def project(folder, **more):
    file = write_project(folder, FAST) / "params.yaml"
    lines = [f"{key}: {value}\n" for key, value in {"engine": "dask", **more}.items()]
    file.write_text(file.read_text(encoding="utf-8") + "".join(lines), encoding="utf-8")
    return file


def test_check_says_where_it_is_worked_out(tmp_path, two_workers, monkeypatch, capsys):
    monkeypatch.setenv(engine.ADDRESS, two_workers.scheduler_address)
    cli.call(["check", str(project(tmp_path))])
    place = f"dask，调度器 {two_workers.scheduler_address} 有应答，2 个工作进程、2 个线程"
    assert f"✓ 计算引擎：{place}" in capsys.readouterr().out


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense"])
def test_no_kernel_starts_and_nothing_is_published_where_nobody_answers(
    tmp_path, monkeypatch, capsys, address
):
    monkeypatch.setenv(engine.ADDRESS, address)
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    assert cli.call(["run", str(project(tmp_path))]) == EngineError.exit_code
    assert f"dask 调度器 {address} 在 1 秒内没有应答" in capsys.readouterr().err
    assert not list((tmp_path / "outputs").glob("小店*"))


def test_the_engine_changes_no_figure(tmp_path):
    file = project(tmp_path)
    there = params.load(file).fingerprint
    file.write_text(
        file.read_text(encoding="utf-8").replace("engine: dask", "engine: local"), encoding="utf-8"
    )
    assert params.load(file).fingerprint == there


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("", False),
        ("tls://10.0.0.1:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://10.0.0.1:8786", True),
    ],
)
def test_unmasked_rows_go_only_where_nobody_else_can_read_them(address, alone):
    assert (Cluster(address).private is engine.LOCAL) == alone


class Watched(Local):
    """An engine that remembers what it was given."""

    def __init__(self):
        self.seen, self.sent = [], b""

    def map(self, work, rows):
        self.seen.append(list(rows.columns))
        self.sent += pickle.dumps((work, rows))
        return super().map(work, rows)


def test_nothing_travels_but_what_the_work_reads_and_never_the_key(history, label):
    watched = Watched()
    label(history, engine=watched)
    assert watched.seen == [[*spoken.GIVEN], ["text"], ["text", "request", "tags", "primary_tag", "intent"]]
    watched = Watched()
    privacy.protect(collected(), KEY, engine=watched)
    assert watched.seen == [[*privacy.WORDS, "customer_name"]] and KEY not in watched.sent


def test_what_is_sent_does_not_show_itself():
    row = pd.DataFrame({"text": ["王敏说太慢"]})
    assert "王敏" not in repr(job.Job(work.double, row, "p")) + repr(job.Done(row))


def test_a_worker_killed_midway_is_survived(dask):
    parts = dask.map(work.double, NUMBERS)
    first = next(parts)
    pids = dask._client.run(os.getpid)
    os.kill(next(iter(pids.values())), signal.SIGKILL)
    found = [first, *parts]
    assert [start for start, _ in found] == [*range(0, 240, 20)]
    assert_frame_equal(pd.concat([part for _, part in found]), NUMBERS * 2)


def test_a_part_that_kills_every_worker_is_said(dask):
    with pytest.raises(EngineError, match="让几个工作进程先后死去，多半是内存不够"):
        list(dask.map(work.fatal, NUMBERS[:21]))
