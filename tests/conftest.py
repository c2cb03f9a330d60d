"""What tests of several rooms share."""

import os

# two workers of several threads each would wait for one another: half the time of all statistics
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# the same examples each time, and no deadline: a busy machine is not a fault
settings.register_profile("voc", deadline=None, derandomize=True)
settings.load_profile("voc")


collect_ignore = ["office_edits.py"]  # run by LibreOffice's Python alone


@pytest.fixture(scope="session")
def postgres_url():
    """A PostgreSQL of its own on a socket in a private folder, stopped at the end; skipped without one."""
    from tests import postgres  # uses pwd and fcntl, which Windows lacks

    with postgres.running() as url:
        yield url
