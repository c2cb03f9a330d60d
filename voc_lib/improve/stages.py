"""How far each measure is: reviewed, in pilot, judged, rolled out, made the rule; what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve import rounds, verdict
from voc_lib.knowledge import Knowledge, Measure, filters, precedence
from voc_lib.knowledge.stages import FAILED, PASSED, RETURNED, disorder
from voc_lib.schema.words import STAGE_NAMES

SHOWN = 5  # calls named
CANCELLED, UNREVIEWED, BACK, REVIEWED, AHEAD, RUNNING, WAITING, GOOD, BAD, OUT, FIXED = STAGE_NAMES


def table(knowledge: Knowledge, *, as_of: date) -> pd.DataFrame:
    """措施阶段表: schema.MEASURE_STAGES, a row per round of each measure as it stood at the end of a day."""
    ordered = sorted(knowledge.measures, key=lambda measure: (measure.id, measure.round))
    rows = [_row(measure.until(as_of), as_of) for measure in ordered]
    return schema.shape(pd.DataFrame(rows, columns=schema.MEASURE_STAGES.names), schema.MEASURE_STAGES)


def stage(measure: Measure, as_of: date) -> str:
    """The stage a measure was in at the end of a day."""
    stages = measure.stages.until(as_of)
    if measure.cancelled:
        return CANCELLED
    if stages.consolidated or stages.rollout:
        return FIXED if stages.consolidated else OUT
    if stages.verdict:
        return GOOD if stages.verdict.verdict == PASSED else BAD
    if (pilot := stages.pilot) and pilot.start <= as_of:
        return RUNNING if as_of <= pilot.end else WAITING
    return _reviewed(measure, as_of)


def _reviewed(measure: Measure, as_of: date) -> str:
    review = measure.review
    if not review.verdict or (review.at and review.at > as_of):
        return UNREVIEWED
    if review.verdict == RETURNED:
        return BACK
    return AHEAD if measure.stages.pilot else REVIEWED


def _row(measure: Measure, as_of: date) -> dict[str, Any]:
    review, stages = measure.review, measure.stages
    seen = review.verdict and not (review.at and review.at > as_of)
    reviewed = {"reviewed": review.verdict, "reviewed_by": review.by, "reviewed_at": review.at}
    words = {
        "measure_id": measure.id,
        "round": measure.round,
        "action": measure.action,
        "stage": stage(measure, as_of),
        **(reviewed if seen else {}),
        **_tried(measure),
        "rollout": stages.rollout,
        "consolidated": stages.consolidated,
        "failure": measure.failure,
    }
    return {name: value or None for name, value in words.items()}


def _tried(measure: Measure) -> dict[str, Any]:
    """The columns of the pilot and its verdict."""
    pilot, judged = measure.stages.pilot, measure.stages.verdict
    found: dict[str, Any] = {"scope": measure.pilot}
    if pilot:
        found = {"scope": filters.said(pilot.scope), "comparison": filters.said(pilot.comparison)}
        found |= {"pilot_start": pilot.start, "pilot_end": pilot.end}
    if judged:
        found |= {"judged": judged.verdict, "judged_at": judged.at}
        found |= {"judged_by": judged.by, "judged_why": judged.why}
    return found


def faults(knowledge: Knowledge, effects: pd.DataFrame | None = None, *, as_of: date) -> list[str]:
    """A sentence for each stage out of its order, or against what schema.EFFECTS say of it, on a day; for
    what is dated before its measure, and what somebody who left has not finished."""
    known = [measure.until(as_of) for measure in knowledge.measures]
    told = [
        f"{measure.key}：{sentence}"
        for measure in known
        if not measure.cancelled
        for sentence in disorder(measure.review, measure.stages)
    ]
    told += [*precedence.early(knowledge), *_left(knowledge, known, as_of), *_undated(knowledge, as_of)]
    if effects is not None:
        found = effects.set_index("measure_id")[["verdict", "watch"]].to_dict("index")
        now = rounds.current(knowledge, as_of).measures
        told += [
            f"{m.key}：{s}" for m in now if m.trial and m.id in found and (s := _against(m, found[m.id]))
        ]
    return told


def _left(knowledge: Knowledge, measures: Sequence[Measure], as_of: date) -> Iterator[str]:
    """The measures not finished of each person who has left, unless given after that."""
    for one in knowledge.departures:
        theirs = [m for m in measures if m.owner == one.owner and m.start < one.at <= as_of]
        open_ = [m.key for m in theirs if not m.cancelled and (m.done is None or m.done > as_of)]
        if open_:
            yield f"{one.told}，名下还有没完成的措施 {'、'.join(open_)}；请改派"


def _undated(knowledge: Knowledge, as_of: date) -> Iterator[str]:
    """The calls without a day about a measure in a later round: nobody knows of which round they are."""
    again = sorted({m.id for m in knowledge.measures if m.round > 1 and m.start <= as_of})
    for name in again:
        calls = [one.feedback_id for one in knowledge.revisits if one.measure == name and one.at is None]
        if calls:
            said = "、".join(calls[:SHOWN]) + ("等" if len(calls) > SHOWN else "")
            yield f"{name}：{len(calls)} 次回访没有写日期，不知是哪一轮，只算第 1 轮的（{said}）；请补上日期"


def _against(measure: Measure, effect: dict[Any, Any]) -> str:
    """What people wrote that the data does not say."""
    stages, seen = measure.stages, effect["verdict"]
    if stages.consolidated and seen != verdict.MET:
        return f"{stages.consolidated} 已固化，效果却是{seen}；固化不等于达标，请核对"
    judged = stages.verdict
    if stages.on_trial and judged and judged.verdict == PASSED and seen != verdict.MET:
        return f"判定通过，试点的效果却是{seen}；请写清依据，或等数据够了再推广"
    if stages.on_trial and judged and judged.verdict == FAILED and seen == verdict.MET:
        return "判定不通过，试点的效果却是达标；请核对"
    return ""
