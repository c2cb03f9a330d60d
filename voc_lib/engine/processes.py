"""A process on each core of this machine, for work on many rows; gone when it is done.

They are forked from a process that has no threads: one that has them, like a kernel, must not be forked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

import pandas as pd

from voc_lib.engine.underway import in_order
from voc_lib.errors import EngineError

AHEAD = 2  # parts under way for each process
DIED = (
    "这台机器上帮忙计算的一个进程中途退出，多半是内存不够，什么也没有发布。"
    "请关掉别的程序再运行；或把数据按品牌、地区分成几份参数文件。"
)
_given: list[Callable[[pd.DataFrame], pd.DataFrame]] = []  # in such a process: its work


def cores() -> int:
    """How many processes work at a time here; 1 where none are forked, as anywhere but on Linux."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def mapped(
    work: Callable[[pd.DataFrame], pd.DataFrame], parts: Iterable[pd.DataFrame], number: int
) -> Iterator[pd.DataFrame]:
    """What `work` gives for each part, in order, by so many processes; EngineError when one of them dies."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["pandas", "polars", getattr(work, "func", work).__module__])
    try:
        with ProcessPoolExecutor(number, context, _begin, (work,)) as pool:
            yield from in_order(lambda part: pool.submit(_done, part), parts, AHEAD * number)
    except BrokenProcessPool:
        raise EngineError(DIED) from None


def _begin(work: Any) -> None:
    _given[:] = [work]
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    """Ends this process when the one it works for is gone, killed too; the one it was forked from follows."""
    parent.join()
    os._exit(1)


def _done(part: pd.DataFrame) -> pd.DataFrame:
    return _given[0](part)
