"""The whole of what people know, read, checked and written as YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any, TypeVar

import yaml
from pydantic import Field

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.knowledge.causes import Analysis
from voc_lib.knowledge.departures import Departure
from voc_lib.knowledge.measures import Measure, Message, Progress, Revisit
from voc_lib.knowledge.meetings import Decision, Incident
from voc_lib.knowledge.promises import Promise
from voc_lib.knowledge.references import SECTIONS, called, references
from voc_lib.metric import Definition, resolved, undeclared
from voc_lib.params import Goal, Params, Settings, parse
from voc_lib.strict import Strict
from voc_lib.yamlfile import explained, read_yaml

Judged = TypeVar("Judged", Measure, Promise)


class Knowledge(Strict):
    """The whole file."""

    causes: list[Analysis] = Field(default=[])
    measures: list[Measure] = Field(default=[])
    promises: list[Promise] = Field(default=[])
    revisits: list[Revisit] = Field(default=[])
    messages: list[Message] = Field(default=[])
    progress: list[Progress] = Field(default=[])
    goals: list[Goal] = Field(default=[])
    decisions: list[Decision] = Field(default=[])
    incidents: list[Incident] = Field(default=[])
    departures: list[Departure] = Field(default=[])

    def analysis(self, problem: str) -> Analysis | None:
        """What is written about a problem's causes, if anything."""
        return next((analysis for analysis in self.causes if analysis.problem == problem), None)

    def measure(self, id: str) -> Measure:
        """The measure of that number, its last round; ParamsError lists what there is."""
        if rounds := [measure for measure in self.measures if measure.id == id]:
            return max(rounds, key=lambda measure: measure.round)
        raise ParamsError(f"没有编号为 “{id}” 的措施。{did_you_mean(id, [m.id for m in self.measures])}")


def load(settings: Settings, *, problems: Collection[str] | None = None) -> Knowledge:
    """The knowledge file a params file names, or an empty Knowledge where it names none.

    `problems`: tags of the taxonomy; given, a problem that is none of them is a fault too.
    Raises ParamsError with every fault found, each with its place.
    """
    if settings.params.knowledge_file is None:
        return Knowledge()
    file = settings.resolve(settings.params.knowledge_file)
    raw = read_yaml(file)
    with explained(file):
        return checked(settings, raw, where=file.name, problems=problems)


def checked(
    settings: Settings, raw: Any, *, where: str, problems: Collection[str] | None = None
) -> Knowledge:
    """Knowledge a run of this report could use; ParamsError with every fault."""
    found = read(raw, where=where, problems=problems)
    aimed(settings.params, found)
    return declared(found, settings.params.metrics, where=where)


def declared(knowledge: Knowledge, definitions: Sequence[Definition], *, where: str) -> Knowledge:
    """The knowledge with the direction of every metric; ParamsError names each metric without one."""
    judged = [(f"measures.{m.key}", m.metric) for m in knowledge.measures if m.metric]
    judged += [(f"promises.{p.name}", p.metric) for p in knowledge.promises]
    judged += [(f"goals.{goal.name}", goal.metric) for goal in knowledge.goals]
    found = [(place, undeclared(metric, definitions)) for place, metric in judged]
    faults = [f"{place}.metric：{fault}" for place, fault in found if fault]
    faults = faults or [
        f"promises.{p.name}.metric：{f}" for p in knowledge.promises if (f := _uncounted(p, definitions))
    ]
    faults = faults or [
        f"goals.{g.name}.target：{f}" for g in knowledge.goals if (f := _backwards(g, definitions))
    ]
    if faults:
        raise ParamsError(f"{where} 有 {len(faults)} 处需要修改：" + "".join(f"\n  · {f}" for f in faults))
    return knowledge.model_copy(
        update={
            "measures": [_directed(measure, definitions) for measure in knowledge.measures],
            "promises": [_directed(promise, definitions) for promise in knowledge.promises],
        }
    )


def _backwards(goal: Goal, definitions: Sequence[Definition]) -> str:
    return goal.backwards(resolved(goal.metric, definitions))


def aimed(params: Params, knowledge: Knowledge) -> Params:
    """The params with the goals of what people know; ParamsError where the params hold goals too."""
    if params.goals and knowledge.goals:
        raise ParamsError(
            f"目标写在两处：参数文件的 goals 有 {len(params.goals)} 个，根因与措施里也有 "
            f"{len(knowledge.goals)} 个；只能以一处为准，请删去参数文件里的 goals。"
        )
    return params.model_copy(update={"goals": knowledge.goals}) if knowledge.goals else params


def _uncounted(promise: Promise, definitions: Sequence[Definition]) -> str:
    """Why the KPI of a promise does not count how often it was kept; empty where it does."""
    if resolved(promise.metric, definitions).towards == 1:
        return ""
    return (
        f"承诺数的是兑现了多少次，而 “{promise.metric.name}” 越低越好；请换成兑现的那一面，例如合格率、按时率"
    )


def _directed(entry: Judged, definitions: Sequence[Definition]) -> Judged:
    if entry.metric is None:
        return entry
    return entry.model_copy(update={"metric": resolved(entry.metric, definitions)})


def read(raw: Any, *, where: str = "knowledge", problems: Collection[str] | None = None) -> Knowledge:
    """Knowledge from parsed YAML; `where` names the file in the error."""
    raw = {} if raw is None else raw
    shape: list[str] = []
    try:
        knowledge = parse(Knowledge, raw, where=where)
    except ParamsError as error:
        knowledge = None
        shape = [_place(fault, raw) for fault in str(error).split("\n  · ")[1:]]
    faults = [*shape, *references(raw, problems)]
    if faults or knowledge is None:
        lines = "".join(f"\n  · {fault}" for fault in dict.fromkeys(faults))
        raise ParamsError(f"{where} 有 {len(dict.fromkeys(faults))} 处需要修改：{lines}")
    return knowledge


def dump(knowledge: Knowledge) -> str:
    """The knowledge as YAML that `read` gives back unchanged; what was left out stays out."""
    return yaml.safe_dump(
        knowledge.model_dump(mode="json", exclude_defaults=True), allow_unicode=True, sort_keys=False
    )


def schema_text() -> str:
    """The JSON schema of a knowledge file as it is published in `params/knowledge.schema.json`."""
    return json.dumps(Knowledge.model_json_schema(), ensure_ascii=False, indent=2) + "\n"


def _place(fault: str, raw: Any) -> str:
    """The fault with names in place of numbers: measures.1.owner -> measures.M02.owner."""
    match = re.match(rf"({'|'.join(SECTIONS)})\.(\d+)", fault)
    if not match:
        return fault
    name = called(match[1], raw[match[1]][int(match[2])])
    return f"{match[1]}.{name}{fault[match.end() :]}" if name else fault
