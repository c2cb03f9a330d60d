"""The published run a verb is about: its folder, or the one the report of a params file published last."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

Run = Annotated[
    Path,
    typer.Argument(
        metavar="RUN",
        help="已发布的运行，例如 outputs/示例电商/2026-09；或参数文件：它最近发布的那一期",
    ),
]


def folder(place: Path) -> Path:
    """The folder of the run; which one it is, is told where a params file names it."""
    from voc_lib import params
    from voc_lib.run.record import runs

    place = place.expanduser().resolve()
    if place.suffix not in (".yaml", ".yml"):
        runs.require(place)
        return place
    found = runs.latest(params.load(place, today=datetime.now(UTC)))
    typer.echo(f"{place.name} 最近发布的是 {found.name}：")
    return found
