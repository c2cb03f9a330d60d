"""How a report speaks of those whose feedback it is: customers, or the employees who work with a system."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pandas as pd

from voc_lib.schema import Table
from voc_lib.yamlfile import shipped

CUSTOMERS = "customers"
QUOTED = "“[^”]*”"  # what is quoted is data: a name, a customer's word
GROUPED = frozenset({"维度", "分组", "客户类型", "指标"})  # columns whose cells are names, ours or of data
WRITTEN = frozenset({"口径"})  # columns whose cells are sentences of the house
_spoken = [CUSTOMERS]  # of the process: a notebook has a kernel of its own


def speak_of(subject: str) -> None:
    """Let display objects made from now on speak of a subject."""
    _spoken[0] = subject


def spoken() -> str:
    """The subject spoken of."""
    return _spoken[0]


def said(words: str, subject: str | None = None) -> str:
    """A text of the house in the words of a subject, by default of the one spoken of.

    >>> said("涉及 3 位客户，“客户”页最慢，大客户部最多", "crm")
    '涉及 3 位员工，“客户”页最慢，大客户部最多'
    """
    pattern, new = _spelt(subject or _spoken[0])
    return pattern.sub(lambda found: new.get(found[0], found[0]), words) if new else words


def label(words: str, subject: str | None = None) -> str:
    """The name of a column, dimension or group in the words of a subject.

    >>> label("产品", "crm"), label("客户数", "crm"), label("产品组", "crm")
    ('岗位', '员工数', '产品组')
    """
    about = _words()[subject or _spoken[0]]
    return about["labels"].get(words) or said(words, subject)


def name(words: str) -> str:
    """A name that stands alone, data unless it is one of the house: 产品, 新客."""
    return named(words)


def named(words: str, subject: str | None = None) -> str:
    """The same in the words of a subject, by default of the one spoken of.

    >>> named("产品", "crm"), named("大客户部", "crm")
    ('岗位', '大客户部')
    """
    return _words()[subject or _spoken[0]]["labels"].get(words, words)


def cell(head: str, words: str, subject: str | None = None) -> str:
    """A cell below a head: a sentence or a name of the house in the words of a subject, data as it is.

    >>> cell("维度", "客户等级", "crm"), cell("分组", "大客户部", "crm"), cell("反馈", "客户", "crm")
    ('岗位', '大客户部', '客户')
    """
    if head in WRITTEN:
        return said(words, subject)
    return named(words, subject) if head in GROUPED else words


def table(spec: Table, subject: str) -> Table:
    """A declared table with title and labels in the words of a subject."""
    columns = tuple(replace(column, label=label(column.label, subject)) for column in spec.columns)
    return replace(spec, title=said(spec.title, subject), columns=columns)


def cells(rows: pd.DataFrame, spec: Table, subject: str) -> pd.DataFrame:
    """The rows of a declared table with the words of the house in them in the words of a subject."""
    own = [column for column in spec.columns if column.label in GROUPED | WRITTEN and column.name in rows]
    if subject == CUSTOMERS or not own:
        return rows
    told = {column.name: partial(cell, column.label, subject=subject) for column in own}
    return rows.assign(**{name: rows[name].astype("str").map(make, "ignore") for name, make in told.items()})


def paper(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """A display object's JSON values in the words of the subject spoken of; cells of data stay."""
    if _spoken[0] == CUSTOMERS:
        return data
    return data | {key: make(data) for key, make in PARTS.get(kind, {}).items()}


def _heads(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [column | {"label": label(column["label"])} for column in data["columns"]]


def _rows(data: dict[str, Any]) -> list[list[Any]]:
    heads = [column["label"] for column in data["columns"]]
    return [
        [
            cell(head, words) if isinstance(words, str) else words
            for head, words in zip(heads, row, strict=True)
        ]
        for row in data["rows"]
    ]


def _all(words: list[str]) -> list[str]:
    return [said(part) for part in words]


PARTS: dict[str, dict[str, Callable[[dict[str, Any]], Any]]] = {
    "table": {
        "caption": lambda data: said(data["caption"]),
        "columns": _heads,
        "rows": _rows,
        "notes": lambda data: _all(data["notes"]),
        "folded": lambda data: said(data["folded"]),
    },
    "text": {
        "paragraphs": lambda data: _all(data["paragraphs"]),
        "items": lambda data: _all(data["items"]),
    },
    "cards": {
        "cards": lambda data: [
            card | {part: said(card[part]) for part in ("label", "note", "alt")} for card in data["cards"]
        ]
    },
}


def subjects() -> tuple[str, ...]:
    """What a report can be about.

    >>> subjects()
    ('customers', 'crm')
    """
    return tuple(_words())


@cache
def _words() -> dict[str, Any]:
    return shipped("voc_lib.report", "subjects.yaml")


@cache
def _spelt(subject: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What to look for, longest first, what is quoted and no name of the house last; and the new words."""
    about = _words()[subject]
    longest = sorted([*about["keep"], *about["words"]], key=lambda word: (-len(word), word))
    return re.compile("|".join([*map(re.escape, longest), QUOTED])), about["words"]
