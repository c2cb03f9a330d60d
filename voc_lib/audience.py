"""For whom a version of the report is made: a name that is a folder, whose rows, whose measures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import Field, model_validator
from pydantic import field_validator as validator

from voc_lib.errors import did_you_mean
from voc_lib.origin import ENV_REFERENCE
from voc_lib.schema import TAGGED
from voc_lib.strict import Strict

FOLDER = re.compile(r"[^\\/:*?\"<>|\x00-\x1f.][^\\/:*?\"<>|\x00-\x1f]{0,59}")
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # names Windows keeps for itself
CATEGORY = "category"  # in `where`: the main tag
COLUMNS = (
    CATEGORY,
    "department",
    "region",
    "product",
    "channel",
    "source",
    "attribute",
    "customer_type",
)


def folder_fault(name: str) -> str:
    """Why a name cannot be that of a folder on any system; empty where it can.

    >>> [bool(folder_fault(name)) for name in ("华东 大区", "华东/华南", "华东.", "con")]
    [False, True, True, True]
    """
    if FOLDER.fullmatch(name) and name.rstrip(". ") == name and not DEVICES.fullmatch(name):
        return ""
    return 'name 要作文件夹名：1–60 个字，不含 \\ / : * ? " < > |，不以点或空格收尾'


class Audience(Strict):
    """One audience: the rows `where` leaves and what their `leader` answers for."""

    name: str = Field(description="受众的名称，也是文件夹名，例如 华东大区")
    where: dict[str, list[str]] = Field(
        {},
        description="哪些反馈是他们的，例如 {region: 华东} 或 {department: [仓储物流部, 配送部]}；"
        "几个条件要同时满足",
    )
    leader: list[str] = Field(
        [],
        description="负责人：名下的措施、目标、决定也归这一版；"
        "不写 where 时，反馈取这些措施和目标所针对的问题",
    )

    totals: bool = Field(
        False,
        description="true：另写总报告的问题总数作对照；只在至少三个受众、其余反馈不属于某一个受众时才写",
    )
    password: str | None = Field(
        None, description="${环境变量名}：另存一个以此为密码的 ZIP（AES-256）；不写则不存"
    )

    @validator("password")
    @classmethod
    def _only_a_variable(cls, password: str | None) -> str | None:
        if password and not ENV_REFERENCE.fullmatch(password):
            raise ValueError("password 只能写成 ${环境变量名}，不要把密码写进参数文件")
        return password

    @validator("name")
    @classmethod
    def _folder(cls, name: str) -> str:
        if fault := folder_fault(name):
            raise ValueError(fault)
        return name

    @validator("leader", mode="before")
    @classmethod
    def _one_or_several(cls, leader: Any) -> Any:
        return [leader] if isinstance(leader, str) else leader

    @validator("where", mode="before")
    @classmethod
    def _listed(cls, where: Any) -> Any:
        if not isinstance(where, dict):
            return where
        return {column: v if isinstance(v, list) else [v] for column, v in where.items()}

    @validator("where")
    @classmethod
    def _known(cls, where: dict[str, list[str]]) -> dict[str, list[str]]:
        for column, values in where.items():
            if column not in COLUMNS:
                raise ValueError(f"where 里没有列 “{column}”。{did_you_mean(column, COLUMNS)}")
            if not values:
                raise ValueError(f"where 里的 {column} 没有写值，一条反馈也留不下")
        return where

    @model_validator(mode="after")
    def _somebody(self) -> Audience:
        if not self.where and not self.leader:
            raise ValueError("where 与 leader 至少写一个，说明哪些内容是他们的")
        return self

    @property
    def words(self) -> str:
        """Whose rows these are, as a reader says it.

        >>> Audience(name="东", where={"region": ["华东", "华中"], "product": "手机"}).words
        '地区为“华东”或“华中”、产品为“手机”'
        """
        parts = [
            f"{label(column)}为{'或'.join(f'“{value}”' for value in values)}"
            for column, values in self.where.items()
        ]
        return "、".join(parts) or f"{'、'.join(self.leader)}名下的措施和目标所针对的问题"


def label(column: str) -> str:
    """What readers call a column of `where`.

    >>> label("category"), label("region")
    ('问题类型', '地区')
    """
    return TAGGED.labels["primary_tag" if column == CATEGORY else column]


def clash(audiences: Sequence[Audience]) -> str:
    """The fault that two audiences would share a folder; empty where none do.

    >>> clash([Audience(name="East", leader="甲"), Audience(name="east", leader="乙")])
    'audiences 中的名称重复：east；每个受众要有自己的文件夹'
    """
    names = [audience.name.casefold() for audience in audiences]
    again = sorted({name for name in names if names.count(name) > 1})
    return f"audiences 中的名称重复：{'、'.join(again)}；每个受众要有自己的文件夹" if again else ""
