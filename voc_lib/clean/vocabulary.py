"""The words of the YAML files beside this module, and patterns of them."""

from __future__ import annotations

import re
from functools import cache

from voc_lib.yamlfile import shipped


@cache
def words() -> dict:
    """The words of the YAML files beside this module, by the name of their list."""
    listed: dict = {}
    for file in ("words.yaml", "people.yaml", "places.yaml"):
        listed |= shipped("voc_lib.clean", file)
    return listed


@cache
def any_of(name: str) -> re.Pattern[str]:
    """A pattern of all words of a list; Latin words must stand alone."""
    listed = sorted(words()[name], key=len, reverse=True)
    return re.compile(
        "|".join(rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in listed)
    )


def either(name: str) -> str:
    """The words of a list as alternatives of a pattern, longer ones first."""
    return "|".join(map(re.escape, sorted(words()[name], key=len, reverse=True)))


@cache
def famous() -> frozenset[str]:
    """Names everybody knows; who calls may bear one."""
    return frozenset(words()["famous"])


@cache
def titles() -> frozenset[str]:
    """What people are called behind their surname: 大爷, 师傅."""
    lists = ("nick_titles", "kin_titles", "titles", "staff_titles", "called_titles", "served_titles")
    return frozenset(title for name in lists for title in words()[name])
