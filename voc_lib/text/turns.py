"""Words that turn what stands beside them around, shared by the rules' clauses and by sentiment."""

from __future__ import annotations

from functools import cache
from typing import Any

from voc_lib.yamlfile import shipped


@cache
def turns() -> dict[str, Any]:
    """The lists of `turns.yaml`: `doubled`, `resolved` and `solving` (words, guards), `relieved`, `again`."""
    raw = shipped("voc_lib.text", "turns.yaml")
    raw["solving"]["words"] += raw["relieved"]
    return raw
