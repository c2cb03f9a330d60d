"""Which parts of what people know somebody reads, so that only a change of these makes him read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from voc_lib.knowledge.form import Knowledge
from voc_lib.strict import Strict

HOW_MANY = "how_many"  # of a section, though nothing of its entries is read
WHOLE = "__dict__"  # what writing out and comparing read
Read = TypeVar("Read", bound=Strict)


def watched(knowledge: Knowledge, seen: set[str]) -> Knowledge:
    """The same knowledge; every part read of it from now on is added to `seen`.

    A part is a field of the entries of a section, or all of a section that is written out or compared.

    >>> from voc_lib.knowledge import Decision
    >>> decided = Decision(decision="换承运商", at="2026-04-06", owner="李强")
    >>> seen = set()
    >>> one = watched(Knowledge(decisions=[decided]), seen).decisions[0]
    >>> one.owner, sorted(seen)
    ('李强', ['decisions.how_many', 'decisions.owner'])
    """
    sections: dict[str, Any] = {name: _entries(name, entries, seen) for name, entries in knowledge}
    told = {name: [f"{name}.{HOW_MANY}"] for name in sections}
    return _watching(Knowledge, told | {WHOLE: [*sections]}, seen).model_construct(**sections)


def _entries(section: str, entries: list[Strict], seen: set[str]) -> list[Strict]:
    if not entries:
        return []
    told = {name: [f"{section}.{name}"] for name in type(entries[0]).model_fields}
    kind = _watching(type(entries[0]), told | {WHOLE: [section]}, seen)
    return [kind.model_construct(entry.model_fields_set, **dict(entry)) for entry in entries]


def _watching(kind: type[Read], told: Mapping[str, Iterable[str]], seen: set[str]) -> type[Read]:
    """The kind of entry whose attributes, once read, add what is `told` of them to `seen`."""

    class Watched(kind):  # type: ignore[valid-type,misc]
        def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Any:
            return _copied(self, update or {})

        def __getattribute__(self, name: str) -> Any:
            seen.update(told.get(name, ()))
            return super().__getattribute__(name)

    return Watched


def _copied(entry: Strict, update: Mapping[str, Any]) -> Strict:
    """A copy with other values, of which nothing counts as read."""
    held = object.__getattribute__(entry, "__dict__")
    return type(entry).model_construct(entry.model_fields_set, **{**held, **update})


def told(knowledge: Knowledge, parts: Iterable[str]) -> dict[str, Any]:
    """What stands in these parts, as values of JSON.

    >>> from voc_lib.knowledge import Decision
    >>> decided = Decision(decision="换承运商", at="2026-04-06", owner="李强")
    >>> told(Knowledge(decisions=[decided]), ["decisions.owner", "goals.how_many"])
    {'decisions.owner': [{'owner': '李强'}], 'goals.how_many': 0}
    """
    return {part: _told(knowledge, *part.partition(".")[::2]) for part in parts}


def _told(knowledge: Knowledge, section: str, field: str) -> Any:
    entries = getattr(knowledge, section)
    if field == HOW_MANY:
        return len(entries)
    return [entry.model_dump(mode="json", include={field} if field else None) for entry in entries]
