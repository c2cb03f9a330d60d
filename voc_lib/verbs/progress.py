"""What a run tells of itself on the terminal: a line per finished step, and how long the others are at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from voc_lib.params import Settings
    from voc_lib.run.workflow.pipeline import Event

EVERY = 30.0  # seconds between two lines where no terminal shows a living one
MANY = 10_000  # rows from which a step's time goes to them
LONG = 5.0  # seconds from which a step says how long it has been at it


@dataclass(frozen=True)
class Last:
    """What the last published run took: seconds of each step, rows of its history (0: not known)."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    rows: int = 0

    def expected(self, step: str, rows: int) -> float:
        """Seconds the step would take by that run, of so many rows; 0 where it says nothing.

        >>> Last({"03": 10.0}, rows=100).expected("03", 300)
        30.0
        """
        return self.seconds.get(step, 0.0) * (rows / self.rows if rows and self.rows else 1.0)


@dataclass(frozen=True)
class Begun:
    """A step at work: how it is called, since when, on how many rows."""

    named: str
    since: float
    rows: int


class UnderWay:
    """The steps at work; as a renderable of rich it is the line of this moment."""

    def __init__(self, before: Last, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is at work yet."""
        self.before, self.clock = before, clock
        self.begun: dict[str, Begun] = {}

    def heard(self, event: Event) -> None:
        """A step begins, or is no longer at work."""
        if event.state == "started":
            named = f"{event.step.name} {event.step.title}"
            self.begun[event.step.name] = Begun(named, self.clock(), event.rows)
        else:
            self.begun.pop(event.step.name, None)

    def line(self, least: float = 0.0) -> str:
        """The steps at work for at least so many seconds; "" where there are none."""
        now = self.clock()
        at = [(step, begun, now - begun.since) for step, begun in [*self.begun.items()]]
        said = [f"{begun.named}{self._time(step, begun, gone)}" for step, begun, gone in at if gone >= least]
        return "正在运行 " + "、".join(said) if said else ""

    def _time(self, step: str, begun: Begun, gone: float) -> str:
        if gone < LONG:
            return ""
        left = self.before.expected(step, begun.rows) - gone
        rows = f"{begun.rows:,} 行，" if begun.rows else ""
        return f"（{rows}已 {gone:.0f} 秒{f'，按上次约还要 {left:.0f} 秒' if left > 0 else ''}）"

    def __rich__(self) -> str:
        return self.line()


def last(settings: Settings) -> Last:
    """What the last published run of this period took; nothing where there was none."""
    from voc_lib.run.record import runs

    content = runs.read(runs.published_folder(settings)) or {}
    return Last(content.get("seconds", {}), content.get("rows", 0))


def taken(seconds: float, rows: int) -> str:
    """How long a step took, and of a long one how many rows a second that is, where they are many.

    >>> taken(20.0, 100_000), taken(1.0, 100_000)
    ('20.0 s，5,000 行/秒', '1.0 s')
    """
    return f"{seconds:.1f} s" + (f"，{rows / seconds:,.0f} 行/秒" if rows >= MANY and seconds >= LONG else "")


@contextmanager
def shown(settings: Settings, console: Console | None = None) -> Iterator[Callable[[Event], None]]:
    """What a run tells its progress to: one living line on a terminal, else a line every `EVERY` seconds.

    A line that does not live begins with the report's name, for others may write to the same place; a dumb
    terminal has no living line.
    """
    console = console or Console(highlight=False)
    alive = console.is_terminal and not console.is_dumb_terminal
    whose = "" if alive else f"{settings.params.name} "
    under_way = UnderWay(last(settings))

    def show(event: Event) -> None:
        under_way.heard(event)
        if event.state == "started":
            return
        name = f"{event.step.name} {event.step.title}"
        what = (
            "沿用已发布的结果" if event.state == "reused" else event.why or taken(event.seconds, event.rows)
        )
        console.print(f"{whose}[{event.number}/{event.total}] {name} … {what}", markup=False, soft_wrap=True)

    over = Signal()

    def tick() -> None:
        while not over.wait(EVERY):
            if line := under_way.line(LONG):
                console.print(f"{whose}{line}", markup=False, soft_wrap=True)

    if alive:
        with console.status(under_way):
            yield show
        return
    ticker = Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield show
    finally:
        over.set()
        ticker.join()
