"""The bar on top of every workbench: report, period, a lamp for each step, and running again up to one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import ipywidgets as w

from voc_lib import params
from voc_lib.run.record import lamps, runs
from voc_lib.run.record.lamps import ABSENT, FRESH, MISSING, STALE, Lamp
from voc_lib.run.steps import find
from voc_lib.run.workflow.byhand import speak_plainly
from voc_lib.widgets import looks, picks
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.running import Running

SIGNS = {FRESH: ("✓", "good"), STALE: ("!", "open"), MISSING: ("○", "none"), ABSENT: ("–", "none")}


def panel(params_file: str, *, period: str = "", here: str) -> Bar:
    """The bar of a report and period; `here` is the step whose tables the notebook reads.

    From then on the notebook shows the sentence of an error of the house alone.
    """
    speak_plainly()
    return Bar(str(params_file), period, find(here).name)


class Bar:
    """The view; `step` is the one chosen, `run` runs up to it."""

    def __init__(self, params_file: str, period: str, step: str) -> None:
        self.settings = params.load(params_file, period=period or None, today=datetime.now(UTC))
        self.step = step
        self.head, self.chips, self.about, self.said = (w.HTML() for _ in range(4))
        self.said.add_class("voc-said")
        self.again = looks.button("重跑到这里", self.run, "primary", "play")
        self.stop = looks.button("停止", self._halt, "warning", "stop")
        self.look = looks.button("刷新", self.refresh, icon="refresh")
        self.progress = w.IntProgress(layout=w.Layout(width="100%", display="none"))
        self.running = Running(self._went, self._ended)
        acts = w.HBox([self.again, self.stop, self.look])
        first = w.HBox([self.head, acts])
        first.add_class("voc-first")
        parts = [first, self.chips, self.about, self.progress, self.said, picks.line(self.pick)]
        self.box = w.VBox([looks.loaded("bar.css", "picks.js"), *parts])
        for name in ("voc-lamps", "voc-picking"):
            self.box.add_class(name)
        self._busy(on=False)
        self.refresh()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def refresh(self) -> None:
        """Look again how each step stands."""
        self.lamps = {lamp.spec.name: lamp for lamp in lamps.lit(self.settings)}
        self._show()

    def pick(self, picked: str) -> None:
        """Choose the step of a lamp."""
        name = picked.partition(":")[2]
        if name in self.lamps:
            self.step = name
            self._show()

    def run(self) -> None:
        """Run up to the step chosen, as `voc run --only` does; all of it where nothing was published."""
        only = ["--only", self.step] if runs.read(runs.published_folder(self.settings)) else []
        self._busy(on=True)
        self.progress.value = 0
        self._tell("正在重跑；停止或出错时，上一次的结果不变。" if only else "还没有发布过，正在完整运行。")
        file, label = str(self.settings.file), self.settings.period.label
        self.running.start(["run", file, "--period", label, "--no-notice", *only])

    def _halt(self) -> None:
        self.running.stop()

    def _went(self, line: str, done: int, total: int) -> None:
        self.progress.max, self.progress.value = total, done
        self._tell(line)

    def _ended(self, code: int, words: str) -> None:
        self._busy(on=False)
        self.refresh()
        if code:
            self._tell(words, bad=True)
        else:
            self._tell("已重跑并发布。下面的单元读的还是之前的表，请重新运行它们。")

    def _busy(self, *, on: bool) -> None:
        self.again.disabled, self.look.disabled = on, on
        self.stop.layout.display = "" if on else "none"
        self.progress.layout.display = "" if on else "none"

    def _show(self) -> None:
        params, period = self.settings.params, self.settings.period
        self.head.value = (
            f'<div class="voc-title"><b>{plain(params.name)}</b> · {plain(period.title)}'
            f"<span>{plain(summary([*self.lamps.values()]))}</span></div>"
        )
        chips = "".join(_chip(lamp, lamp.spec.name == self.step) for lamp in self.lamps.values())
        self.chips.value = f'<div class="voc-chips">{chips}</div>'
        self.about.value = f'<div class="voc-hint">{plain(self.lamps[self.step].said)}</div>'

    def _tell(self, words: str, *, bad: bool = False) -> None:
        self.said.value = looks.told(words, bad=bad)


def summary(lit: list[Lamp]) -> str:
    """How many steps stand how.

    >>> summary([Lamp(find("4"), STALE), Lamp(find("5"), FRESH)])
    '1 步过期'
    >>> summary([Lamp(find("5"), FRESH)])
    '各步都是最新的'
    """
    counts = Counter(lamp.state for lamp in lit)
    told = [f"{counts[state]} 步{state}" for state in (STALE, MISSING) if counts[state]]
    return "，".join(told) or "各步都是最新的"


def _chip(lamp: Lamp, chosen: bool) -> str:
    sign, tone = SIGNS[lamp.state]
    held = f'class="voc-chip voc-{tone}{" voc-on" if chosen else ""}" aria-pressed="{str(chosen).lower()}"'
    about = f'type="button" data-pick="step:{plain(lamp.spec.name)}" title="{plain(lamp.said)}"'
    return f"<button {about} {held}><b>{sign}</b>{plain(f'{lamp.spec.number} {lamp.spec.title}')}</button>"
