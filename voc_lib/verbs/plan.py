"""Verbs about the plan in Excel: handed out to its owners, taken back."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

from voc_lib.errors import ParamsError, VocError
from voc_lib.verbs.words import By, Folder, ParamsFile, Period, Why

plan = typer.Typer(help="改进计划与回访：每人或每部门一个 Excel，填好后导入登记库。", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="填好的工作簿，可以几个一起")]


class Per(StrEnum):
    """Who gets a workbook of their own."""

    owner = "owner"
    department = "department"


Change = Annotated[
    float | None,
    typer.Option(metavar="X", help="要看出多大的变化，用指标的单位（占比写小数）；不写则为到目标的距离"),
]
Judges = Annotated[int, typer.Option(min=1, max=20, metavar="N", help="几位评委，每位一份")]
AWeek = Annotated[
    int, typer.Option("--a-week", metavar="N", min=1, help="每位责任人一周最多回访多少位客户，分到各工作日")
]
Contacts = Annotated[
    bool, typer.Option("--contacts", help="附上客户的姓名与联系方式（参数 contacts 的文件），只写在工作簿里")
]
Each = Annotated[Per, typer.Option("--per", help="owner 每位责任人一份，department 每个部门一份")]


@plan.command("export")
def export(
    params: ParamsFile,
    folder: Folder,
    *,
    per: Each = Per.owner,
    a_week: AWeek = 20,
    contacts: Contacts = False,
    period: Period = "",
) -> None:
    """把措施、待回访与待告知的客户写成工作簿，并附截止日期的日历（.ics）；每位责任人或每个部门一份。"""
    from voc_lib.exchange import handout
    from voc_lib.exchange.bench import bench

    at = bench(str(params), period=period)
    at.require()
    written = handout.export(at, folder, per=per.value, a_week=a_week, contacts=contacts)
    for path in written:
        typer.echo(path)
    books = sum(path.suffix == ".xlsx" for path in written)
    typer.echo(f"{books} 份工作簿。填好后：voc plan import {params} 文件名")


@plan.command("import")
def read(params: ParamsFile, files: Files, *, by: By = "", why: Why = "") -> None:
    """读回填好的工作簿，或飞书、钉钉导出的任务表；有一处不对或与别人的改动冲突，这个文件就一处也不导入。"""
    from voc_lib.exchange import incoming
    from voc_lib.exchange.bench import bench

    at = bench(str(params), who=by)
    at.require()
    wrong: list[VocError] = []
    for file in files:
        try:
            came = incoming.take(at, file, why=why)
            typer.echo(f"{file.name}：导入 {came.saved} 处，{came.same} 行没有改动。")
            for told in came.joined:
                typer.echo(f"  {told}。")
            if came.lacking:
                typer.echo(f"  它是较早导出的，没有{'；'.join(came.lacking)}；这些内容保持不变。")
            if came.beside:
                typer.echo(f"  自己加的列不导入：{'；'.join(came.beside)}。")
        except VocError as error:
            wrong.append(error)
            typer.echo(str(error), err=True)
    if wrong:
        typer.echo(f"{len(files)} 个文件中有 {len(wrong)} 个没有导入。", err=True)
        raise typer.Exit(wrong[0].exit_code)


@plan.command("power")
def power(params: ParamsFile, *, change: Change = None, period: Period = "") -> None:
    """每条措施要看出多大的变化、需多少样本和几周，以及改进后窗口内可看出的最小变化。"""
    from voc_lib import schema
    from voc_lib.improve import power as planner
    from voc_lib.report import tables
    from voc_lib.stats import satisfaction
    from voc_lib.stats.basis import Evidence
    from voc_lib.widgets import session

    if change is not None and not (isfinite(change) and change):
        raise ParamsError(f"--change 应是不为 0 的数，现在是 {change}；占比写小数，例如 0.05。")
    step = session.step_of(str(params), period=period)
    scored = satisfaction.scored(step.read("tagged"), step.read("ratings"))
    evidence = Evidence(step.read("issues"), step.read("exposure"), step.read("kpis"), scored)
    found = planner.table(step.knowledge, evidence, as_of=step.period.end, change=change)
    view = tables.table(found, schema.POWER)
    typer.echo("\t".join(str(column["label"]) for column in view.columns))
    for row in view.rows:
        typer.echo("\t".join(cell if isinstance(cell, str) else cell["text"] for cell in row))
    blind = [m.id for m in step.knowledge.measures if not m.trial and not m.cancelled]
    if blind:
        typer.echo(f"没有写指标、算不出的措施：{'、'.join(blind)}。请补上 metric、target、before、after。")


@plan.command("interviews")
def interviews(params: ParamsFile, folder: Folder, *, period: Period = "") -> None:
    """把访谈名单与提纲写成工作簿；填好后作为渠道“访谈”的来源读回，要加的几行一并列出。"""
    from datetime import UTC, datetime

    from voc_lib.exchange import interviews as listed
    from voc_lib.params import load

    settings = load(str(params), period=period or None, today=datetime.now(UTC))
    file = listed.export(settings, folder)
    typer.echo(file)
    typer.echo("填好后放进项目文件夹，在参数文件的 sources 里加上：")
    typer.echo(listed.template(f"访谈/{file.name}", settings.params.subject))


@plan.command("scores")
def scores(params: ParamsFile, folder: Folder, *, judges: Judges = 3, period: Period = "") -> None:
    """给每位评委一份六项评分表（Excel）；填好后写 appraisal: {scores: …}，第 5 步算排名和一致程度。"""
    from datetime import UTC, datetime

    from voc_lib.exchange import scores as sheets
    from voc_lib.params import load

    settings = load(str(params), period=period or None, today=datetime.now(UTC))
    for file in sheets.export(settings, folder, judged_by=[f"评委{n}" for n in range(1, judges + 1)]):
        typer.echo(file)
    typer.echo("填好后在参数文件里写：appraisal: {scores: 文件夹/*.xlsx}")
