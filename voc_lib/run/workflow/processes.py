"""The processes kernels live in, each with a private folder (0700) and heading a process group of its own.

They are started early, to import while they wait, or forked from one that has imported for all (`nest`).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from voc_lib.run.workflow.child import LIFELINE, WARM

POSIX = os.name == "posix"
FORKS = sys.platform == "linux"
PREFIX = "voc-"
SHORT = "/tmp" if POSIX and Path("/tmp").is_dir() else None  # noqa: S108 - made private; sockets need a short path


class Forked:
    """A process a nest has forked, with what jupyter_client asks of a `Popen`; its exit code is not known."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended = os.pidfd_open(pid)

    def __del__(self) -> None:
        os.close(self._ended)

    def poll(self) -> int | None:
        """None while it lives."""
        return 1 if select.select([self._ended], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int:
        """Return when it has ended."""
        if not select.select([self._ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout or 0)
        return 1

    def send_signal(self, number: int) -> None:
        """To this process and no other that has its pid by now."""
        signal.pidfd_send_signal(self._ended, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Nest:
    """The process others are forked from; it begins to import at once.

    Processes forked from the one that started it may ask it too; it ends with the one that started it.
    """

    def __init__(self) -> None:
        self.folder = _private()
        self._lock = threading.Lock()
        self._starter = os.getpid()
        self._popen: Any = _start(["voc_lib.run.workflow.nest"], self.folder, {}, stdout=subprocess.PIPE)

    def fork(self, **request: Any) -> Forked | None:
        """A process that becomes a kernel (`arguments, cwd, env, log`); None where none can be forked."""
        with self._lock, contextlib.suppress(OSError, ValueError, IndexError), self._turn():
            self._popen.stdin.write(json.dumps(request).encode() + b"\n")
            self._popen.stdin.flush()
            while (answer := self._popen.stdout.readline().split())[1].decode() != request["log"]:
                pass  # to a process that was killed while it asked
            return Forked(int(answer[0])) if answer[0] != b"0" else None
        return None

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """One process asks at a time."""
        import fcntl

        with (self.folder / "log").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @property
    def _own(self) -> bool:
        return os.getpid() == self._starter

    @property
    def lives(self) -> bool:
        """Whether it can still be asked, as far as this process can know."""
        return not self._own or self._popen.poll() is None

    def kill(self) -> None:
        """End it at once; who waits for a fork gets none. Nothing in a process that did not start it."""
        if self._own and self.lives:
            _end(self._popen)

    def discard(self) -> None:
        """Kill it and remove its private folder; nothing the second time, or where it was not started."""
        if self._own:
            self.kill()
            _over(self._popen, self.folder)


@contextlib.contextmanager
def ahead(*, wanted: bool = True) -> Iterator[Nest | None]:
    """A nest that imports while a run is made ready, gone with the block; None if not `wanted` or able."""
    nest = Nest() if FORKS and wanted else None
    try:
        yield nest
    finally:
        if nest is not None:
            nest.discard()


class Process:
    """A process to become a kernel: it waits, and imports meanwhile if `warm`; or a nest forks it then."""

    def __init__(
        self, *, cwd: Path, env: Mapping[str, str], warm: bool = False, nest: Nest | None = None
    ) -> None:
        self.place = (cwd, dict(env))
        self.folder = _private()
        self.nest = nest
        self.killed = False
        self.popen: Any = None if nest else self._started(warm=warm)

    def _started(self, *, warm: bool) -> subprocess.Popen[bytes]:
        cwd, env = self.place
        words = ["voc_lib.run.workflow.child", *([WARM] if warm else [])]
        return _start(words, self.folder, env, cwd=cwd)

    def waits_for(self, cwd: Path, env: Mapping[str, str]) -> bool:
        """Whether it is alive and was started for this place."""
        return self.place == (cwd, env) and self.popen.poll() is None

    def become(self, arguments: list[str]) -> None:
        """Hand over the arguments of the kernel it is to be."""
        if self.nest is not None:
            self.popen = self._forked(self.nest, arguments) or self._started(warm=False)
        if self.killed:  # while it was forked
            self.kill()
        if self.popen.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it died early; whoever waits for the kernel will see
                self.popen.stdin.write(json.dumps(arguments).encode() + b"\n")
                self.popen.stdin.close()

    def _forked(self, nest: Nest, arguments: list[str]) -> Forked | None:
        cwd, env = self.place
        log = self.folder / "log"
        log.touch()
        whole = {**_own(self.folder), **env}
        return nest.fork(arguments=arguments, cwd=str(cwd), env=whole, log=str(log))

    def log(self) -> str:
        """What the process wrote outside its cells (the end of it)."""
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
        return ""

    def kill(self) -> None:
        """End the process and everything it started, at once."""
        self.killed = True
        if self.popen is not None:
            _end(self.popen)
        elif self.nest is not None:
            self.nest.kill()

    def discard(self) -> None:
        """Kill it and remove its private folder."""
        self.kill()
        _over(self.popen, self.folder)


def _private() -> Path:
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=SHORT))


def _start(words: list[str], folder: Path, env: Mapping[str, str], **extra: Any) -> subprocess.Popen[bytes]:
    """A module of ours in this Python, its log in `folder`; it ends with this process."""
    parent = {"JPY_PARENT_PID": str(os.getpid())}
    whole = {**os.environ, **threads(), **_own(folder), **parent, **env}
    if POSIX:
        whole[LIFELINE] = str(_lifeline())
        extra |= {"pass_fds": (_lifeline(),), "start_new_session": True}
    with (folder / "log").open("wb") as log:
        pipes = {"stdin": subprocess.PIPE, "stdout": log, "stderr": log}
        return subprocess.Popen(  # noqa: S603 - this Python, our own module
            [sys.executable, "-P", "-m", *words], env=whole, **{**pipes, **extra}
        )


def _end(process: Any) -> None:
    """Kill the group it heads; only itself where it does not head one yet, as just after a fork."""
    if POSIX:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
            return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        process.kill()


def _over(process: Any, folder: Path) -> None:
    """Wait for the end of a killed process, close what is open to it and remove its folder."""
    if process is not None:
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(AttributeError, OSError):
                pipe.close()
    shutil.rmtree(folder, ignore_errors=True)


def _own(folder: Path) -> dict[str, str]:
    return {
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }


@cache
def _lifeline() -> int:
    """The end of a pipe that reads as closed once this process is gone; its other end stays open here."""
    ends = os.pipe()
    return ends[0]


def threads() -> dict[str, str]:
    """One thread per library: two notebooks run at a time, and sums must not depend on the machine."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {**dict.fromkeys(names, "1"), "POLARS_MAX_THREADS": str(max(1, (os.cpu_count() or 2) // 2))}
