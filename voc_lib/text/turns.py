"""Words that turn what stands beside them around, shared by the rules' clauses and by sentiment."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from voc_lib.text.matching import Corpus, Hits, covered, distance_back
from voc_lib.yamlfile import shipped

APART = ("others", "others_guards", "against", "alike", "own")  # what `elsewhere` asks for


@cache
def turns() -> dict[str, Any]:
    """The lists of `turns.yaml`: `doubled`, `relieved`, `again`, `against`, `alike` and `own`, and with words
    and guards `resolved`, `solving` and `others`."""
    raw = shipped("voc_lib.text", "turns.yaml")
    raw["solving"]["words"] += raw["relieved"]
    raw["others"]["words"] += map("".join, product(raw.pop("earlier"), raw.pop("ones")))
    return raw


def apart() -> dict[str, list[str]]:
    """The words of each of APART."""
    raw = turns()
    guarded = {"others": raw["others"]["words"], "others_guards": raw["others"]["guards"]}
    return {role: (raw | guarded)[role] for role in APART}


def elsewhere(starts: np.ndarray, part: Corpus, said: Callable[[str], Hits]) -> np.ndarray:
    """Which positions speak of another shop or an earlier thing: behind its name, and not behind one of ours.

    `said` gives the words of each of APART.
    """
    others, guards = said("others"), said("others_guards")
    others = others.where(~covered(others.start, others.end, guards))
    others = others.where(~np.isin(others.end, said("alike").start))
    others = others.where(~np.isin(others.start, said("against").end))
    gap, ours = distance_back(starts, part, others), distance_back(starts, part, said("own"))
    return (gap >= 0) & ~((ours >= 0) & (ours < gap))
