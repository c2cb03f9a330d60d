"""The cells of a row of the plan in Excel: how an entry is written there, and what they say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from voc_lib.errors import DataError
from voc_lib.exchange.fields import (
    CALLS,
    CANCELLED,
    DONE,
    KEY,
    MEASURES,
    NUMBERS,
    OPEN,
    STATE,
    STATES,
    Field,
    Form,
    checked,
)
from voc_lib.knowledge import filters
from voc_lib.metric import FORMER
from voc_lib.register import merging
from voc_lib.register.entries import Content, short
from voc_lib.report.excel import safe_text
from voc_lib.schema.words import CALL_STATES

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
MOMENT = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?!\d)\s*日?"
)  # with whatever time behind it
COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:\.0)?")
SERIAL = re.compile(r"(\d{5})(?:\.0)?")  # a day as Excel counts them
ENGLISH = re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4}")  # “Apr 28, 2026”: 钉钉 where it speaks English
YEARLESS = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
FIRST_DAY = date(1899, 12, 30)
LATER = re.compile(r"(.+?)\s*第\s*(\d+)\s*轮")  # the key of a later round of a measure
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
FIGURE = ".15g"  # all that a cell holds: 1234567 is no 1.23457e+06
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*([%％]?)")


def key(form: Form, written: Mapping[str, str]) -> str:
    """The key of the entry a row is about: what its first column says, else what the next ones say.

    >>> from voc_lib.exchange.fields import PROGRESS
    >>> key(PROGRESS, {"记录": "", "方案编号": "M01", "日期": "2026年9月3日"})
    'M01/2026-09-03'
    """
    if later := LATER.fullmatch(written[KEY]) if form is MEASURES else None:
        return f"{later[1]} 第{int(later[2])}轮"
    if form is MEASURES or written[KEY]:
        return written[KEY]
    first = [(field, written[field.label]) for field in form.fields[: form.named]]
    said = [_day(words) or words if field.kind == "day" else words for field, words in first]
    return short("/".join(said)) if all(said) else ""


def begun(form: Form, key: str) -> Content:
    """What a new entry of a key says by the key alone; of a measure its id, and a later round.

    >>> begun(MEASURES, "M01"), begun(MEASURES, "M01 第2轮")
    ({'id': 'M01'}, {'id': 'M01', 'round': 2})
    """
    if form is not MEASURES:
        return {}
    later = LATER.fullmatch(key)
    return {"id": later[1], "round": int(later[2])} if later else {"id": key}


def shown(form: Form, content: Mapping[str, Any]) -> dict[str, str]:
    """Header -> what stands in the cell of an entry, as text.

    >>> shown(CALLS, {"measure": "M01", "feedback_id": "F1", "score": 4.0})
    {'方案编号': 'M01', '反馈ID': 'F1', '回访评分': '4', '回访日期': '', '备注': '', '回访情况': ''}
    """
    return {field.label: _shown(field, content) for field in form.fields}


def _shown(field: Field, content: Mapping[str, Any]) -> str:
    if field.kind == "state":
        return CANCELLED if content.get("cancelled") else DONE if content.get("done") else OPEN
    value: Any = content
    for part in field.path:
        value = value.get(part) if isinstance(value, Mapping) else None
    if field.kind == "filter":
        return filters.said(value or {})
    if field.kind == "list":
        return "；".join(value or ())
    if field.codes and value:
        return field.choices[field.codes.index(value)]
    return "" if value is None else f"{value:{FIGURE}}" if field.kind in NUMBERS else str(value)


def filled(form: Form, content: Content, written: Mapping[str, str], *, new: bool = False) -> Content:
    """The content with what was written in its cells; cells that say what stood there change nothing.

    DataError says which cell cannot be read, may not change (unless all is `new`), or what would be missing.
    """
    stood = shown(form, content)
    there = [field for field in form.fields if field.label in written]
    written = {field.label: _today(field, written[field.label]) for field in there}
    changed = [field for field in there if not _same(field, stood[field.label], written[field.label])]
    if locked := [field.label for field in changed if field.locked and not new]:
        was = "；".join(f"“{label}” 导出时是 “{stood[label]}”" for label in locked)
        raise DataError(f"{was}，这一列不能改")
    if form is CALLS and changed and "回访情况" in written and not written["回访评分"] + written["回访情况"]:
        raise DataError(f"没有写 “回访评分”；没有评分时请选 “回访情况”：{'、'.join(CALL_STATES)}")
    for field in changed:
        content = merging.put(content, field.path, _value(field, written[field.label]))
    return checked(form, _settled(content, stood, written) if form is MEASURES else content)


def _today(field: Field, written: str) -> str:
    """What was written, a metric by the name it bears now: a workbook handed out before has the old one.

    >>> _today(Field("指标", (), codes=("csat",)), "满意度"), _today(Field("备注", ()), "满意度")
    ('满意度均分', '满意度')
    """
    return FORMER.get(written, written) if field.codes else written


def _same(field: Field, stood: str, written: str) -> bool:
    if field.kind == "filter":
        return stood == written or (bool(stood) and filters.parsed(stood) == filters.parsed(written))
    return plain(field, stood) == plain(field, written)


def plain(field: Field, written: str) -> str:
    """What a cell says, in one way of writing it.

    >>> plain(CALLS.fields[2], "4.0"), plain(CALLS.fields[3], "2026年9月3日"), plain(CALLS.fields[4], " 好 ")
    ('4', '2026-09-03', '好')
    >>> plain(CALLS.fields[2], "1234567")
    '1234567'
    """
    if field.kind == "day":
        return _day(written) or written
    if field.kind == "list":
        return "；".join(_parts(written))
    if field.kind == "percent" and (found := PERCENT.fullmatch(written)):
        return f"{float(found[1]):{FIGURE}}"
    if field.kind == "number" and NUMBER.fullmatch(written):
        return f"{float(written):{FIGURE}}"
    return _plain(safe_text(written))


def _parts(written: str) -> list[str]:
    """The things of a list, a line or a semicolon between them.

    >>> _parts("招聘 12 人；上线分拣线\\n试跑;")
    ['招聘 12 人', '上线分拣线', '试跑']
    """
    return [part.strip() for part in re.split(r"[；;\r\n]", written) if part.strip()]


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n").strip()


READ = {"list": (_parts, "几件事，用分号隔开"), "filter": (filters.parsed, filters.FORM)}


def _value(field: Field, written: str) -> Any:
    """The value of a cell; DataError where it is none the field can have."""
    if not written or field.kind == "state":
        return None
    if field.kind == "day":
        whole = "写明年份的日期" if YEARLESS.fullmatch(written) else "日期"
        return _day(written) or _refused(field, written, f"{whole}，例如 2026-09-30")
    if field.kind == "number":
        return _number(field, written)
    if field.kind == "percent":
        found = _percent(written)
        return _refused(field, written, "0–100 的数，例如 50 或 50%") if found == "" else found
    if field.kind in READ:
        read, form = READ[field.kind]
        return read(written) or _refused(field, written, form)
    if field.choices and written not in field.choices:
        _refused(field, written, "、".join(field.choices))
    return field.codes[field.choices.index(written)] if field.codes else written


def _number(field: Field, written: str) -> float:
    """The number; DataError where it is none, or none from the first choice to the last.

    >>> _number(Field("目标值", (), "number"), "0.12")
    0.12
    """
    number = float(written) if NUMBER.fullmatch(written) else None
    if field.choices:
        first, last = field.choices[0], field.choices[-1]
        if number is None or not float(first) <= number <= float(last):
            _refused(field, written, f" {first}–{last} 的数字")
    elif number is None:
        _refused(field, written, "数字，百分之几写成小数" if PERCENT.fullmatch(written) else "数字")
    return number


def _percent(written: str) -> str | float:
    """How many per cent; "" where it is none, or may be a share: a cell that shows 50% holds .5.

    >>> _percent("50"), _percent("50%"), _percent("0.5"), _percent("1"), _percent("0"), _percent("1%")
    (50.0, 50.0, '', '', 0.0, 1.0)
    """
    found = PERCENT.fullmatch(written)
    if not found or float(found[1]) > 100 or (not found[2] and 0 < float(found[1]) <= 1):
        return ""
    return float(found[1])


def _refused(field: Field, written: str, allowed: str) -> NoReturn:
    raise DataError(f"“{field.label}” 应是{allowed}，现在是 “{written}”")


def _day(written: str) -> str:
    """The day as 2026-09-30; "" where it is none.

    >>> _day("2026年9月3日"), _day("2026-09-03 00:00:00"), _day("46268"), _day("九月三日"), _day("2026-13-01")
    ('2026-09-03', '2026-09-03', '2026-09-03', '', '')
    >>> _day("Sep 3, 2026"), _day("20260903"), _day("9/3")
    ('2026-09-03', '2026-09-03', '')
    """
    if serial := SERIAL.fullmatch(written):
        return str(FIRST_DAY + timedelta(days=int(serial[1])))
    found = DAY.fullmatch(written) or COMPACT.fullmatch(written)
    try:
        if ENGLISH.fullmatch(written):
            return str(datetime.strptime(written, "%b %d, %Y").date())
        return str(date(*map(int, found.groups()))) if found else ""
    except ValueError:
        return ""


def begun_day(written: str) -> str:
    """The day a moment falls on, as 2026-09-30; "" where it begins with none.

    >>> begun_day("2026/4/28 18:30"), begun_day("2026-04-28T10:30:00+08:00"), begun_day("46268.75")
    ('2026-04-28', '2026-04-28', '2026-09-03')
    >>> begun_day("Apr 28, 2026 18:30")
    '2026-04-28'
    """
    if english := ENGLISH.match(written):
        return _day(english[0])
    if found := MOMENT.match(written):
        return _day(found[0].strip())
    return _day(written.split(".", maxsplit=1)[0])


def _settled(content: Content, stood: Mapping[str, str], written: Mapping[str, str]) -> Content:
    """The measure with its state: cancelled, done on a day, or neither."""
    state, done = written[STATE] or OPEN, content.get("done")
    if state not in STATES:
        raise DataError(f"“{STATE}” 应是{'、'.join(STATES)}，现在是 “{state}”")
    if state == OPEN != stood[STATE] and done:
        raise DataError(f"“{STATE}” 改成了{OPEN}，“实际完成” 却还写着 {done}；请留一个")
    if state == DONE and not done:
        raise DataError("“状态” 是已完成，却没有写 “实际完成” 的日期")
    left = {name: value for name, value in content.items() if name != "cancelled"}
    return {**left, "cancelled": True} if state == CANCELLED else left
