"""A process that has imported what notebooks need; the processes of kernels are forked from it, warm at once.

It answers as soon as it has what the first step needs, and imports the rest while nobody asks. Only on Linux,
and only while no thread of its is at work: else a process is started for each kernel.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voc_lib.errors import VocError
from voc_lib.run.workflow import child

# What the first step needs.
FIRST = (
    *child.COMMON,
    "ipykernel.kernelapp",
    "pyarrow.dataset",
    "opencc",
    "scipy.special",
    "matplotlib.backends.backend_svg",
    "fontTools.ttLib",
    "fontTools.cffLib",
    "voc_lib.clean.written",
    "voc_lib.collect",
    "voc_lib.report.conclusions",
    "voc_lib.report.plots",
)
# What the steps after it need: it is there by the time they begin.
LATER = (
    "ipykernel.debugger",
    "sqlalchemy.orm",
    "scipy.stats",
    "statsmodels.stats.proportion",
    "sklearn.svm",
    "sklearn.linear_model",
    "sklearn.feature_extraction.text",
    "voc_lib.tag.labelling",
    "jinja2",
    "statsmodels.stats.power",
    "statsmodels.tsa.arima.model",
    "statsmodels.tsa.exponential_smoothing.ets",
    "sklearn.cluster",
    "sklearn.decomposition",
    "seaborn",
    "voc_lib.improve.plan",
    "voc_lib.register.alerts",
    "voc_lib.run.record.known",
    "voc_lib.tag.library",
    "voc_lib.widgets.above",
)
COLLECT = 10_000  # new objects before the collector looks: tables make many, and few of them in circles
# Threads that wait beside the first after these imports: those of jemalloc, which minds forks itself,
# and the one of polars that removes files it has spilled to disk.
WAITING = {"jemalloc_bg_thd", "polars-ooc-clea"}


def main() -> None:
    """Import, and answer each request on stdin with the pid of the process forked for it, or 0, and its log.

    Nobody waits for those processes: their pids stay theirs as long as the nest lives.
    """
    lifeline = int(os.environ.pop(child.LIFELINE))
    child.follow(os.dup(lifeline))
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    gc.set_threshold(COLLECT)
    answers = os.dup(1)
    os.dup2(2, 1)  # what an import prints is no answer
    child.warm(FIRST)
    _look_up()
    gc.freeze()
    for line in requests(LATER):
        pid = os.fork() if idle() else 0
        if pid == 0 and os.getpid() != int(os.environ["JPY_PARENT_PID"]):
            os.close(answers)
            leave(json.loads(line), lifeline)
        os.write(answers, f"{pid} {json.loads(line)['log']}\n".encode())


def requests(later: tuple[str, ...]) -> Iterator[str]:
    """The lines of stdin as they come; while none waits, these modules are imported one by one."""
    for name in later:
        while select.select([sys.stdin], [], [], 0)[0] and (line := sys.stdin.readline()):
            yield line
        child.warm((name,))
    _cut()
    _show()
    gc.freeze()
    yield from iter(sys.stdin.readline, "")


def _look_up() -> None:
    """Read what masking looks up, once for all kernels: each of them would take a second for it."""
    with contextlib.suppress(ImportError, OSError):  # the notebook that needs it says so
        from voc_lib.clean import detectors

        detectors.look_up()


def _cut() -> None:
    """Read the words texts are cut into, and those of feeling."""
    with contextlib.suppress(ImportError, OSError):
        from voc_lib.text import segmentation, sentiment

        segmentation.plain().cut("物流太慢了")
        sentiment.polarity("慢")


def _show() -> None:
    """Check and show a table without rows: the templates of pages are compiled, what tables mean is read."""
    with contextlib.suppress(ImportError, OSError, VocError):
        from voc_lib import schema
        from voc_lib.report import glyphs
        from voc_lib.report import tables as views
        from voc_lib.run import tables

        glyphs.covered()
        none = tables.checked(schema.LEDGER.name, schema.empty(schema.LEDGER))
        views.table(none, schema.LEDGER)._repr_mimebundle_()


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
