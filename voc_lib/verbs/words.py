"""Arguments several verbs share, and the time they take place at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

ParamsFile = Annotated[Path, typer.Argument(metavar="PARAMS", help="参数文件（YAML）")]
Several = Annotated[
    list[Path], typer.Argument(metavar="PARAMS", help="参数文件（YAML）；写几份时，两份两份同时运行")
]
Period = Annotated[str, typer.Option(metavar="PERIOD", help="报告期，例如 2026-09；不写则用参数文件里的")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="署名；不写则为当前登录的用户")]
Why = Annotated[str, typer.Option(metavar="WORDS", help="原因，留档")]


def now(zone: ZoneInfo) -> datetime:
    """Local time of the report, without a zone, as all its times are."""
    return datetime.now(zone).replace(tzinfo=None)
