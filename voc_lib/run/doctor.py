"""Whether this machine can make a report: each thing a run needs tried for real, a line each."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from voc_lib.engine import opened
from voc_lib.errors import DataError, KernelDiedError, ParamsError, PublishError
from voc_lib.params import Settings
from voc_lib.run import gitfilter
from voc_lib.run.check import Finding, looked
from voc_lib.run.publish import folders
from voc_lib.run.record import registered, runs
from voc_lib.run.workflow import kernels, processes

PACKAGE = "voc-workbench"
LEAST = (3, 11)
SECONDS = 60  # a kernel that has not answered by then does not work
SUM = "print(6 * 7)"


def machine() -> Iterator[Finding]:
    """What needs no params: versions, fonts, a kernel."""
    yield looked("版本", _versions)
    yield looked("字体", _fonts)
    yield looked("内核", _kernel)


def project(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What a report needs besides: its time, its register, room and the right to write."""
    yield looked("时区与时钟", lambda: _clock(settings, now))
    yield looked("登记库", lambda: _register(settings))
    yield looked("磁盘", lambda: _disk(settings))
    yield looked("写入", lambda: _written(settings.outputs))
    yield looked("计算引擎", lambda: opened(settings.params.engine).said())
    yield looked("git", lambda: gitfilter.state(settings.folder))


def _versions() -> str:
    if sys.version_info < LEAST:
        raise ParamsError(f"Python 是 {sys.version.split()[0]}，需要 3.11 或更新版本。请换一个 Python 重装。")
    names = [
        re.split(r"[^A-Za-z0-9._-]", line)[0] for line in requires(PACKAGE) or [] if "extra ==" not in line
    ]
    missing = [name for name in names if not _installed(name)]
    if missing:
        raise ParamsError(f"缺少 {'、'.join(missing)}。请执行 python -m pip install -r requirements.lock。")
    return f"Python {sys.version.split()[0]}，voc {version(PACKAGE)}，{len(names)} 个依赖都在"


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _fonts() -> str:
    from voc_lib.report import glyphs

    return f"{len(glyphs.covered())} 个字符有字形"


def _kernel() -> str:
    """A kernel started and asked to reckon, as a run does."""
    import nbformat
    from nbclient import NotebookClient

    cell = nbformat.v4.new_code_cell(SUM)
    kernel = kernels.Kernel(processes.Process(cwd=Path.cwd(), env={}))
    client = NotebookClient(nbformat.v4.new_notebook(cells=[cell]), timeout=SECONDS, km=kernel.manager)
    try:
        client.execute()
    except Exception as error:
        raise KernelDiedError(
            f"notebook 的内核不能用（{type(error).__name__}）。请看内存是否够、临时文件夹能否写，再重装依赖。"
        ) from None
    finally:
        atexit.unregister(client._cleanup_kernel)  # of a kernel that never came it would fail at the exit
        kernel.stop()
    if [output.get("text") for output in cell.outputs] != ["42\n"]:
        raise KernelDiedError("notebook 的内核没有给出结果。请重装依赖：pip install -r requirements.lock。")
    return "能启动，能计算"


def _clock(settings: Settings, now: datetime) -> str:
    """The time of the report; DataError when a report is said to be made later than now."""
    made = [str(content.get("finished_at", "")) for _, content in runs.published(settings.outputs)]
    if (last := max(made, default="")) > now.isoformat():
        raise DataError(f"现在是 {now:%Y-%m-%d %H:%M}，却已有 {last} 做成的报告。请校准这台机器的时钟。")
    return f"{settings.params.timezone} 现在是 {now:%Y-%m-%d %H:%M}"


def _register(settings: Settings) -> str:
    return f"可以读，{len(registered.corrections(settings))} 条更正生效"


def _there(outputs: Path) -> Path:
    """The folder of the outputs, or the nearest above it that exists."""
    return next(place for place in (outputs, *outputs.parents) if place.exists())


def _disk(settings: Settings) -> str:
    there = _there(settings.outputs)
    folders.require_space(there, runs.published_folder(settings))
    return f"{settings.outputs} 可用 {shutil.disk_usage(there).free / 2**30:.1f} GB"


def _written(outputs: Path) -> str:
    """A file written, synced and moved into place as a run does, and removed."""
    there = _there(outputs)
    draft, final = there / f".voc-doctor-{os.getpid()}", there / f".voc-doctor-{os.getpid()}.done"
    try:
        with draft.open("wb") as file:
            file.write(b"voc")
            os.fsync(file.fileno())
        draft.replace(final)
    except OSError as error:
        raise PublishError(f"不能写 {there}：{error.strerror or error}。请检查文件夹的权限和磁盘。") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
            final.unlink(missing_ok=True)
    return f"{there} 可以写"
