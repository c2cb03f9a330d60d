"""What ran: the reports published, and with those that failed and the notices sent, as a log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from voc_lib.errors import ParamsError

Outputs = Annotated[Path, typer.Argument(metavar="OUTPUTS", help="输出文件夹")]
Most = Annotated[int, typer.Option("--most", metavar="N", min=1, help="最多列出多少行")]


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
