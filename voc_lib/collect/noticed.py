"""Which notes on the files matter most: what was lost, then what asks for a look, then what was only done."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Rows, scores or columns that are not in the report: “有 4 行进入隔离区”, “整列未采用为评分”.
LOST = re.compile("隔离区|未采用|不采用|没有用到|未读入|未读取|没有读入|无法识别|损坏|一条也没有")
# Something to be looked at or written: “请核对日月先后”, “不能细看”, “晚于文件的日期”.
ASKS = re.compile("请|不对时|如不对|晚于|丢|不能|重复")


def ordered(notes: Iterable[str]) -> list[str]:
    """Notes, those on what was lost first, then those that ask for a look; else as they came.

    >>> ordered(["“评分” 是 1–10 分制，已线性换算", "日和月可能对调，请核对", "有 2 行进入隔离区"])
    ['有 2 行进入隔离区', '日和月可能对调，请核对', '“评分” 是 1–10 分制，已线性换算']
    """
    return sorted(notes, key=_rank)


def parted(notes: Iterable[str]) -> tuple[list[str], list[str]]:
    """Notes on what was done, and notes that matter, the gravest last.

    >>> parted(["有 2 行进入隔离区", "日和月可能对调，请核对", "已线性换算"])
    (['已线性换算'], ['日和月可能对调，请核对', '有 2 行进入隔离区'])
    """
    rows = ordered(notes)
    grave = [note for note in rows if _rank(note) < 2]
    return rows[len(grave) :], sorted(grave, key=_rank, reverse=True)


def _rank(note: str) -> int:
    return 0 if LOST.search(note) else 1 if ASKS.search(note) else 2
