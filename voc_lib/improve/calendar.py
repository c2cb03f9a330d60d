"""What people have to have done by a day, and those days as iCalendar text (RFC 5545)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from voc_lib.improve import tasks
from voc_lib.knowledge import Knowledge, Measure
from voc_lib.params import Goal, Milestone

REMIND_DAYS = 3


@dataclass(frozen=True)
class Due:
    """One thing due: its `key` stays when its day is moved, `stamp` is the day it is entered with."""

    key: str
    stamp: date
    day: date
    words: str
    about: str = ""


def measures(found: Iterable[Measure]) -> list[Due]:
    """The measures that are neither done nor cancelled."""
    return [_measure(one) for one in found if not one.done and not one.cancelled]


def others(
    knowledge: Knowledge, people: Collection[str], *, goals: Sequence[Goal], milestones: Sequence[Milestone]
) -> list[Due]:
    """What these people are to do besides: decisions, questions, goals and milestones that have a day."""
    listed = [
        *_decided(knowledge),
        *_asked(knowledge),
        *_aimed([*knowledge.goals, *goals]),
        *_set(milestones),
    ]
    return sorted((due for who, due in listed if who in people), key=lambda due: (due.day, due.key))


def calls(day: date, about: Sequence[str], who: str) -> Due:
    """A day on which somebody is to call a customer about each of these measures."""
    key = f"{_key('calls', who)}-{day:%Y%m%d}"
    return Due(key, day, day, f"回访 {len(about)} 位客户（{who}）", "、".join(dict.fromkeys(about)))


def _measure(one: Measure) -> Due:
    words = f"{one.key} {one.action}（{one.owner}）"
    return Due(
        f"{one.id.encode().hex()}-{one.start:%Y%m%d}", one.start, one.due, words, tasks.description(one)
    )


def _decided(knowledge: Knowledge) -> Iterator[tuple[str, Due]]:
    for one in knowledge.decisions:
        if one.due and not one.done:
            words = f"会议决定：{one.decision}（{one.owner}）"
            yield (
                one.owner,
                Due(_key("decision", f"{one.at} {one.decision}"), one.at, one.due, words, one.measure),
            )


def _asked(knowledge: Knowledge) -> Iterator[tuple[str, Due]]:
    for analysis in knowledge.causes:
        for one in analysis.questions:
            if one.due and not one.answer:
                key = _key("question", f"{analysis.problem} {one.question}")
                words = f"待查清：{one.question}（{one.owner}）"
                yield one.owner, Due(key, one.due, one.due, words, analysis.problem)


def _aimed(goals: Iterable[Goal]) -> Iterator[tuple[str, Due]]:
    for one in goals:
        if one.due:
            yield (
                one.owner,
                Due(_key("goal", one.name), one.due, one.due, f"目标到期：{one.name}（{one.owner}）"),
            )


def _set(milestones: Iterable[Milestone]) -> Iterator[tuple[str, Due]]:
    for one in milestones:
        words = f"里程碑：{one.name}（{one.owner}）"
        yield one.owner, Due(_key("milestone", one.name), one.due, one.due, words)


def _key(kind: str, name: str) -> str:
    return f"{kind}-{name.encode().hex()}"


def text(dues: Iterable[Due]) -> str:
    """The days as a calendar with a reminder each; "" for none, since a calendar without anything is none."""
    events = [line for due in dues for line in _event(due)]
    if not events:
        return ""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//VOC workbench//measures//ZH", "CALSCALE:GREGORIAN"]
    return "".join(f"{fold(line)}\r\n" for line in [*lines, *events, "END:VCALENDAR"])


def _event(due: Due) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{due.key}@voc-workbench"
    yield f"DTSTAMP:{due.stamp:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{due.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escape(due.words)}"
    yield from [f"DESCRIPTION:{escape(due.about)}"] if due.about else []
    yield from ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape(due.words)}"]
    yield from [f"TRIGGER:-P{REMIND_DAYS}D", "END:VALARM", "END:VEVENT"]


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
