"""What was planted, for end-to-end tests: written beside the data, never read by the pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voc_lib.sample.copies import Group
from voc_lib.sample.exports import Written
from voc_lib.sample.plan import Plan
from voc_lib.sample.voices import Voice


@dataclass(frozen=True)
class Truth:
    """Everything the generator knows; `feedback` maps an id to its true category and intent.

    `problems`: per month the issues raised in it, first or again, praise left out. `duplicates` are one issue
    each; `campaigns` one text of several customers, as many issues. `personal`: strings exactly as they
    stand in files. `rows`, `quarantined` and `rated` (a score, no words) count per file; `footers` are total
    rows, in the first two.
    """

    seed: int
    period: str
    rows: dict[str, int]
    quarantined: dict[str, int]
    rated: dict[str, int]
    in_period: dict[str, int]
    footers: dict[str, int]
    skipped_answers: int
    feedback: dict[str, dict[str, Any]]
    problems: dict[str, dict[str, dict[str, int]]]
    duplicates: list[dict[str, Any]]
    campaigns: list[dict[str, Any]]
    burst: dict[str, Any]
    measures: dict[str, str]
    personal: list[dict[str, str]]
    not_personal: list[str]
    customer_ids: list[str]

    def write(self, file: Path) -> None:
        """The truth as JSON, keys sorted."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        file.write_bytes((text + "\n").encode())

    @classmethod
    def read(cls, file: Path) -> Truth:
        """The truth in a file."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))


def feedback(voices: Iterable[Voice]) -> dict[str, dict[str, Any]]:
    """What each kept feedback really is."""
    return {
        voice.id: {
            "category": voice.category or None,
            "intent": voice.intent,
            "month": voice.month,
            "source": voice.source,
            "region": voice.region,
            "hard": voice.hard,
            "customer_id": voice.customer.id if voice.customer else None,
        }
        for voice in voices
    }


def problems(plan: Plan, voices: list[Voice], groups: list[Group]) -> dict[str, dict[str, dict[str, int]]]:
    """Per month and category: issues raised in it, first or again, and their customers; praise left out."""
    first = {member: group.members[0] for group in groups if group.merges for member in group.members}
    said = {
        (f"{voice.at:%Y-%m}", first.get(index, index)) for index, voice in enumerate(voices) if voice.category
    }
    issues: dict[tuple[str, str], list[Voice]] = {}
    for month, index in sorted(said):
        issues.setdefault((month, voices[index].category), []).append(voices[index])
    return {
        month: {name: _tally(issues.get((month, name), [])) for name in plan.categories}
        for month in plan.months
    }


def _tally(issues: list[Voice]) -> dict[str, int]:
    return {"n": len(issues), "customers": len({v.customer.id for v in issues if v.customer})}


def groups(voices: list[Voice], planted: list[Group], *, merged: bool) -> list[dict[str, Any]]:
    """The planted groups that are one issue each, or those that are not."""
    return [
        {"kind": group.kind, "feedback_ids": sorted(voices[i].id for i in group.members)}
        for group in planted
        if group.merges == merged
    ]


def personal(voices: Iterable[Voice], columns: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Every personal string of texts and columns, each once."""
    found = {(p.kind, p.value) for voice in voices for p in voice.personal} | set(columns)
    return [{"kind": kind, "value": value} for kind, value in sorted(found)]


def per_file(written: Iterable[Written], field: str) -> dict[str, int]:
    """One count of every file."""
    return {item.file: getattr(item, field) for item in written}
