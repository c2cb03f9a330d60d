"""The columns of a plan in Excel: which field of what is known each is, sheet by sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

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
)
from voc_lib.knowledge.stages import FAILED, PASSED
from voc_lib.metric import NAMES
from voc_lib.params import parse
from voc_lib.register.entries import Content
from voc_lib.schema.words import CALL_STATES, PHASES, TOLD_STATES
from voc_lib.strict import Strict

OPEN, DONE, CANCELLED = STATES = ("未完成", "已完成", "取消")
NUMBERS = ("number", "percent")
LACKING = re.compile(r"kind: (\w+) 需要 (\w+)（.+）")


@dataclass(frozen=True)
class Field:
    """A column: its header, the place of its value in the content, and what may be written there.

    A `later` column may be missing from a workbook handed out before.
    """

    label: str
    path: tuple[str, ...]
    kind: Literal["text", "day", "number", "percent", "state", "filter", "list", "window"] = "text"
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
ORDER = "序号"  # where a row stood when it went out
SEAL = "校验"  # letters for each cell of a row nobody fills in
CUSTOMER = "客户编号"  # whose feedback a row is about: only shown
METRIC = (
    Field("指标", ("metric", "kind"), choices=tuple(NAMES.values()), codes=tuple(NAMES)),
    Field("问题类型", ("metric", "category")),
    Field("KPI名称", ("metric", "name")),
    Field("指标范围", ("metric", "where"), "filter"),
)
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
        Field("步骤", ("steps",), "list", later=True),
        *(replace(field, later=True) for field in METRIC),
        Field("目标值", ("target",), "number", later=True),
        Field("改进前", ("before",), "window", later=True),
        Field("改进后", ("after",), "window", later=True),
        Field("同期对照", ("comparison",), "filter", later=True),
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
        *METRIC,
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
    """The place of a field, as “review.verdict” -> the header it stands under.

    >>> headers(CALLS)["score"], headers(MEASURES)["review.verdict"]
    ('回访评分', '评审结论')
    """
    return {".".join(field.path): field.label for field in form.fields}
