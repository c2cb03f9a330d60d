"""Around `voc run`: data waited for before it, people told after it, again, or on trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from voc_lib.errors import ArrivalError, LockedError, NoticeError, ParamsError
from voc_lib.unattended import seconds
from voc_lib.verbs.words import ParamsFile, Period, now

if TYPE_CHECKING:
    from voc_lib.notice.book import Entry
    from voc_lib.params import Settings
    from voc_lib.run.workflow.pipeline import Result

Trial = Annotated[bool, typer.Option("--test", help="试发一句话给每个接收处，不带报告")]


def notify(params: ParamsFile, *, period: Period = "", test: Trial = False) -> None:
    """再次通知最近发布的报告；--test 只试发一句话，看地址是否可用。"""
    from voc_lib.notice import told
    from voc_lib.params import load
    from voc_lib.run.record import runs

    settings = load(params, period=period or None, today=datetime.now(UTC))
    if not test:
        runs.require(runs.published_folder(settings))
    entries = told.on_trial(settings) if test else told.of_report(settings, now(settings.params.zone))
    if not entries:
        raise ParamsError("参数里没有写 notices，没有可通知的人。")
    for entry in entries:
        typer.echo(str(entry), err=bool(entry.fault))
    if wrong := [entry for entry in entries if entry.fault]:
        raise NoticeError(f"{len(entries)} 处中有 {len(wrong)} 处没有送达。")


def awaited(settings: Settings, runner: Callable[..., Result]) -> Result:
    """What the run comes to, tried again while its data has not come and the params say to wait."""
    wait = settings.params.wait
    if wait is None:
        return runner()
    from tenacity import Retrying, retry_if_exception_type, stop_before_delay, wait_fixed

    again = Retrying(
        retry=retry_if_exception_type(ArrivalError),
        wait=wait_fixed(seconds(wait.every)),
        stop=stop_before_delay(seconds(wait.at_most)),
        before_sleep=lambda _: typer.echo(f"数据未到，{wait.every} 后再看，最多等 {wait.at_most}。"),
        reraise=True,
    )
    try:
        return again(runner, patient=True)
    except ArrivalError:
        return runner()  # the last look, which leaves its trace


def accompanied(settings: Settings, work: Callable[[], Result], clock: Callable[[], datetime]) -> Result:
    """What the work comes to, and the people told of it; of a run broken off by hand nobody is told."""
    from voc_lib.notice import told

    try:
        result = work()
    except LockedError:  # the run under way tells how it went
        raise
    except Exception as error:
        _say(told.of_failure(settings, error, clock()))
        raise
    if not result.unchanged:
        _say(told.of_report(settings, clock()))
    return result


def _say(entries: Sequence[Entry]) -> None:
    for entry in entries:
        typer.echo(f"{entry}{'；运行的结果不受影响' if entry.fault else ''}", err=bool(entry.fault))
