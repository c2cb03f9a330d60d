"""What a meeting decided, and what happened meanwhile that figures cannot tell."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.knowledge.words import Text, filled
from voc_lib.params import Day
from voc_lib.params.owners import one_person
from voc_lib.strict import Strict

Doer = Annotated[str, BeforeValidator(one_person), filled("缺少负责人；每项决定要有一个人去办")]
Date = Annotated[Day, filled("缺少日期；请写成 2026-03-01")]


class Decision(Strict):
    """What a meeting decided: who does it until when, about which measure, and when it was done."""

    decision: Annotated[str, filled("决定是空的；请写清定了什么")]
    at: Date = Field(default=None, validate_default=True)
    owner: Doer = Field(default=None, validate_default=True)
    due: Day | None = None
    measure: Text = ""
    done: Day | None = None

    @validator("due", "done")
    @classmethod
    def _after(cls, day: Day | None, info: ValidationInfo) -> Day | None:
        if day and (at := info.data.get("at")) and day < at:
            raise ValueError(f"{day} 早于作决定的 {at}；请改正其中一个")
        return day


class Incident(Strict):
    """Something that happened and may explain figures: a breakdown, a sale; of a problem or of all."""

    incident: Annotated[str, filled("事件是空的；请写清发生了什么")]
    at: Date = Field(default=None, validate_default=True)
    until: Day | None = None
    problem: str = ""

    @validator("until")
    @classmethod
    def _after(cls, until: Day | None, info: ValidationInfo) -> Day | None:
        if until and (at := info.data.get("at")) and until < at:
            raise ValueError(f"结束日期 {until} 早于开始日期 {at}；请改正其中一个")
        return until
