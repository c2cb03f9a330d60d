"""What people know and data does not: causes, measures, promises and revisits, written in one YAML file."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.metric import Definition, Metric, resolved, undeclared
from voc_lib.params import Day, Settings, parse
from voc_lib.period import Period
from voc_lib.schema import ISSUES
from voc_lib.strict import Strict
from voc_lib.yamlfile import explained, read_yaml, shipped

SECTIONS = ("causes", "measures", "promises", "revisits", "progress")
HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


def _filled(sentence: str) -> BeforeValidator:
    """A check that says `sentence` when nothing is written."""

    def check(value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ValueError(sentence)
        return value

    return BeforeValidator(check)


def people(owner: Any) -> list[str]:
    """The people an owner's line names.

    >>> people("王敏、李强"), people("王敏和李强"), people("王和平"), people("Anna Li")
    (['王敏', '李强'], ['王敏', '李强'], ['王和平'], ['Anna Li'])
    """
    if isinstance(owner, (list, tuple)):
        return [name for part in owner for name in people(part)]
    parts = [part.strip() for part in re.split(f"[{re.escape(''.join(_words()['separators']))}]", str(owner))]
    return [name for part in parts if part for name in _joined(part)]


def _joined(part: str) -> list[str]:
    spaced = part.split()
    if len(spaced) > 1 and all(HAN_NAME.fullmatch(name) for name in spaced):
        return spaced
    match = re.fullmatch(f"(.{{2,4}})[{''.join(_words()['joiners'])}](.{{2,4}})", part)
    return [match[1], match[2]] if match else [part]


def _one_person(value: Any) -> Any:
    names = people(value)
    if len(names) > 1:
        raise ValueError(
            f"写了 {len(names)} 个人（{'、'.join(names)}）；只能有一个负责人，请留一个，其余写进 resources"
        )
    words = _words()
    if not names or names[0] in words["nobody"] or names[0].endswith(tuple(words["group_endings"])):
        raise ValueError(f"“{value}” 不是一个具体的人；请写一个人的姓名，部门写进 department")
    return names[0]


@cache
def _words() -> dict[str, list[str]]:
    return shipped("voc_lib", "knowledge.yaml")


def _window(value: Any) -> str:
    try:
        return Period.parse(value).label
    except ParamsError:
        message = f"时间窗口 “{value}” 无法识别；请写成 2026-05、2026-Q2 或 2026-05-01..2026-09-30"
        raise ValueError(message) from None


def _columns(where: dict[str, str]) -> dict[str, str]:
    for column in where:
        if column not in ISSUES.names:
            raise ValueError(f"没有列 “{column}”。{did_you_mean(column, ISSUES.names)}")
    return where


def _number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


Text = Annotated[str, BeforeValidator(_number_as_text)]
Window = Annotated[str, BeforeValidator(_window)]
Owner = Annotated[str, BeforeValidator(_one_person), _filled("缺少负责人；每条措施必须恰好有一个负责人")]


class Query(Strict):
    """Which problems speak of a cause: of a category, holding one of the words, in a part of the data."""

    category: str | None = None
    contains: list[str] = Field(default=[])
    where: dict[str, str] = Field(default={})
    note: str = ""

    _known = validator("where")(_columns)


class Cause(Strict):
    """One answer to “why”; its own causes below it. `root` marks where the asking ends."""

    cause: Annotated[str, _filled("原因是空的；请写出回答，或删去这一层")]
    evidence: Query | None = None
    root: bool = False
    why: list[Cause] = Field(default=[])


class FiveW1H(Strict):
    """The six questions; what is left out is filled from data."""

    what: str = ""
    why: str = ""
    who: str = ""
    when: str = ""
    where: str = ""
    how: str = ""


class Analysis(Strict):
    """All that is written about the causes of one problem."""

    problem: Annotated[str, _filled("缺少问题名称；请写标签体系中的一个标签")]
    why: list[Cause] = Field(default=[])
    fishbone: dict[str, list[str]] = Field(default={})
    five_w1h: FiveW1H = FiveW1H()


class Review(Strict):
    """What the review of a measure found before it began, and what was decided."""

    verdict: Literal["", "通过", "退回"] = ""
    resources: str = ""
    risks: str = ""
    expected: str = ""


class Measure(Strict):
    """One measure: what is done about which cause, by whom, until when, and how it will be judged."""

    id: Annotated[Text, _filled("缺少方案编号；请写一个不重复的编号，例如 M01")]
    problem: Annotated[str, _filled("缺少问题；请写标签体系中的一个标签")]
    cause: str = ""
    goal: Annotated[str, _filled("缺少改进目标；请写清指标从多少到多少")]
    action: Annotated[str, _filled("缺少具体措施；请写清做什么")]
    steps: list[str] = Field(default=[])
    owner: Owner = Field(default=None, validate_default=True)
    department: Annotated[str, _filled("缺少责任部门；请写一个部门")] = Field(
        default=None, validate_default=True
    )
    start: Annotated[Day, _filled("缺少开始日期；请写成 2026-03-01")] = Field(
        default=None, validate_default=True
    )
    due: Annotated[Day, _filled("缺少完成日期；请写成 2026-04-30")] = Field(
        default=None, validate_default=True
    )
    done: Day | None = None
    cancelled: bool = False
    resources: str = ""
    pilot: str = ""
    review: Review = Review()
    result: str = ""
    obstacles: str = ""
    document: str = Field("", description="固化成的制度文件或 SOP 的名称，例如 支付通道切换 SOP（TECH-012）")
    metric: Metric | None = None
    target: float | None = None
    before: Window | None = None
    after: Window | None = Field(default=None, validate_default=True)
    comparison: dict[str, str] = Field(default={})

    _known = validator("comparison")(_columns)

    @validator("due")
    @classmethod
    def _after_start(cls, due: Any, info: ValidationInfo) -> Any:
        if (start := info.data.get("start")) and due < start:
            raise ValueError(f"完成日期 {due} 早于开始日期 {start}；请改正其中一个")
        return due

    @validator("done")
    @classmethod
    def _done_after_start(cls, done: Any, info: ValidationInfo) -> Any:
        if done and (start := info.data.get("start")) and done < start:
            raise ValueError(f"实际完成日期 {done} 早于开始日期 {start}；请改正其中一个")
        return done

    @validator("cancelled")
    @classmethod
    def _not_both(cls, cancelled: bool, info: ValidationInfo) -> bool:
        if cancelled and info.data.get("done"):
            raise ValueError("既写了 done 又写了 cancelled: true；完成与取消只能留一个")
        return cancelled

    @validator("target")
    @classmethod
    def _in_range(cls, target: float | None, info: ValidationInfo) -> float | None:
        metric = info.data.get("metric")
        if target is not None and metric and (fault := metric.target_fault(target)):
            raise ValueError(fault)
        return target

    @validator("after")
    @classmethod
    def _judgeable(cls, after: str | None, info: ValidationInfo) -> str | None:
        given = {**info.data, "after": after}
        missing = [key for key in ("target", "before", "after") if key in given and given[key] is None]
        if given.get("metric") and missing:
            raise ValueError(f"写了 metric 就要同时写 {'、'.join(missing)}，否则无法判断效果")
        if after and given.get("before"):
            before_end, after_start = Period.parse(given["before"]).end, Period.parse(after).start
            if before_end >= after_start:
                raise ValueError(f"改进后窗口始于 {after_start}，改进前止于 {before_end}；不能重叠或颠倒")
        return after

    @property
    def trial(self) -> Trial | None:
        """How the measure is judged; None where no metric is written or it is cancelled."""
        if self.cancelled or not self.metric or self.target is None or not self.before or not self.after:
            return None
        windows = Period.parse(self.before), Period.parse(self.after)
        return Trial(self.metric, self.target, *windows, self.comparison)


@dataclass(frozen=True)
class Trial:
    """What a measure is judged by: a metric, its target, two windows, and where nothing was changed."""

    metric: Metric
    target: float
    before: Period
    after: Period
    comparison: dict[str, str]

    def until(self, day: date) -> Trial | None:
        """The trial as far as it is past at the end of a day; None where a window has not begun.

        A window the day cuts ends on it.
        """
        if self.before.start > day or self.after.start > day:
            return None
        return replace(self, before=_cut(self.before, day), after=_cut(self.after, day))


def _cut(window: Period, day: date) -> Period:
    return window if window.end <= day else Period(f"{window.start}..{day}", window.start, day)


class Promise(Strict):
    """A public promise and the share of times it must be kept."""

    name: Annotated[str, _filled("缺少承诺名称")]
    metric: Metric
    target: float = Field(ge=0, le=1, description="兑现率目标，0–1")

    @validator("metric")
    @classmethod
    def _countable(cls, metric: Metric) -> Metric:
        if metric.kind not in ("kpi", "sla", "fcr"):
            raise ValueError(f"kind: {metric.kind} 数不出兑现次数；承诺可用 kpi、sla、fcr")
        return metric


Judged = TypeVar("Judged", Measure, Promise)


class Revisit(Strict):
    """One call back to a customer: about which measure and feedback, and the score 1–5 given."""

    measure: Text
    feedback_id: Text
    score: float | None = Field(None, ge=1, le=5)
    at: Day | None = None
    note: str = ""


class Progress(Strict):
    """How far a measure was on a day: in percent, in words, or both."""

    measure: Text
    at: Annotated[Day, _filled("缺少日期；请写成 2026-03-01")] = Field(default=None, validate_default=True)
    percent: float | None = Field(None, ge=0, le=100, description="完成的百分比，0–100")
    note: str = ""


class Knowledge(Strict):
    """The whole file."""

    causes: list[Analysis] = Field(default=[])
    measures: list[Measure] = Field(default=[])
    promises: list[Promise] = Field(default=[])
    revisits: list[Revisit] = Field(default=[])
    progress: list[Progress] = Field(default=[])

    def analysis(self, problem: str) -> Analysis | None:
        """What is written about a problem's causes, if anything."""
        return next((analysis for analysis in self.causes if analysis.problem == problem), None)

    def measure(self, id: str) -> Measure:
        """The measure of that number; ParamsError lists what there is."""
        for measure in self.measures:
            if measure.id == id:
                return measure
        raise ParamsError(f"没有编号为 “{id}” 的措施。{did_you_mean(id, [m.id for m in self.measures])}")


def load(settings: Settings, *, problems: Collection[str] | None = None) -> Knowledge:
    """The knowledge file a params file names, or an empty Knowledge where it names none.

    `problems`: tags of the taxonomy; given, a problem that is none of them is a fault too.
    Raises ParamsError with every fault found, each with its place.
    """
    if settings.params.knowledge_file is None:
        return Knowledge()
    file = settings.resolve(settings.params.knowledge_file)
    raw = read_yaml(file)
    with explained(file):
        return checked(settings, raw, where=file.name, problems=problems)


def checked(
    settings: Settings, raw: Any, *, where: str, problems: Collection[str] | None = None
) -> Knowledge:
    """Knowledge a run of this report could use; ParamsError with every fault."""
    found = read(raw, where=where, problems=problems)
    return declared(found, settings.params.metrics, where=where)


def declared(knowledge: Knowledge, definitions: Sequence[Definition], *, where: str) -> Knowledge:
    """The knowledge with the direction of every metric; ParamsError names each metric without one."""
    judged = [(f"measures.{m.id}", m.metric) for m in knowledge.measures if m.metric]
    judged += [(f"promises.{p.name}", p.metric) for p in knowledge.promises]
    found = [(place, undeclared(metric, definitions)) for place, metric in judged]
    faults = [f"{place}.metric：{fault}" for place, fault in found if fault]
    faults = faults or [
        f"promises.{p.name}.metric：{f}" for p in knowledge.promises if (f := _uncounted(p, definitions))
    ]
    if faults:
        raise ParamsError(f"{where} 有 {len(faults)} 处需要修改：" + "".join(f"\n  · {f}" for f in faults))
    return knowledge.model_copy(
        update={
            "measures": [_directed(measure, definitions) for measure in knowledge.measures],
            "promises": [_directed(promise, definitions) for promise in knowledge.promises],
        }
    )


def _uncounted(promise: Promise, definitions: Sequence[Definition]) -> str:
    """Why the KPI of a promise does not count how often it was kept; empty where it does."""
    if resolved(promise.metric, definitions).towards == 1:
        return ""
    return (
        f"承诺数的是兑现了多少次，而 “{promise.metric.name}” 越低越好；请换成兑现的那一面，例如合格率、按时率"
    )


def _directed(entry: Judged, definitions: Sequence[Definition]) -> Judged:
    return entry.model_copy(update={"metric": entry.metric and resolved(entry.metric, definitions)})


def read(raw: Any, *, where: str = "knowledge", problems: Collection[str] | None = None) -> Knowledge:
    """Knowledge from parsed YAML; `where` names the file in the error."""
    raw = {} if raw is None else raw
    shape: list[str] = []
    try:
        knowledge = parse(Knowledge, raw, where=where)
    except ParamsError as error:
        knowledge = None
        shape = [_place(fault, raw) for fault in str(error).split("\n  · ")[1:]]
    faults = [*shape, *_references(raw, problems)]
    if faults or knowledge is None:
        lines = "".join(f"\n  · {fault}" for fault in dict.fromkeys(faults))
        raise ParamsError(f"{where} 有 {len(dict.fromkeys(faults))} 处需要修改：{lines}")
    return knowledge


def dump(knowledge: Knowledge) -> str:
    """The knowledge as YAML that `read` gives back unchanged; what was left out stays out."""
    return yaml.safe_dump(
        knowledge.model_dump(mode="json", exclude_defaults=True), allow_unicode=True, sort_keys=False
    )


def schema_text() -> str:
    """The JSON schema of a knowledge file as it is published in `params/knowledge.schema.json`."""
    return json.dumps(Knowledge.model_json_schema(), ensure_ascii=False, indent=2) + "\n"


def _place(fault: str, raw: Any) -> str:
    """The fault with names in place of numbers: measures.1.owner -> measures.M02.owner."""
    match = re.match(rf"({'|'.join(SECTIONS)})\.(\d+)", fault)
    if not match:
        return fault
    name = _name(match[1], raw[match[1]][int(match[2])])
    return f"{match[1]}.{name}{fault[match.end() :]}" if name else fault


def _name(section: str, item: Any) -> str:
    key = {"causes": "problem", "measures": "id", "promises": "name"}.get(section)
    value = item.get(key) if isinstance(item, dict) and key else None
    return str(value) if value not in (None, "") else ""


def _references(raw: Any, problems: Collection[str] | None) -> Iterator[str]:
    """Faults between entries: numbers written twice, references to what is not there."""
    items = {section: _items(raw, section) for section in SECTIONS}
    for section, label in (("causes", "问题"), ("measures", "编号"), ("promises", "名称")):
        names = Counter(filter(None, (_name(section, item) for item in items[section])))
        for name in sorted(name for name, times in names.items() if times > 1):
            yield f"{section}.{name}：{label} “{name}” 写了 {names[name]} 次；请合并或改名"
    ids = {str(item["id"]) for item in items["measures"] if item.get("id")}
    for section in ("revisits", "progress"):
        for number, entry in enumerate(items[section]):
            if (measure := str(entry.get("measure", ""))) and measure not in ids:
                yield f"{section}.{number}.measure：没有措施 “{measure}”。{_hint(measure, ids)}"
    trees = {_name("causes", item): item.get("why") for item in items["causes"]}
    for item in items["measures"]:
        yield from _measure_references(item, trees, problems)
    for item in items["causes"]:
        yield from unknown(f"causes.{_name('causes', item)}.problem", item.get("problem"), problems)


def _items(raw: Any, section: str) -> list[dict]:
    entries = raw.get(section) if isinstance(raw, dict) else None
    return [item for item in entries if isinstance(item, dict)] if isinstance(entries, list) else []


def _measure_references(item: dict, trees: dict[str, Any], problems: Collection[str] | None) -> Iterator[str]:
    place = f"measures.{_name('measures', item)}"
    yield from unknown(f"{place}.problem", item.get("problem"), problems)
    metric = item.get("metric")
    if isinstance(metric, dict):
        yield from unknown(f"{place}.metric.category", metric.get("category"), problems)
    written = set(_causes(trees.get(item.get("problem", ""))))
    cause = item.get("cause")
    if cause and written and cause not in written:
        yield f"{place}.cause：“{item['problem']}” 的 5Why 中没有 “{cause}”。{_hint(str(cause), written)}"


def _causes(why: Any) -> Iterator[str]:
    for node in why if isinstance(why, list) else []:
        if isinstance(node, dict):
            yield str(node.get("cause", ""))
            yield from _causes(node.get("why"))


def unknown(place: str, problem: Any, problems: Collection[str] | None) -> Iterator[str]:
    """The fault of a place that names a problem the taxonomy lacks, if it is one."""
    if problems is not None and problem and str(problem) not in problems:
        yield f"{place}：标签体系中没有 “{problem}”。{_hint(str(problem), problems)}"


def _hint(word: str, allowed: Collection[str]) -> str:
    return did_you_mean(word, allowed) if allowed else "目前一个也没有写。"
