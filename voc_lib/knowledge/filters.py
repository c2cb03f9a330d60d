"""A part of the data as a person writes it in one line: 地区=华东；反馈渠道=电话."""

from __future__ import annotations

import re

from voc_lib.schema import ISSUES

FORM = "筛选条件，例如 地区=华东（几个条件用分号隔开）"
PARTS = re.compile(r"[；;\n]+")
PAIR = re.compile(r"\s*([^=＝:：]+?)\s*[=＝:：]\s*(.*?)\s*")


def said(part: dict[str, str]) -> str:
    """A part as a reader says it.

    >>> said({"region": "华东", "channel": "电话"})
    '地区=华东；反馈渠道=电话'
    """
    return "；".join(f"{ISSUES.labels.get(column, column)}={value}" for column, value in part.items())


def parsed(words: str) -> dict[str, str]:
    """The part a line says, by names of columns; empty where it cannot be read.

    >>> parsed("地区＝华东; channel=电话"), parsed("华东")
    ({'region': '华东', 'channel': '电话'}, {})
    """
    names = {label: name for name, label in ISSUES.labels.items()}
    found = [PAIR.fullmatch(piece) for piece in PARTS.split(words) if piece.strip()]
    if not all(pair and pair[2] for pair in found):
        return {}
    return {names.get(pair[1], pair[1]): pair[2] for pair in found if pair}
