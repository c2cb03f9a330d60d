"""The verb that takes rows out of the archive, lists what was taken out, and puts it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from voc_lib.errors import ParamsError
from voc_lib.verbs.words import By, ParamsFile, Why

if TYPE_CHECKING:
    from voc_lib.collect.withdrawn import Withdrawal

Wanted = Annotated[
    str, typer.Argument(metavar="[PERIOD]", help="撤下哪一期，例如 2026-09；不写则列出撤下过的")
]
Source = Annotated[str, typer.Option(metavar="NAME", help="只撤下这个来源的")]
File = Annotated[str, typer.Option(metavar="NAME", help="只撤下读自这个文件的（名字如 02 所写）")]
Back = Annotated[int, typer.Option(metavar="N", help="放回编号 N 撤下的")]


def withdraw(
    params: ParamsFile, period: Wanted = "", *,
    source: Source = "", file: File = "", why: Why = "", back: Back = 0, by: By = "",
) -> None:  # fmt: skip
    """从归档撤下一期（或其中一个来源、一个文件）的反馈，另存并留档；--back 放回；都不写则列出。"""
    from voc_lib import params as params_file
    from voc_lib.collect import withdrawn
    from voc_lib.exchange.bench import user
    from voc_lib.period import Period
    from voc_lib.run import upkeep
    from voc_lib.verbs.words import now

    settings = params_file.load(params, today=datetime.now(UTC))
    who, at = by.strip() or user(), now(settings.params.zone)
    if back:
        told = upkeep.put_back(settings, back, who=who, at=at)
        typer.echo(f"放回了 {_counted(told)}（{told.chosen}）。要计入报告，请重新运行 voc run。")
    elif not period:
        _listed(withdrawn.table(settings.archive))
    else:
        chosen = withdrawn.Chosen(Period.parse(period), source, file)
        if not why.strip():
            count = len(withdrawn.found(settings.archive, chosen))
            raise ParamsError(f"会撤下 {count} 条（{chosen}），还没有动。确要撤下，请用 --why 写明原因。")
        told = upkeep.withdraw(settings, chosen, who=who, why=why.strip(), at=at)
        typer.echo(
            f"撤下了 {_counted(told)}（{chosen}），编号 {told.number}；"
            f"放回：voc withdraw {params} --back {told.number}\n"
            "请重新运行 voc run：数据文件里还有的会再收进来，没有的不再计入。"
        )


def _counted(told: Withdrawal) -> str:
    return f"{told.rows} 条反馈" + (f"、{told.rated} 条只有评分的反馈" if told.rated else "")


def _listed(every: list[Withdrawal]) -> None:
    for told in every:
        state = f"\t{told.returned} 放回" if told.returned else ""
        typer.echo(
            f"{told.number}\t{told.at}\t{told.who}\t{told.chosen}\t{_counted(told)}\t{told.why}{state}"
        )
    typer.echo(f"撤下过 {len(every)} 次。")
