"""What a run tells of itself on the terminal: a line per finished step, and how long the others are at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from voc_lib.params import Settings
    from voc_lib.run.workflow.pipeline import Event

EVERY = 30.0  # seconds between two lines where no terminal shows a living one
LONG = 5.0  # seconds from which a step says how long it has been at it


class UnderWay:
    """The steps at work; as a renderable of rich it is the line of this moment."""

    def __init__(self, before: Mapping[str, float], clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is at work yet; `before` are the seconds each step took in the last published run."""
        self.before, self.clock = before, clock
        self.begun: dict[str, tuple[str, float]] = {}

    def heard(self, event: Event) -> None:
        """A step begins, or is no longer at work."""
        if event.state == "started":
            named = f"{event.step.name} {event.step.title}"
            self.begun[event.step.name] = (named, self.clock())
        else:
            self.begun.pop(event.step.name, None)

    def line(self, least: float = 0.0) -> str:
        """The steps at work for at least so many seconds; "" where there are none."""
        now = self.clock()
        at = [(step, named, now - begun) for step, (named, begun) in [*self.begun.items()]]
        said = [f"{named}{self._time(step, gone)}" for step, named, gone in at if gone >= least]
        return "正在运行 " + "、".join(said) if said else ""

    def _time(self, step: str, gone: float) -> str:
        if gone < LONG:
            return ""
        left = self.before.get(step, 0.0) - gone
        return f"（已 {gone:.0f} 秒{f'，按上次约还要 {left:.0f} 秒' if left > 0 else ''}）"

    def __rich__(self) -> str:
        return self.line()


def last(settings: Settings) -> dict[str, float]:
    """The seconds each step took in the last published run of this period; none where there was none."""
    from voc_lib.run.record import runs

    return (runs.read(runs.published_folder(settings)) or {}).get("seconds", {})


@contextmanager
def shown(settings: Settings, console: Console | None = None) -> Iterator[Callable[[Event], None]]:
    """What a run tells its progress to: one living line on a terminal, else a line every `EVERY` seconds."""
    console = console or Console(highlight=False)
    under_way = UnderWay(last(settings))

    def show(event: Event) -> None:
        under_way.heard(event)
        if event.state == "started":
            return
        name = f"{event.step.name} {event.step.title}"
        what = "沿用已发布的结果" if event.state == "reused" else event.why or f"{event.seconds:.1f} s"
        console.print(f"[{event.number}/{event.total}] {name} … {what}", markup=False, soft_wrap=True)

    over = Signal()

    def tick() -> None:
        while not over.wait(EVERY):
            if line := under_way.line(LONG):
                console.print(line, markup=False, soft_wrap=True)

    if console.is_terminal:
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
