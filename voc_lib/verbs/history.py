"""What ran: the reports published, a log with failures and notices, and old reports removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from voc_lib.errors import ParamsError, VocError

Outputs = Annotated[Path, typer.Argument(metavar="OUTPUTS", help="输出文件夹")]
Most = Annotated[int, typer.Option("--most", metavar="N", min=1, help="最多列出多少行")]
Keep = Annotated[int, typer.Option("--keep", metavar="N", min=1, help="每份报告保留最近多少期")]
Delete = Annotated[bool, typer.Option("--delete/--dry-run", help="真的删除；不写则只说会删哪些")]


class Line(NamedTuple):
    """Something that happened: when, to which report and period, and in words."""

    at: str
    name: str
    period: str
    words: str

    def __str__(self) -> str:
        return "  ".join(part for part in self if part)


def list_runs(outputs: Outputs = Path("outputs")) -> None:
    """列出已发布的报告，最新的在前。"""
    from voc_lib.run.record import runs

    _require(outputs)
    found = runs.published(outputs)
    for folder, content in found:
        rows = sum(line["in_period"] for line in content.get("ledger", []))
        about = f"{content['name']}  {content['period_title']}  {content['finished_at']}"
        typer.echo(f"{about}  本期 {rows} 条  {folder}")
    if not found:
        typer.echo(f"{outputs} 里还没有已发布的报告。")


def log(outputs: Outputs = Path("outputs"), most: Most = 50) -> None:
    """列出历次运行：已发布的、没有成功的及其原因、通知是否送达，最新的在前。"""
    _require(outputs)
    lines = sorted(_happened(outputs), key=lambda line: line.at, reverse=True)
    for line in lines[:most]:
        typer.echo(str(line))
    rest = len(lines) - most
    typer.echo(f"另有 {rest} 行更早的，用 --most 多看。" if rest > 0 else f"共 {len(lines)} 行。")


def prune(outputs: Outputs, keep: Keep, *, delete: Delete = False) -> None:
    """删除旧报告：每份报告保留最近 N 期和每个季度的最后一期；归档、登记库、失败现场不动。"""
    from voc_lib.run import retention
    from voc_lib.run.publish import folders
    from voc_lib.run.workflow import pipeline

    _require(outputs)
    going = retention.dispensable(retention.published(outputs), keep)
    refused: list[VocError] = []
    for report in going:
        megabytes = folders.size(report.folder) / 2**20
        try:
            if delete:
                retention.remove(outputs, report)
            typer.echo(f"{'已删除' if delete else '会删除'}  {report.folder}  {megabytes:.1f} MB")
        except VocError as error:
            refused.append(error)
            typer.echo(str(error), err=True)
    if delete and going:
        pipeline.site(outputs)
    typer.echo(_sum(len(going), delete=delete))
    if refused:
        raise typer.Exit(refused[0].exit_code)


def _sum(count: int, *, delete: bool) -> str:
    if not count:
        return "没有可以删除的报告。"
    return f"共 {count} 份。" if delete else f"共 {count} 份，什么也没有删；要删请加 --delete。"


def _require(outputs: Path) -> None:
    if not outputs.is_dir():
        raise ParamsError(f"找不到文件夹 {outputs}。请写出参数文件里 outputs 所指的文件夹。")


def _happened(outputs: Path) -> Iterator[Line]:
    from voc_lib.notice import book
    from voc_lib.report import site
    from voc_lib.run.record import runs

    for folder, content in runs.published(outputs):
        at = site.moment(content.get("finished_at"))
        yield Line(at, str(content.get("name")), folder.name, f"已发布  {folder}")
    for failure in site.failures(outputs):
        words = f"{failure['state']}：{failure['message']}".replace("\n", "\n    ")
        yield Line(failure["at"], failure["name"], failure["period"], words)
    for sent in book.read(outputs):
        words = str(book.Entry(sent["receiver"], sent["fault"]))
        yield Line(site.moment(sent["at"]), sent["name"], sent["period"], words)
