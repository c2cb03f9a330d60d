"""LibreOffice for tests: it opens a workbook, does what a person would, and saves it as it is told."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PYTHON = "/usr/bin/python3"  # Debian's, which has the bridge to LibreOffice
EDITS = Path(__file__).with_name("office_edits.py")
PIPE = "voctests"


def require() -> str:
    """The path of soffice; skips the test with a reason where there is none, or no bridge to it."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed")
    if (
        not Path(PYTHON).exists()
        or subprocess.run([PYTHON, "-c", "import uno"], check=False, capture_output=True).returncode
    ):
        pytest.skip("python3-uno is not installed")
    return found


class Office:
    """An office that runs: `edit` opens a file and takes steps in it."""

    def __init__(self, pipe: str) -> None:
        self.pipe = pipe

    def edit(self, file: Path, *steps: list) -> None:
        """Nothing; every step (a name of `office_edits.Desk` and what it takes) was taken."""
        command = [PYTHON, str(EDITS), self.pipe, str(file), json.dumps(steps)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr


@contextmanager
def running() -> Iterator[Office]:
    """An office with a profile of its own, ended at the end."""
    program = require()
    with tempfile.TemporaryDirectory(prefix="vocoffice") as folder:
        pipe = f"{PIPE}{Path(folder).name}"
        quiet = ["--headless", "--norestore", "--nologo", "--nodefault"]
        where = [f"-env:UserInstallation=file://{folder}/profile", f"--accept=pipe,name={pipe};urp;"]
        with subprocess.Popen([program, *quiet, *where], stderr=subprocess.DEVNULL) as office:
            try:
                yield Office(pipe)
            finally:
                end = [PYTHON, str(EDITS), pipe, "", "[]"]
                subprocess.run(end, check=False, capture_output=True, timeout=240)
                office.wait(timeout=60)
