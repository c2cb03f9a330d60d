"""Kernels no other user can listen to and that never outlive their run.

A kernel talks over unix sockets in a private folder (0700), runs this very Python whatever kernels are
installed, and heads a process group of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
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

from voc_lib.run.child import LIFELINE

POSIX = os.name == "posix"
PREFIX = "voc-"
SHORT = "/tmp" if POSIX and Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp makes it private; sockets need a short path
STALE = 24 * 3600.0  # seconds after which a folder left by a killed run is removed
ARGV = [sys.executable, "-P", "-m", "voc_lib.run.child", "-f", "{connection_file}"]
QUIET = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]


class _ThisPython(KernelSpecManager):
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=ARGV + QUIET, display_name="Python 3", language="python")


class KernelManager(AsyncKernelManager):
    """A kernel manager that remembers its clients, so that their sockets can be closed."""

    def client(self, **kwargs: Any) -> Any:
        """A client, remembered."""
        made = super().client(**kwargs)
        self.__dict__.setdefault("clients", []).append(made)
        return made


class Kernel:
    """One running kernel. Start and stop it in the same thread; kill it from any."""

    def __init__(self, *, cwd: Path, env: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=SHORT))
        self.manager = KernelManager(
            kernel_spec_manager=_ThisPython(), connection_file=str(self.folder / "kernel.json")
        )
        if POSIX:
            self.manager.transport, self.manager.ip = "ipc", str(self.folder / "s")
        try:
            self._start(cwd, {**os.environ, **_threads(), **self._private(), **env})
        except BaseException:
            self.stop()
            raise

    def _private(self) -> dict[str, str]:
        return {
            "IPYTHONDIR": str(self.folder / "ipython"),
            "MPLCONFIGDIR": str(self.folder / "matplotlib"),
            "MPLBACKEND": "Agg",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
        }

    def _start(self, cwd: Path, env: dict[str, str]) -> None:
        extra: dict[str, Any] = {}
        if POSIX:
            lifeline = _lifeline()
            env[LIFELINE] = str(lifeline)
            extra["pass_fds"] = (lifeline,)
        with (self.folder / "log").open("wb") as log:
            start = self.manager.start_kernel
            run_sync(start)(cwd=str(cwd), env=env, stdout=log, stderr=log, **extra)

    @property
    def pid(self) -> int | None:
        """Process id, also the id of its process group."""
        return getattr(self.manager.provisioner, "pid", None)

    def log(self) -> str:
        """What the kernel process wrote outside its cells (the end of it)."""
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
        return ""

    def kill(self) -> None:
        """End the kernel and everything it started, at once."""
        pid = self.pid
        if pid and POSIX:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        elif pid:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def stop(self) -> None:
        """Kill, close the sockets and remove the private folder."""
        self.kill()
        for client in self.manager.__dict__.get("clients", []):
            client.stop_channels()
        if self.manager.has_kernel:
            run_sync(self._forget)()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _forget(self) -> None:
        await self.manager.shutdown_kernel(now=True)


class Kernels:
    """The kernels alive in one run, to be killed together."""

    def __init__(self) -> None:
        self._alive: set[Kernel] = set()
        self._lock = threading.Lock()
        self.stopped = False

    def add(self, kernel: Kernel) -> None:
        """Remember a kernel; one that comes after `kill` dies at once."""
        with self._lock:
            self._alive.add(kernel)
        if self.stopped:
            kernel.kill()

    def remove(self, kernel: Kernel) -> None:
        """Forget a kernel that was stopped."""
        with self._lock:
            self._alive.discard(kernel)

    def kill(self) -> None:
        """Kill all of them, and those still to come."""
        self.stopped = True
        with self._lock:
            alive = list(self._alive)
        for kernel in alive:
            kernel.kill()


def sweep() -> None:
    """Remove private folders that runs killed long ago left behind."""
    root = Path(SHORT or tempfile.gettempdir())
    for folder in root.glob(f"{PREFIX}????????"):
        with contextlib.suppress(OSError):
            seen = folder.stat()
            mine = not POSIX or seen.st_uid == os.getuid()
            if mine and (folder / "kernel.json").exists() and time.time() - seen.st_mtime > STALE:
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
