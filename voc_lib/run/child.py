"""The process a kernel lives in: it dies, with all it started, as soon as its run is gone."""

from __future__ import annotations

import os
import signal
import sys

LIFELINE = "VOC_LIFELINE"


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


def main() -> None:
    """Follow the parent, then be an IPython kernel."""
    lifeline = os.environ.pop(LIFELINE, "")
    if lifeline:
        follow(int(lifeline))
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=sys.argv[1:])


if __name__ == "__main__":
    main()
