"""Who no longer answers for anything, from which day, and who takes over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.knowledge.words import filled
from voc_lib.params import Day
from voc_lib.params.owners import one_person
from voc_lib.strict import Strict

Person = Annotated[str, BeforeValidator(one_person), filled("缺少姓名；请写离开的人")]
Date = Annotated[Day, filled("缺少日期；请写哪天起不在，例如 2026-03-01")]
Successor = Annotated[str, BeforeValidator(one_person)]


class Departure(Strict):
    """A person who left, or answers for other things, from a day on; `successor` takes over."""

    owner: Person
    at: Date = Field(default=None, validate_default=True)
    successor: Successor | None = None

    @validator("successor")
    @classmethod
    def _another(cls, successor: str | None, info: ValidationInfo) -> str | None:
        if successor and successor == info.data.get("owner"):
            raise ValueError(f"接手的就是 {successor} 本人；请写另一个人，或留空")
        return successor

    @property
    def told(self) -> str:
        """The departure as a reader says it."""
        taken = f"，由 {self.successor} 接手" if self.successor else ""
        return f"负责人 {self.owner} {self.at} 起不在{taken}"


def gone(departures: Sequence[Departure], owner: str, day: date) -> Departure | None:
    """The departure of a person who is not there on a day, if there is one."""
    return next((one for one in departures if one.owner == owner and one.at <= day), None)
