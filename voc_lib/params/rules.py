"""Thresholds and weights by which a run judges: terms, customer types, copies, priority."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field
from pydantic import field_validator as validator

from voc_lib.strict import Strict


class Sla(Strict):
    """Time to solve per urgency: hours (24h, natural time) or working days (3d)."""

    P0: str = "24h"
    P1: str = "3d"
    P2: str = "7d"

    @validator("*")
    @classmethod
    def _span(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3}[hd]", value):
            raise ValueError(f"“{value}” 应写成 24h（自然小时）或 3d（工作日）")
        return value


class CustomerRules(Strict):
    """Thresholds that tell customer types apart (RFM)."""

    new_days: int = Field(90, ge=1, description="首单或注册不超过多少天算新客")
    high_value_share: float = Field(
        0.2, gt=0, lt=1, description="消费额最高的多少比例算高价值；名额边上消费额相同的都不算"
    )
    churn_days: int = Field(180, ge=1, description="多少天没有下单算流失风险")


class Duplicates(Strict):
    """When two feedbacks are one issue."""

    window_days: int = Field(30, ge=1, description="同一客户同一问题多少天内算重复")
    similarity: float = Field(0.8, gt=0.5, le=1, description="文本相似度下限（0–1）")


Handlers = Literal["name", "pseudonym", "role"]
CopyChoice = Literal["count", "once", "drop"]


class Weights(Strict):
    """Weights of the priority score; they need not sum to one."""

    reach: float = Field(0.4, ge=0)
    value: float = Field(0.3, ge=0)
    urgency: float = Field(0.2, ge=0)
    cost: float = Field(0.1, ge=0)
