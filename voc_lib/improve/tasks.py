"""Measures as tasks elsewhere: rows for the import sheet of 飞书 or 钉钉."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import Knowledge, Measure


def sheet(knowledge: Knowledge) -> pd.DataFrame:
    """schema.TASKS to import: one row per measure, one per step below it; no cancelled ones."""
    rows = [row for measure in _running(knowledge) for row in _rows(measure)]
    return schema.shape(pd.DataFrame(rows, columns=schema.TASKS.names, dtype="str"), schema.TASKS)


def _running(knowledge: Knowledge) -> list[Measure]:
    return [measure for measure in knowledge.measures if not measure.cancelled]


def _rows(measure: Measure) -> Iterator[list[str | None]]:
    name = f"{measure.key} {measure.action}"
    done = str(measure.done) if measure.done else None
    common = [measure.owner, measure.department, str(measure.start), str(measure.due), done]
    state = "已完成" if done else "未完成"
    yield [name, None, description(measure), *common, state]
    for step in measure.steps:
        yield [step, name, None, *common, state]


def description(measure: Measure) -> str:
    """Problem, goal, resources and pilot of a measure in a line, what is written of them."""
    parts = {"问题": measure.problem, "目标": measure.goal, "资源": measure.resources, "试点": measure.pilot}
    return "；".join(f"{label}：{text}" for label, text in parts.items() if text)
