"""Arguments several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ParamsFile = Annotated[Path, typer.Argument(metavar="PARAMS", help="参数文件（YAML）")]
Period = Annotated[str, typer.Option(metavar="PERIOD", help="报告期，例如 2026-09；不写则用参数文件里的")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="署名；不写则为当前登录的用户")]
Why = Annotated[str, typer.Option(metavar="WORDS", help="原因，留档")]
