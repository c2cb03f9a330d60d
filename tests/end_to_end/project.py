"""A project of the sample shop and the `voc` command, as the tests use them."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from filelock import FileLock

from voc_lib import cli, sample

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"


def voc(*words: str | Path, check: bool = True, **env: str) -> subprocess.CompletedProcess:
    """The `voc` command in a process of its own."""
    command = [sys.executable, "-m", "voc_lib.cli", *map(str, words)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **env}, encoding="utf-8", check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def called(*words: str | Path) -> str:
    """What the `voc` command says, called in this process, where all is well."""
    code, said = told(*words)
    assert code == 0, said
    return said


def told(*words: str | Path) -> tuple[int, str]:
    """The exit code of the `voc` command and what it says, called in this process."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = cli.call([str(word) for word in words])
    return code, said.getvalue()


@dataclass(frozen=True)
class Project:
    """A folder with params, sample data and what a run made of them."""

    folder: Path

    name: str = "sample"

    @property
    def params(self) -> Path:
        return self.folder / "params" / f"{self.name}.yaml"

    @property
    def outputs(self) -> Path:
        return self.folder / "outputs"

    @cached_property
    def run(self) -> Path:
        (manifest,) = self.outputs.glob("[!.]*/*/run.json")
        return manifest.parent

    @cached_property
    def manifest(self) -> dict:
        return json.loads((self.run / "run.json").read_text(encoding="utf-8"))

    @cached_property
    def truth(self) -> dict:
        return json.loads((self.folder / "data" / self.name / "truth.json").read_text(encoding="utf-8"))

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.run / "tables" / f"{name}.parquet")


def made(folder: Path) -> Project:
    """A project with the sample data and the repository's params."""
    shutil.copytree(ROOT / "params", folder / "params")
    sample.write(folder / "data" / "sample")
    return Project(folder)


def once(folder: Path, make) -> None:
    """Call `make` unless another test process has; wait while it does."""
    with FileLock(folder.with_suffix(".lock")):
        done = folder.with_suffix(".done")
        if not done.exists():
            make()
            done.touch()
