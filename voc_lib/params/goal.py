"""One goal of the project: a metric, where it must go, and when."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.metric import SAID, Metric
from voc_lib.params.day import Day
from voc_lib.params.owners import one_person
from voc_lib.period import Period
from voc_lib.strict import Number, Strict


class Goal(Strict):
    """A goal of the project: a metric and where it must go, owned by exactly one person or by nobody yet."""

    name: str
    metric: Metric
    target: Number = Field(description="目标值；比例写 0–1，时长写小时")
    baseline: Number | None = Field(None, description="基线；不写则由数据计算")
    baseline_period: str | None = Field(
        None, description="基线取哪几个月的数据，例如 2026-Q1；不写则为报告期的上一期"
    )
    owner: str = Field("", description="负责人")
    due: Day | None = Field(None, description="期限；写了就按现有趋势推算到那时")

    @validator("owner", mode="before")
    @classmethod
    def _one_or_nobody(cls, written: Any) -> Any:
        return one_person(written) if written else ""

    @validator("baseline_period")
    @classmethod
    def _readable(cls, written: str | None) -> str | None:
        return written and Period.parse(written).label

    @validator("target")
    @classmethod
    def _meant(cls, target: float, info: ValidationInfo) -> float:
        asked = info.data.get("metric")
        if asked and (fault := asked.target_fault(target)):
            raise ValueError(fault)
        return target

    @validator("baseline")
    @classmethod
    def _in_range(cls, value: float | None, info: ValidationInfo) -> float | None:
        asked = info.data.get("metric")
        if value is not None and asked and (fault := asked.fault(value)):
            raise ValueError(f"基线 {value} {fault}")
        return value

    def backwards(self, metric: Metric) -> str:
        """Why the target cannot be meant: it is worse than the baseline given; empty where it is not."""
        if self.baseline is None or not metric.towards:
            return ""
        if metric.towards * (self.target - self.baseline) > 0:
            return ""
        said = SAID["higher" if metric.towards > 0 else "lower"]
        return (
            f"目标 {self.target:g} 并不好于基线 {self.baseline:g}，而这个指标{said}；"
            "请核对目标、基线，或 metrics 里的 better"
        )
