"""When a report or its alerts run by themselves: a moment for cron, systemd and Windows."""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from voc_lib.errors import ParamsError
from voc_lib.params import Settings
from voc_lib.report.subject import said

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHINESE = "一二三四五六日"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
MONTHLY = re.compile(rf"(?:day\s*)?(\d{{1,2}})\s*[日号]?\s*[,，]?\s+{CLOCK}")
DAILY = re.compile(CLOCK)
WEEKLY = re.compile(rf"(\w+)\s*[,，]?\s+{CLOCK}")
SECRETS = "voc.env"  # beside the params: the variables a run needs and a schedule does not have
MOST = 28  # the last day every month has


@dataclass(frozen=True)
class Moment:
    """A day of the month (1–28) or of the week (1 Monday … 7 Sunday), 0 for every day, and a time of day."""

    kind: Literal["monthly", "weekly", "daily"]
    day: int
    hour: int
    minute: int

    def __str__(self) -> str:
        if self.kind == "weekly":
            return f"每周{CHINESE[self.day - 1]} {self.clock}"
        return f"每月 {self.day} 日 {self.clock}" if self.kind == "monthly" else f"每天 {self.clock}"

    @property
    def clock(self) -> str:
        """The time of day as HH:MM."""
        return f"{self.hour:02}:{self.minute:02}"


@dataclass(frozen=True)
class Job:
    """A run at a moment: its name for machines, its title for people, and what is called where."""

    unit: str
    title: str
    moment: Moment
    zone: str
    folder: Path
    words: tuple[str, ...]


def monthly(words: str) -> Moment:
    """The moment of words such as “day 2, 06:00”.

    >>> str(monthly("day 2, 06:00")), str(monthly("2日 06:00"))
    ('每月 2 日 06:00', '每月 2 日 06:00')
    """
    match = MONTHLY.fullmatch(words.strip())
    if not match or not 1 <= int(match[1]) <= MOST:
        raise ParamsError(f'--monthly “{words}” 应写成 "day 2, 06:00"；日期 1–{MOST}（每个月都有的日子）。')
    return Moment("monthly", *map(int, match.groups()))


def weekly(words: str) -> Moment:
    """The moment of words such as “mon, 06:00”.

    >>> str(weekly("mon, 06:00")), str(weekly("周日 23:30"))
    ('每周一 06:00', '每周日 23:30')
    """
    match = WEEKLY.fullmatch(words.strip())
    named = match[1].lower() if match else ""
    known = {**{day: n for n, day in enumerate(DAYS, 1)}, **{f"周{c}": n for n, c in enumerate(CHINESE, 1)}}
    if not match or named not in known:
        raise ParamsError(f'--weekly “{words}” 应写成 "mon, 06:00" 或 "周一 06:00"。')
    return Moment("weekly", known[named], int(match[2]), int(match[3]))


def daily(words: str) -> Moment:
    """The moment of words such as “07:30”.

    >>> str(daily("07:30"))
    '每天 07:30'
    """
    match = DAILY.fullmatch(words.strip())
    if not match:
        raise ParamsError(f'--daily “{words}” 应写成 "07:30"。')
    return Moment("daily", 0, int(match[1]), int(match[2]))


def job(settings: Settings, moment: Moment, python: str, *, verb: str = "run") -> Job:
    """The run of a params file by a Python; `verb`: what is run, the report or its alerts."""
    stem = settings.file.stem
    safe = re.fullmatch(r"[A-Za-z0-9_-]+", stem)
    mark = stem if safe else hashlib.sha256(settings.params.name.encode()).hexdigest()[:8]
    words = (python, "-m", "voc_lib.cli", verb, str(settings.file))
    title, unit = f"{said('客户之声', settings.params.subject)} {settings.params.name}", f"voc-{mark}"
    if verb != "run":
        title, unit = f"{title} 预警", f"{unit}-{verb}"
    return Job(unit, title, moment, settings.params.timezone, settings.folder, words)


def files(job: Job) -> dict[str, str]:
    """What is to be given to cron, systemd and Windows, by file name."""
    return {
        f"{job.unit}.cron": cron(job),
        f"{job.unit}.service": service(job),
        f"{job.unit}.timer": timer(job),
        f"{job.unit}.xml": task(job),
    }


def cron(job: Job) -> str:
    """A crontab entry; `%` would end the command there, so it is escaped."""
    at, moment = f"{job.moment.minute} {job.moment.hour}", job.moment
    days = {"monthly": f"{moment.day} * *", "weekly": f"* * {moment.day % 7}", "daily": "* * *"}[moment.kind]
    read = f"if [ -f {SECRETS} ]; then set -a; . ./{SECRETS}; fi"
    command = f"cd {shlex.quote(str(job.folder))} && {read} && {shlex.join(job.words)}"
    return (
        f"# {job.title}，{moment}（{job.zone}）\n"
        "# Debian、Ubuntu 的 cron 不认 CRON_TZ：机器不在这个时区时请改用 systemd。\n"
        f"CRON_TZ={job.zone}\n"
        f"{at} {days} {command.replace('%', chr(92) + '%')}\n"
    )


def service(job: Job) -> str:
    """The systemd unit that makes the run."""
    return (
        f"[Unit]\nDescription={_unit(job.title)}\n\n"
        f"[Service]\nType=oneshot\nWorkingDirectory={_unit(str(job.folder))}\n"
        f"EnvironmentFile=-{_unit(str(job.folder / SECRETS))}\n"
        f"ExecStart={' '.join(map(_quoted, job.words))}\n"
    )


def timer(job: Job) -> str:
    """The systemd timer: in the time zone of the params, caught up on after the machine was off."""
    moment = job.moment
    day = f"*-*-{moment.day:02}" if moment.kind == "monthly" else "*-*-*"
    day = f"{LONG_DAYS[moment.day - 1][:3]} {day}" if moment.kind == "weekly" else day
    return (
        f"[Unit]\nDescription={_unit(job.title)}，{moment}\n\n"
        f"[Timer]\nOnCalendar={day} {moment.clock}:00 {job.zone}\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def task(job: Job) -> str:
    """The Windows task; its time bears the offset of the time zone of the params."""
    moment = job.moment
    begin = datetime(2026, 1, 1, moment.hour, moment.minute, tzinfo=ZoneInfo(job.zone)).isoformat()
    program, *rest = job.words
    arguments = " ".join(f'"{word}"' if " " in word else word for word in rest)
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
        f"  <RegistrationInfo><Description>{escape(job.title)}，{moment}（{job.zone}）"
        "</Description></RegistrationInfo>\n"
        f"  <Triggers><CalendarTrigger><StartBoundary>{begin}</StartBoundary><Enabled>true</Enabled>"
        f"{_schedule(moment)}</CalendarTrigger></Triggers>\n"
        "  <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>"
        "<StartWhenAvailable>true</StartWhenAvailable></Settings>\n"
        f"  <Actions><Exec><Command>{escape(program)}</Command><Arguments>{escape(arguments)}</Arguments>"
        f"<WorkingDirectory>{escape(str(job.folder))}</WorkingDirectory></Exec></Actions>\n"
        "</Task>\n"
    )


def _schedule(moment: Moment) -> str:
    if moment.kind == "daily":
        return "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
    if moment.kind == "weekly":
        day = LONG_DAYS[moment.day - 1]
        return (
            "<ScheduleByWeek><WeeksInterval>1</WeeksInterval>"
            f"<DaysOfWeek><{day} /></DaysOfWeek></ScheduleByWeek>"
        )
    months = "".join(f"<{month} />" for month in MONTHS)
    days = f"<DaysOfMonth><Day>{moment.day}</Day></DaysOfMonth>"
    return f"<ScheduleByMonth>{days}<Months>{months}</Months></ScheduleByMonth>"


def _unit(words: str) -> str:
    """Words as a value of a systemd unit.

    >>> _unit("100%")
    '100%%'
    """
    return words.replace("%", "%%")


def _quoted(word: str) -> str:
    r"""A word of a systemd command line.

    >>> print(_quoted('a "b" $c'))
    "a \"b\" $$c"
    """
    plain = re.fullmatch(r"[\w./:=+-]+", word)
    inside = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return _unit(word if plain else f'"{inside}"')
