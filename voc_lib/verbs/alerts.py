"""`voc alerts`: what is new since the last look, without a report, and a rehearsal of the year before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from voc_lib.errors import NoticeError, ParamsError
from voc_lib.verbs.words import ParamsFile, now

if TYPE_CHECKING:
    from voc_lib.params import Settings
    from voc_lib.stats.alerts import Alert

WEEKS = 52
Until = Annotated[str, typer.Option("--until", metavar="DAY", help="看到哪一天（2026-09-27）；不写则到昨天")]
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=31, help="看最近几天")]
Rehearse = Annotated[
    bool, typer.Option("--rehearse", help="演练：过去 52 周逐周看会发出哪些预警，不登记也不通知")
]
Quiet = Annotated[bool, typer.Option("--no-notice", help="不通知 notices.alerts 里的人")]


def alerts(
    params: ParamsFile,
    *,
    until: Until = "",
    days: Days = 7,
    rehearse: Rehearse = False,
    no_notice: Quiet = False,
) -> None:
    """不出报告，只看最近几天有没有新冒头或突增的问题；每件事一条预警，只说新的。"""
    from voc_lib import locks
    from voc_lib.params import load

    today = now(load(params, today=datetime.now(UTC)).params.zone).date()
    last = _day(until) if until else today - timedelta(days=1)
    settings = load(params, period=f"{last - timedelta(days=days - 1)}..{last}")
    if rehearse:
        return _rehearsed(settings, days)
    folder = settings.outputs / ".locks"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{settings.params.name}.alerts.lock"
    with locks.held(file, patience=0, busy=f"{settings.params.name} 的预警正在另一处运行，请等它结束。"):
        _looked(settings, days, quiet=no_notice)


def _looked(settings: Settings, days: int, *, quiet: bool) -> None:
    """Look at the last days, say what changed, tell people what is new, keep it."""
    from voc_lib.register import alerts as kept
    from voc_lib.report.conclusions import incidents
    from voc_lib.run import lookout
    from voc_lib.run.record import registered
    from voc_lib.stats import alerts as incident

    sight = lookout.look(settings)
    engine, report = registered.opened(settings), settings.params.name
    book = kept.book(engine, report=report)
    _forward(book, sight.until)
    period = incident.window(sight.until, days)
    broken = lookout.broken(sight, incident.charted(sight.until))
    changed = incident.advance(book, sight.issues, lookout.rising(sight, days), period, broken=broken)
    for line in incidents.lines(changed, period):
        typer.echo(line)
    news = [alert for alert in changed if alert.state in incident.NEWS]
    lines = list(incidents.lines(news, period))
    if lines and not quiet:
        _told(settings, lines)
    kept.add(engine, changed, report=report, at=now(settings.params.zone))
    held = [alert for alert in kept.book(engine, report=report) if alert.state != incident.CLOSED]
    typer.echo(f"{period.title}：{len(lines)} 条新消息；现有 {len(held)} 条预警没有关闭。")


def _told(settings: Settings, lines: list[str]) -> None:
    """People told; NoticeError where nobody could be: nothing is kept, and the next look says it again."""
    from voc_lib.notice import told

    entries = told.of_alerts(settings, lines, now(settings.params.zone))
    for entry in entries:
        typer.echo(str(entry), err=bool(entry.fault))
    if entries and all(entry.fault for entry in entries):
        raise NoticeError("预警一处也没有送达，没有登记；下次运行会再送。")


def _forward(book: list[Alert], until: date) -> None:
    """Nothing; ParamsError where a later day was looked at before: a book is kept forward."""
    last = max((alert.day for alert in book), default=until)
    if last > until:
        raise ParamsError(
            f"预警已经看到 {last}，不能再往回看 {until}。要看过去会发出哪些预警，请用 --rehearse。"
        )


def _rehearsed(settings: Settings, days: int) -> None:
    from voc_lib.report.conclusions import incidents
    from voc_lib.run import lookout
    from voc_lib.stats import alerts as incident

    sight = lookout.look(settings)
    charts = partial(lookout.broken, sight)
    look = partial(incident.rehearse, days=days, weeks=WEEKS, charts=charts)
    trials = look(sight.issues, sight.until, **sight.words)
    for line in incidents.rehearsed(trials, WEEKS, days):
        typer.echo(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ParamsError(f"--until “{text}” 不是日期。请写成 2026-09-27。") from None
