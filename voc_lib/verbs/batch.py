"""`voc run --all`: the reports of a folder one after another, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from voc_lib.errors import ArrivalError, EmptyPeriodError, LockedError, ParamsError, VocError
from voc_lib.yamlfile import read_yaml

LATER = {kind.exit_code for kind in (ArrivalError, EmptyPeriodError, LockedError)}  # mended by waiting
INTERNAL = 1


class Outcome(NamedTuple):
    """What became of a params file: the exit code, and in a word or a sentence what it was."""

    file: str
    code: int
    words: str


def every(folder: Path, one: Callable[[Path], bool], said: Callable[[BaseException], tuple[str, int]]) -> int:
    """The exit code of the worst of the reports; `one` runs a params file, and tells whether it had to.

    A report that fails is said and stops no other; Ctrl-C stops all.
    """
    outcomes = [_outcome(file, one, said) for file in _files(folder)]
    if not outcomes:
        raise ParamsError(f"{folder} 里没有参数文件（写有 sources 的 YAML）。")
    _table(outcomes)
    return worst([outcome.code for outcome in outcomes])


def worst(codes: list[int]) -> int:
    """Of exit codes the one to end with: an inner fault, then what somebody must mend, then what may come.

    >>> worst([0, 11, 3, 75]), worst([0, 75, 11]), worst([4, 1]), worst([0])
    (3, 75, 1, 0)
    """
    return max(codes, key=lambda code: (code != 0, code not in LATER, code == INTERNAL, code))


def _files(folder: Path) -> Iterator[Path]:
    """The params files of a folder by name: those with sources, and those that cannot be read."""
    if not folder.is_dir():
        raise ParamsError(f"{folder} 不是文件夹。--all 后请写存放参数文件的文件夹。")
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file()):
        try:
            raw = read_yaml(path)
        except VocError:
            yield path  # it is said when its turn comes
            continue
        if isinstance(raw, dict) and "sources" in raw:
            yield path


def _outcome(
    file: Path, one: Callable[[Path], bool], said: Callable[[BaseException], tuple[str, int]]
) -> Outcome:
    typer.echo(f"\n=== {file.name}")
    try:
        return Outcome(file.name, 0, "已发布" if one(file) else "没有变化")
    except Exception as error:
        words, code = said(error)
        typer.echo(words, err=True)
        return Outcome(file.name, code, words.split("\n")[0])


def _table(outcomes: list[Outcome]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    failed = sum(outcome.code != 0 for outcome in outcomes)
    table = Table(title=f"{len(outcomes)} 份报告，{failed} 份没有成功", title_justify="left")
    for label in ("参数文件", "退出码", "结果"):
        table.add_column(label, overflow="fold")
    for outcome in outcomes:
        table.add_row(*map(Text, (outcome.file, str(outcome.code), outcome.words)))
    Console(highlight=False).print(table)
