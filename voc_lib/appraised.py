"""What the params say of appraising problems by six criteria: weights, estimates, judges' score sheets."""

from __future__ import annotations

from pydantic import Field, model_validator

from voc_lib.strict import Strict

CRITERIA = ("urgency", "importance", "reach", "difficulty", "resources", "payoff")
COSTLY = ("difficulty", "resources")  # the more of them, the later
NAMES = ("紧急性", "重要性", "影响范围", "实施难度", "所需资源", "预期回报")
LABELS = dict(zip(CRITERIA, NAMES, strict=True))


class CriterionWeights(Strict):
    """Weights of the six criteria; they need not sum to one."""

    urgency: float = Field(0.2, ge=0, description="紧急性")
    importance: float = Field(0.25, ge=0, description="重要性")
    reach: float = Field(0.2, ge=0, description="影响范围")
    difficulty: float = Field(0.1, ge=0, description="实施难度（越难越靠后）")
    resources: float = Field(0.1, ge=0, description="所需资源（越多越靠后）")
    payoff: float = Field(0.15, ge=0, description="预期回报")

    @model_validator(mode="after")
    def _some(self) -> CriterionWeights:
        if not any(getattr(self, name) for name in CRITERIA):
            raise ValueError("六个权重都是 0，无法排序；请至少给一个正数")
        return self


class Estimate(Strict):
    """What a team estimates of one problem, 0 to 1; what is not written comes from the data or is 0.5."""

    urgency: float | None = Field(None, ge=0, le=1, description="紧急性 0–1；不写则由数据算")
    importance: float | None = Field(None, ge=0, le=1, description="重要性 0–1；不写则由数据算")
    reach: float | None = Field(None, ge=0, le=1, description="影响范围 0–1；不写则由数据算")
    difficulty: float | None = Field(None, ge=0, le=1, description="实施难度 0–1")
    resources: float | None = Field(None, ge=0, le=1, description="所需资源 0–1")
    payoff: float | None = Field(None, ge=0, le=1, description="预期回报 0–1")


class Appraisal(Strict):
    """How problems are appraised; judges' scores come before estimates, estimates before the data."""

    weights: CriterionWeights = CriterionWeights()
    estimates: dict[str, Estimate] = Field({}, description="问题类型: 各项 0–1，例如 {difficulty: 0.7}")
    scores: str | None = Field(
        None, description="评委填好的评分表，可用通配符，例如 评分/*.xlsx（由 voc plan scores 导出）"
    )
