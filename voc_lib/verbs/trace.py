"""The verb that follows one id through the tables of a published run."""

from __future__ import annotations

from typing import Annotated

import typer

from voc_lib.verbs import published
from voc_lib.verbs.published import Run

Ident = Annotated[
    str, typer.Argument(metavar="ID", help="反馈ID、问题ID、方案编号（如 M01）或问题类型（如 物流延迟）")
]


def trace(run: Run, ident: Ident) -> None:
    """沿一条链追溯：反馈 → 问题 → 标签与依据 → 根因 → 措施 → 成效；给措施或问题类型则反向列出反馈。"""
    from voc_lib import schema
    from voc_lib.improve import chain
    from voc_lib.run.tables import read_table

    folder = published.folder(run) / "tables"
    found = (schema.shape(read_table(folder / f"{name}.parquet"), schema.table(name)) for name in chain.NAMES)
    for line in chain.lines(chain.Tables(*found), ident):
        typer.echo(line)
