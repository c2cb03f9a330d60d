"""Sentences made from banks of fragments: `{slot}` is replaced by one choice of its bank, again and again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from voc_lib.yamlfile import shipped

SLOT = re.compile(r"\{(\w+)\}")
Bank = Mapping[str, list[str]]


def read(name: str) -> Any:
    """The content of one YAML file of this package."""
    return shipped("voc_lib.sample", name)


def expand(text: str, banks: Bank, rng: Random, facts: Mapping[str, str | Callable[[], str]]) -> str:
    """The text with every slot filled: from `facts` of the row first, else by a choice from its bank.

    >>> expand("{day}买的{what}", {"what": ["杯子"]}, Random(1), {"day": "9月3号"})
    '9月3号买的杯子'
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in facts:
            fact = facts[name]
            return fact if isinstance(fact, str) else fact()
        return expand(rng.choice(banks[name]), banks, rng, facts)

    return SLOT.sub(fill, text)


def slots(banks: Mapping[str, Any]) -> set[str]:
    """Every slot named in some banks."""
    return {
        name
        for value in banks.values()
        if isinstance(value, list)
        for text in value
        for name in SLOT.findall(text)
    }


@dataclass(frozen=True)
class Banks:
    """All fragments: `common`, and per category its own laid over the common ones."""

    common: dict[str, Any]
    categories: dict[str, dict[str, list[str]]]

    @classmethod
    def load(cls) -> Banks:
        """The banks of this package."""
        common = read("banks/common.yaml")
        shared = {name: bank for name, bank in common.items() if isinstance(bank, list)}
        own = {name: read(f"banks/{file}.yaml") for name, file in common["files"].items()}
        return cls(common, {name: {**shared, **bank} for name, bank in own.items()})
