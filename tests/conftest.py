"""What tests of several rooms share."""

import contextlib
import os

# two workers of several threads each would wait for one another: half the time of all statistics
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import pytest
from hypothesis import settings

# the same examples each time, and no deadline: a busy machine is not a fault
settings.register_profile("voc", deadline=None, derandomize=True)
settings.load_profile("voc")


collect_ignore = ["office_edits.py"]  # run by LibreOffice's Python alone

DEAR = ("end_to_end",), ("run", "widgets", "exchange", "collect")  # rooms of long tests, for a worker each


def pytest_collection_modifyitems(items):
    """Each of two workers begins with dear rooms of its own; what they take from one another is cheap."""
    first, second = (
        [item for room in rooms for item in items if item.path.parent == Path(__file__).parent / room]
        for rooms in DEAR
    )
    dear = {*first, *second}
    cheap = [item for item in items if item not in dear]
    share = max(0, len(items) // 2 - len(first))  # xdist gives each worker half of all
    items[:] = [*first, *cheap[:share], *second, *cheap[share:]]


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

    class Lent(Nest):
        def fork(self, **request):
            """With the environment of now, as from a nest a run starts."""
            return super().fork(**{**request, "env": {**os.environ, **request["env"]}})

    lent = Lent() if FORKS else None
    if lent is not None:
        lent._starter = 0  # as in a process that did not start it, so that no run ends it
    yield lent
    if lent is not None:
        lent._starter = os.getpid()
        lent.discard()


@pytest.fixture(scope="session")
def lending(nest):
    """A block in which the nest is lent to whatever would start one of its own, or a kernel without one."""
    from voc_lib.run.workflow import processes
    from voc_lib.run.workflow.kernels import Kernels

    @contextlib.contextmanager
    def lent():
        with pytest.MonkeyPatch.context() as patch:
            if nest is not None:
                begin = Kernels.__init__
                patch.setattr(Kernels, "__init__", lambda self, given=None: begin(self, given or nest))
                patch.setattr(processes, "Nest", lambda: nest)
            yield

    return lent


@pytest.fixture
def forked(lending):
    """The kernels of a test come from the nest."""
    with lending():
        yield
