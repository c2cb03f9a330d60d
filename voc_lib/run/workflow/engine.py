"""One notebook through papermill: a private kernel, a deadline, a verdict by evidence."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from voc_lib.errors import DeadlineError, KernelDiedError, NotebookError
from voc_lib.params import Settings
from voc_lib.run import notebooks
from voc_lib.run.steps import StepSpec
from voc_lib.run.workflow import verdict
from voc_lib.run.workflow.kernels import Kernel, Kernels

_log = logging.getLogger(__name__)
ENGINE = "voc"
START_FAILED = re.compile(r"Kernel died before replying|Kernel didn't respond")
START_SECONDS = 120
CELL_SECONDS = 1800.0
RUN_SECONDS = 4 * 3600.0


@dataclass
class Limits:
    """How long a cell may take and when (monotonic clock) the whole run ends; the run's living kernels."""

    cell_seconds: float = CELL_SECONDS
    run_seconds: float = RUN_SECONDS
    kernels: Kernels = field(default_factory=Kernels)
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until the run must be over."""
        return self.started + self.run_seconds - time.monotonic()


@dataclass
class _Job:
    """One step being run; `ran` is the living notebook, `late` whether the run's deadline ended it."""

    spec: StepSpec
    settings: Settings
    limits: Limits
    node: NotebookNode
    values: dict[str, Any]
    cwd: Path
    ran: NotebookNode | None = None
    late: bool = False

    @property
    def seen(self) -> NotebookNode:
        """The notebook as far as it got."""
        return self.node if self.ran is None else self.ran

    @property
    def here(self) -> str:
        """Step, cell and heading where it stopped: the last cell that was started."""
        cells = enumerate(self.seen.cells)
        started = [index for index, cell in cells if cell.metadata.get("papermill", {}).get("start_time")]
        return verdict.place(self.seen, self.spec, max(started, default=0))


def execute(
    spec: StepSpec, settings: Settings, folder: Path, *, node: NotebookNode | None = None, limits: Limits
) -> None:
    """Run a step's notebook in a run folder; its record, made clean, goes to `notebooks/<step>.ipynb` there.

    Raises the error of the house that says why it did not succeed; the partial record is written anyway.
    """
    source = notebooks.locate(spec.name, settings.folder)
    node = notebooks.read(source) if node is None else node
    knobs = settings.params.steps.get(spec.name, {})
    notebooks.check(knobs, notebooks.knobs(node, spec.name), spec.name)
    own = {"params_file": str(settings.file), "period": settings.period.label, "folder": str(folder)}
    shown = {**knobs, "params_file": settings.file.name, "period": settings.period.label, "folder": ""}
    sentinel = folder / "results" / f"{spec.name}.json"
    sentinel.unlink(missing_ok=True)
    job = _Job(spec, settings, limits, node, {**knobs, **own}, source.parent)
    try:
        _twice(job)
        verdict.judge(job.seen, spec, sentinel, mask=masker())
    finally:
        write(clean(job.seen, parameters=shown), folder / "notebooks" / f"{spec.name}.ipynb")


class _NotStarted(Exception):
    """The kernel did not come up; the only failure worth a second try."""


def _twice(job: _Job) -> None:
    try:
        _once(job)
    except _NotStarted:
        _log.warning("步骤 %s 的内核没有启动，重试一次。", job.spec.name)
        try:
            _once(job, afresh=True)
        except _NotStarted as error:
            step = verdict.label(job.spec)
            raise KernelDiedError(f"步骤 {step} 的内核无法启动，已重试一次。{error}") from None


def _once(job: _Job, *, afresh: bool = False) -> None:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillException

    if job.limits.left <= 0:
        raise _too_late(job)
    with _kernel(job, afresh=afresh) as kernel:
        try:
            _papermill(job, kernel)
        except PapermillException:
            return  # the verdict finds the failed cell
        except CellTimeoutError:
            limit = f"{job.limits.cell_seconds:.0f} 秒"
            raise DeadlineError(f"{job.here}超过了 {limit}。请减少数据量，或拆分这个单元。") from None
        except DeadKernelError:
            raise _died(job) from None
        except RuntimeError as error:
            if job.late or job.limits.kernels.stopped or not START_FAILED.search(str(error)):
                raise _died(job) from None
            raise _NotStarted(masker()(kernel.process.log())[-300:]) from None


def _died(job: _Job) -> NotebookError:
    if job.late:
        return _too_late(job)
    if job.limits.kernels.stopped:
        return NotebookError(f"步骤 {verdict.label(job.spec)} 随整个运行一起停止。")
    return KernelDiedError(f"{job.here}运行时内核突然结束，多半是内存不足。请减少数据量或增加内存后重试。")


def _too_late(job: _Job) -> DeadlineError:
    limit = f"{job.limits.run_seconds:.0f} 秒"
    return DeadlineError(f"整个运行超过了 {limit}，停在步骤 {verdict.label(job.spec)}。")


@contextmanager
def _kernel(job: _Job, *, afresh: bool) -> Iterator[Kernel]:
    kernels = job.limits.kernels
    process = kernels.take(cwd=job.cwd, env={"TZ": job.settings.params.timezone}, afresh=afresh)
    kernel = Kernel(process)

    def end() -> None:
        job.late = True
        process.kill()

    timer = threading.Timer(max(job.limits.left, 0), end)
    timer.daemon = True
    timer.start()
    try:
        yield kernel
    finally:
        timer.cancel()
        kernel.stop()
        kernels.forget(process)


def _papermill(job: _Job, kernel: Kernel) -> None:
    from papermill.execute import execute_notebook
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    _register()
    node = parameterize_notebook(
        load_notebook_node(job.node), job.values, kernel_name="python3", language="python"
    )
    execute_notebook(
        node,
        None,
        engine_name=ENGINE,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        start_timeout=START_SECONDS,
        execution_timeout=max(1, round(job.limits.cell_seconds)),
        km=kernel.manager,
        job=job,
    )


@cache
def _register() -> None:
    """Give papermill an engine that hands the living notebook out, so that a killed one leaves a record."""
    from papermill.engines import NBClientEngine, papermill_engines

    gc.freeze()  # what is imported stays: the collector need not look at it again for each notebook

    class _Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, job: _Job, **kwargs: Any) -> Any:
            job.ran = nb_man.nb
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register(ENGINE, _Engine)


def masker() -> Callable[[str], str]:
    """The function every word of an error or a log line passes."""
    from voc_lib.clean.privacy import mask_text

    return mask_text


def clean(node: NotebookNode, *, parameters: dict[str, Any]) -> NotebookNode:
    """A copy fit to publish: no times, no paths, no papermill or widget metadata, errors and prints masked.

    The injected cell shows `parameters`, not what was injected: the same input gives the same bytes.
    """
    mask = masker()
    node = nbformat.from_dict(json.loads(nbformat.writes(node)))
    tag = "papermill-error-cell-tag"
    node.cells = [cell for cell in node.cells if tag not in cell.metadata.get("tags", [])]
    node.metadata = {
        key: node.metadata[key] for key in ("kernelspec", "language_info") if key in node.metadata
    }
    for number, cell in enumerate(node.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = {"tags": list(cell.metadata.get("tags", []))}
        if verdict.INJECTED in cell.metadata["tags"]:
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        for output in cell.get("outputs", []):
            _mask_output(output, mask)
    return node


def _mask_output(output: NotebookNode, mask: Callable[[str], str]) -> None:
    if output.output_type == "stream":
        output.text = mask(output.text)
    elif output.output_type == "error":
        output.evalue = mask(output.evalue)
        output.traceback = [_homeless(mask(verdict.COLOURS.sub("", line))) for line in output.traceback]


def _homeless(line: str) -> str:
    """The line without the folders of this machine."""
    for folder in (Path(__file__).parents[3], Path(sys.prefix), Path(sys.base_prefix), Path.home()):
        line = line.replace(f"{folder}{os.sep}", "")
    return line


def write(node: NotebookNode, path: Path) -> None:
    """Write a notebook; a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with contextlib.ExitStack() as stack:
        stack.callback(half.unlink, missing_ok=True)
        half.write_text(nbformat.writes(node) + "\n", encoding="utf-8")
        half.replace(path)
