"""What becomes of a measure that reached its target: the months after its window against the level reached.

Two rules, told in docs/measures.md. 越界: a month worse than the target and outside the limits of the level
reached. 连续偏移: RUN months in a row worse than the target, on the whole further off than chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from voc_lib.improve import control_charts, verdict
from voc_lib.improve.control_charts import NEIGHBOURS, OUTSIDE, SEASON, SHIFT
from voc_lib.improve.track import Floats, Marks, Track
from voc_lib.metric import Direction
from voc_lib.schema.words import WATCHES

FEWEST = 8  # months before; with 7, a season of ±4 points cried wolf in 5 years of 100
RUN = 3
ALPHA = 0.0004  # chance that a month of the level reached lies outside, on either side
RUN_ALPHA = 0.003  # chance that a run of such months lies as far off
SEASONAL = 4.0  # as NEIGHBOURS, where the year's wave is not known and makes neighbours alike: ρ = .6
BACK, WATCHED, HELD = WATCHES
CONSOLIDATED, ON_GUARD, UNWRITTEN = "机制固化", verdict.NEXT_STEPS[verdict.MET], "写成制度文件后固化"


@dataclass(frozen=True)
class Alarm:
    """A month (year × 12 + month − 1) that slipped, and by which rule."""

    month: int
    value: float
    rule: str

    @property
    def label(self) -> str:
        """
        >>> Alarm(24_320, 0.79, OUTSIDE).label
        '2026-09'
        """
        return f"{self.month // 12}-{self.month % 12 + 1:02d}"


@dataclass(frozen=True)
class Watch:
    """How a measure stands since its window ended: months watched, the last alarm, quiet months since.

    `under`: the last month is worse than the target, though no alarm.
    """

    watched: int
    quiet: int
    alarm: Alarm | None
    state: str
    under: bool = False


def watch(
    reached: tuple[Track, Track], later: Track, target: float, towards: Direction, *, quiet: int
) -> Watch:
    """The state after the months `later`; `reached` are those before the measure and of its after window.

    复发 until `quiet` months have passed without an alarm, 看守中 until as many have passed at all.
    """
    found = alarms(*reached, later, target, towards)
    last = found[-1] if found else None
    since = int((later.month > last.month).sum()) if last else len(later)
    under = len(later) > 0 and towards * (float(later.value[-1]) - target) < 0
    return Watch(len(later), since, last, state(last, since, quiet), under)


def state(last: Alarm | None, since: int, quiet: int) -> str:
    """
    >>> state(None, 6, 6), state(None, 2, 6), state(Alarm(24_320, 0.79, OUTSIDE), 2, 6)
    ('已稳住', '看守中', '复发')
    """
    return HELD if since >= quiet else BACK if last else WATCHED


def slipped(effects: pd.DataFrame) -> dict[str, str]:
    """Measures that met their target and lost it again -> the month of that; schema.EFFECTS in."""
    if "watch" not in effects:
        return {}
    back = effects[effects["watch"].eq(BACK)]
    return dict(zip(back["measure_id"], back["slipped"], strict=True))


def next_step(found: Watch, document: str) -> str:
    """What follows a target that is met: only what held long enough and is written down is consolidated.

    >>> next_step(Watch(6, 6, None, HELD), "SOP-1"), next_step(Watch(7, 7, None, HELD, under=True), "SOP-1")
    ('机制固化', '继续看守')
    """
    if found.state != HELD or found.under:
        return ON_GUARD
    return CONSOLIDATED if document else UNWRITTEN


def alarms(history: Track, after: Track, later: Track, target: float, towards: Direction) -> list[Alarm]:
    """The months of `later` that break a rule, oldest first; none where the limits rest on too little."""
    if len(history) < FEWEST or not len(after) or not len(later):
        return []
    level, found = control_charts.rebased(history, after, later)
    alike = NEIGHBOURS if len(history) + len(after) >= SEASON else SEASONAL
    new = slice(-len(later), None)
    off = towards * ((found - level.center) / level.scale.chance)[new]
    doubt = level.doubt[new]
    worse = towards * (later.value - target) < 0
    outside = worse & (off < -level.width(ALPHA) * np.sqrt(1 + doubt))
    shifted = worse & _shifted(later, worse, off, doubt, level.width(RUN_ALPHA) * alike**0.5)
    rules = np.where(outside, OUTSIDE, SHIFT)
    return [
        Alarm(int(later.month[i]), float(later.value[i]), str(rules[i]))
        for i in np.flatnonzero(outside | shifted)
    ]


def _shifted(later: Track, worse: Marks, off: Floats, doubt: Floats, width: float) -> Marks:
    """The months that end RUN or more in a row, worse than the target and on the whole beyond chance."""
    marks, start = np.zeros(len(later), dtype=bool), 0
    for i in range(len(later)):
        broken = i and (later.month[i] - later.month[i - 1] != 1)
        start = i + 1 if not worse[i] else i if broken else start
        run = slice(start, i + 1)
        if i + 1 - start >= RUN:
            error = (1 / (i + 1 - start) + float(doubt[run].mean())) ** 0.5
            marks[i] = float(off[run].mean()) < -width * error
    return marks
