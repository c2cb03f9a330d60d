"""Values of a column of scores that have no place on its scale: how many are slips, and how they are told."""

from __future__ import annotations

import re

import pandas as pd

from voc_lib.collect import ranges

DISTINCT = 3  # different slips; more are no slips
AGAIN = 2  # a value that comes oftener is none either
SHOWN = 16  # characters of a value that is named; what is longer is a text
LISTED = 40
PRIVATE = re.compile(r"\d{6,}|@")


def tolerable(counts: pd.Series, total: int) -> bool:
    """Whether unread values (value -> how often) are slips of a key among `total` answers.

    >>> tolerable(pd.Series({"满意阿": 1}), 500), tolerable(pd.Series({"糟透了": 3}), 5000)
    (True, False)
    """
    few = len(counts) <= DISTINCT and counts.max() <= AGAIN if len(counts) else True
    return bool(few and counts.sum() <= ranges.slips(total))


def listed(counts: pd.Series) -> str:
    """Every value with its count, the most frequent first; long or private ones only counted.

    >>> listed(pd.Series({"bad": 4, "awful": 2}))
    '“bad”×4、“awful”×2'
    """
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    named = [value for value in ordered.index if _nameable(value)]
    said = [f"“{value}”×{ordered[value]}" for value in named[:LISTED]]
    rest = ordered.drop(named[:LISTED])
    return "、".join(said + ([f"另有 {len(rest)} 种取值共 {int(rest.sum())} 个"] if len(rest) else []))


def line(header: str, counts: pd.Series, *, best: int = 5) -> str:
    """The line of params that gives the values a score.

    >>> line("评分", pd.Series({"bad": 4}))
    'scales: {评分: {bad: 几分}}（分数写 1–5，5 最好；未作答写 null）'
    """
    named = [value for value in counts.sort_values(ascending=False, kind="stable").index if _nameable(value)]
    values = ", ".join(f"{key(value)}: 几分" for value in named[:LISTED])
    low = 0 if best == 10 else 1
    return f"scales: {{{key(header)}: {{{values}}}}}（分数写 {low}–{best}，{best} 最好；未作答写 null）"


def _nameable(value: str) -> bool:
    return len(value) <= SHOWN and not PRIVATE.search(value)


def key(text: str) -> str:
    """A key as YAML wants it: in quotes where it would be read as something else."""
    odd = re.search(r"[:#{}\[\],&*?|<>=!%@`\"'\\]|^[-\s]|\s$", text)
    return (
        f'"{text}"'
        if odd or re.fullmatch(r"(?i)[\d.+-]*|y|n|yes|no|on|off|true|false|null|~", text)
        else text
    )
