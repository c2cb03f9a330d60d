"""Two versions of a list of words that began as one, joined item by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def joined(base: Sequence[Any], theirs: Sequence[Any], mine: Sequence[Any]) -> list[str] | None:
    """Their list with what I did to `base`; None where nobody can say what both meant.

    That is: both put something in place of one item, or somebody changed the order.

    >>> joined(["招聘", "上线"], ["招聘", "上线", "验收"], ["采购", "招聘", "上线"])
    ['采购', '招聘', '上线', '验收']
    >>> joined(["招聘"], ["招 12 人"], ["招 5 人"]) is None
    True
    """
    if not all(_plain(items) for items in (base, theirs, mine)) or _rivals(base, theirs, mine):
        return None
    if not (_kept(base, theirs) and _kept(base, mine) and _kept(theirs, mine)):
        return None
    return _inserted([item for item in theirs if item not in base or item in mine], base, mine)


def _plain(items: Sequence[Any]) -> bool:
    """Whether the items are words, none of them twice."""
    return all(isinstance(item, str) for item in items) and len(set(items)) == len(items)


def _kept(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether what both have stands in the same order."""
    return [item for item in first if item in second] == [item for item in second if item in first]


def _rivals(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> bool:
    """Whether both took out one item and each put in something the other did not."""
    both_out = any(item not in theirs and item not in mine for item in base)
    new = [set(items) - set(base) for items in (theirs, mine)]
    return both_out and all(new) and new[0] != new[1]


def _inserted(found: list[str], base: Sequence[str], mine: Sequence[str]) -> list[str]:
    """The items with my new ones, each behind what it stands behind in mine and what they put there."""
    order, before = [*found], ""
    for item in mine:
        if item not in base and item not in order:
            at = order.index(before) + 1 if before else 0
            while at < len(order) and order[at] not in base and order[at] not in mine:
                at += 1
            order.insert(at, item)
        before = item if item in order else before
    return order
