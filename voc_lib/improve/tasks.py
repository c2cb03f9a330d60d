"""Measures as tasks elsewhere: rows for the import sheet of 飞书 or 钉钉, dates as iCalendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import Knowledge, Measure

REMIND_DAYS = 3


def sheet(knowledge: Knowledge) -> pd.DataFrame:
    """schema.TASKS to import: one row per measure, one per step below it; no cancelled ones."""
    rows = [row for measure in _running(knowledge) for row in _rows(measure)]
    return schema.shape(pd.DataFrame(rows, columns=schema.TASKS.names, dtype="str"), schema.TASKS)


def _running(knowledge: Knowledge) -> list[Measure]:
    return [measure for measure in knowledge.measures if not measure.cancelled]


def _rows(measure: Measure) -> Iterator[list[str | None]]:
    name = f"{measure.key} {measure.action}"
    done = str(measure.done) if measure.done else None
    common = [measure.owner, measure.department, str(measure.start), str(measure.due), done]
    state = "已完成" if done else "未完成"
    yield [name, None, _description(measure), *common, state]
    for step in measure.steps:
        yield [step, name, None, *common, state]


def _description(measure: Measure) -> str:
    parts = {"问题": measure.problem, "目标": measure.goal, "资源": measure.resources, "试点": measure.pilot}
    return "；".join(f"{label}：{text}" for label, text in parts.items() if text)


def calendar(knowledge: Knowledge) -> str:
    """The due day of every measure not done as iCalendar text (RFC 5545) with a reminder; "" for none."""
    open_ = [measure for measure in _running(knowledge) if not measure.done]
    events = [line for measure in open_ for line in _event(measure)]
    if not events:  # a calendar without anything in it is none
        return ""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//VOC workbench//measures//ZH", "CALSCALE:GREGORIAN"]
    return "".join(f"{fold(line)}\r\n" for line in [*lines, *events, "END:VCALENDAR"])


def _event(measure: Measure) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{measure.id.encode().hex()}-{_day(measure.start)}@voc-workbench"
    yield f"DTSTAMP:{_day(measure.start)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_day(measure.due)}"
    yield f"DTEND;VALUE=DATE:{_day(measure.due + timedelta(days=1))}"
    yield f"SUMMARY:{escape(f'{measure.key} {measure.action}（{measure.owner}）')}"
    yield f"DESCRIPTION:{escape(_description(measure))}"
    yield from ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape(measure.action)}"]
    yield from [f"TRIGGER:-P{REMIND_DAYS}D", "END:VALARM", "END:VEVENT"]


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def escape(text: str) -> str:
    r"""Text as an iCalendar value.

    >>> escape("上线; 检查, 收尾\n复盘")
    '上线\\; 检查\\, 收尾\\n复盘'
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def fold(line: str) -> str:
    r"""A content line in pieces of at most 75 octets, never inside a character.

    >>> [len(piece.encode()) for piece in fold("SUMMARY:" + "华" * 40).split("\r\n")]
    [74, 55]
    """
    pieces, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > 75:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += width
    return "\r\n".join(pieces)
