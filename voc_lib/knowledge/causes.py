"""Why a problem is there, as people wrote it: a tree of answers, a fishbone, six questions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic import field_validator as validator

from voc_lib.knowledge.words import columns, filled
from voc_lib.strict import Strict


class Query(Strict):
    """Which problems speak of a cause: of a category, holding one of the words, in a part of the data."""

    category: str | None = None
    contains: list[str] = Field(default=[])
    where: dict[str, str] = Field(default={})
    note: str = ""

    _known = validator("where")(columns)


class Cause(Strict):
    """One answer to “why”; its own causes below it. `root` marks where the asking ends."""

    cause: Annotated[str, filled("原因是空的；请写出回答，或删去这一层")]
    evidence: Query | None = None
    root: bool = False
    why: list[Cause] = Field(default=[])


class FiveW1H(Strict):
    """The six questions; what is left out is filled from data."""

    what: str = ""
    why: str = ""
    who: str = ""
    when: str = ""
    where: str = ""
    how: str = ""


class Analysis(Strict):
    """All that is written about the causes of one problem."""

    problem: Annotated[str, filled("缺少问题名称；请写标签体系中的一个标签")]
    why: list[Cause] = Field(default=[])
    fishbone: dict[str, list[str]] = Field(default={})
    five_w1h: FiveW1H = FiveW1H()
