"""One whole run of the sample shop, made once and shared by all test processes."""

from pathlib import Path

import pytest

from tests.end_to_end.project import Project, made, once, voc


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id) -> Path:
    """A folder all test processes of this session see."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def project(shared) -> Project:
    """The sample project after one `voc run`."""
    folder = shared / "sample_project"
    once(folder, lambda: voc("run", made(folder).params))
    return Project(folder)
