"""Where a version stands in a run folder, and how its steps are told for whom they work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.audience import Audience
from voc_lib.knowledge import Knowledge, aimed
from voc_lib.params import Settings

if TYPE_CHECKING:
    from voc_lib.run.audience.belonging import Own
    from voc_lib.tag.taxonomy import Taxonomy

FILE = "results/audience.json"  # in the folder of a version being made: for whom
GIVEN, KEPT = "audiences", "versions"  # what an audience is given; tables and notebook it was made of


def given(name: str) -> str:
    """The folder, in the run's, with what is handed to an audience and nothing else."""
    return f"{GIVEN}/{name}"


def record(name: str) -> str:
    """The folder, in the run's, with the tables and the notebook the version of an audience is made of."""
    return f"{KEPT}/{name}"


def leave(audience: Audience, folder: Path, *, total: int | None = None) -> None:
    """Nothing; the steps that run in a folder are told for whom they work, and a total that may be shown."""
    (folder / FILE).write_text(json.dumps({"name": audience.name, "total": total}), encoding="utf-8")


def total(folder: Path) -> int | None:
    """The problems of the whole report, where the audience of a folder may see it."""
    return (
        json.loads((folder / FILE).read_text(encoding="utf-8"))["total"]
        if (folder / FILE).is_file()
        else None
    )


def left(settings: Settings, folder: Path) -> Audience | None:
    """For whom the steps of a folder work; None where they work for all."""
    if not (folder / FILE).is_file():
        return None
    name = json.loads((folder / FILE).read_text(encoding="utf-8"))["name"]
    return next(audience for audience in settings.params.audiences if audience.name == name)


def own(settings: Settings, audience: Audience, known: Knowledge, taxonomy: Taxonomy) -> Own:
    """What is an audience's own, of knowledge that is masked."""
    from voc_lib.clean import written
    from voc_lib.run.audience.belonging import Own

    goals = written.planned(aimed(settings.params, known)).goals
    return Own(audience, taxonomy, known, tuple(goals))
