"""Goals people keep beside their measures: like those of the params, each with one person at most."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from voc_lib import params
from voc_lib.knowledge.owners import one_person


def _one_or_nobody(value: Any) -> Any:
    return one_person(value) if value else ""


class Goal(params.Goal):
    """A goal, owned by exactly one person or by nobody yet."""

    owner: Annotated[str, BeforeValidator(_one_or_nobody)] = Field("", description="负责人")
