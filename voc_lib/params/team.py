"""Who does the project, and by when."""

from __future__ import annotations

from voc_lib.params.day import Day
from voc_lib.strict import Strict


class Member(Strict):
    """One member of the team."""

    role: str
    name: str
    duty: str = ""
    lead: bool = False


class Milestone(Strict):
    """One dated, owned milestone."""

    name: str
    due: Day
    owner: str
