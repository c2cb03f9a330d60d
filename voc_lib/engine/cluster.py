"""A dask cluster as an engine: rows go out in parts of a fixed number, what comes back keeps their order.

A part travels inside its task, so that a worker that dies loses nothing: the scheduler hands the task to
another. Workers never log rows: what is sent does not show itself, and work that fails is an answer, not a
failed task.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd

from voc_lib.engine import program
from voc_lib.engine.job import Done, Job, Unlike, done
from voc_lib.engine.local import LOCAL, Engine, Work, part
from voc_lib.engine.underway import in_order
from voc_lib.errors import EngineError

if TYPE_CHECKING:
    from distributed import Client

PART = 10_000  # rows of a part, whatever the number of workers: the same parts always
AHEAD = 3  # parts under way for each thread of the cluster
PATIENCE = 10  # seconds a scheduler has to answer, and its first worker to be there
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OR_HERE = "也可在参数文件里写 engine: local（本机，结果相同）。"
MISSING = "engine: dask 需要 {name}，这里没有装。请安装 voc-workbench[cluster]；" + OR_HERE
SILENT = (
    "dask 调度器 {place} 在 {seconds} 秒内没有应答。请看它是否在运行、"
    "地址（环境变量 DASK_SCHEDULER_ADDRESS）、证书和网络；" + OR_HERE
)
IDLE = "dask 调度器 {place} 没有工作进程。请启动工作进程（dask worker）后再运行；" + OR_HERE
LOST = "计算途中与 dask 调度器 {place} 失去联系，什么也没有发布。请看它是否还在运行，再重新运行；" + OR_HERE
DIED = (
    "同一部分数据（最多 {rows} 行）让几个工作进程先后死去，多半是内存不够，什么也没有发布。"
    "请给每个工作进程至少 2 GB 内存，再重新运行；" + OR_HERE
)
UNLIKE = "dask 集群与本机的程序不同，结果不会相同：{what}。请在两边装同一份程序和同样版本的依赖包；" + OR_HERE
GONE = (CancelledError, OSError, TimeoutError)


class Cluster:
    """The cluster of the scheduler at an address; processes of this machine where that is empty."""

    def __init__(self, address: str) -> None:
        self.address = address

    @property
    def private(self) -> Engine:
        """This cluster where nobody else can read what is sent (TLS, or this machine), else this process."""
        url = urlsplit(self.address)
        return self if not self.address or url.scheme == "tls" or url.hostname in LOOPBACK else LOCAL

    def map(self, work: Work, rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
        """What `work` gives for each part, in order; so many parts are under way that no thread waits."""
        if len(rows) <= PART:  # sooner done than sent
            yield 0, work(rows)
            return
        for start, answer in self._answers(work, rows):
            yield start, _told(answer)

    def _answers(self, work: Work, rows: pd.DataFrame) -> Iterator[tuple[int, Any]]:
        client, starts = self._client, range(0, len(rows), PART)
        try:
            ahead = AHEAD * sum(client.nthreads().values())
            yield from zip(starts, in_order(partial(_sent, client, work, rows), starts, ahead), strict=True)
        except _killed():
            raise EngineError(DIED.format(rows=PART)) from None
        except GONE:
            self._forget()
            raise EngineError(LOST.format(place=self.address or "（本机）")) from None

    def said(self) -> str:
        """Where the scheduler is and what it has, once it and its workers have answered."""
        if not self.address:
            _dask()
            return "dask，运行时在本机启动工作进程"
        threads = self._client.nthreads()
        self._forget()
        return (
            f"dask，调度器 {self.address} 有应答，{len(threads)} 个工作进程、{sum(threads.values())} 个线程"
        )

    @cached_property
    def _client(self) -> Client:
        """The client of the cluster, once workers are there and known to run what runs here."""
        distributed = _dask()
        try:
            client = distributed.Client(self.address or _own(distributed), timeout=PATIENCE)
        except (ValueError, *GONE):
            raise EngineError(SILENT.format(place=self.address, seconds=PATIENCE)) from None
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
            unlike = program.differences(client.get_versions(packages=list(program.PACKAGES)))
        except GONE:
            client.close()
            raise EngineError(IDLE.format(place=self.address)) from None
        if unlike:
            client.close()
            raise EngineError(UNLIKE.format(what=unlike))
        return client

    def _forget(self) -> None:
        """Leave the cluster; the next work connects anew."""
        self.__dict__.pop("_client").close(timeout=1)


def _sent(client: Client, work: Work, rows: pd.DataFrame, start: int) -> Any:
    """The future of the work on the part that begins there."""
    return client.submit(done, Job(work, part(rows, start, PART), program.digest()), pure=False)


def _told(answer: Done | Unlike | Exception) -> pd.DataFrame:
    if isinstance(answer, Done):
        return answer.lines
    raise EngineError(UNLIKE.format(what="程序文件")) if isinstance(answer, Unlike) else answer


def _killed() -> type[Exception]:
    """What dask says of a task several workers died of."""
    from distributed.scheduler import KilledWorker

    return KilledWorker


def _dask() -> Any:
    """The module of dask's clusters."""
    try:
        import dask
        import distributed
    except ModuleNotFoundError as error:
        raise EngineError(MISSING.format(name=error.name)) from None
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    return distributed


def _own(distributed: Any) -> Any:
    """Processes of this machine, a thread each, closed to all others, without a page or rows on disk."""
    from dask import config

    config.set({f"distributed.{node}.http.routes": [] for node in ("scheduler", "worker")})
    try:
        return distributed.LocalCluster(
            host=LOOPBACK[0],
            security=True,
            threads_per_worker=1,
            memory_limit=0,
            scheduler_kwargs={"dashboard": False, "dashboard_address": f"{LOOPBACK[0]}:0"},
            silence_logs=logging.ERROR,
        )
    except ImportError:
        raise EngineError(MISSING.format(name="cryptography")) from None
