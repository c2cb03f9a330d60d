"""Words that turn what stands beside them around, shared by the rules' clauses and by sentiment."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def turns() -> dict[str, Any]:
    """The lists of `turns.yaml`: `doubled`, `resolved` and `solving` (words, guards), `relieved`, `again`."""
    raw = yaml.safe_load(files("voc_lib.text").joinpath("turns.yaml").read_text(encoding="utf-8"))
    raw["solving"]["words"] += raw["relieved"]
    return raw
