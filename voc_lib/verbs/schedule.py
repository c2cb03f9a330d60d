"""`voc schedule`: what to give to cron, systemd or Windows; it installs nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from voc_lib.errors import ParamsError, PublishError
from voc_lib.verbs.words import ParamsFile

Monthly = Annotated[str, typer.Option("--monthly", metavar="WHEN", help='每月几日几点，例如 "day 2, 06:00"')]
Weekly = Annotated[str, typer.Option("--weekly", metavar="WHEN", help='每周几几点，例如 "mon, 06:00"')]
Daily = Annotated[str, typer.Option("--daily", metavar="WHEN", help='每天几点，例如 "07:30"')]
Alerts = Annotated[bool, typer.Option("--alerts", help="定时看预警（voc alerts），不出报告")]
Into = Annotated[Path | None, typer.Option("--to", metavar="DIR", help="写到这个文件夹；不写则只显示")]


def schedule(
    params: ParamsFile,
    *,
    monthly: Monthly = "",
    weekly: Weekly = "",
    daily: Daily = "",
    alerts: Alerts = False,
    to: Into = None,
) -> None:
    """写出定时运行的设置：cron、systemd、Windows 任务计划；只写出，不安装。"""
    from voc_lib.params import load
    from voc_lib.run import timetable

    asked = ((monthly, timetable.monthly), (weekly, timetable.weekly), (daily, timetable.daily))
    moments = [read(words) for words, read in asked if words]
    if len(moments) != 1:
        raise ParamsError("--monthly、--weekly、--daily 必须且只能写一个。")
    (moment,) = moments
    settings = load(params, today=datetime.now(UTC))
    job = timetable.job(settings, moment, sys.executable, verb="alerts" if alerts else "run")
    typer.echo(f"{settings.params.name}：{moment}，时区 {job.zone}（参数里的 timezone）。")
    if not alerts and not settings.params.period.startswith("last-"):
        told = (
            f"注意：参数里的 period 是 {settings.params.period}，每次都是这一期；每月的报告请写 last-month。"
        )
        typer.echo(told, err=True)
    files = timetable.files(job)
    if to is None:
        for name, words in files.items():
            typer.echo(f"\n=== {name}\n{words}", nl=False)
    else:
        _write(to, files)
    _how(job.unit, settings.folder / timetable.SECRETS)


def _how(unit: str, secrets: Path) -> None:
    """Say what to do with the files."""
    typer.echo("\n要启用时，在运行的机器上：")
    typer.echo("  systemd：把 .service 与 .timer 放进 ~/.config/systemd/user/，")
    typer.echo(f"           再 systemctl --user enable --now {unit}.timer")
    typer.echo(f"  cron：把 {unit}.cron 的内容加进 crontab -e")
    typer.echo(f"  Windows：schtasks /Create /TN {unit} /XML {unit}.xml")
    typer.echo(f"通知、数据库用的环境变量写在 {secrets}（一行一个 名称='值'，权限 600）；Windows 用 setx。")


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, words in files.items():
            windows = name.endswith(".xml")
            (folder / name).write_text(words, encoding="utf-16" if windows else "utf-8", newline="\n")
            typer.echo(str(folder / name))
    except OSError as error:
        raise PublishError(f"无法写入 {folder}：{error.strerror or error}。请检查权限和磁盘空间。") from None
