"""What customers said never reaches git: outputs of notebooks are taken out of what is committed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from voc_lib.errors import ParamsError

ADVICE = "提交 notebook 会带上里面显示的客户原话。请运行一次 voc lab，或 python -m nbstripout --install。"


def needed(folder: Path) -> bool:
    """Whether the folder lies in a work tree of git, on a machine that has git."""
    there = any((place / ".git").exists() for place in (folder, *folder.parents))
    return there and shutil.which("git") is not None


def install(folder: Path) -> bool:
    """Whether git now leaves out the outputs of notebooks of the work tree the folder lies in."""
    return needed(folder) and (_set(folder) or _asked(folder, "--install"))


def state(folder: Path) -> str:
    """What git does with outputs of notebooks, in words; ParamsError where it would keep them."""
    if not needed(folder):
        return "不在 git 仓库里"
    if not _asked(folder, "--is-installed"):
        raise ParamsError(ADVICE)
    return "提交 notebook 时不带输出"


def _set(folder: Path) -> bool:
    """Whether the filter is that of this Python, as git itself knows without a second one being started."""
    command = _told(folder, "config", "--get", "filter.nbstripout.clean")
    filtered = _told(folder, "check-attr", "filter", "--", "x.ipynb")
    return Path(sys.executable).as_posix() in command and filtered.strip().endswith(": nbstripout")


def _told(folder: Path, *words: str) -> str:
    """What git answers; "" where it cannot."""
    git = shutil.which("git") or "git"
    done = subprocess.run([git, *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout


def _asked(folder: Path, what: str) -> bool:
    done = subprocess.run(  # noqa: S603 - this Python, a library of ours
        [sys.executable, "-m", "nbstripout", what], cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0
