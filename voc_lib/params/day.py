"""A day as params give it: a date of YAML, or written as text."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from voc_lib.period import YEARS


def _day(value: Any) -> Any:
    return value if isinstance(value, date) else str(value)


def _near(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"{day} 的年份应在 {YEARS[0]} 到 {YEARS[-1]} 之间；请改正")
    return day


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_near)]
