"""Two versions of an entry that began as one: a field each is both, a field both changed is told.

A list both changed is both where each of its items was touched by one (`register.items`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from voc_lib.register import items

Content = Mapping[str, Any]
Path = tuple[str, ...]  # the names down to a field: (“review”, “verdict”)

# what holds fields people fill in one by one; any other mapping (a metric, a filter) is one value
PARTED = {("review",), ("stages",), ("stages", "pilot"), ("stages", "verdict")}
# fields that say something only together: one of each counts as all of them
TOGETHER = (
    {("cancelled",), ("done",)},
    {("metric",), ("target",), ("baseline",), ("before",), ("after",), ("comparison",)},
    {("score",), ("state",)},
    {("status",), ("tested",), ("evidence",)},
)


def differences(old: Content, new: Content) -> dict[Path, tuple[Any, Any]]:
    """Field -> old and new value, of the fields that differ; None where there is none.

    >>> differences({"review": {"by": "王敏"}, "due": "2026-04-30"}, {"review": {"by": "李强"}})
    {('due',): ('2026-04-30', None), ('review', 'by'): ('王敏', '李强')}
    """
    before, after = dict(_fields(old)), dict(_fields(new))
    pairs = {path: (before.get(path), after.get(path)) for path in sorted({*before, *after})}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def clashes(base: Content, theirs: Content, mine: Content) -> dict[Path, tuple[Any, Any]]:
    """Field -> their and my value, of what both changed of `base`, and not to the same.

    >>> clashes({"owner": "王敏"}, {"owner": "李强"}, {"owner": "赵六", "due": "2026-04-30"})
    {('owner',): ('李强', '赵六')}
    """
    moved = [_touched(differences(base, version)) for version in (theirs, mine)]
    both = {path: pair for path, pair in differences(theirs, mine).items() if all(path in m for m in moved)}
    return {path: pair for path, pair in both.items() if _lists(base, theirs, mine, path) is None}


def merged(base: Content, theirs: Content, mine: Content) -> dict[str, Any]:
    """Theirs with what I changed of `base`; right where nothing `clashes`.

    >>> merged({"owner": "王敏"}, {"owner": "李强"}, {"owner": "王敏", "review": {"verdict": "通过"}})
    {'owner': '李强', 'review': {'verdict': '通过'}}
    """
    found = dict(theirs)
    for path, (_, value) in differences(base, mine).items():
        both = _lists(base, theirs, mine, path)
        found = put(found, path, value if both is None else both or None)
    return found


def _lists(base: Content, theirs: Content, mine: Content, path: Path) -> list[Any] | None:
    """A list both changed with what both did to it; None where it is none, or that cannot be told."""
    values = [dict(_fields(version)).get(path, []) for version in (base, theirs, mine)]
    alone = not any(path in group for group in TOGETHER) and all(isinstance(value, list) for value in values)
    return items.joined(*values) if alone and values[0] != values[1] else None


def put(content: Content, path: Path, value: Any) -> dict[str, Any]:
    """The content with a value in its place; nothing stands there where it is None.

    >>> put({"review": {"by": "王敏"}}, ("review", "by"), None)
    {}
    """
    first, *rest = path
    if rest:
        value = put(content.get(first) or {}, tuple(rest), value) or None
    left = {name: held for name, held in content.items() if name != first or value is not None}
    return left if value is None else {**left, first: value}


def _fields(content: Content, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in content.items():
        path = (*above, name)
        if path in PARTED and isinstance(value, Mapping):
            yield from _fields(value, path)
        else:
            yield path, value


def _touched(changed: Mapping[Path, Any]) -> set[Path]:
    """The fields changed, and those that say nothing without them."""
    return set(changed).union(*(group for group in TOGETHER if group & set(changed)))
