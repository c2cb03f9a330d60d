"""What the params say about runs nobody watches: what must have come before, who is told after."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator
from pydantic import field_validator as validator

from voc_lib.origin import ENV_REFERENCE
from voc_lib.strict import Strict

SPAN = re.compile(r"([1-9]\d{0,3})([mh])")


class Expect(Strict):
    """What must have come of a source before a report is made of it."""

    rows: int | None = Field(None, ge=1, description="报告期内至少有多少条")
    within_days: int | None = Field(
        None, ge=0, description="最新一条离报告期末（还没有到期末时离今天）不超过多少天"
    )

    @model_validator(mode="after")
    def _something(self) -> Expect:
        if self.rows is None and self.within_days is None:
            raise ValueError("rows 与 within_days 至少写一个")
        return self


class Wait(Strict):
    """How long a run waits for data that has not come."""

    every: str = Field("30m", description="隔多久再看一次：30m（分钟）或 1h（小时）")
    at_most: str = Field(description="最多等多久，例如 4h")

    @validator("every", "at_most")
    @classmethod
    def _span(cls, value: str) -> str:
        if not SPAN.fullmatch(value):
            raise ValueError(f"“{value}” 应写成 30m（分钟）或 4h（小时）")
        return value


def seconds(span: str) -> int:
    """Seconds of a span of minutes or hours.

    >>> seconds("30m"), seconds("4h")
    (1800, 14400)
    """
    number, unit = span[:-1], span[-1]
    return int(number) * (60 if unit == "m" else 3600)


class Receiver(Strict):
    """Where a notice goes: the environment variable that holds an apprise address."""

    to: str = Field(description="${环境变量名}；变量里是 apprise 的地址（邮件、企业微信、钉钉、飞书等）")

    @validator("to")
    @classmethod
    def _only_a_variable(cls, to: str) -> str:
        if not ENV_REFERENCE.fullmatch(to):
            raise ValueError("to 只能写成 ${环境变量名}，不要把地址或密码写进参数文件")
        return to

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return self.to[2:-1]


class Reader(Receiver):
    """Who is told of a report, or of the version of an audience, with the summary attached if wanted."""

    audience: str | None = Field(None, description="只说哪个受众的版本（audiences 里的名称），不写则为总报告")
    attach: list[Literal["html", "pdf", "zip"]] = Field(
        [], description="随邮件附上总结报告：html、pdf；zip 是受众写了 password 的整个文件夹"
    )


class Notices(Strict):
    """Who is told of a report, who of a run that made none, who of alerts."""

    success: list[Reader] = Field([], description="报告发布后通知谁")
    failure: list[Receiver] = Field([], description="没有出报告时通知谁")
    alerts: list[Receiver] = Field([], description="voc alerts 发现新预警时通知谁")
