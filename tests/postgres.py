"""A PostgreSQL server of the tests' own: found, installed where the machine is there for tests, started."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import debian

SAFE_USERS = ("postgres", "nobody")
HOMES = Path("/usr/lib/postgresql")  # where Debian keeps the programs, outside PATH


def program(name: str) -> str | None:
    """The path of a program of PostgreSQL, of the newest version outside PATH."""
    found = shutil.which(name)
    homes = sorted(HOMES.glob(f"[0-9]*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return found or (str(homes[-1]) if homes else None)


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: root lends it another user; anyone else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in SAFE_USERS if name in known), None)


def require() -> tuple[str, str]:
    """Paths of initdb and pg_ctl; skips the test with a reason where there is no server to run."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    if program("initdb") is None:
        debian.install("postgresql")
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    if server_user() is None and os.geteuid() == 0:
        pytest.skip("PostgreSQL does not run as root, and there is no other user to lend it to")
    return initdb, pg_ctl


@contextmanager
def running() -> Iterator[str]:
    """The address of a server on a socket in a private folder, stopped at the end."""
    initdb, pg_ctl = require()
    user = server_user()
    folder = Path(tempfile.mkdtemp(prefix="vocpg"))
    if user:
        shutil.chown(folder, user)
    data = str(folder / "data")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"

    def run(*command: str) -> None:
        env = {**os.environ, "LC_ALL": "C"}
        # files, not pipes: the server keeps them open for as long as it lives
        with (folder / "setup.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, user=user, cwd=folder, env=env)

    try:
        run(initdb, "-D", data, "-U", "voc", "-A", "trust", "-E", "UTF8")
        run(pg_ctl, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://voc@/postgres?host={folder}"
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
