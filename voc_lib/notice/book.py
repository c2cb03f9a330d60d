"""Which notices were sent and which were not: a line of JSON each, beside the reports, without addresses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from voc_lib.params import Settings

FOLDER = ".notices"


class Entry(NamedTuple):
    """What was tried: the variable the receiver stands in, and why it did not arrive ("": it did)."""

    receiver: str
    fault: str

    def __str__(self) -> str:
        return f"通知 {self.receiver} {self.fault or '已送出'}"


def write(settings: Settings, title: str, entries: Iterable[Entry], at: datetime) -> None:
    """Add what was tried to the book of the report."""
    place = settings.outputs / FOLDER / f"{settings.params.name}.jsonl"
    about = {
        "at": at.isoformat(timespec="seconds"),
        "name": settings.params.name,
        "period": settings.period.label,
    }
    lines = [json.dumps({**about, "title": title, **e._asdict()}, ensure_ascii=False) for e in entries]
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def read(outputs: Path) -> Iterator[dict[str, Any]]:
    """Every line of every report's book, each as it was written; a broken line is passed over."""
    for path in sorted((outputs / FOLDER).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue
