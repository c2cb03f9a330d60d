"""Which steps to run, and which to take over from the last published run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voc_lib.errors import DataError, ParamsError
from voc_lib.params import Outputs, Settings
from voc_lib.run.record import freshness, manifest
from voc_lib.run.steps import STEPS, StepSpec, find, upstream


@dataclass(frozen=True)
class Choice:
    """Which part of the workflow to run: everything, one step, or a step and all after it."""

    only: str = ""
    start: str = ""
    force: bool = False

    @property
    def whole(self) -> bool:
        """Whether all steps are asked for, so that all of a result is to be of one state of things."""
        return not (self.only or self.start)

    def steps(self) -> tuple[StepSpec, ...]:
        """The steps asked for, in order."""
        if self.only and self.start:
            raise ParamsError("--only 与 --from 只能写一个。")
        if self.only:
            return (find(self.only),)
        if self.start:
            first = find(self.start).name
            return tuple(spec for spec in STEPS if spec.name == first or first in upstream(spec.name))
        return STEPS


def require(
    target: Path, last: dict[str, Any] | None, chosen: tuple[StepSpec, ...], settings: Settings
) -> None:
    """Nothing, or the sentence that says why single steps cannot be run."""
    if last is None:
        what = f"“{settings.params.name}” {settings.period.title}"
        raise ParamsError(f"{what} 还没有已发布的结果，不能只运行一部分。请先完整运行一次。")
    if not last.get("steps"):
        raise ParamsError(
            "已发布的结果由旧版本做出，没有记录各步读过什么，不能只运行一部分。请先完整运行一次。"
        )
    tables = [table for spec in STEPS if spec not in chosen for table in spec.tables]
    missing = [table for table in tables if not (target / "tables" / f"{table}.parquet").is_file()]
    if missing:
        raise DataError(f"已发布的结果里缺少表 {'、'.join(missing)}，不能只运行一部分。请先完整运行一次。")


def unknown(settings: Settings, last: dict[str, Any], target: Path, outputs: Outputs) -> tuple[StepSpec, ...]:
    """The steps of a whole workflow to run whatever has changed; the others are taken over where nothing has.

    All of them where the published run is not what was published, or was made into other files than asked
    for; those whose input has no hash (a database) always.
    """
    known = last.get("steps", {}).keys() >= {spec.name for spec in STEPS}
    if not known or last.get("rendered") != outputs.model_dump() or manifest.verify(target):
        return STEPS
    return tuple(spec for spec in STEPS if freshness.unsaid(settings, spec))
