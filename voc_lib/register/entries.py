"""What people know as rows: the causes of a problem, a bone, a measure, a promise, a call-back, each its own.

A row has a kind, a key people can read, and its content, which the models of `voc_lib.knowledge` validate.
The order things were written in is kept as a row `order` where it is not the one they were first seen in.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from pydantic import BaseModel

from voc_lib.knowledge import Analysis, Cause, Knowledge, called

ARROW = " → "
LONGEST = 200  # characters of a key; a longer one ends in a hash of the whole
LABELS = {
    "problem": "问题",
    "cause": "原因",
    "bone": "鱼骨",
    "question": "待答",
    "five_w1h": "5W1H",
    "measure": "措施",
    "promise": "承诺",
    "revisit": "回访",
    "message": "沟通",
    "progress": "进展",
    "goal": "目标",
    "decision": "决定",
    "incident": "事件",
    "departure": "离岗",
    "order": "次序",
}
SECTIONS = {
    "measure": "measures",
    "promise": "promises",
    "revisit": "revisits",
    "message": "messages",
    "progress": "progress",
    "goal": "goals",
    "decision": "decisions",
    "incident": "incidents",
    "departure": "departures",
}
KEYS = {  # what people know one by, of each kind that stands by itself
    "measure": "{0.key}",
    "promise": "{0.name}",
    "revisit": "{0.measure}/{0.feedback_id}",
    "message": "{0.measure}/{0.feedback_id}/{0.phase}",
    "progress": "{0.measure}/{0.at}",
    "goal": "{0.name}",
    "decision": "{0.at}/{0.decision}",
    "incident": "{0.at}/{0.incident}",
    "departure": "{0.owner}",
}
BELOW = ("cause", "bone", "question")  # kinds whose rows are ordered below one problem or cause

Place = tuple[str, str]  # kind, key
Content = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One thing people know; a cause's parent is the cause or problem it explains."""

    kind: str
    key: str
    content: Content
    parent: str = ""

    @property
    def place(self) -> Place:
        """What tells the row from all others of its report."""
        return self.kind, self.key

    @property
    def siblings(self) -> str:
        """What the rows it is ordered among have in common."""
        return f"{self.kind}:{self.parent}" if self.kind in BELOW else self.kind


def rows(known: Knowledge, seen: Mapping[Place, int] | None = None) -> dict[Place, Row]:
    """The rows of what is known; `seen` ranks places by when the register first saw them."""
    plain = list(_rows(known))
    ordered = [*plain, *_orders(plain, seen or {})]
    return {row.place: row for row in ordered}


def raw(held: Mapping[Place, Row], seen: Mapping[Place, int]) -> dict[str, Any]:
    """The rows as `knowledge.read` takes them. Rows whose parent is gone are left out: see `orphans`."""
    below: dict[str, list[Row]] = {}
    for row in _in_order(held, seen):
        below.setdefault(row.siblings, []).append(row)
    found = {"causes": [_analysis(row, below) for row in below.get("problem", [])]}
    flat = {section: [row.content for row in below.get(kind, [])] for kind, section in SECTIONS.items()}
    return {section: items for section, items in {**found, **flat}.items() if items}


def named(held: Mapping[Place, Row], seen: Mapping[Place, int]) -> dict[str, Place]:
    """What faults of `knowledge.read` call an entry, as “progress.2” and “goals.按时”, and its place."""
    found, number = {}, Counter[str]()
    for row in _in_order(held, seen):
        if section := SECTIONS.get(row.kind):
            found[f"{section}.{called(section, row.content) or number[section]}"] = row.place
            number[section] += 1
    return found


def orphans(held: Mapping[Place, Row]) -> list[str]:
    """The keys of causes, bones and answers whose problem or upper cause is not among the rows."""
    upper = {row.key for row in held.values() if row.kind in ("problem", "cause")}
    return sorted(row.key for row in held.values() if row.parent and row.parent not in upper)


def differences(old: Content | None, new: Content | None) -> dict[str, tuple[Any, Any]]:
    """Field -> old and new value, of the fields that differ; None where there is none.

    >>> differences({"owner": "王敏", "due": "2026-04-30"}, {"owner": "李强", "due": "2026-04-30"})
    {'owner': ('王敏', '李强')}
    """
    before, after = old or {}, new or {}
    names = dict.fromkeys([*before, *after])
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _rows(known: Knowledge) -> Iterator[Row]:
    taken: set[Place] = set()
    for analysis in known.causes:
        yield from _tree(analysis, taken)
    for kind, section in SECTIONS.items():
        for one in getattr(known, section):
            yield Row(kind, _free(kind, KEYS[kind].format(one), taken), _dumped(one))


def _tree(analysis: Analysis, taken: set[Place]) -> Iterator[Row]:
    problem = analysis.problem
    top = _free("cause", problem, taken)
    yield Row("problem", top, {"problem": problem})
    yield from _causes(analysis.why, top, taken)
    for bone, causes in analysis.fishbone.items():
        key = _free("bone", f"{top}/{bone}", taken)
        yield Row("bone", key, {"bone": bone, "causes": list(causes)}, top)
    for question, answer in _dumped(analysis.five_w1h).items():
        key = _free("five_w1h", f"{top}/{question}", taken)
        yield Row("five_w1h", key, {"question": question, "answer": answer}, top)
    for asked in analysis.questions:
        key = _free("question", f"{top}/{asked.question}", taken)
        yield Row("question", key, _dumped(asked), top)


def _causes(why: Iterable[Cause], parent: str, taken: set[Place]) -> Iterator[Row]:
    for cause in why:
        key = _free("cause", f"{parent}{ARROW}{cause.cause}", taken)
        yield Row("cause", key, _dumped(cause, exclude={"why"}), parent)
        yield from _causes(cause.why, key, taken)


def _dumped(model: BaseModel, **options: Any) -> Content:
    return model.model_dump(mode="json", exclude_defaults=True, **options)


def short(key: str) -> str:
    """The key, one longer than LONGEST ending in a hash of the whole.

    >>> short("M01"), len(short("很" * 300))
    ('M01', 209)
    """
    return key if len(key) <= LONGEST else f"{key[:LONGEST]}…{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _free(kind: str, key: str, taken: set[Place]) -> str:
    """The key, made short and told from those taken: “…#2” for the second of a kind."""
    begun = short(key)
    numbered = (f"{begun}#{number}" if number > 1 else begun for number in count(1))
    free = next(new for new in numbered if (kind, new) not in taken)
    taken.add((kind, free))
    return free


def _orders(plain: list[Row], seen: Mapping[Place, int]) -> Iterator[Row]:
    """A row for each list of siblings that does not stand as it was first seen."""
    lists: dict[str, list[Row]] = {}
    for row in plain:
        lists.setdefault(row.siblings, []).append(row)
    for siblings, listed in lists.items():
        if siblings != "five_w1h" and sorted(listed, key=lambda row: _rank(row, seen)) != listed:
            yield Row("order", siblings, {"keys": [row.key for row in listed]})


def _rank(row: Row, seen: Mapping[Place, int]) -> float:
    return seen.get(row.place, float("inf"))


def _in_order(held: Mapping[Place, Row], seen: Mapping[Place, int]) -> list[Row]:
    wanted = {
        (row.key, key): place
        for row in held.values()
        if row.kind == "order"
        for place, key in enumerate(row.content["keys"])
    }
    last = len(wanted)
    things = [row for row in held.values() if row.kind != "order"]
    return sorted(things, key=lambda row: (wanted.get((row.siblings, row.key), last), _rank(row, seen)))


def _analysis(problem: Row, below: Mapping[str, list[Row]]) -> Content:
    bones = [row.content for row in below.get(f"bone:{problem.key}", [])]
    answers = [row.content for row in below.get("five_w1h", []) if row.parent == problem.key]
    parts = {
        "why": _why(problem.key, below),
        "fishbone": {bone["bone"]: bone["causes"] for bone in bones},
        "five_w1h": {answer["question"]: answer["answer"] for answer in answers},
        "questions": [row.content for row in below.get(f"question:{problem.key}", [])],
    }
    return {**problem.content, **{name: part for name, part in parts.items() if part}}


def _why(parent: str, below: Mapping[str, list[Row]]) -> list[Content]:
    found = []
    for row in below.get(f"cause:{parent}", []):
        why = _why(row.key, below)
        found.append({**row.content, **({"why": why} if why else {})})
    return found
