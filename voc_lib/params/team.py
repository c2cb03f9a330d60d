"""Who does the project, and by when."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from voc_lib.params.day import Day
from voc_lib.params.owners import one_person
from voc_lib.strict import Strict


class Member(Strict):
    """One member of the team."""

    role: str
    name: str
    duty: str = ""
    lead: bool = False


class Milestone(Strict):
    """One dated milestone, owned by exactly one person."""

    name: str
    due: Day
    owner: Annotated[str, BeforeValidator(one_person)]
