"""What may be written in a field: something at all, a window of time, columns there are."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.period import Period
from voc_lib.schema import ISSUES


def filled(sentence: str) -> BeforeValidator:
    """A check that says `sentence` when nothing is written."""

    def check(value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ValueError(sentence)
        return value

    return BeforeValidator(check)


def _window(value: Any) -> str:
    try:
        return Period.parse(value).label
    except ParamsError:
        message = f"时间窗口 “{value}” 无法识别；请写成 2026-05、2026-Q2 或 2026-05-01..2026-09-30"
        raise ValueError(message) from None


def columns(where: dict[str, str]) -> dict[str, str]:
    """The same; ValueError names a column that is none of an issue's."""
    for column in where:
        if column not in ISSUES.names:
            raise ValueError(f"没有列 “{column}”。{did_you_mean(column, ISSUES.names)}")
    return where


def _number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


Text = Annotated[str, BeforeValidator(_number_as_text)]
Window = Annotated[str, BeforeValidator(_window)]
