"""The verb that follows one id through the tables of a published run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

Followed = Annotated[
    Path, typer.Argument(metavar="RUN", help="已发布的运行；或参数文件，追溯它最近发布的那一期")
]
Ident = Annotated[
    str, typer.Argument(metavar="ID", help="反馈ID、问题ID、方案编号（如 M01）或问题类型（如 物流延迟）")
]


def trace(run: Followed, ident: Ident) -> None:
    """沿一条链追溯：反馈 → 问题 → 标签与依据 → 根因 → 措施 → 成效；给措施或问题类型则反向列出反馈。"""
    from voc_lib import schema
    from voc_lib.improve import chain
    from voc_lib.run.tables import read_table

    folder = _followed(run.expanduser().resolve()) / "tables"
    found = (schema.shape(read_table(folder / f"{name}.parquet"), schema.table(name)) for name in chain.NAMES)
    for line in chain.lines(chain.Tables(*found), ident):
        typer.echo(line)


def _followed(place: Path) -> Path:
    """The folder of the run: itself, or the one the report of a params file published last, which is told."""
    from voc_lib import params
    from voc_lib.run.record import runs

    if place.suffix not in (".yaml", ".yml"):
        runs.require(place)
        return place
    found = runs.latest(params.load(place, today=datetime.now(UTC)))
    typer.echo(f"{place.name} 最近发布的是 {found.name}：")
    return found
