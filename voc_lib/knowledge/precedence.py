"""What is written as done before the thing it rests on: refused when it is saved."""

from __future__ import annotations

from collections.abc import Iterator

from voc_lib.knowledge.departures import gone
from voc_lib.knowledge.form import Knowledge
from voc_lib.knowledge.measures import Measure, Message, Progress, Revisit
from voc_lib.knowledge.stages import FAILED
from voc_lib.schema.words import AFTER


def early(knowledge: Knowledge) -> list[str]:
    """A sentence for each entry before its measure, and each thing given to somebody who had left."""
    return [*_dated(knowledge), *_unmanned(knowledge)]


def faults(knowledge: Knowledge) -> list[str]:
    """A sentence for each roll-out without a verdict that allows it, each entry before its measure, and each
    measure or decision given to somebody who had left."""
    return [*_rolled_out(knowledge), *early(knowledge)]


def _unmanned(knowledge: Knowledge) -> Iterator[str]:
    given = [(f"措施 {m.key}", "责任人", m.owner, m.start) for m in knowledge.measures if not m.cancelled]
    given += [(f"决定 {one.at}/{one.decision}", "负责人", one.owner, one.at) for one in knowledge.decisions]
    for name, header, owner, day in given:
        if left := gone(knowledge.departures, owner, day):
            yield f"{name}：{left.told}，{day} 不能再交给他；请在 “{header}” 里改派"


def _rolled_out(knowledge: Knowledge) -> Iterator[str]:
    for measure in knowledge.measures:
        if not measure.cancelled and (told := _unjudged(measure)):
            yield f"措施 {measure.key}：{told}"


def _unjudged(measure: Measure) -> str:
    stages = measure.stages
    if stages.pilot is None or stages.rollout is None:
        return ""
    if stages.verdict is None:
        return f"写了推广 {stages.rollout}，试点却没有判定；请先写判定，再推广"
    if stages.verdict.verdict == FAILED and stages.verdict.at <= stages.rollout:
        return f"试点已判定{FAILED}，却写了推广 {stages.rollout}；请删去推广日期，或另写下一轮"
    return ""


def _dated(knowledge: Knowledge) -> Iterator[str]:
    start = {
        m.id: min(each.start for each in knowledge.measures if each.id == m.id) for m in knowledge.measures
    }
    told = [one for one in knowledge.messages if one.phase == AFTER]
    about: list[tuple[str, Revisit | Message | Progress]] = []
    about += [(f"回访 {one.measure}/{one.feedback_id}", one) for one in knowledge.revisits]
    about += [(f"沟通 {one.measure}/{one.feedback_id}/{one.phase}", one) for one in told]
    about += [(f"进展 {one.measure}/{one.at}", one) for one in knowledge.progress]
    for name, one in about:
        if one.at and one.at < start[one.measure]:
            yield f"{name}：{one.at} 早于措施开始 {start[one.measure]}；请改正其中一个"
