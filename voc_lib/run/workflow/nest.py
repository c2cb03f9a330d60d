"""A process that has imported what notebooks need; the processes of kernels are forked from it, warm at once.

Only on Linux, and only while no thread of its is at work: else a process is started for each kernel.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from voc_lib.run.workflow import child

# What most notebooks import besides: worth it where it is imported once for all of them.
SHARED = (
    *child.COMMON,
    "ipykernel.kernelapp",
    "pandera.backends.pandas.register",
    "pyarrow.dataset",
    "opencc",
    "scipy.stats",
    "statsmodels.stats.proportion",
    "sklearn.svm",
    "matplotlib.backends.backend_svg",
    "fontTools.ttLib",
    "fontTools.cffLib",
    "voc_lib.clean.written",
    "voc_lib.collect",
    "voc_lib.report.conclusions",
    "voc_lib.report.plots",
    "voc_lib.tag.labelling",
)
# Threads that wait beside the first after these imports: those of jemalloc, which minds forks itself,
# and the one of polars that removes files it has spilled to disk.
WAITING = {"jemalloc_bg_thd", "polars-ooc-clea"}


def main() -> None:
    """Import, then answer each request on stdin with the pid of the process forked for it, or 0.

    Nobody waits for those processes: their pids stay theirs as long as the nest lives.
    """
    lifeline = int(os.environ.pop(child.LIFELINE))
    child.follow(os.dup(lifeline))
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    answers = os.dup(1)
    os.dup2(2, 1)  # what an import prints is no answer
    child.warm(SHARED)
    _look_up()
    gc.freeze()
    while line := sys.stdin.readline():
        pid = os.fork() if idle() else 0
        if pid == 0 and os.getpid() != int(os.environ["JPY_PARENT_PID"]):
            os.close(answers)
            leave(json.loads(line), lifeline)
        os.write(answers, b"%d\n" % pid)


def _look_up() -> None:
    """Read what masking looks up, once for all kernels: each of them would take a second for it."""
    with contextlib.suppress(ImportError, OSError):  # the notebook that needs it says so
        from voc_lib.clean import detectors

        detectors.find("客户张三的电话 13800138000，家住幸福路 3 号 2 单元 501")


def idle() -> bool:
    """Whether none but waiting threads would be missing in a fork."""
    others = [task for task in Path("/proc/self/task").iterdir() if task.name != str(os.getpid())]
    return {(task / "comm").read_text().strip() for task in others} <= WAITING


def leave(request: dict[str, Any], lifeline: int) -> None:
    """In a forked process: be a kernel in the folder and environment asked for, and end with it."""
    try:
        os.setsid()
        log = os.open(request["log"], os.O_WRONLY | os.O_APPEND)
        for number, end in enumerate((os.open(os.devnull, os.O_RDONLY), log, log)):
            os.dup2(end, number)
        os.chdir(request["cwd"])
        os.environ.update(request["env"])
        time.tzset()
        child.follow(lifeline)
        child.kernel(request["arguments"])
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
