"""`voc run` of several reports, two at a time or a folder's one after another, and what became of each."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from voc_lib.errors import ArrivalError, EmptyPeriodError, LockedError, ParamsError, VocError
from voc_lib.run.workflow import nest
from voc_lib.yamlfile import read_yaml

AT_ONCE = 2
GRACE = 5  # seconds in which a report that was told to stop should have
PATIENCE = 0.5  # seconds after which a wait looks up: a signal just before it does not break it off
STOPS = (signal.SIGINT, signal.SIGTERM)  # kept until a fork is over: what they raise within one is lost
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


def together(
    files: Sequence[Path], one: Callable[[Path], bool], said: Callable[[BaseException], tuple[str, int]]
) -> int:
    """The exit code of the worst of these reports, two run at a time in processes forked from this one.

    They share what was imported before. Where none can be forked they run one after another.
    """
    if sys.platform != "linux" or not nest.idle():
        return worst([_outcome(file, one, said).code for file in files])
    gc.freeze()  # what is there stays: no process needs a copy of its own
    codes, waiting, running = list[int](), list(files), dict[int, int]()
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
                pid = _forked(waiting.pop(0), one, said)
                running[os.pidfd_open(pid)] = pid
                signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            for ended in select.select([*running], [], [], PATIENCE)[0]:
                codes.append(_code(running.pop(ended)))
                os.close(ended)
    except BaseException as error:
        for ended, pid in running.items():
            told = isinstance(error, KeyboardInterrupt)  # of a terminal it came to them too
            if not (told and select.select([ended], [], [], GRACE)[0]):
                signal.pidfd_send_signal(ended, signal.SIGTERM)
            _code(pid)
        raise
    return worst(codes)


def _code(pid: int) -> int:
    """The exit code of a process, waited for; of a killed one that of an inner fault."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return INTERNAL if code < 0 else code


def _forked(file: Path, one: Callable[[Path], bool], said: Callable[[BaseException], tuple[str, int]]) -> int:
    """The process that runs the report and ends with its exit code."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = INTERNAL
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        code = _outcome(file, one, said, until=BaseException).code
    finally:
        sys.stdout.flush()
        os._exit(code)


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
    file: Path,
    one: Callable[[Path], bool],
    said: Callable[[BaseException], tuple[str, int]],
    until: type[BaseException] = Exception,
) -> Outcome:
    typer.echo(f"\n=== {file.name}")
    try:
        return Outcome(file.name, 0, "已发布" if one(file) else "没有变化")
    except until as error:
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
