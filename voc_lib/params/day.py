"""A day as params give it: a date of YAML, or written as text."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator


def _day(value: Any) -> Any:
    return value if isinstance(value, date) else str(value)


Day = Annotated[date, BeforeValidator(_day)]
