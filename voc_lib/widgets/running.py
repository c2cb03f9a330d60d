"""`voc` run beside the notebook: its lines as they come, its end, a way to stop it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from threading import Thread

STEP = re.compile(r"\[(\d+)/(\d+)\] ")  # [3/11] 04_analyse 分析与诊断 … 51.0 s
KEPT = 12  # last lines told when it fails


class Running:
    """One call at a time; `went` hears each step done, `ended` the exit code and the last lines."""

    def __init__(self, went: Callable[[str, int, int], None], ended: Callable[[int, str], None]) -> None:
        self.went, self.ended = went, ended
        self.process: subprocess.Popen[str] | None = None
        self.thread = Thread()

    def start(self, arguments: Sequence[str]) -> None:
        """Begin; nothing where a call is under way."""
        if self.process is not None:
            return
        self.process = subprocess.Popen(  # noqa: S603 - this Python, our own module
            [sys.executable, "-m", "voc_lib.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
        )
        self.thread = Thread(target=self._listen, args=(self.process,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Ask it to stop; what was published stays as it was."""
        if self.process is not None:
            self.process.terminate()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        lines: list[str] = []
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if found := STEP.match(line):
                self.went(line.rstrip(), int(found[1]), int(found[2]))
        code = process.wait()
        self.process = None
        self.ended(code, "\n".join(line for line in lines[-KEPT:] if not STEP.match(line)))
