"""Debian packages the tests may install: on a machine that is there for tests alone, and bounded in time."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

PATIENCE = 600  # seconds an install may take: what hangs is a missing program, not a hanging suite
WAITING = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=60"]


def may_install(env: Mapping[str, str], *, root: bool, apt: bool) -> bool:
    """Whether the tests may install packages: on a CI machine, as root, with apt-get."""
    return env.get("CI", "").lower() == "true" and root and apt


def install(package: str) -> None:
    """Install it where that is allowed, one process at a time; a failure shows as a missing program."""
    apt = shutil.which("apt-get")
    if not may_install(os.environ, root=hasattr(os, "geteuid") and os.geteuid() == 0, apt=apt is not None):
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with FileLock(Path(tempfile.gettempdir()) / "voc-tests-install.lock"):
        for words in (["update"], ["install", "-y", "--no-install-recommends", package]):
            line = [str(apt), "-qq", *WAITING, *words]
            try:
                subprocess.run(line, check=False, capture_output=True, env=env, timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                return
