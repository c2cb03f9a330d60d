"""The process a kernel lives in: it dies, with all it started, as soon as its run is gone."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys

LIFELINE = "VOC_LIFELINE"
WARM = "--warm"
# What nearly every notebook imports; a process that waits for its turn imports it meanwhile.
COMMON = (
    "ipykernel.ipkernel",
    "voc_lib.run.workflow.step",
    "pyarrow.parquet",
    "matplotlib.figure",
    "voc_lib.report.tables",
    "voc_lib.report.narrative",
)
KERNEL_COLUMNS = 20  # what pandas shows where a kernel imports it


def follow(lifeline: int) -> None:
    """Leave a small watcher behind that kills this process group when the other end of the pipe closes."""
    if os.fork():
        os.close(lifeline)
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, lifeline)
    os.closerange(lifeline + 1, 1024)
    while os.read(lifeline, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def warm(names: tuple[str, ...]) -> None:
    """Import these modules; one that cannot be imported says so in the notebook that needs it."""
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if pandas := sys.modules.get("pandas"):  # imported outside a kernel it takes a terminal for its place
        pandas.set_option("display.max_columns", KERNEL_COLUMNS)


def kernel(arguments: list[str]) -> None:
    """Be an IPython kernel until it is killed."""
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = sys.argv[:1]
    IPKernelApp.launch_instance(argv=arguments)


def main() -> None:
    """Follow the parent, wait on stdin for the kernel's arguments, then be an IPython kernel."""
    lifeline = os.environ.pop(LIFELINE, "")
    if lifeline:
        follow(int(lifeline))
    if WARM in sys.argv:
        warm(COMMON)
    if line := sys.stdin.readline():
        kernel(json.loads(line))


if __name__ == "__main__":
    main()
