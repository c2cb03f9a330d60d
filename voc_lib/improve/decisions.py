"""What meetings decided: what is left to do of it on a day, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from voc_lib.knowledge import Decision, Incident, Knowledge, Trial


def left(decided: Sequence[Decision], as_of: date) -> list[Decision]:
    """What was decided by that day and is not done yet, the first due first."""
    known = [one for one in decided if one.at <= as_of and (one.done is None or one.done > as_of)]
    return sorted(known, key=lambda one: (one.due or date.max, one.at, one.decision))


def told(knowledge: Knowledge, *, as_of: date) -> list[str]:
    """A sentence for each decision taken by that day, those left to do first."""
    open_ = left(knowledge.decisions, as_of)
    done = [one for one in knowledge.decisions if one.done is not None and one.done <= as_of]
    ordered = [*open_, *sorted(done, key=lambda one: (one.at, one.decision))]
    return [f"{one.at} 定：{one.decision}（{one.owner}，{_state(one, as_of)}）" for one in ordered]


def _state(one: Decision, as_of: date) -> str:
    if one.done is not None and one.done <= as_of:
        return f"{one.done} 已办"
    if one.due is None:
        return "没有写期限"
    days = (one.due - as_of).days
    return f"应于 {one.due} 办好，" + (f"已逾期 {-days} 天" if days < 0 else f"还剩 {days} 天")


def meanwhile(incidents: Sequence[Incident], problem: str, trial: Trial) -> list[str]:
    """A sentence for each incident, of a problem or of all, inside a window a measure is judged by."""
    found = []
    for name, window in (("改进前", trial.before), ("改进后", trial.after)):
        for one in incidents:
            inside = one.at <= window.end and (one.until or one.at) >= window.start
            if inside and one.problem in ("", problem):
                found.append(f"{name}窗口内有事件：{one.at} {one.incident}，数值可能受它影响")
    return found
