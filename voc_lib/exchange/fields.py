"""The columns of a plan in Excel: which field of what is known each cell is, and how it is written there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NoReturn

from voc_lib.errors import DataError, ParamsError
from voc_lib.knowledge import (
    Decision,
    Departure,
    Goal,
    Incident,
    Measure,
    Message,
    Progress,
    Revisit,
    filters,
)
from voc_lib.knowledge.stages import FAILED, PASSED
from voc_lib.metric import FORMER, NAMES
from voc_lib.params import parse
from voc_lib.register.entries import Content, short
from voc_lib.report.excel import safe_text
from voc_lib.schema.words import CALL_STATES, PHASES, TOLD_STATES
from voc_lib.strict import Strict

OPEN, DONE, CANCELLED = STATES = ("未完成", "已完成", "取消")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
MOMENT = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?!\d)\s*日?"
)  # with whatever time behind it
NUMBERS = ("number", "percent")
SERIAL = re.compile(r"(\d{5})(?:\.0)?")  # a day as Excel counts them
ENGLISH = re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4}")  # “Apr 28, 2026”: 钉钉 where it speaks English
LACKING = re.compile(r"kind: (\w+) 需要 (\w+)（.+）")
YEARLESS = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
FIRST_DAY = date(1899, 12, 30)
LATER = re.compile(r"(.+?)\s*第\s*(\d+)\s*轮")  # the key of a later round of a measure
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*([%％]?)")


@dataclass(frozen=True)
class Field:
    """A column: its header, the place of its value in the content, and what may be written there.

    A `later` column may be missing from a workbook handed out before.
    """

    label: str
    path: tuple[str, ...]
    kind: Literal["text", "day", "number", "percent", "state", "filter"] = "text"
    locked: bool = False
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True)
class Form:
    """A sheet of a workbook: what kind of entry its rows are, if any (`model`), and their columns.

    The first `named` columns name an entry; they say something alone where it is `bare`. A `later` sheet
    may be missing from a workbook handed out before.
    """

    kind: str
    title: str
    model: type[Strict] | None
    fields: tuple[Field, ...]
    named: int = 2
    bare: bool = False
    later: bool = False

    @property
    def names(self) -> list[str]:
        """The headers of what an entry is about."""
        return self.labels[: self.named]

    @property
    def labels(self) -> list[str]:
        """The headers that may be filled in or read, in order, without key and version."""
        return [field.label for field in self.fields]

    def guards(self, field: Field) -> bool:
        """Whether what stands in a column may not be touched; where an entry is `bare` it may be emptied."""
        return field.locked and not self.bare


KEY, VERSION, STATE = "记录", "版本", "状态"
CUSTOMER = "客户编号"  # whose feedback a row is about: only shown
MEASURES = Form(
    "measure",
    "措施",
    Measure,
    (
        Field("问题", ("problem",), locked=True),
        Field("根因", ("cause",), locked=True),
        Field("改进目标", ("goal",)),
        Field("具体措施", ("action",)),
        Field("责任人", ("owner",)),
        Field("责任部门", ("department",)),
        Field("计划开始", ("start",), "day"),
        Field("计划完成", ("due",), "day"),
        Field(STATE, ("cancelled",), "state", choices=STATES),
        Field("实际完成", ("done",), "day"),
        Field("评审结论", ("review", "verdict"), choices=("通过", "退回")),
        Field("所需资源", ("resources",)),
        Field("试点范围", ("pilot",)),
        Field("实施效果", ("result",)),
        Field("遇到的问题及解决措施", ("obstacles",)),
        Field("制度文件(SOP)", ("document",)),
        Field("评审人", ("review", "by"), later=True),
        Field("评审日期", ("review", "at"), "day", later=True),
        Field("评审：资源", ("review", "resources"), later=True),
        Field("评审：风险", ("review", "risks"), later=True),
        Field("评审：预期效果", ("review", "expected"), later=True),
        Field("试点条件", ("stages", "pilot", "scope"), "filter", later=True),
        Field("对照条件", ("stages", "pilot", "comparison"), "filter", later=True),
        Field("试点开始", ("stages", "pilot", "start"), "day", later=True),
        Field("试点结束", ("stages", "pilot", "end"), "day", later=True),
        Field("判定", ("stages", "verdict", "verdict"), choices=(PASSED, FAILED), later=True),
        Field("判定日期", ("stages", "verdict", "at"), "day", later=True),
        Field("判定人", ("stages", "verdict", "by"), later=True),
        Field("判定理由", ("stages", "verdict", "why"), later=True),
        Field("推广日期", ("stages", "rollout"), "day", later=True),
        Field("固化日期", ("stages", "consolidated"), "day", later=True),
        Field("上一轮没有成的原因", ("failure",), later=True),
    ),
)
CALLS = Form(
    "revisit",
    "回访",
    Revisit,
    (
        Field("方案编号", ("measure",), locked=True),
        Field("反馈ID", ("feedback_id",), locked=True),
        Field("回访评分", ("score",), "number", choices=("1", "2", "3", "4", "5")),
        Field("回访日期", ("at",), "day"),
        Field("备注", ("note",)),
        Field("回访情况", ("state",), choices=CALL_STATES, later=True),
    ),
)
PROGRESS = Form(
    "progress",
    "进展",
    Progress,
    (
        Field("方案编号", ("measure",), locked=True),
        Field("日期", ("at",), "day", locked=True),
        Field("完成百分比", ("percent",), "percent"),
        Field("进展", ("note",)),
    ),
)
MESSAGES = Form(
    "message",
    "沟通",
    Message,
    (
        Field("方案编号", ("measure",), locked=True),
        Field("反馈ID", ("feedback_id",), locked=True),
        Field("阶段", ("phase",), locked=True, choices=PHASES),
        Field("沟通情况", ("state",), choices=TOLD_STATES),
        Field("沟通日期", ("at",), "day"),
        Field("客户的回复", ("note",)),
    ),
    named=3,
    later=True,
)
GOALS = Form(
    "goal",
    "目标",
    Goal,
    (
        Field("目标名称", ("name",), locked=True),
        Field("指标", ("metric", "kind"), choices=tuple(NAMES.values()), codes=tuple(NAMES)),
        Field("问题类型", ("metric", "category")),
        Field("KPI名称", ("metric", "name")),
        Field("指标范围", ("metric", "where"), "filter"),
        Field("基线", ("baseline",), "number"),
        Field("目标值", ("target",), "number"),
        Field("负责人", ("owner",)),
        Field("期限", ("due",), "day"),
    ),
    named=1,
    later=True,
)
DECISIONS = Form(
    "decision",
    "会议决定",
    Decision,
    (
        Field("日期", ("at",), "day", locked=True),
        Field("决定", ("decision",), locked=True),
        Field("负责人", ("owner",)),
        Field("何时前", ("due",), "day"),
        Field("方案编号", ("measure",)),
        Field("办完日期", ("done",), "day"),
    ),
    later=True,
)
INCIDENTS = Form(
    "incident",
    "事件",
    Incident,
    (
        Field("日期", ("at",), "day", locked=True),
        Field("事件", ("incident",), locked=True),
        Field("结束日期", ("until",), "day"),
        Field("问题", ("problem",)),
    ),
    bare=True,
    later=True,
)
DEPARTURES = Form(
    "departure",
    "离岗",
    Departure,
    (
        Field("姓名", ("owner",), locked=True),
        Field("不在的日期", ("at",), "day"),
        Field("接手人", ("successor",)),
    ),
    named=1,
    bare=True,
    later=True,
)
FORMS = (MEASURES, PROGRESS, CALLS, MESSAGES, GOALS, DECISIONS, INCIDENTS, DEPARTURES)


def key(form: Form, written: Mapping[str, str]) -> str:
    """The key of the entry a row is about: what its first column says, else what the next ones say.

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


def cells(form: Form, content: Mapping[str, Any]) -> dict[str, str]:
    """Header -> what stands in the cell of an entry, as text.

    >>> cells(CALLS, {"measure": "M01", "feedback_id": "F1", "score": 4.0})
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
    if field.codes and value:
        return field.choices[field.codes.index(value)]
    return "" if value is None else f"{value:g}" if field.kind in NUMBERS else str(value)


def filled(form: Form, content: Content, written: Mapping[str, str], *, new: bool = False) -> Content:
    """The content with what was written in its cells; cells that say what stood there change nothing.

    DataError says which cell cannot be read, may not change (unless all is `new`), or what would be missing.
    """
    stood = cells(form, content)
    there = [field for field in form.fields if field.label in written]
    written = {field.label: _today(field, written[field.label]) for field in there}
    changed = [field for field in there if not _same(field, stood[field.label], written[field.label])]
    if locked := [field.label for field in changed if field.locked and not new]:
        was = "；".join(f"“{label}” 导出时是 “{stood[label]}”" for label in locked)
        raise DataError(f"{was}，这一列不能改")
    if form is CALLS and changed and "回访情况" in written and not written["回访评分"] + written["回访情况"]:
        raise DataError(f"没有写 “回访评分”；没有评分时请选 “回访情况”：{'、'.join(CALL_STATES)}")
    for field in changed:
        content = _put(content, field.path, _value(field, written[field.label]))
    return checked(form, _settled(content, stood, written) if form is MEASURES else content)


def _today(field: Field, written: str) -> str:
    """What was written, a metric by the name it bears now: a workbook handed out before has the old one.

    >>> _today(Field("指标", (), codes=("csat",)), "满意度"), _today(Field("备注", ()), "满意度")
    ('满意度均分', '满意度')
    """
    return FORMER.get(written, written) if field.codes else written


def _same(field: Field, stood: str, written: str) -> bool:
    if field.kind == "day":
        return stood == (_day(written) or written)
    if field.kind == "filter":
        return stood == written or (bool(stood) and filters.parsed(stood) == filters.parsed(written))
    if field.kind == "percent" and (found := PERCENT.fullmatch(written)):
        return stood == f"{float(found[1]):g}"
    if field.kind == "number" and NUMBER.fullmatch(written):
        return stood == f"{float(written):g}"
    return _plain(safe_text(stood)) == _plain(written)


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n").strip()


def _put(content: Content, path: tuple[str, ...], value: Any) -> Content:
    """The content with a value in its place; nothing stands there where it is None."""
    first, *rest = path
    if rest:
        value = _put(content.get(first) or {}, tuple(rest), value) or None
    left = {name: held for name, held in content.items() if name != first or value is not None}
    return left if value is None else {**left, first: value}


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
    if field.kind == "filter":
        return filters.parsed(written) or _refused(field, written, filters.FORM)
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
    >>> _day("Sep 3, 2026"), _day("9/3")
    ('2026-09-03', '')
    """
    if serial := SERIAL.fullmatch(written):
        return str(FIRST_DAY + timedelta(days=int(serial[1])))
    found = DAY.fullmatch(written)
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


def checked(form: Form, content: Content) -> Content:
    """The content as the model keeps it; DataError names the headers of what is wrong."""
    if form.model is None:
        raise TypeError(f"{form.title} holds no entries")
    try:
        found = parse(form.model, content, where="")
    except ParamsError as error:
        faults = [in_words(form, fault) for fault in str(error).split("\n  · ")[1:]]
        raise DataError("；".join(faults)) from None
    return found.model_dump(mode="json", exclude_defaults=True)


def in_words(form: Form, fault: str) -> str:
    """A fault of a field with the header it stands under.

    >>> in_words(GOALS, "metric.category：标签体系中没有 “送花”。")
    '“问题类型” 标签体系中没有 “送花”。'
    """
    names = {".".join(field.path): field.label for field in form.fields}
    place, _, told = fault.partition("：")
    told = LACKING.sub(lambda m: f"{NAMES.get(m[1], m[1])} 需要 “{names.get(f'{place}.{m[2]}', m[2])}”", told)
    return f"“{names.get(place, names.get(f'{place}.kind', place))}” {told}"


def headers(form: Form) -> dict[str, str]:
    """Field -> the header it stands under, of fields that are a column of their own.

    >>> headers(CALLS)["score"]
    '回访评分'
    """
    return {field.path[0]: field.label for field in form.fields if len(field.path) == 1}
