"""Kernels no other user can listen to and that never outlive their run.

A kernel talks over unix sockets in the private folder of its process and runs this very Python whatever
kernels are installed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager  # type: ignore[attr-defined]
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_core.utils import run_sync

from voc_lib.run.workflow.processes import FORKS, POSIX, PREFIX, SHORT, Nest, Process

STALE = 24 * 3600.0  # seconds after which a folder left by a killed run is removed
KERNEL = ["-f", "{connection_file}", "--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
SPARES = 2


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
        self.process.become(kernel_cmd)
        local.process, local.pid = self.process.popen, self.process.popen.pid
        local.pgid = self.process.popen.pid if POSIX else None


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
    """The processes alive in one run, to be killed together; `expected` kernels are started ahead of need.

    With a nest (given, or started by `expect`) they are forked from it instead, but for one that did not
    come up (`afresh`).
    """

    def __init__(self, nest: Nest | None = None) -> None:
        self._nest = nest
        self._alive: set[Process] = set()
        self._spares: list[Process] = []
        self._lock = threading.Lock()
        self.expected = 0
        self.stopped = False

    def expect(self, number: int) -> None:
        """So many kernels will be asked for: where processes fork, several share one that imports for all."""
        if self._nest is not None and not self._nest.lives:
            self._nest.discard()
            self._nest = None
        if FORKS and number > 1 and self._nest is None and not self.stopped:
            self._nest = Nest()
        self.expected = 0 if self._nest else number

    def take(self, *, cwd: Path, env: Mapping[str, str], afresh: bool = False) -> Process:
        """A process to make a kernel of, a waiting one if there is one; then others are started to wait."""
        with self._lock:
            fit = [spare for spare in self._spares if spare.waits_for(cwd, env)]
            self._spares = [spare for spare in self._spares if spare not in fit[:1]]
            nest = None if afresh else self._nest
            taken = fit[0] if fit else self._started(cwd, env, nest=nest)
            while self.expected > 0 and len(self._spares) < SPARES and not self.stopped:
                self._spares.append(self._started(cwd, env, warm=True))
        return taken

    def _started(
        self, cwd: Path, env: Mapping[str, str], *, warm: bool = False, nest: Nest | None = None
    ) -> Process:
        process = Process(cwd=cwd, env=env, warm=warm, nest=nest)
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
            if self._nest is not None:
                self._nest.kill()

    def close(self) -> None:
        """Discard the processes that waited in vain, and the nest."""
        with self._lock:
            spares, self._spares = self._spares, []
            nest, self._nest = self._nest, None
            self._alive.difference_update(spares)
        if nest is not None:
            nest.discard()
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
