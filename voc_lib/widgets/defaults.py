"""What a new row of the plan is given by itself while it is written, to be written over at will."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import pandas as pd

from voc_lib.exchange.cells import plain
from voc_lib.exchange.fields import CALLS, DECISIONS, INCIDENTS, KEY, MEASURES, MESSAGES, PROGRESS, Form

NUMBERED = re.compile(r"(.*?)(\d+)")
MONTHS = 3  # a window before and after a measure, in whole months
OF_PROBLEM = ("占比", "每千单件数")  # metrics that are of a problem
DATED = {  # sheet -> the column that says something was done, and that of the day it was done on
    CALLS.kind: ("回访评分", "回访日期"),
    MESSAGES.kind: ("沟通情况", "沟通日期"),
    PROGRESS.kind: ("方案编号", "日期"),
    DECISIONS.kind: ("决定", "日期"),
    INCIDENTS.kind: ("事件", "日期"),
}
DAYS = {field.label: field for field in MEASURES.fields if field.kind == "day"}


def given(
    form: Form, said: Mapping[str, str], measures: Sequence[Mapping[str, str]], *, today: date
) -> dict[str, str]:
    """Header -> what a new row is given by what it says and by the `measures` there are, as rows.

    >>> given(CALLS, {"回访评分": "4"}, [], today=date(2026, 9, 30))
    {'回访日期': '2026-09-30'}
    """
    if form is MEASURES:
        return _measure(said, measures, today)
    about, day = DATED.get(form.kind, ("", ""))
    return {day: str(today)} if said.get(about) else {}


def _measure(said: Mapping[str, str], measures: Sequence[Mapping[str, str]], today: date) -> dict[str, str]:
    found = {KEY: said[KEY] or following([other[KEY] for other in measures]), "计划开始": str(today)}
    mine = [other for other in measures if other["责任人"] == said["责任人"]]
    if theirs := Counter(other["责任部门"] for other in mine if other["责任部门"]):
        found["责任部门"] = theirs.most_common(1)[0][0]
    if said["指标"] in OF_PROBLEM:
        found["问题类型"] = said["问题"]
    if said["指标"]:
        found |= {"改进前": _months(said, "计划开始", -MONTHS), "改进后": _months(said, "计划完成", 1)}
    return {label: words for label, words in found.items() if words}


def following(taken: Collection[str]) -> str:
    """The number after the highest of those there are, written as it is.

    >>> following(["M01", "M09", "M02 第2轮"]), following([]), following(["甲"])
    ('M10', 'M01', 'M01')
    """
    found = [match for each in taken if (match := NUMBERED.match(each))]
    last = max(found, key=lambda match: int(match[2]), default=None)
    return f"{last[1]}{int(last[2]) + 1:0{len(last[2])}d}" if last else "M01"


def _months(said: Mapping[str, str], label: str, first: int) -> str:
    """Whole months from so many months after that of a day on; "" where there is no day yet.

    >>> _months({"计划完成": "2026/10/31"}, "计划完成", 1)
    '2026-11-01..2027-01-31'
    """
    try:
        begin = pd.Period(date.fromisoformat(plain(DAYS[label], said[label])), freq="M") + first
    except ValueError:
        return ""
    return f"{begin.start_time:%Y-%m-%d}..{(begin + MONTHS - 1).end_time:%Y-%m-%d}"
