"""What was promised in public, and the share of times it must be kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic import field_validator as validator

from voc_lib.knowledge.words import filled
from voc_lib.metric import Metric
from voc_lib.strict import Number, Strict


class Promise(Strict):
    """A public promise and the share of times it must be kept."""

    name: Annotated[str, filled("缺少承诺名称")]
    metric: Metric
    target: Number = Field(ge=0, le=1, description="兑现率目标，0–1")

    @validator("metric")
    @classmethod
    def _countable(cls, metric: Metric) -> Metric:
        if metric.kind not in ("kpi", "sla", "fcr"):
            raise ValueError(f"kind: {metric.kind} 数不出兑现次数；承诺可用 kpi、sla、fcr")
        return metric
