"""One whole run of each sample, made once and shared by all test processes."""

from pathlib import Path

import pytest

from tests.end_to_end.project import ROOT, Project, called, made, once, voc


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


@pytest.fixture(scope="session")
def crm(shared, lending) -> Project:
    """The sample CRM after one `voc run`."""
    folder = shared / "sample_crm_project"
    project = Project(folder, "sample_crm")

    def make():
        (folder / "params").mkdir(parents=True)
        project.params.write_bytes((ROOT / "params" / "sample_crm.yaml").read_bytes())
        called("sample", folder / "data" / "sample_crm", "--subject", "crm")
        with lending():
            called("run", project.params)

    once(folder, make)
    return project
