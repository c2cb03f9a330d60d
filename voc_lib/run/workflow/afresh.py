"""The files of a published run made afresh from its notebooks and tables, without counting anything again."""

from __future__ import annotations

import shutil
from pathlib import Path

from voc_lib.params import Outputs
from voc_lib.period import Period
from voc_lib.report.subject import said
from voc_lib.run.publish import folders, render
from voc_lib.run.record import manifest, runs
from voc_lib.run.steps import STEPS
from voc_lib.run.workflow import versions
from voc_lib.run.workflow.events import Result
from voc_lib.run.workflow.pipeline import site


def render_again(folder: Path, *, history: bool = False) -> Result:
    """A published run with its HTML, PDF and Excel made afresh from its notebooks and tables.

    With `history` its workbooks hold the feedback of all periods, not of its own alone.
    """
    content = runs.require(folder)
    outputs, name = folder.parents[1], content["name"]
    period = Period.parse(content["period"])
    wanted = Outputs.model_validate(content["params"]["render"])
    subject = content["params"].get("subject", "customers")
    with folders.locked(outputs, name):
        folders.sweep(outputs, name)
        folders.require_space(outputs, folder)
        staging = folders.stage(outputs, name, period.label, content["run_id"])
        try:
            for part in ("tables", "notebooks"):
                shutil.copytree(folder / part, staging / part, dirs_exist_ok=True)
            (staging / "results").rmdir()
            for spec in STEPS:
                about = {"name": name, "period": period, "subject": subject}
                render.step(staging, spec, **about, outputs=wanted, history=history)
            versions.again(folder, staging, content, wanted)
            content = {
                **content,
                "files": manifest.files(staging, period, subject),
                "absent": {said(name, subject): why for name, why in content.get("absent", {}).items()},
                "rendered": wanted.model_dump(),
            }
            manifest.write(staging, content)
            folders.publish(staging, folder)
        finally:
            folders.remove(staging)
    site(outputs)
    return Result(folder, content)
