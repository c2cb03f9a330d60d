"""Verbs about the register itself: saved, put back, its revisions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from voc_lib.verbs.words import ParamsFile

register = typer.Typer(
    help="登记库（更正、标注、根因、措施、回访）：备份、恢复、历次修订。", no_args_is_help=True
)
Backup = Annotated[Path, typer.Argument(metavar="FILE", help="备份文件（SQLite）")]


@register.command("backup")
def backup(params: ParamsFile, file: Backup) -> None:
    """把登记库（SQLite 或 PostgreSQL）写成一个备份文件。"""
    from voc_lib.exchange.bench import bench
    from voc_lib.register import backups

    count = backups.backup(bench(str(params)).engine, file)
    typer.echo(f"登记库的 {count} 行备份到 {file}。")


@register.command("restore")
def restore(params: ParamsFile, file: Backup) -> None:
    """用备份替换登记库的全部内容；原来的内容先另存一份。"""
    from voc_lib.exchange import safety

    kept, count = safety.restore(str(params), file)
    typer.echo(f"登记库已恢复为备份的 {count} 行；原来的内容另存在 {kept}。")


@register.command("log")
def log(params: ParamsFile) -> None:
    """列出登记库的历次修订：何时、各类记录增加了多少行。"""
    from voc_lib.exchange.bench import bench
    from voc_lib.register import revisions

    rows = revisions.table(bench(str(params)).engine)
    added = rows[list(revisions.TABLES)].diff().fillna(rows[list(revisions.TABLES)]).astype(int)
    for number, at, *counts in zip(rows["number"], rows["at"], *added.T.to_numpy(), strict=True):
        named = zip(revisions.TITLES.values(), counts, strict=True)
        words = "、".join(f"{title} {count} 行" for title, count in named if count)
        typer.echo(f"第 {number} 次\t{at:%Y-%m-%d %H:%M}\t新增{words or ' 0 行'}")
    typer.echo(f"共 {len(rows)} 次修订；按其中一次出报告：voc run {params} --register-revision N")
