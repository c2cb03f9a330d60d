"""Each notebook opens and runs by itself, as in JupyterLab: in its folder, with its default parameters."""

import shutil
import tempfile

import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

from tests.end_to_end.project import ROOT, made
from voc_lib.run.steps import STEPS


@pytest.fixture(scope="module")
def labs(tmp_path_factory, project, crm):
    """Copies of the samples as a newcomer has them, notebooks beside params, each with one published run."""
    return {one.name: copied(one.folder, tmp_path_factory.mktemp("lab")) for one in (project, crm)}


def copied(sample, folder):
    for part in ("params", "data", "outputs"):
        shutil.copytree(sample / part, folder / part, symlinks=True)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def run(folder, name):
    notebook = nbformat.read(folder / "notebooks" / f"{name}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory(prefix="voc") as sockets:  # not TCP: two kernels may pick one port
        kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{sockets}/s")
        place = {"metadata": {"path": folder / "notebooks"}}
        try:
            NotebookClient(notebook, km=kernel, timeout=600, resources=place).execute()
        finally:  # the client leaves a kernel it was given running
            run_sync(kernel.shutdown_kernel)(now=True)
    return notebook


@pytest.mark.parametrize("name", [spec.name for spec in STEPS if spec.name != "05_root_cause"])
def test_notebook_runs_by_itself_after_a_published_run(labs, name):
    run(labs["sample_crm" if name == "04u_crm_usage" else "sample"], name)


def test_notebook_in_the_middle_runs_by_itself_on_a_fresh_checkout(tmp_path):
    folder = made(tmp_path / "fresh").folder
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    notebook = run(folder, "05_root_cause")
    assert any(
        "image/svg+xml" in output.get("data", {})
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
