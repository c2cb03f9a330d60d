"""The people named in the params told how a run went, and the book of it kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from voc_lib import schema
from voc_lib.errors import ParamsError, VocError
from voc_lib.notice import book, message, post
from voc_lib.notice.book import Entry
from voc_lib.params import Settings
from voc_lib.run.audience import place
from voc_lib.run.check import Finding
from voc_lib.run.record import runs
from voc_lib.run.steps import STEPS, published_report
from voc_lib.run.tables import read_table
from voc_lib.unattended import Reader, Receiver


def of_report(settings: Settings, at: datetime) -> list[Entry]:
    """The readers told of the report published last."""
    readers = settings.params.notices.success
    if not readers:
        return []
    entries = []
    for audience in dict.fromkeys(reader.audience for reader in readers):
        told = [reader for reader in readers if reader.audience == audience]
        entries += _of_version(settings, audience or "", told, at)
    return entries


def _of_version(settings: Settings, audience: str, readers: Sequence[Reader], at: datetime) -> list[Entry]:
    """Those told who read the report for all or the version of an audience; nobody is sent another's."""
    folder = runs.published_folder(settings)
    lines = (runs.read(folder) or {}).get("audiences", [])
    absent = next((line["absent"] for line in lines if line["name"] == audience), "")
    if absent:
        said = message.without(settings, audience, absent)
        return _kept(settings, said.title, [_sent(reader, said) for reader in readers], at)
    made, given = (folder / part(audience) if audience else folder for part in (place.record, place.given))
    try:
        found = schema.shape(read_table(made / "tables" / "findings.parquet"), schema.FINDINGS)
    except (VocError, OSError) as error:
        return _kept(settings, "", [Entry(r.variable, _unread(error)) for r in readers], at)
    forms = {form: published_report(given, STEPS[-1], form) for form in ("html", "pdf")}
    forms["zip"] = given.with_name(f"{given.name}.zip")
    there = {form: path for form, path in forms.items() if path and path.is_file()}
    said = message.success(settings, found, next(iter(there.values()), given), audience=audience)
    entries = [_sent(reader, said, [there[f] for f in reader.attach if f in there]) for reader in readers]
    return _kept(settings, said.title, entries, at)


def of_failure(settings: Settings, error: Exception, at: datetime) -> list[Entry]:
    """Those told who are to hear of a run that made no report."""
    said = message.failure(settings, error)
    entries = [_sent(receiver, said) for receiver in settings.params.notices.failure]
    return _kept(settings, said.title, entries, at)


def of_alerts(settings: Settings, lines: Sequence[str], at: datetime) -> list[Entry]:
    """Those told who are to hear of alerts."""
    said = message.alerts(settings, lines)
    entries = [_sent(receiver, said) for receiver in settings.params.notices.alerts]
    return _kept(settings, said.title, entries, at)


def on_trial(settings: Settings) -> list[Entry]:
    """Every receiver tried with a few words, once each."""
    said = message.trial(settings)
    return [_sent(receiver, said) for receiver in _everybody(settings)]


def findings(settings: Settings) -> Iterator[Finding]:
    """For `voc check`: whether each receiver's variable is set to an address."""
    for receiver in _everybody(settings):
        why = post.fault(receiver)
        wrong = ParamsError(f"{why}。请在运行 voc 的环境里设置它（值不会写入任何输出）。") if why else None
        yield Finding(f"通知 {receiver.variable}", "地址可用", wrong)


def _everybody(settings: Settings) -> Sequence[Receiver]:
    notices = settings.params.notices
    return list({r.variable: r for r in (*notices.success, *notices.failure, *notices.alerts)}.values())


def _sent(receiver: Receiver | Reader, said: message.Message, files: Sequence[Path] = ()) -> Entry:
    return Entry(receiver.variable, post.send(receiver, said, files))


def _unread(error: Exception) -> str:
    return f"没有送出：读不到发现的表（{type(error).__name__}）"


def _kept(settings: Settings, title: str, entries: list[Entry], at: datetime) -> list[Entry]:
    if entries:
        with contextlib.suppress(OSError):  # a full disk must not turn a notice into an error
            book.write(settings, title, entries, at)
    return entries
