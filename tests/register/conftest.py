import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from voc_lib.register import store

SAFE_USERS = ("postgres", "nobody")


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: root lends it another user; anyone else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in SAFE_USERS if name in known), None)


@pytest.fixture(scope="session")
def postgres_url():
    """A PostgreSQL of its own on a socket in a private folder, stopped at the end; skipped without one."""
    initdb, pg_ctl = shutil.which("initdb"), shutil.which("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    user = server_user()
    if os.geteuid() == 0 and user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no other user to lend it to")
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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def engine(url):
    """An empty register."""
    engine = store.open(url)
    store.Base.metadata.drop_all(engine)
    engine.dispose()
    engine = store.open(url)
    yield engine
    engine.dispose()
