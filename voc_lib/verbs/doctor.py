"""`voc doctor`: whether this machine can make a report."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from voc_lib.verbs.words import now

Maybe = Annotated[Path | None, typer.Argument(metavar="[PARAMS]", help="参数文件；不写则只看这台机器")]


def doctor(params: Maybe = None) -> None:
    """体检：版本、字体、内核；写了参数文件时再看时钟、登记库、磁盘、写入。"""
    from voc_lib.params import load
    from voc_lib.run import doctor as looks

    found = looks.machine()
    if params is not None:
        settings = load(params, today=datetime.now(UTC))
        found = chain(found, looks.project(settings, now(settings.params.zone)))
    wrong = []
    for finding in found:
        if finding.error is None:
            typer.echo(f"正常    {finding.subject}：{finding.detail}")
        else:
            wrong.append(finding.error)
            typer.echo(f"有问题  {finding.subject}：{finding.error}", err=True)
    if wrong:
        typer.echo(f"有 {len(wrong)} 处问题，请先解决。", err=True)
        raise typer.Exit(wrong[0].exit_code)
    typer.echo("都正常，可以运行。")
