"""What the params say about runs nobody watches: who is told how a run went."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field
from pydantic import field_validator as validator

from voc_lib.strict import Strict

ENV_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


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
    """Who is told of a report, with the summary attached where it is wanted."""

    attach: list[Literal["html", "pdf"]] = Field([], description="随邮件附上总结报告：html、pdf")


class Notices(Strict):
    """Who is told of a report, and who of a run that made none."""

    success: list[Reader] = Field([], description="报告发布后通知谁")
    failure: list[Receiver] = Field([], description="没有出报告时通知谁")
