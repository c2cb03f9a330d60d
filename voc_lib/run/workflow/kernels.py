"""Kernels no other user can listen to and that never outlive their run.

A kernel talks over unix sockets in a private folder (0700), runs this very Python whatever kernels are
installed, and heads a process group of its own. Its process can be started early, to import while it waits.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager  # type: ignore[attr-defined]
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_core.utils import run_sync

from voc_lib.run.workflow.child import LIFELINE, WARM

POSIX = os.name == "posix"
PREFIX = "voc-"
SHORT = "/tmp" if POSIX and Path("/tmp").is_dir() else None  # noqa: S108 - made private; sockets need a short path
STALE = 24 * 3600.0  # seconds after which a folder left by a killed run is removed
ARGV = [sys.executable, "-P", "-m", "voc_lib.run.workflow.child"]
KERNEL = ["-f", "{connection_file}", "--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
SPARES = 2


class Process:
    """A Python process that waits to become a kernel; `warm` ones import what notebooks need meanwhile."""

    def __init__(self, *, cwd: Path, env: Mapping[str, str], warm: bool = False) -> None:
        self.place = (cwd, dict(env))
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=SHORT))
        whole = {**os.environ, **_threads(), **self._private(), **env}
        extra: dict[str, Any] = {}
        if POSIX:
            whole[LIFELINE] = str(_lifeline())
            extra = {"pass_fds": (_lifeline(),), "start_new_session": True}
        words = [*ARGV, WARM] if warm else ARGV
        with (self.folder / "log").open("wb") as log:
            self.popen = subprocess.Popen(  # noqa: S603 - this Python, our own module
                words, cwd=cwd, env=whole, stdin=subprocess.PIPE, stdout=log, stderr=log, **extra
            )

    def _private(self) -> dict[str, str]:
        return {
            "IPYTHONDIR": str(self.folder / "ipython"),
            "MPLCONFIGDIR": str(self.folder / "matplotlib"),
            "MPLBACKEND": "Agg",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "JPY_PARENT_PID": str(os.getpid()),
        }

    def waits_for(self, cwd: Path, env: Mapping[str, str]) -> bool:
        """Whether it is alive and was started for this place."""
        return self.place == (cwd, env) and self.popen.poll() is None

    def become(self, arguments: list[str]) -> None:
        """Hand over the arguments of the kernel it is to be."""
        with contextlib.suppress(BrokenPipeError):  # it died early; whoever waits for the kernel will see
            stdin: Any = self.popen.stdin
            stdin.write(json.dumps(arguments).encode() + b"\n")
            stdin.close()

    def log(self) -> str:
        """What the process wrote outside its cells (the end of it)."""
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
        return ""

    def kill(self) -> None:
        """End the process and everything it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if POSIX:
                os.killpg(self.popen.pid, signal.SIGKILL)
            else:
                self.popen.kill()

    def discard(self) -> None:
        """Kill it and remove its private folder."""
        self.kill()
        self.popen.wait()
        stdin: Any = self.popen.stdin
        with contextlib.suppress(OSError):
            stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _ThisPython(KernelSpecManager):
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=KERNEL, display_name="Python 3", language="python")


class KernelManager(AsyncKernelManager):
    """A kernel manager over a process that runs already; it remembers its clients, to close their sockets."""

    process: Process
    clients: list[Any]

    def client(self, **kwargs: Any) -> Any:
        """A client, remembered."""
        made = super().client(**kwargs)
        self.clients.append(made)
        return made

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kwargs: Any) -> None:
        local: Any = self.provisioner
        local.process, local.pid = self.process.popen, self.process.popen.pid
        local.pgid = self.process.popen.pid if POSIX else None
        self.process.become(kernel_cmd)


class Kernel:
    """One running kernel. Start and stop it in the same thread; kill it from any."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.manager = KernelManager(
            kernel_spec_manager=_ThisPython(), connection_file=str(process.folder / "kernel.json")
        )
        self.manager.process, self.manager.clients = process, []
        if POSIX:
            self.manager.transport, self.manager.ip = "ipc", str(process.folder / "s")
        try:
            start = self.manager.start_kernel
            run_sync(start)()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill, close the sockets and remove the private folder."""
        self.process.kill()
        for client in self.manager.clients:
            client.stop_channels()
        if self.manager.has_kernel:
            run_sync(self._forget)()
        self.process.discard()

    async def _forget(self) -> None:
        await self.manager.shutdown_kernel(now=True)


class Kernels:
    """The processes alive in one run, to be killed together; `expected` kernels are started ahead of need."""

    def __init__(self) -> None:
        self._alive: set[Process] = set()
        self._spares: list[Process] = []
        self._lock = threading.Lock()
        self.expected = 0
        self.stopped = False

    def take(self, *, cwd: Path, env: Mapping[str, str]) -> Process:
        """A process to make a kernel of, a waiting one if there is one; then others are started to wait."""
        with self._lock:
            fit = [
                spare for spare in self._spares if spare.place == (cwd, env) and spare.popen.poll() is None
            ]
            self._spares = [spare for spare in self._spares if spare not in fit[:1]]
            taken = fit[0] if fit else self._started(cwd, env, warm=False)
            while self.expected > 0 and len(self._spares) < SPARES and not self.stopped:
                self._spares.append(self._started(cwd, env, warm=True))
        return taken

    def _started(self, cwd: Path, env: Mapping[str, str], *, warm: bool) -> Process:
        process = Process(cwd=cwd, env=env, warm=warm)
        self.expected -= 1
        self._alive.add(process)
        if self.stopped:
            process.kill()
        return process

    def forget(self, process: Process) -> None:
        """Leave out a process that was stopped."""
        with self._lock:
            self._alive.discard(process)

    def kill(self) -> None:
        """Kill all of them, and those still to come."""
        self.stopped = True
        with self._lock:
            for process in self._alive:
                process.kill()

    def close(self) -> None:
        """Discard the processes that waited in vain."""
        with self._lock:
            spares, self._spares = self._spares, []
            self._alive.difference_update(spares)
        for spare in spares:
            spare.discard()


def sweep() -> None:
    """Remove private folders that runs killed long ago left behind."""
    root = Path(SHORT or tempfile.gettempdir())
    for folder in root.glob(f"{PREFIX}????????"):
        with contextlib.suppress(OSError):
            seen = folder.stat()
            mine = not POSIX or seen.st_uid == os.getuid()
            if mine and (folder / "log").exists() and time.time() - seen.st_mtime > STALE:
                shutil.rmtree(folder, ignore_errors=True)


@cache
def _lifeline() -> int:
    """The end of a pipe that reads as closed once this process is gone; its other end stays open here."""
    ends = os.pipe()
    return ends[0]


def _threads() -> dict[str, str]:
    """One thread per library: two notebooks run at a time, and sums must not depend on the machine."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {**dict.fromkeys(names, "1"), "POLARS_MAX_THREADS": str(max(1, (os.cpu_count() or 2) // 2))}
