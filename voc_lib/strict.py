"""The base of everything people write in YAML: frozen, unknown keys refused."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"应是数字，现在是 {value}")
    return value


Number = Annotated[float, BeforeValidator(_number)]  # pydantic takes `true`, and YAML `yes`, for 1


class Strict(BaseModel):
    """Frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
