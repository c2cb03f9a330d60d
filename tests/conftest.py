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


@pytest.fixture(scope="session")
def nest():
    """A process kernels are forked from: what notebooks need is imported once for all runs it is lent to."""
    from voc_lib.run.workflow.processes import FORKS, Nest

    lent = Nest() if FORKS else None
    if lent is not None:
        lent._starter = 0  # as in a process that did not start it, so that no run ends it
    yield lent
    if lent is not None:
        lent._starter = os.getpid()
        lent.discard()


@pytest.fixture
def forked(nest, monkeypatch):
    """The nest is lent to whatever would start one of its own, or a kernel without one."""
    from voc_lib.run.workflow import processes
    from voc_lib.run.workflow.kernels import Kernels

    if nest is not None:
        begin = Kernels.__init__
        monkeypatch.setattr(Kernels, "__init__", lambda self, given=None: begin(self, given or nest))
        monkeypatch.setattr(processes, "Nest", lambda: nest)
