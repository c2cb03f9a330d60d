"""达标, 未达标 or 证据不足: one rule for measures, promises and goals, told in docs/measures.md.

达标: the whole interval of the value reaches the target and, of a measure, the whole interval of the change
against what the months before let expect lies on the good side. 未达标: one of them lies wholly on the wrong
side. Else 证据不足.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite, nan
from typing import Literal

from voc_lib import intervals
from voc_lib.improve import track
from voc_lib.improve.change import Change, change
from voc_lib.improve.track import FEWEST, Track
from voc_lib.intervals import Interval
from voc_lib.metric import Direction

MET, MISSED, UNKNOWN = "达标", "未达标", "证据不足"
NEXT_STEPS = {MET: "继续看守", MISSED: "回到根因分析", UNKNOWN: "继续观察"}
SMALL = 30
DRIFT = 1.96  # a trend before in the good direction, in standard errors, from which it is taken off
SHORT_DRIFT = 1.0  # the same where the months before are too few to tell a trend from a yearly wave
CHOSEN = 3  # last months before a start: it may have been chosen because of them
LONG = 24  # months before from which a trend can be told well
PATIENCE = 36  # more months than this to wait for are said as “not to be told”

Side = Literal["reached", "missed", "open"]


@dataclass(frozen=True)
class Judgement:
    """The verdict, the sentence that gives its reason, and what it rests on.

    `needed`: months of data after the measure that would decide at the present rate; NaN where none would or
    nothing is open.
    """

    verdict: str
    reason: str
    level: Interval | None = None
    change: Change | None = None
    needed: float = nan


def against(level: Interval, target: float, towards: Direction) -> Side:
    """On which side of the target the whole interval lies.

    >>> against(Interval(0.97, 0.96, 0.98), 0.95, 1), against(Interval(0.96, 0.93, 0.98), 0.95, 1)
    ('reached', 'open')
    """
    low, high = float(level.low), float(level.high)
    near, far = (low, high) if towards > 0 else (high, low)
    if towards * (near - target) >= 0:
        return "reached"
    return "missed" if towards * (far - target) < 0 else "open"


def judge(history: Track, after: Track, target: float, towards: Direction) -> Judgement:
    """The verdict on a measure from the months before its start and those of its after window."""
    gap = _missing(history, "改进前") or _missing(after, "改进后")
    seen = None if gap else change(*track.steadiest(history, after))
    if seen is None:
        return Judgement(UNKNOWN, gap)
    level = track.level(after, inflation(seen.dispersion, seen.freedom))
    verdict, reason, needed = _weighed(history, after, seen, (level, target), towards)
    return Judgement(verdict, reason, level, seen, needed)


def _weighed(
    history: Track, after: Track, seen: Change, aim: tuple[Interval, float], towards: Direction
) -> tuple[str, str, float]:
    """Verdict, reason and months needed, from the level against the target and the change."""
    level, target = aim
    side = against(level, target, towards)
    if side == "missed":
        return MISSED, "未到目标，改进后区间不含目标值", nan
    if seen.months < FEWEST:
        few = f"改进前只有 {seen.months} 个月的数据，少于 {FEWEST} 个月，看不出月与月之间本来的波动"
        return UNKNOWN, few, nan
    if seen.contrast.beyond(-towards) and not _doubt(history, after, seen, -towards):
        return MISSED, "指标变差，变化区间整个在不好的一边", nan
    if side == "open":
        wait = _months_to_target(after, level, target)
        return UNKNOWN, f"改进后区间含目标值，还不能下结论{_wait(wait)}", wait
    already = towards * (after.mean - seen.contrast.value - target) >= 0
    return _reached(history, after, seen, towards, already=already)


def _reached(
    history: Track, after: Track, seen: Change, towards: Direction, *, already: bool
) -> tuple[str, str, float]:
    """The same where the target is reached: is the change beyond chance, season, start and trend?"""
    if seen.contrast.beyond(towards):
        doubt = _doubt(history, after, seen, towards)
        past = "；改进前已在目标之上" if already else ""
        met = f"达到目标，且变化超出偶然波动{past}"
        return (UNKNOWN, f"达到目标，但{doubt}", nan) if doubt else (MET, met, nan)
    if already:
        return UNKNOWN, "改进前已达到目标，看不出措施的作用", nan
    wait = _months_to_change(track.steadiest(history, after)[1], seen)
    return UNKNOWN, f"达到目标，但变化可能只是偶然波动{_wait(wait)}", wait


def _doubt(history: Track, after: Track, seen: Change, towards: int) -> str:
    """What else may explain a change that is beyond chance; empty where nothing does."""
    if not seen.seasonal:
        return (
            "改进前没有与改进后相同的月份，不能排除季节影响；改进前满 12 个月或改进后延到同样的月份才能判断"
        )
    if _chosen(history, after) and not seen.long.beyond(towards):
        return (
            "措施始于特别差的月份，之后本来就会回升（向均值回归），与此前 12 个月的平均相比变化可能只是偶然"
        )
    drift = DRIFT if seen.months >= LONG else SHORT_DRIFT
    if seen.slope * towards > drift and not seen.steady.beyond(towards):
        return "扣除改进前已有的趋势后，不能排除只是原有趋势的延续"
    return ""


def _chosen(history: Track, after: Track) -> bool:
    """Whether the months compared with are among the last before the start."""
    last = history.month[history.month > history.month[-1] - CHOSEN]
    return bool(((after.month[:, None] - last) % 12 == 0).any())


def inflation(dispersion: float, freedom: int) -> float:
    """What divides a base so that a normal interval counts dispersion and its few degrees of freedom."""
    return dispersion * (track.quantile(freedom) / intervals.Z) ** 2


def _months_to_target(after: Track, level: Interval, target: float) -> float:
    """How many months after in all would take the interval off the target at the present rate."""
    gap = abs(after.mean - target)
    half = float(level.high - level.low) / 2
    return ceil(len(after) * (half / gap) ** 2) if gap > 0 and isfinite(half) else nan


def _months_to_change(after: Track, seen: Change) -> float:
    """How many months after in all would take the interval of the change off zero."""
    late = seen.dispersion * after.unit / after.base
    allowed = (seen.contrast.value * seen.contrast.error / (seen.contrast.high - seen.contrast.value)) ** 2
    rest = allowed - (seen.contrast.error**2 - late)
    return ceil(len(after) * late / rest) if rest > 0 else nan


def _wait(months: float) -> str:
    """What there is to wait for.

    >>> _wait(9), _wait(float("nan"))
    ('；照现在的量，改进后共需约 9 个月', '；差得太小，照现在的量三年内也分不出')
    """
    if isfinite(months) and months <= PATIENCE:
        return f"；照现在的量，改进后共需约 {months:.0f} 个月"
    return "；差得太小，照现在的量三年内也分不出"


def attainment(before: float, after: float, target: float, towards: Direction) -> float:
    """Share of the way to the target that was gone; over 1 beyond it; NaN where there was no way to go.

    >>> round(attainment(0.80, 0.96, 0.95, 1), 3), round(attainment(0.25, 0.20, 0.12, -1), 3)
    (1.067, 0.385)
    """
    way = towards * (target - before)
    return towards * (after - before) / way if way > 0 else nan


def _missing(part: Track, window: str) -> str:
    if not part.base > 0:
        return f"{window}没有数据"
    return f"{window}样本只有 {part.base:.0f}，少于 {SMALL}" if part.base < SMALL else ""
