"""What is done about a cause, how far it is, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.knowledge.stages import Review, Stages
from voc_lib.knowledge.words import Text, Window, columns, filled
from voc_lib.metric import Metric
from voc_lib.params import Day
from voc_lib.params.owners import one_person
from voc_lib.period import Period
from voc_lib.schema.words import TO_TELL, UNREACHED, Phase, Reached, Told
from voc_lib.strict import Number, Strict

Owner = Annotated[str, BeforeValidator(one_person), filled("缺少负责人；每条措施必须恰好有一个负责人")]
RESTED_DAYS = 90  # that a customer is left alone after a call or an interview


class Measure(Strict):
    """One measure: what is done about which cause, by whom, until when, and how it will be judged."""

    id: Annotated[Text, filled("缺少方案编号；请写一个不重复的编号，例如 M01")]
    round: int = Field(1, ge=1, description="第几轮；没有成的措施以同一编号另写一条，轮次加一")
    failure: str = Field("", validate_default=True, description="上一轮没有成的原因；第 2 轮起必须写")
    problem: Annotated[str, filled("缺少问题；请写标签体系中的一个标签")]
    cause: str = ""
    goal: Annotated[str, filled("缺少改进目标；请写清指标从多少到多少")]
    action: Annotated[str, filled("缺少具体措施；请写清做什么")]
    steps: list[str] = Field(default=[])
    owner: Owner = Field(default=None, validate_default=True)
    department: Annotated[str, filled("缺少责任部门；请写一个部门")] = Field(
        default=None, validate_default=True
    )
    start: Annotated[Day, filled("缺少开始日期；请写成 2026-03-01")] = Field(
        default=None, validate_default=True
    )
    due: Annotated[Day, filled("缺少完成日期；请写成 2026-04-30")] = Field(
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
    stages: Stages = Stages()
    metric: Metric | None = None
    target: Number | None = None
    before: Window | None = None
    after: Window | None = Field(default=None, validate_default=True)
    comparison: dict[str, str] = Field(default={})

    _known = validator("comparison")(columns)

    @validator("failure")
    @classmethod
    def _learned(cls, failure: str, info: ValidationInfo) -> str:
        number = info.data.get("round", 1)
        if number > 1 and not failure:
            raise ValueError(f"第 {number} 轮要写上一轮没有成的原因")
        if number == 1 and failure:
            raise ValueError("第 1 轮没有上一轮；要写下一轮，请另写一条，编号相同、轮次加一")
        return failure

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

    @validator("stages")
    @classmethod
    def _in_order(cls, stages: Stages, info: ValidationInfo) -> Stages:
        review, start = info.data.get("review"), info.data.get("start")
        if (pilot := stages.pilot) and review and review.at and pilot.start < review.at:
            raise ValueError(f"试点开始 {pilot.start} 早于评审 {review.at}；请改正其中一个")
        for name, day in (("试点开始", pilot and pilot.start), ("推广", stages.rollout)):
            if day and start and day < start:
                raise ValueError(f"{name} {day} 早于开始日期 {start}；请改正其中一个")
        if stages.consolidated and not info.data.get("document"):
            raise ValueError("写了固化日期，却没有写制度文件（document）")
        return stages

    @validator("metric")
    @classmethod
    def _of_the_scope(cls, metric: Metric | None, info: ValidationInfo) -> Metric | None:
        stages = info.data.get("stages")
        if metric and stages and stages.pilot and (fault := metric.part_fault(stages.pilot.scope)):
            raise ValueError(f"试点范围{fault}")
        return metric

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
        stages = info.data.get("stages")
        given = {**info.data, "after": after or (stages and stages.on_trial and "试点")}
        missing = [key for key in ("target", "before", "after") if key in given and given[key] is None]
        if given.get("metric") and missing:
            raise ValueError(f"写了 metric 就要同时写 {'、'.join(missing)}，否则无法判断效果")
        if after and given.get("before"):
            before_end, after_start = Period.parse(given["before"]).end, Period.parse(after).start
            if before_end >= after_start:
                raise ValueError(f"改进后窗口始于 {after_start}，改进前止于 {before_end}；不能重叠或颠倒")
        if after and (start := info.data.get("start")) and _month(Period.parse(after).start) < _month(start):
            begun = f"改进后窗口始于 {Period.parse(after).start}，措施 {start} 才开始"
            raise ValueError(f"{begun}；请从开始的那个月或以后写起")
        return after

    @validator("comparison")
    @classmethod
    def _elsewhere(cls, comparison: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        metric = info.data.get("metric")
        if metric and comparison and comparison.items() <= metric.where.items():
            raise ValueError("对照组就是指标的范围；请对其中的列写另一个值，例如 {region: 华南}")
        return comparison

    @validator("before")
    @classmethod
    def _before_the_pilot(cls, before: str | None, info: ValidationInfo) -> str | None:
        stages = info.data.get("stages")
        pilot = stages.on_trial if stages else None
        if pilot and before and Period.parse(before).end >= pilot.start:
            raise ValueError(f"试点始于 {pilot.start}，改进前止于 {Period.parse(before).end}；不能重叠或颠倒")
        return before

    @property
    def key(self) -> str:
        """What the round is known by among all: “M01”, “M01 第2轮”."""
        return self.id if self.round == 1 else f"{self.id} 第{self.round}轮"

    @property
    def part(self) -> dict[str, str]:
        """Where the measure is at work: what its metric is of, and the scope of a pilot that goes on."""
        pilot = self.stages.on_trial
        return {**(self.metric.where if self.metric else {}), **(pilot.scope if pilot else {})}

    def until(self, day: date) -> Measure:
        """The measure with its stages as they stood at the end of a day."""
        return self.model_copy(update={"stages": self.stages.until(day)})

    @property
    def trial(self) -> Trial | None:
        """How the measure is judged, in a pilot by its scope; None without metric or cancelled."""
        pilot = self.stages.on_trial
        after = pilot.window if pilot else self.after and Period.parse(self.after)
        if self.cancelled or not self.metric or self.target is None or not self.before or not after:
            return None
        metric = self.metric.model_copy(update={"where": self.part})
        comparison = pilot.comparison if pilot else self.comparison
        return Trial(metric, self.target, Period.parse(self.before), after, comparison, bool(pilot))


@dataclass(frozen=True)
class Trial:
    """What a measure is judged by: a metric, its target, two windows, and where nothing was changed.

    `pilot`: it is tried on a part, so that the metric is of that part alone.
    """

    metric: Metric
    target: float
    before: Period
    after: Period
    comparison: dict[str, str]
    pilot: bool = False

    def until(self, day: date) -> Trial | None:
        """The trial as far as it is past at the end of a day; None where a window has not begun.

        A window the day cuts ends on it.
        """
        if self.before.start > day or self.after.start > day:
            return None
        return replace(self, before=_cut(self.before, day), after=_cut(self.after, day))


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _cut(window: Period, day: date) -> Period:
    return window if window.end <= day else Period(f"{window.start}..{day}", window.start, day)


class Revisit(Strict):
    """One call back to a customer: about which measure and feedback, and the score 1–5 given."""

    measure: Text
    feedback_id: Text
    score: float | None = Field(None, ge=1, le=5)
    at: Day | None = None
    note: str = ""
    state: Reached | None = Field(None, description="回访情况；写了评分可不写")

    @validator("state")
    @classmethod
    def _scored(cls, state: Reached | None, info: ValidationInfo) -> Reached | None:
        if state == UNREACHED and info.data.get("score") is not None:
            raise ValueError(f"写了{UNREACHED}，却有评分；请改正其中一个")
        return state

    @property
    def reached(self) -> bool:
        """Whether the customer was spoken to."""
        return self.state != UNREACHED


def called_since(visits: Iterable[Revisit], since: date) -> set[str]:
    """The feedback somebody was reached about since a day; a call without a day counts as one.

    >>> early = Revisit(measure="M01", feedback_id="F1", at=date(2026, 9, 1))
    >>> sorted(called_since([early, Revisit(measure="M01", feedback_id="F2")], date(2026, 9, 2)))
    ['F2']
    """
    reached = (visit for visit in visits if visit.reached)
    return {visit.feedback_id for visit in reached if visit.at is None or visit.at >= since}


class Message(Strict):
    """What a customer was told of a measure, before it began to change anything or after; how far that is."""

    measure: Text
    feedback_id: Text
    phase: Phase
    state: Told = TO_TELL
    at: Day | None = None
    note: str = Field("", description="客户怎样回复")


class Progress(Strict):
    """How far a measure was on a day: in percent, in words, or both."""

    measure: Text
    at: Annotated[Day, filled("缺少日期；请写成 2026-03-01")] = Field(default=None, validate_default=True)
    percent: float | None = Field(None, ge=0, le=100, description="完成的百分比，0–100")
    note: str = ""
