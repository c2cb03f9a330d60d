"""The whole workflow: steps in the order of their needs, two at a time, rendered while the next ones run."""

from __future__ import annotations

import contextlib
import logging
import secrets
import shutil
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from voc_lib import locks
from voc_lib.collect import watermark
from voc_lib.errors import OWN_WORDS, ArrivalError, ParamsError, PublishError, VocError
from voc_lib.params import Outputs, Settings, load
from voc_lib.report.subject import said
from voc_lib.run import arrival, check, notebooks
from voc_lib.run.publish import folders, render
from voc_lib.run.record import archived, freshness, inputs, manifest, registered, runs, taxonomies
from voc_lib.run.record.runs import published_folder
from voc_lib.run.steps import BY_NAME, STEPS, StepSpec, leading, made, spoken
from voc_lib.run.workflow import engine, kernels, optional, room, versions
from voc_lib.run.workflow.choice import Choice, require, unknown
from voc_lib.run.workflow.engine import Limits
from voc_lib.run.workflow.events import Event, Result, State
from voc_lib.run.workflow.kernels import Kernels
from voc_lib.run.workflow.processes import Nest

_log = logging.getLogger(__name__)
AT_ONCE = 2
WRITTEN = ("knowledge", "taxonomy", "words", "scores")  # files people may change at any time
EDITED = "在运行期间又改动了，各步读到的不是同一份，没有发布；上一次的结果没有改变。请改好后重新运行。"
INDEX_PATIENCE = 60.0  # seconds to wait for another run that writes the index
PATIENCE = 0.5  # seconds after which a wait looks up: polars' signal handler does not break off a lock


@dataclass
class _Run:
    settings: Settings
    folder: Path
    run_id: str
    outputs: Outputs
    progress: Callable[[Event], None]
    limits: Limits
    nodes: dict[str, NotebookNode]
    clock: Callable[[], datetime]
    started: datetime
    asked: dict[str, Any]  # what the params file said as the run began
    patient: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)  # what each step read

    @property
    def absent(self) -> dict[str, str]:
        """Why each step left out so far was."""
        return {n: r[optional.ABSENT] for n, r in self.records.items() if optional.ABSENT in r}

    def spoken(self, spec: StepSpec) -> StepSpec:
        """A step in the words of the report's subject."""
        return spoken(spec, self.settings.params.subject)

    def told(self, state: State, spec: StepSpec, number: int, rows: int = 0) -> None:
        """Tell of a step; `number` of those there are to be are finished."""
        why = self.absent.get(spec.name, "")
        self.progress(
            Event(
                state,
                self.spoken(spec),
                number,
                len(STEPS) - len(self.absent),
                self.seconds.get(spec.name, 0.0),
                why,
                rows,
            )
        )


def run(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    choice: Choice | None = None,
    outputs: Outputs | None = None,
    progress: Callable[[Event], None] = lambda event: None,
    limits: Limits | None = None,
    patient: bool = False,
    nest: Nest | None = None,
) -> Result:
    """Run the workflow of a params file and publish it; steps that read nothing new are taken over.

    On any error the last published run stays as it is and what is left is kept under `outputs/failed/`.
    Who is `patient` tries again when data has not come: nothing is kept of that. Kernels are forked from the
    `nest` if one was started already.
    """
    choice = choice or Choice()
    chosen = choice.steps()
    outputs = outputs or settings.params.render
    target = published_folder(settings)
    asked = _asked(settings)
    nodes = notebooks.checked(settings)
    _files(settings, clock, patient=patient)
    with folders.locked(settings.outputs, settings.params.name):
        folders.sweep(settings.outputs, settings.params.name)
        kernels.sweep()
        settings = registered.pinned(settings, at=clock())
        before = inputs.decided(settings)
        last = runs.read(target)
        if not choice.whole:
            require(target, last, chosen, settings)
        elif last and not choice.force:
            if _same(last, before, settings, outputs):
                return Result(target, last, unchanged=True)
            chosen = unknown(settings, last, target, outputs)
        check.words(settings)
        versions.require(settings)
        folders.require_space(settings.outputs, target)
        started = clock()
        run_id = _run_id(started)
        folder = folders.stage(settings.outputs, settings.params.name, settings.period.label, run_id)
        run = _Run(
            settings,
            folder,
            run_id,
            outputs,
            progress,
            limits or Limits(kernels=Kernels(nest)),
            nodes,
            clock,
            started,
            asked,
            patient,
        )
        return _guarded(run, chosen, target, before, whole=choice.whole)


def _run_id(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def _files(settings: Settings, clock: Callable[[], datetime], *, patient: bool) -> None:
    """Nothing; the error of files that are missing, with a trace where they were expected to come."""
    try:
        arrival.present(settings)
    except ArrivalError as error:
        run_id = _run_id(clock())
        nothing = settings.outputs / ".staging" / run_id
        raise error if patient else _kept(settings, run_id, nothing, error) from error
    inputs.files(settings)


def _same(last: dict[str, Any], before: inputs.Decided, settings: Settings, outputs: Outputs) -> bool:
    now = inputs.fingerprint(before, settings)
    return bool(now) and last.get("fingerprint") == now and last.get("rendered") == outputs.model_dump()


def _guarded(
    run: _Run,
    chosen: tuple[StepSpec, ...],
    target: Path,
    before: inputs.Decided,
    *,
    whole: bool,
) -> Result:
    try:
        check.begun(run.settings, run.started.date())
        if whole:
            arrival.require(run.settings, run.started.date())
        registered.leave(run.settings, run.folder)
        chosen = _up_to_date(run, chosen, target)
        audiences = _versions(run, target)
        _settled(run)
        marks = watermark.left(run.folder)
        shutil.rmtree(run.folder / "results")
        content = manifest.build(
            run.settings,
            run.folder,
            run_id=run.run_id,
            times=(run.started, run.clock()),
            seconds={**_earlier(target, chosen), **run.seconds},
            before=before,
            whole=whole,
        )
        content["rendered"] = run.outputs.model_dump()
        content["rows"] = room.held(run.folder)
        content["audiences"] = audiences
        content["steps"] = {spec.name: run.records[spec.name] for spec in STEPS}
        content["absent"] = {
            run.spoken(BY_NAME[name]).deliverable: why for name, why in sorted(run.absent.items())
        }
        content["reused"] = [s.name for s in STEPS if s not in chosen and s.name not in run.absent]
        content["taxonomy"] = _taxonomy(run.settings, content["reused"], target)
        manifest.write(run.folder, content)
        folders.publish(run.folder, target)
        archived.advance(run.settings, marks)
    except OSError as error:
        fault = PublishError(
            f"写入时出错：{error.strerror or error}。上一次的结果没有改变。请检查磁盘空间和权限。"
        )
        raise _kept(run.settings, run.run_id, run.folder, fault) from error
    except VocError as error:
        if run.patient and isinstance(error, ArrivalError):
            raise
        raise _kept(run.settings, run.run_id, run.folder, error) from error
    finally:
        run.limits.kernels.close()
        folders.remove(run.folder)
    site(run.settings.outputs)
    return Result(target, content)


def _versions(run: _Run, target: Path) -> list[dict[str, Any]]:
    """The versions of the audiences, made beside the report; a line of run.json for each."""
    return versions.make(_made(run), target, runs.read(target) or {})


def _made(run: _Run) -> versions.Made:
    return versions.Made(run.settings, run.folder, run.outputs, run.limits, run.nodes, run.records)


def _taxonomy(settings: Settings, reused: list[str], target: Path) -> dict[str, str]:
    """The taxonomy that tagged: the one of now, or that of the run the tags were taken from."""
    if "03_clean_and_tag" in reused:
        return (runs.read(target) or {}).get("taxonomy", {})
    return taxonomies.used(settings)


def _earlier(target: Path, chosen: tuple[StepSpec, ...]) -> dict[str, float]:
    """Seconds of the steps not run, from the run they were taken from."""
    last = runs.read(target) or {}
    names = {spec.name for spec in chosen}
    return {name: value for name, value in last.get("seconds", {}).items() if name not in names}


def _kept(settings: Settings, run_id: str, folder: Path, error: VocError) -> VocError:
    """The error again, its words masked, with where the remains are."""
    from voc_lib.run.workflow.engine import masker

    words = masker()(str(error))
    place = settings.outputs / "failed" / settings.params.name / settings.period.label / run_id
    about = {
        "run_id": run_id,
        "kind": type(error).__name__,
        "exit_code": error.exit_code,
        "message": words,
    }
    kept = folders.keep_failure(folder, place, about)
    with contextlib.suppress(VocError):  # the index lists failures too; the error itself matters more
        site(settings.outputs)
    return type(error)(f"{words}\n现场保存在 {kept}" if kept else words)


def _up_to_date(run: _Run, chosen: tuple[StepSpec, ...], target: Path) -> tuple[StepSpec, ...]:
    """The steps run in the end: the chosen ones, and all others that read what has changed."""
    _take_over(run, [spec for spec in STEPS if spec not in chosen], target)
    done = _steps(run, chosen)
    if _edited(run):
        done += _steps(run, ())
    kept = [spec for spec in STEPS if spec not in done and spec.name not in run.absent]
    for number, spec in enumerate(kept, start=1):
        run.told("reused", spec, number)
    return tuple(spec for spec in STEPS if spec in done)


def _settled(run: _Run) -> None:
    """Nothing; ParamsError where not all that is to be published was made of what stands written now."""
    _same_params(run)
    if _edited(run):
        raise ParamsError(f"根因与措施、标签体系、词典或评分表{EDITED}")


def _edited(run: _Run) -> bool:
    """Whether people changed what a step has read while the run went on: its steps are to be of one state."""
    for spec in STEPS:
        used = run.records[spec.name].get("used", {})
        written = {name: was for name, was in used.items() if name.partition(freshness.OF)[0] in WRITTEN}
        if freshness.changes({"used": written}, run.settings, spec.name, run.folder):
            return True
    return False


def _changed(run: _Run, spec: StepSpec) -> bool:
    """Whether a step taken over read something else than what there is now; said where it is so."""
    changed = freshness.changes(run.records[spec.name], run.settings, spec.name, run.folder)
    if changed:
        told = said("、".join(changed), run.settings.params.subject)
        words = "%s 已改动，步骤 %s（%s）重新运行。"
        _log.warning(words, told, spec.name, run.spoken(spec).title, extra=OWN_WORDS)
    return bool(changed)


def _take_over(run: _Run, kept: list[StepSpec], target: Path) -> None:
    """Copy what steps had published, with the record of what they read."""
    run.records |= {spec.name: runs.record(target, spec.name) for spec in kept}
    for spec in kept:
        tables = [target / "tables" / f"{table}.parquet" for table in spec.tables]
        for path in [*tables, *made(target, spec, run.settings.period, run.settings.params.subject)]:
            if path.is_file():
                place = run.folder / path.relative_to(target)
                place.parent.mkdir(exist_ok=True)
                shutil.copy2(path, place)


def _steps(run: _Run, chosen: tuple[StepSpec, ...]) -> list[StepSpec]:
    """The steps that were run, the chosen ones and those that turned out to be due, each rendered at once."""
    run.limits.kernels.expect(len(chosen))
    with ThreadPoolExecutor(AT_ONCE) as runner, ThreadPoolExecutor(1) as renderer:
        try:
            done, rendered = _schedule(run, chosen, runner, renderer)
            while wait(rendered, timeout=PATIENCE).not_done:
                pass
            for future in rendered:
                future.result()
        except BaseException:
            run.limits.kernels.kill()
            runner.shutdown(wait=False, cancel_futures=True)
            renderer.shutdown(wait=False, cancel_futures=True)
            raise
    return done


def prepare() -> None:
    """Make ready, while the first step runs, what follows on it: it would wait for that at its end."""
    from voc_lib.clean import detectors

    detectors.look_up()
    render.prepare()


def _schedule(
    run: _Run, chosen: tuple[StepSpec, ...], runner: ThreadPoolExecutor, renderer: ThreadPoolExecutor
) -> tuple[list[StepSpec], list[Future]]:
    """The steps that were run, and what renders them."""
    waiting, due, running = list(STEPS), list[StepSpec](), dict[Future, StepSpec]()
    finished: set[str] = set()
    done, rendered = list[StepSpec](), list[Future]()
    while waiting or due or running:
        while ready := [spec for spec in waiting if finished.issuperset(BY_NAME[spec.name].needs)]:
            waiting = [spec for spec in waiting if spec not in ready]
            wanted = [spec for spec in ready if spec in chosen or _changed(run, spec)]
            there = [spec for spec in wanted if not _left_out(run, spec, len(finished - run.absent.keys()))]
            finished |= {spec.name for spec in ready if spec not in there}
            due, done = [*due, *there], [*done, *wanted]
            if not set(there) <= set(chosen):
                run.limits.kernels.expect(len(due) + len(waiting))
        if not rendered:  # what is due is known: until then it would take the interpreter from that
            rendered.append(renderer.submit(prepare))
        for spec in leading(due)[: AT_ONCE - len(running)]:
            due.remove(spec)
            rows = room.expected(spec, run.settings, run.folder)
            run.told("started", spec, len(finished - run.absent.keys()), rows)
            running[runner.submit(_step, run, spec, rows)] = spec
        under_way = [*running, *(f for f in rendered if not f.done())]
        for future in wait(under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED).done:
            future.result()
            if future in running:
                spec = running.pop(future)
                finished.add(spec.name)
                run.told("done", spec, len(finished - run.absent.keys()), room.held(run.folder))
                rendered.append(renderer.submit(_render, run, spec))
    return done, rendered


def _left_out(run: _Run, spec: StepSpec, number: int) -> bool:
    """Whether there is none of the input of a step that is due; said, and that `number` are finished."""
    why = optional.lacking(spec, run.folder)
    if not why:
        return False
    for path in made(run.folder, spec, run.settings.period, run.settings.params.subject):
        path.unlink(missing_ok=True)  # of a run it was taken over from
    record = optional.leave_out(spec, run.folder, why)
    run.records[spec.name] = freshness.completed(record, run.settings, spec) | {optional.ABSENT: why}
    run.seconds[spec.name] = 0.0
    run.told("absent", spec, number)
    return True


def _step(run: _Run, spec: StepSpec, rows: int) -> None:
    begin = time.monotonic()
    room.require(run.spoken(spec), run.settings, rows)
    engine.execute(run.spoken(spec), run.settings, run.folder, node=run.nodes[spec.name], limits=run.limits)
    _same_params(run)
    run.seconds[spec.name] = time.monotonic() - begin
    record = runs.record(run.folder, spec.name)
    record["read"] = record.get("read", {}) | optional.looked(spec, run.folder)
    run.records[spec.name] = freshness.completed(record, run.settings, spec)
    if "tagged" in spec.tables:
        versions.named(_made(run))


def _same_params(run: _Run) -> None:
    """Nothing; ParamsError where the params file is not as this run found it: each step reads it anew."""
    if _asked(run.settings) != run.asked:
        raise ParamsError(f"{run.settings.file.name} {EDITED}")


def _asked(settings: Settings) -> dict[str, Any]:
    """What the params file says now that steps read; what is made of them is as it was when the run began."""
    now = load(settings.file, period=settings.period.label).params
    return now.model_dump(mode="json", exclude=set(freshness.MADE))


def _render(run: _Run, spec: StepSpec) -> list[Path]:
    asked = run.settings.params
    return render.step(
        run.folder,
        spec,
        name=asked.name,
        period=run.settings.period,
        outputs=run.outputs,
        subject=asked.subject,
    )


def site(outputs: Path) -> Path:
    """The index page over all published runs, written again; of runs that end together the last sees all."""
    from voc_lib.report import site as pages

    folder = outputs / ".locks"
    busy = "报告已发布，但首页 index.html 正由另一次运行写入，没有更新。请再运行一次。"
    try:
        folder.mkdir(exist_ok=True)
        with locks.held(folder / f"{pages.INDEX}.lock", patience=INDEX_PATIENCE, busy=busy):
            return pages.write(outputs)
    except OSError as error:
        reason = error.strerror or error
        raise PublishError(
            f"报告已发布，但首页 index.html 无法更新：{reason}。请检查磁盘空间和权限。"
        ) from None
