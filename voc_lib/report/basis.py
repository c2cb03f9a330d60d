"""What figures rest on: the rows of declared tables they were read from, carried by sentences and cards."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from voc_lib.schema import Table
from voc_lib.yamlfile import shipped

# What is no figure of a report: quoted words, dates, months and times, ids, 5 Why, the version of a taxonomy.
ASIDE = re.compile(
    r"“[^”]*”|\d{4}-\d{2}(?:-\d{2})?|\d{4}-(?:Q|W)\d+|\d{4}年\d{1,2}月|\d{1,2}:\d{2}|5 ?W(?:hy|1H)"
    r"|版本 [\d.]+|[A-Za-z]+[\w-]*\d[\w-]*"
)


@dataclass(frozen=True)
class Basis:
    """Rows of a table: `where` picks them out (none: all of it), `figures` are what they hold on paper."""

    table: str
    where: tuple[tuple[str, str], ...] = ()  # English name of a column, value
    figures: tuple[tuple[str, str], ...] = ()  # label, figure
    columns: tuple[str, ...] = ()  # English names of the columns figures were read from
    how: str = ""

    def data(self) -> dict[str, Any]:
        """The basis as JSON values."""
        return {
            **vars(self),
            **{name: [list(p) for p in getattr(self, name)] for name in ("where", "figures")},
        }


class Said(str):
    """A sentence with the basis of its figures."""

    __slots__ = ("basis",)
    basis: tuple[Basis, ...]


def of(words: str, otherwise: tuple[Basis, ...] = ()) -> tuple[Basis, ...]:
    """What the figures of a sentence rest on, nothing where it has none.

    >>> of("没有问题", (Basis("rates"),)), of("共 397 个问题", (Basis("category_stats"),))[0].table
    ((), 'category_stats')
    """
    return getattr(words, "basis", otherwise) if figured(words) else ()


def figured(words: str) -> bool:
    """Whether a sentence holds a figure: a digit outside quotes, dates, times and ids.

    >>> figured("M01 应于 2026-09-15 完成，见“3 天发货”"), figured("M01 已逾期 15 天")
    (False, True)
    """
    return any(letter.isdigit() for letter in ASIDE.sub("", words))


def key(spec: Table) -> tuple[str, ...]:
    """The columns that tell a table's rows apart."""
    return spec.key or tuple(words(spec.name).get("key", ()))


@cache
def words(table: str) -> dict[str, Any]:
    """What `bases.yaml` says of a table: row, of, key, rows, columns; empty where it is not told."""
    mine = described().get(table)
    return {**mine, "columns": {**_told()["columns"], **mine["columns"]}} if mine else {}


def described() -> dict[str, Any]:
    """What `bases.yaml` says, by table."""
    return _told()["tables"]


@cache
def _told() -> dict[str, Any]:
    return shipped("voc_lib.report", "bases.yaml")


def flat(basis: Iterable[Iterable[Basis]]) -> list[list[dict[str, Any]]]:
    """The bases of the parts of a display object as JSON values."""
    return [[each.data() for each in part] for part in basis]
