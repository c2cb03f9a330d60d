"""What a run tells of itself while it runs, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from voc_lib.run.steps import StepSpec

State = Literal["started", "done", "reused", "absent"]


@dataclass(frozen=True)
class Event:
    """Progress: a step started, ran, was taken over from the last run, or was left out (`why`).

    `number` counts finished steps, `total` those there are to be; a step left out is in neither.
    `rows` are those of the history of a step that started or ran, 0 where they are not known.
    """

    state: State
    step: StepSpec
    number: int
    total: int
    seconds: float = 0.0
    why: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Result:
    """Where the published run stands, its manifest, and whether anything had to be done."""

    folder: Path
    manifest: dict[str, Any]
    unchanged: bool = False
