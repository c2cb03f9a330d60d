"""How each step stands: fresh, stale and by what, left out, or never run; the newest by hand or published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from voc_lib.params import Settings
from voc_lib.report.subject import said
from voc_lib.run.record import freshness, inputs, runs
from voc_lib.run.steps import STEPS, StepSpec, spoken

FRESH, STALE, MISSING, ABSENT = "最新", "过期", "没有算过", "不出"
OF_A_STEP = ("knobs", "code")  # parts that are not the same for all steps


@dataclass(frozen=True)
class Lamp:
    """A step and how it stands: what it read that has `changed` (in Chinese), steps to be run `before` it."""

    spec: StepSpec
    state: str
    changed: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    reason: str = ""  # why it was left out

    @property
    def said(self) -> str:
        """The lamp in words.

        >>> from voc_lib.run.steps import find
        >>> Lamp(find("4"), STALE, ("标签体系", "数据文件"), ("03",)).said
        '04 分析与诊断：过期；改动了标签体系、数据文件；第 03 步要先重跑'
        """
        parts = [f"{self.spec.number} {self.spec.title}：{self.state}"]
        parts += [f"改动了{'、'.join(self.changed)}"] if self.changed else []
        parts += [f"第 {'、'.join(self.before)} 步要先重跑"] if self.before else []
        return "；".join([*parts, *([self.reason] if self.reason else [])])


def lit(settings: Settings) -> list[Lamp]:
    """A lamp for each step, in running order; what reads a step that is stale is stale as well."""
    subject = settings.params.subject
    places = [runs.work_folder(settings), runs.published_folder(settings)]

    @cache
    def part(name: str, spec: StepSpec | None) -> str:
        return freshness.part(name, settings, spec or STEPS[0])

    @cache
    def table(name: str) -> str:
        path = runs.newest(places, name)
        return inputs.sha256(path) if path else ""

    def changed(spec: StepSpec, record: Mapping[str, Any]) -> list[str]:
        return freshness.compared(record, lambda name: part(name, spec if name in OF_A_STEP else None), table)

    found: dict[str, Lamp] = {}
    for spec in STEPS:
        folder = runs.newest(places, spec.tables[0])
        record = runs.record(folder.parents[1], spec.name) if folder else {}
        before = [found[name].spec.number for name in spec.needs if found[name].state == STALE]
        told = tuple(said(words, subject) for words in changed(spec, record))
        found[spec.name] = _lamp(spoken(spec, subject), record, told, tuple(before))
    return sorted(found.values(), key=lambda lamp: lamp.spec.name)


def _lamp(
    spec: StepSpec, record: Mapping[str, Any], changed: tuple[str, ...], before: tuple[str, ...]
) -> Lamp:
    if not record:
        return Lamp(spec, MISSING)
    if changed or before:
        return Lamp(spec, STALE, changed, before)
    reason = str(record.get("absent", ""))
    return Lamp(spec, ABSENT if reason else FRESH, reason=reason)
