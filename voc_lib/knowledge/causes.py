"""Why a problem is there, as people wrote it: a tree of answers, what each was tested by, a fishbone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic import field_validator as validator

from voc_lib.knowledge.words import columns, filled
from voc_lib.metric import Metric
from voc_lib.params import Day
from voc_lib.params.owners import one_person
from voc_lib.schema.words import ASSUMED, STRONG, WEAK
from voc_lib.strict import Strict

State = Literal["假设", "证据", "已否定"]
Means = Literal["原话", "数据"]
Finder = Annotated[str, BeforeValidator(one_person), filled("缺少去查的人；每件待查清的事要有一个人")]


class Query(Strict):
    """Which problems speak of a cause: of a category, holding one of the words, in a part of the data."""

    category: str | None = None
    contains: list[str] = Field(default=[])
    where: dict[str, str] = Field(default={})
    note: str = ""

    _known = validator("where")(columns)


class Test(Strict):
    """What a cause was tested by: words counted (weak), or data of how the work went (strong)."""

    by: Means = Field(description="原话：数客户说了多少次（弱）；数据：用运营数据检验（强）")
    metric: Metric | None = None
    found: Annotated[str, filled("没有写检验的结果；请写清看到了什么，例如 分拣积压 1.8 天")]
    at: Day | None = None


class Cause(Strict):
    """One answer to “why”; its own causes below it. `root` marks where the asking ends."""

    cause: Annotated[str, filled("原因是空的；请写出回答，或删去这一层")]
    evidence: Query | None = None
    root: bool = False
    tested: list[Test] = Field(default=[])
    status: State = "假设"
    why: list[Cause] = Field(default=[])

    @validator("status")
    @classmethod
    def _tested(cls, status: State, info: ValidationInfo) -> State:
        if status != ASSUMED and "tested" in info.data and not info.data["tested"]:
            raise ValueError(f"写了 {status}，却没有写由什么检验（tested）；没有检验过的请写 {ASSUMED}")
        return status

    @property
    def strength(self) -> str:
        """强 where data tested it, 弱 where only words were counted, "" where nothing did."""
        means = {test.by for test in self.tested}
        return STRONG if "数据" in means else WEAK if means else ""


class FiveW1H(Strict):
    """The six questions; what is left out is filled from data."""

    what: str = ""
    why: str = ""
    who: str = ""
    when: str = ""
    where: str = ""
    how: str = ""


class Question(Strict):
    """What is still to be found out about a problem or a cause, by whom; the answer when there is one."""

    question: Annotated[str, filled("问题是空的；请写清要查什么")]
    owner: Finder = Field(default=None, validate_default=True)
    cause: str = ""
    due: Day | None = None
    answer: str = ""


class Analysis(Strict):
    """All that is written about the causes of one problem."""

    problem: Annotated[str, filled("缺少问题名称；请写标签体系中的一个标签")]
    why: list[Cause] = Field(default=[])
    fishbone: dict[str, list[str]] = Field(default={})
    five_w1h: FiveW1H = FiveW1H()
    questions: list[Question] = Field(default=[])
