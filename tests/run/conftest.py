"""Tiny projects for the runner: a params file, a data file and notebooks written by the tests."""

from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from voc_lib import params
from voc_lib.run.steps import STEPS
from voc_lib.run.workflow import choice, pipeline
from voc_lib.run.workflow.processes import Nest

PARAMETERS = 'params_file: str = "../params.yaml"\nperiod: str = ""\nfolder: str = ""\ntop_n: int = 3'
OPEN = (
    'from voc_lib.run import open_step\nstep = open_step("{step}", params_file, period=period, folder=folder)'
)
SAVE = "from voc_lib import schema\nstep.save(**{t: schema.empty(schema.table(t)) for t in step.spec.tables})"
FAST = """import pathlib
done = pathlib.Path(folder, "results", "{step}.json")
done.parent.mkdir(exist_ok=True)
done.write_text("{}")"""


def notebook(step: str, *cells: str, parameters: str = PARAMETERS) -> nbformat.NotebookNode:
    """A notebook with a title, a parameters cell and the cells given; `{step}` in them is the step's name."""
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    body = [new_code_cell(cell.replace("{step}", step)) for cell in cells]
    return new_notebook(cells=[new_markdown_cell(f"# {step}\n\n## 计算"), first, *body])


def write_notebook(folder: Path, step: str, *cells: str, **options: str) -> Path:
    path = folder / "notebooks" / f"{step}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook(step, *cells, **options), path)
    return path


def write_project(folder: Path, *cells: str, render: str = "{html: false, pdf: false, excel: false}") -> Path:
    """A project whose eight notebooks hold the cells given; its params file is `params.yaml`."""
    (folder / "data").mkdir()
    (folder / "data" / "工单.csv").write_text("工单号,反馈内容\n1,太慢了\n", encoding="utf-8")
    (folder / "params.yaml").write_text(
        f"name: 小店\nperiod: '2026-09'\nrender: {render}\n"
        "sources:\n  - {name: 工单, path: data/*.csv, channel: 在线客服}\n",
        encoding="utf-8",
    )
    for spec in STEPS:
        write_notebook(folder, spec.name, *cells)
    return folder


@pytest.fixture
def project(tmp_path: Path, forked: None) -> Path:
    """A project whose notebooks only say that they are done."""
    return write_project(tmp_path, FAST)


@pytest.fixture
def two_steps(monkeypatch: pytest.MonkeyPatch, forked: None) -> None:
    """A workflow of two steps, to save the time of six kernels."""
    for module in (pipeline, choice):
        monkeypatch.setattr(module, "STEPS", STEPS[:2])


@pytest.fixture
def settings(project: Path) -> params.Settings:
    return params.load(project / "params.yaml")


@pytest.fixture(scope="session")
def whole_run(
    tmp_path_factory: pytest.TempPathFactory, nest: Nest | None
) -> tuple[Path, list[pipeline.Event]]:
    """A project that was run once, with real (empty) tables and workbooks, and the progress it told."""
    events: list[pipeline.Event] = []
    folder = write_project(
        tmp_path_factory.mktemp("shop"), OPEN, SAVE, render="{html: true, pdf: true, excel: true}"
    )
    pipeline.run(params.load(folder / "params.yaml"), clock=clock, progress=events.append, nest=nest)
    return folder, events


@pytest.fixture(scope="session")
def published(whole_run: tuple[Path, list[pipeline.Event]]) -> Path:
    """The project that was run once. Read it, change nothing."""
    return whole_run[0]


def clock() -> datetime:
    return datetime(2026, 10, 3, 8, 0, 0)
