"""达标, 未达标 or 证据不足: one rule for every metric, told in docs/measures.md."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

from voc_lib.metric import Direction
from voc_lib.stats.metrics import Difference, Estimate

MET, MISSED, UNKNOWN = "达标", "未达标", "证据不足"
NEXT_STEPS = {MET: "机制固化", MISSED: "回到根因分析", UNKNOWN: "继续观察"}
SMALL = 30


@dataclass(frozen=True)
class Judgement:
    """The verdict and the sentence that gives its reason."""

    verdict: str
    reason: str


def judge(change: Difference, target: float, towards: Direction) -> Judgement:
    """达标: target met and the change beyond chance. 未达标: shown not to be met. Else 证据不足."""
    before, after = change.before, change.after
    if gap := _missing(before, "改进前") or _missing(after, "改进后"):
        return Judgement(UNKNOWN, gap)
    met = towards * (after.value - target) >= 0
    wanted = towards * change.difference > 0
    if met:
        return _met(change, wanted, already=towards * (before.value - target) >= 0)
    if _excludes(after, target, towards):
        return Judgement(MISSED, f"未到目标，且改进后区间不含目标值{'' if wanted else '，变化方向也不对'}")
    if not wanted:
        return Judgement(MISSED, "未到目标，指标没有向目标方向变化")
    return Judgement(UNKNOWN, "未到目标，但改进后区间含目标值，还不能下结论")


def _met(change: Difference, wanted: bool, *, already: bool) -> Judgement:
    if wanted and beyond_chance(change):
        return Judgement(MET, "达到目标，且变化超出偶然波动")
    why = "改进前已达到目标，看不出措施的作用" if already else "达到目标，但变化可能只是偶然波动"
    return Judgement(UNKNOWN, why)


def beyond_chance(change: Difference) -> bool:
    """Whether the 95 % interval of the change leaves zero out; by the p value where there is no interval."""
    if isnan(change.low) or isnan(change.high):
        return change.p_value < 0.05
    return change.low > 0 or change.high < 0


def attainment(before: float, after: float, target: float, towards: Direction) -> float:
    """Share of the way to the target that was gone; over 1 beyond it; NaN where there was no way to go.

    >>> round(attainment(0.80, 0.96, 0.95, 1), 3), round(attainment(0.25, 0.20, 0.12, -1), 3)
    (1.067, 0.385)
    """
    way = towards * (target - before)
    return towards * (after - before) / way if way > 0 else nan


def _missing(estimate: Estimate, window: str) -> str:
    if not estimate.n or isnan(estimate.value):
        return f"{window}没有数据"
    return f"{window}样本只有 {estimate.n}，少于 {SMALL}" if estimate.n < SMALL else ""


def _excludes(after: Estimate, target: float, towards: Direction) -> bool:
    """Whether the whole interval of the after value lies on the wrong side of the target."""
    return towards * (after.high - target) < 0 if towards == 1 else after.low > target
