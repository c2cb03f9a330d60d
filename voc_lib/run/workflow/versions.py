"""A version of the summary for each audience: the same notebooks again over the audience's own rows."""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from nbformat import NotebookNode

from voc_lib import schema, tag
from voc_lib.audience import Audience
from voc_lib.errors import ParamsError, VocError
from voc_lib.params import Outputs, Settings, secret
from voc_lib.period import Period
from voc_lib.report.subject import said
from voc_lib.run.audience import place, sealed, totals
from voc_lib.run.publish import render
from voc_lib.run.record import freshness, inputs, known, preceding, registered
from voc_lib.run.steps import find
from voc_lib.run.tables import read_table, write_table
from voc_lib.run.workflow import engine
from voc_lib.run.workflow.engine import Limits

if TYPE_CHECKING:
    from voc_lib.run.audience.belonging import Own

AGAIN = ("04_analyse", "05_root_cause", "06_improve", "08_report")  # run over the audience's rows
AT_ONCE = 2
PATIENCE = 0.5  # seconds after which a wait looks up: polars' signal handler does not break off a lock
SHORTEST = 8  # characters of a password
PARTS = ("tables", "results", "notebooks")
KEPT = {name for spec in render.VERSION for name in spec.sheets or spec.tables} | set(preceding.COMPARED)


@dataclass(frozen=True)
class Made:
    """The run whose versions are made: its folder, what its steps read (`records`), its notebooks."""

    settings: Settings
    folder: Path
    outputs: Outputs
    limits: Limits
    nodes: dict[str, NotebookNode]
    records: dict[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run."""
        return schema.shape(read_table(self.folder / "tables" / f"{name}.parquet"), schema.table(name))


def make(run: Made, target: Path, last: dict[str, Any]) -> list[dict[str, Any]]:
    """The version of every audience, made in the run folder or taken over; a line of run.json for each.

    `target` and its manifest `last` are what was published before. An audience nobody of which spoke in the
    period gets none, and its line says so (`absent`).
    """
    owns = {audience.name: own for audience, own in _owns(run)}
    tagged = run.table("tagged") if owns else schema.empty(schema.TAGGED)
    lines = [_line(run, own, tagged) for own in owns.values()]
    due = [line for line in lines if not line["absent"] and not _taken(line, run.folder, target, last)]
    spoken = tagged[run.settings.period.mask(tagged["created_at"])] if len(tagged) else tagged
    seen = {name for name in owns if totals.shown(name, owns, spoken)}
    _all(run, [(owns[line["name"]], line["name"] in seen) for line in due])
    return lines


def require(settings: Settings) -> None:
    """Nothing, or ParamsError where the password of a ZIP is not in the environment or too short."""
    for audience in settings.params.audiences:
        if audience.password and len(secret(audience.password)) < SHORTEST:
            raise ParamsError(
                f"audiences.{audience.name}.password：{audience.password} 里的密码不足 {SHORTEST} 个字符，"
                "容易被试出来。请换一个。"
            )


def named(run: Made) -> None:
    """Nothing, or ParamsError where an audience names what no tagged row has, or a leader of nothing."""
    _owns(run)


def again(folder: Path, staging: Path, content: dict[str, Any], outputs: Outputs) -> None:
    """The files of every version of a published run, made afresh from its tables and notebook."""
    subject = content["params"].get("subject", "customers")
    for line in content.get("audiences", []):
        if not line["absent"]:
            shutil.copytree(folder / place.record(line["name"]), staging / place.record(line["name"]))
            period, report = Period.parse(content["period"]), content["name"]
            _rendered(staging, line["name"], outputs, report=report, period=period, subject=subject)
            _sealed(staging, line["name"], line["password"])


def _owns(run: Made) -> list[tuple[Audience, Own]]:
    """Each audience with what is its own; ParamsError where it names what there is not."""
    audiences, settings = run.settings.params.audiences, run.settings
    if not audiences:
        return []
    from voc_lib.clean import written

    taxonomy = tag.load(settings.params.industry, folder=settings.folder)
    held = written.masked(known.load(settings, problems=taxonomy.names))
    tagged = run.table("tagged")
    owns = [(audience, place.own(settings, audience, held, taxonomy)) for audience in audiences]
    for _, own in owns:
        own.require(tagged)
    return owns


def _line(run: Made, own: Own, tagged: pd.DataFrame) -> dict[str, Any]:
    """What run.json says of an audience: rows of the period that are its own, a hash of all it rests on."""
    period, audience = run.settings.period, own.audience
    n = int((own.rows(tagged) & period.mask(tagged["created_at"])).sum())
    whose = said(audience.words, run.settings.params.subject)
    absent = "" if n else f"{period.title}没有{whose}的反馈，没有出这一版"
    rests = [audience.model_dump(), run.outputs.model_dump(), run.records, inputs.versions()]
    known = freshness.part("knowledge", run.settings, find(AGAIN[-1]))  # who is told what by it
    words = json.dumps([*rests, known, preceding.mark(run.settings)], ensure_ascii=False, sort_keys=True)
    mark = hashlib.sha256(words.encode()).hexdigest()
    named = {"name": audience.name, "password": audience.password}
    return {**named, "in_period": n, "absent": absent, "mark": mark}


def _taken(line: dict[str, Any], folder: Path, target: Path, last: dict[str, Any]) -> bool:
    """Whether the version published last is of the same things and was taken over."""
    if line not in last.get("audiences", []):
        return False
    places = (place.given(line["name"]), place.record(line["name"]))
    files = [item for item in last["files"] if item["path"].startswith(tuple(f"{p}/" for p in places))]
    there = all((target / item["path"]).is_file() for item in files)
    if not there or any(inputs.sha256(target / item["path"]) != item["sha256"] for item in files):
        return False
    for part in places:
        shutil.copytree(target / part, folder / part)
    _sealed(folder, line["name"], line["password"])
    return True


def _all(run: Made, owns: list[tuple[Own, bool]]) -> None:
    """These versions made (true: with the total), two at a time, each rendered when its notebooks ran."""
    if not owns:
        return
    run.limits.kernels.expect(len(AGAIN) * len(owns))
    with ThreadPoolExecutor(AT_ONCE) as runner:
        try:
            for own, future in [(own, runner.submit(_executed, run, own, total)) for own, total in owns]:
                _awaited(future)
                _rendered_of(run, own.audience)
        except BaseException:
            run.limits.kernels.kill()
            runner.shutdown(wait=False, cancel_futures=True)
            raise


def _awaited(future: Future[None]) -> None:
    while wait([future], timeout=PATIENCE).not_done:
        pass
    future.result()


def _executed(run: Made, own: Own, total: bool) -> None:
    """The notebooks run over the tables of an audience, in a run folder of its own."""
    from voc_lib.run.audience import narrowed

    folder = run.folder / place.record(own.audience.name)
    for part in PARTS:
        (folder / part).mkdir(parents=True)
    registered.leave(run.settings, folder)
    whole = int(run.table("category_stats")["n"].sum()) if total else None
    place.leave(own.audience, folder, total=whole)
    for name, frame in narrowed.tables(own, run.table, run.settings.period).items():
        write_table(frame, folder / "tables" / f"{name}.parquet")
    for name in AGAIN:
        try:
            engine.execute(find(name), run.settings, folder, node=run.nodes[name], limits=run.limits)
        except VocError as error:
            raise type(error)(f"受众“{own.audience.name}”的版本：{error}") from error


def _rendered_of(run: Made, audience: Audience) -> None:
    asked = run.settings.params
    period, subject = run.settings.period, asked.subject
    _rendered(run.folder, audience.name, run.outputs, report=asked.name, period=period, subject=subject)
    _sealed(run.folder, audience.name, audience.password)


def _sealed(folder: Path, name: str, password: str | None) -> None:
    """The ZIP beside what is handed over, made anew each time: its password may be another one now."""
    if password:
        sealed.seal(folder / place.given(name), secret(password))


def _rendered(
    folder: Path, name: str, outputs: Outputs, *, report: str, period: Period, subject: str
) -> None:
    """The files of a version put where they are handed over; of the rest what they are made of is kept."""
    made, given = folder / place.record(name), folder / place.given(name)
    render.version(made, name=f"{report} · {name}", period=period, outputs=outputs, subject=subject)
    given.mkdir(parents=True)
    for part in ("reports", "excel"):
        if (made / part).is_dir():
            (made / part).rename(given / part)
    shutil.rmtree(made / "results", ignore_errors=True)
    for path in [*(made / "tables").iterdir(), *(made / "notebooks").iterdir()]:
        if path.stem not in KEPT | {AGAIN[-1]}:
            path.unlink()
