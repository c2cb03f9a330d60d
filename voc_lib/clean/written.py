"""What people wrote of causes and measures, personal data masked for paper; their file stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel

from voc_lib.clean import privacy

# owners are named on purpose; the rest are names of tags and columns, and words looked for in masked texts
KEPT = frozenset(
    [
        "id",
        "owner",
        "department",
        "problem",
        "category",
        "contains",
        "metric",
        "comparison",
        "before",
        "after",
        "measure",
    ]
)


Written = TypeVar("Written", bound=BaseModel)


def masked(written: Written) -> Written:
    """The same causes, measures, promises and revisits with personal data in their words masked."""
    said = pd.Series(sorted(set(_said(written))), dtype="str")
    hidden = dict(zip(said, privacy.mask(said), strict=True))
    changed: Written = _changed(written, hidden)
    return changed


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name, part in value:
            if name not in KEPT:
                yield from _said(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _said(part)
    elif isinstance(value, dict):
        yield from _said(list(value.values()))


def _changed(value: Any, hidden: dict[str, str]) -> Any:
    if isinstance(value, str):
        return hidden[value]
    if isinstance(value, BaseModel):
        parts = {name: _changed(part, hidden) for name, part in value if name not in KEPT}
        return value.model_copy(update=parts)
    if isinstance(value, (list, tuple)):
        return type(value)(_changed(part, hidden) for part in value)
    if isinstance(value, dict):
        return {name: _changed(part, hidden) for name, part in value.items()}
    return value
