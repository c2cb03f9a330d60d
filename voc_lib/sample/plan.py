"""The planted figures, and the slots they make: how many voices of which kind in which month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import pandas as pd

from voc_lib.sample.grammar import read

OTHER = "其他"


@dataclass(frozen=True)
class Slot:
    """One voice to be made: what it speaks of, where, and how it must behave."""

    month: str
    category: str  # empty for praise
    region: str
    named: bool
    intent: str
    hard: bool = False
    burst: bool = False


@dataclass(frozen=True)
class Plan:
    """The figures of plan.yaml."""

    raw: dict[str, Any]

    @classmethod
    def load(cls) -> Plan:
        """The plan of this package."""
        return cls(read("plan.yaml"))

    @cached_property
    def months(self) -> list[str]:
        """The months of the sample, oldest first."""
        return [str(m) for m in pd.period_range(self.raw["first_month"], self.raw["sample_month"], freq="M")]

    @property
    def sample_month(self) -> str:
        """The month whose figures are exact."""
        return str(self.raw["sample_month"])

    @property
    def categories(self) -> list[str]:
        """The problem types, largest first."""
        return list(self.raw["shares"])


def apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that add up to `total`, as near to the weights as possible (largest remainder).

    >>> apportion(10, {"a": 1, "b": 2})
    {'a': 3, 'b': 7}
    """
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(value) for name, value in exact.items()}
    rest = total - sum(counts.values())
    for name in sorted(exact, key=lambda name: (counts[name] - exact[name], name))[:rest]:
        counts[name] += 1
    return counts


def step_value(steps: Mapping[str, float], month: str) -> float:
    """The value in force in a month: that of the latest step not after it.

    >>> step_value({"2026-01": 0.8, "2026-05": 0.9}, "2026-04")
    0.8
    """
    return steps[max(start for start in steps if start <= month)]


def slots(plan: Plan, regions: Mapping[str, float], rng: Random) -> list[Slot]:
    """Every voice of the sample before copies, months in order."""
    made: list[Slot] = []
    carry, before = 0.0, 0.0
    for month, total in zip(plan.months, plan.raw["problems"], strict=True):
        counts = _counts(plan, month, total)
        improved = plan.raw["improved_region"]
        inside = round(total * regions[improved["name"]] / sum(regions.values()))
        share = _improved_share(plan, month)
        carry = carry if share == before else 0.0
        wanted, before = share * inside + carry, share
        late = round(wanted)
        carry = wanted - late
        made.extend(_problems(plan, month, counts, (inside, late), regions=regions, rng=rng))
        made.extend(_praise(plan, month, round(total * plan.raw["praise"]), regions, rng))
    return made


def _counts(plan: Plan, month: str, total: int) -> dict[str, int]:
    season = plan.raw["season"].get(int(month[5:]), {})
    return apportion(total, {name: share + season.get(name, 0) for name, share in plan.raw["shares"].items()})


def _improved_share(plan: Plan, month: str) -> float:
    improved = plan.raw["improved_region"]
    if month >= improved["since"]:
        return improved["after"]
    return improved["during"].get(month, improved["before"])


def _problems(
    plan: Plan,
    month: str,
    counts: Mapping[str, int],
    improved: tuple[int, int],
    *,
    regions: Mapping[str, float],
    rng: Random,
) -> Iterator[Slot]:
    inside, late = improved
    home, category = plan.raw["improved_region"]["name"], plan.raw["improved_region"]["category"]
    others = {name: count for name, count in counts.items() if name != category}
    homes = {category: late, **apportion(inside - late, others)}
    away = {name: weight for name, weight in regions.items() if name != home}
    for name, count in counts.items():
        places = [home] * homes[name]
        places += rng.choices(list(away), list(away.values()), k=count - homes[name])
        named = _named(plan, month, name, count)
        flags = [True] * named + [False] * (count - named)
        rng.shuffle(flags)
        rng.shuffle(places)
        bursts = plan.raw["burst"]["count"] if _bursts(plan, month, name) else 0
        for index, (place, flag) in enumerate(zip(places, flags, strict=True)):
            intent = _intent(plan, name, rng)
            hard = intent == "抱怨" and rng.random() < plan.raw["hard"]
            burst = index < bursts
            yield Slot(month, name, place, flag, "抱怨" if burst else intent, hard and not burst, burst)


def _bursts(plan: Plan, month: str, category: str) -> bool:
    return month == plan.sample_month and category == plan.raw["burst"]["category"]


def _named(plan: Plan, month: str, category: str, count: int) -> int:
    if month == plan.sample_month:
        return plan.raw["customers"][category]
    return round(count * (1 - plan.raw["anonymous"]))


def _intent(plan: Plan, category: str, rng: Random) -> str:
    draw = rng.random()
    for intent, shares in plan.raw["intents"].items():
        if draw < shares[category]:
            return str(intent)
        draw -= shares[category]
    return "抱怨"


def _praise(plan: Plan, month: str, count: int, regions: Mapping[str, float], rng: Random) -> Iterator[Slot]:
    for region in rng.choices(list(regions), list(regions.values()), k=count):
        yield Slot(month, "", region, rng.random() > plan.raw["anonymous"], "表扬")
