"""The verb that opens JupyterLab at a project, on its start page."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from voc_lib.errors import ParamsError, PublishError, VocError

PAGE = "开始.ipynb"
SETTINGS = Path(__file__).parent / "jupyter"  # Chinese menus, no news from the network


def lab(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROJECT] [-- 选项]",
            help="项目的文件夹或参数文件，不写为当前文件夹；-- 之后的交给 JupyterLab，例如 -- --port 9999",
        ),
    ] = None,
) -> None:
    """在项目的文件夹里打开 JupyterLab，先看到起始页：各步是否最新、去哪里做、上次的报告。"""
    project, options = _divided(arguments or [])
    params_file = _params_file(project)
    from voc_lib.run import gitfilter
    from voc_lib.run import project as projects

    root = projects.root(params_file.parent)
    gitfilter.install(root)
    opened = params_file
    try:
        opened = _start(params_file, root)
    except VocError as error:
        typer.echo(f"{error}\n先打开 JupyterLab，在里面改好后再运行一次 voc lab。", err=True)
    _open(root, opened, options)


def _divided(arguments: list[str]) -> tuple[Path, list[str]]:
    """The project, and what is passed on.

    >>> _divided(["--port", "9999"])[1], _divided(["店铺", "--port", "9999"])[1]
    (['--port', '9999'], ['--port', '9999'])
    """
    if arguments and not arguments[0].startswith("-"):
        return Path(arguments[0]).expanduser(), arguments[1:]
    return Path(), arguments


def _params_file(project: Path) -> Path:
    """The params file of a project: the one named, that of the folder, or the one its start page names."""
    project = project.resolve()
    if project.is_file():
        return project
    if (file := project / "params.yaml").is_file():
        return file
    page = project / "notebooks" / "workbench" / "start.ipynb"
    if page.is_file() and (found := re.search(r'params_file: str = \\"(.+?)\\"', page.read_text("utf-8"))):
        return (page.parent / found[1]).resolve()
    raise ParamsError(
        f"{project} 里没有 params.yaml。请写项目的文件夹或参数文件，例如 voc lab 我的项目；"
        "新项目先用 voc init 建。"
    )


def _start(params_file: Path, root: Path) -> Path:
    """The start page, written into the outputs (where they lie in the project) as if it had just been run."""
    from voc_lib import params
    from voc_lib.run import notebooks
    from voc_lib.widgets import start

    outputs = params.load(params_file).outputs
    folder = outputs if outputs.is_relative_to(root) else root
    near = Path(os.path.relpath(params_file, folder)).as_posix()
    shown = start.page(str(params_file), here=folder)._repr_mimebundle_()
    page = notebooks.read(notebooks.locate("workbench/start", params_file.parent))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        notebooks.write_run(page, folder / PAGE, params_file=near, shown=shown)
    except OSError as error:
        raise PublishError(f"无法写入 {folder / PAGE}：{error.strerror or error}。请检查权限。") from None
    return folder / PAGE


def _open(root: Path, page: Path, options: list[str]) -> None:
    """Become JupyterLab."""
    from voc_lib.run.workflow.processes import threads

    place = quote(page.relative_to(root).as_posix()) if page.is_relative_to(root) else ""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += [f"--LabApp.default_url=/lab/tree/{place}"] if place else []
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    ours = os.pathsep.join(filter(None, (str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH"))))
    around = {**os.environ, **threads(), "JUPYTER_CONFIG_PATH": ours}  # the figures of the schedule, as fast
    sys.stdout.flush()
    os.chdir(root)
    os.execve(sys.executable, [*command, *options], around)  # noqa: S606
