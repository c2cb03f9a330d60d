"""A project of one's own: commented params, a taxonomy, a knowledge file, the notebooks, a place for data."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from voc_lib.errors import ParamsError, PublishError
from voc_lib.run import gitfilter, notebooks
from voc_lib.run.steps import STEPS

TEMPLATE = Path(__file__).parent / "template"
FILES = {  # subject -> files of a project: their name there, their name among the templates
    "customers": {name: name for name in ("params.yaml", "taxonomy.yaml", "knowledge.yaml")},
    "crm": {"params.yaml": "params_crm.yaml"},
}
HIDDEN = {".gitignore": "gitignore"}
SAMPLES = r"\.\./params/sample(?:_crm)?\.yaml"


def create(folder: Path, *, subject: str = "customers") -> list[Path]:
    """The files of a new project; ParamsError when the folder is not empty."""
    folder = folder.expanduser()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ParamsError(f"{folder} 已存在且不是空文件夹。为了不覆盖任何文件，请换一个名称。")
    files = FILES[subject] | HIDDEN
    made = [folder / name for name in files]
    made += [folder / "notebooks" / f"{spec.name}.ipynb" for spec in STEPS]
    made += [folder / "notebooks" / notebooks.WORKBENCH / path.name for path in _panels()]
    try:
        for part in ("data", f"notebooks/{notebooks.WORKBENCH}"):
            (folder / part).mkdir(parents=True)
        for name, template in files.items():
            shutil.copyfile(TEMPLATE / template, folder / name)
        for path in made[len(files) :]:
            _copy_notebook(path.relative_to(folder / "notebooks"), path)
        gitfilter.install(folder)
    except OSError as error:
        raise PublishError(f"无法写入 {folder}：{error.strerror or error}。请检查磁盘空间和权限。") from None
    return made


def root(folder: Path) -> Path:
    """The folder a project is opened at: the nearest, from a params file's up, with notebooks of its own."""
    places = [folder, *list(folder.parents)[:2]]
    return next((place for place in places if (place / "notebooks").is_dir()), folder)


def _panels() -> list[Path]:
    """The notebooks people work in by hand; no run needs them."""
    return sorted((notebooks.home() / notebooks.WORKBENCH).glob("*.ipynb"))


def _copy_notebook(name: Path, path: Path) -> None:
    """The library's notebook, its params file being the one of the project."""
    words = (notebooks.home() / name).read_text(encoding="utf-8")
    path.write_text(re.sub(SAMPLES, "../params.yaml", words), encoding="utf-8")
