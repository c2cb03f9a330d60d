"""The stages of a measure: reviewed, tried on a part beside another, judged, rolled out, made the rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.knowledge.words import columns, filled
from voc_lib.params import Day
from voc_lib.period import Period
from voc_lib.strict import Strict

PASSED, RETURNED, FAILED = "通过", "退回", "不通过"


class Review(Strict):
    """What the review of a measure found before it began, what was decided, by whom and when."""

    verdict: Literal["", "通过", "退回"] = ""
    by: str = Field("", description="评审人")
    at: Day | None = Field(None, description="评审日期")
    resources: str = ""
    risks: str = ""
    expected: str = ""


class Pilot(Strict):
    """Where a measure is tried, where meanwhile nothing is changed, and the days it is judged by."""

    scope: dict[str, str] = Field({}, validate_default=True, description="试点范围：{region: 华东}")
    comparison: dict[str, str] = Field({}, description="同期没有改动的对照组：{region: 华南}")
    start: Annotated[Day, filled("缺少试点开始日期；请写成 2026-05-01")] = Field(
        default=None, validate_default=True
    )
    end: Annotated[Day, filled("缺少试点结束日期；请写成 2026-06-30")] = Field(
        default=None, validate_default=True
    )

    _known = validator("scope", "comparison")(columns)

    @validator("scope")
    @classmethod
    def _somewhere(cls, scope: dict[str, str]) -> dict[str, str]:
        if not scope:
            raise ValueError("缺少试点范围；请写筛选条件，例如 {region: 华东}")
        return scope

    @validator("comparison")
    @classmethod
    def _elsewhere(cls, comparison: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        scope = info.data.get("scope")
        if comparison and scope and not any(scope.get(c, v) != v for c, v in comparison.items()):
            raise ValueError("对照组与试点范围重叠；请对试点范围里的列写另一个值，例如 {region: 华南}")
        return comparison

    @validator("end")
    @classmethod
    def _after_start(cls, end: date, info: ValidationInfo) -> date:
        if (start := info.data.get("start")) and end < start:
            raise ValueError(f"试点结束 {end} 早于试点开始 {start}；请改正其中一个")
        return end

    @property
    def window(self) -> Period:
        """The days the pilot is judged by."""
        return Period(f"{self.start}..{self.end}", self.start, self.end)


class Judged(Strict):
    """What people decided of a pilot; a failed one has its reason."""

    verdict: Literal["通过", "不通过"]
    at: Annotated[Day, filled("缺少判定日期；请写成 2026-07-05")] = Field(default=None, validate_default=True)
    by: str = Field("", description="判定人")
    why: str = Field("", validate_default=True, description="理由；不通过必须写")

    @validator("why")
    @classmethod
    def _reasoned(cls, why: str, info: ValidationInfo) -> str:
        if info.data.get("verdict") == FAILED and not why:
            raise ValueError("判定不通过，要写理由")
        return why


class Stages(Strict):
    """What became of a measure after its review, each stage with its date."""

    pilot: Pilot | None = None
    verdict: Judged | None = Field(None, description="试点的判定")
    rollout: Day | None = Field(None, description="推广日期")
    consolidated: Day | None = Field(None, description="固化日期；同时写 document")

    @validator("verdict")
    @classmethod
    def _tried(cls, verdict: Judged | None, info: ValidationInfo) -> Judged | None:
        if verdict is None or "pilot" not in info.data:
            return verdict
        pilot = info.data["pilot"]
        if pilot is None:
            raise ValueError("写了判定，却没有写试点；请补上 pilot")
        if verdict.at < pilot.start:
            raise ValueError(f"判定 {verdict.at} 早于试点开始 {pilot.start}；请改正其中一个")
        return verdict

    @validator("consolidated")
    @classmethod
    def _last(cls, day: date | None, info: ValidationInfo) -> date | None:
        rollout = info.data.get("rollout")
        if day and rollout and day < rollout:
            raise ValueError(f"固化 {day} 早于推广 {rollout}；请改正其中一个")
        if day and info.data.get("pilot") and not rollout:
            raise ValueError("写了固化，试点却还没有推广；请先写推广日期（rollout）")
        return day

    def until(self, day: date) -> Stages:
        """The stages as they stood at the end of a day; a pilot that lies ahead stays."""
        past = {"rollout": self.rollout, "consolidated": self.consolidated}
        past = {name: at if at and at <= day else None for name, at in past.items()}
        verdict = self.verdict if self.verdict and self.verdict.at <= day else None
        return self.model_copy(update={**past, "verdict": verdict})

    @property
    def on_trial(self) -> Pilot | None:
        """The pilot that goes on as long as nothing was rolled out."""
        return None if self.rollout else self.pilot


def disorder(review: Review, stages: Stages) -> Iterator[str]:
    """A sentence for each stage taken before the one it rests on, or against it."""
    judged, out = stages.verdict, stages.rollout
    if review.verdict == RETURNED and (stages.pilot or out):
        yield "评审退回，却写了试点或推广；请补写通过的评审，或删去后面的阶段"
    if out and stages.pilot and judged is None:
        yield f"{out} 已推广，试点却没有判定；请先判定再推广"
    if out and judged and out < judged.at:
        yield f"推广 {out} 早于试点的判定 {judged.at}；应先判定再推广，请核对日期"
    elif out and judged and judged.verdict == FAILED:
        yield f"试点于 {judged.at} 判定不通过，却在 {out} 推广；请停下，或另写下一轮"
