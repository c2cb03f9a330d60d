"""What people wrote of causes and measures, personal data masked for paper; their file stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel

from voc_lib.clean import privacy
from voc_lib.params import Params

# owners are named on purpose; the rest are names of tags and columns, and words looked for in masked texts
KEPT = frozenset(
    [
        "id",
        "owner",
        "successor",
        "department",
        "problem",
        "category",
        "contains",
        "metric",
        "comparison",
        "before",
        "after",
        "measure",
        "by",
        "scope",
        "phase",
        "state",
    ]
)


NAMED = KEPT | {"name"}  # members of the team, and KPIs as their table has them


Written = TypeVar("Written")


def masked(written: Written, kept: frozenset[str] = KEPT) -> Written:
    """The same causes, measures, promises, revisits or values of JSON with personal data in words masked."""
    said = pd.Series(sorted(set(_said(written, kept))), dtype="str")
    hidden = dict(zip(said, privacy.mask(said), strict=True))
    changed: Written = _changed(written, hidden, kept)
    return changed


def planned(params: Params) -> Params:
    """The params with personal data masked in the words of goals, team, milestones and metrics."""
    words = {
        "goals": masked(params.goals),
        "team": masked(params.team, NAMED),
        "milestones": masked(params.milestones),
        "metrics": masked(params.metrics, NAMED),
    }
    return params.model_copy(update=words)


def _said(value: Any, kept: frozenset[str]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name, part in value:
            if name not in kept:
                yield from _said(part, kept)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _said(part, kept)
    elif isinstance(value, dict):
        yield from _said(list(value.values()), kept)


def _changed(value: Any, hidden: dict[str, str], kept: frozenset[str]) -> Any:
    if isinstance(value, str):
        return hidden[value]
    if isinstance(value, BaseModel):
        parts = {name: _changed(part, hidden, kept) for name, part in value if name not in kept}
        return value.model_copy(update=parts)
    if isinstance(value, (list, tuple)):
        return type(value)(_changed(part, hidden, kept) for part in value)
    if isinstance(value, dict):
        return {name: _changed(part, hidden, kept) for name, part in value.items()}
    return value
