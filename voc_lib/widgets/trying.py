"""A cause tried while one types: words and filters counted at once, or a metric of how the work went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import ipywidgets as w

from voc_lib.knowledge import Cause, Query, Test
from voc_lib.rootcause import evidence, operations, preview
from voc_lib.rootcause.preview import Ground, Preview
from voc_lib.run.workflow.step import Step
from voc_lib.schema import ISSUES
from voc_lib.stats import basis, metrics
from voc_lib.text import channels, matching
from voc_lib.widgets import session
from voc_lib.widgets.evidence import marked, plain
from voc_lib.widgets.listed import split
from voc_lib.widgets.typed import Typed

WORDS, OTHER = "原话计数（弱）", "其他运营数据，写在说明里（强）"
ALL = "全部"
PAUSE = 0.15  # seconds without a key after which is counted


class Trying:
    """The view; `test` is what was tried, as a cause keeps it, or the reason why it proves nothing."""

    def __init__(self, step: Step, on: Ground) -> None:
        self.step, self.on, self.problem = step, on, ""
        self.metrics = {
            f"{metrics.describe(m)}（强）": m for m in operations.choices(list(step.params.metrics))
        }
        wide = w.Layout(width="auto")
        self.words = Typed(
            self._changed,
            description="原话里有",
            placeholder="几个说法用、隔开，例如 分拣、分拨",
            layout=wide,
        )
        self.filters = {
            name: w.Dropdown(description=ISSUES.labels[name], options=[ALL], layout=wide)
            for name in preview.FILTERS
        }
        self.by = w.Dropdown(description="检验方式", options=[WORDS, *self.metrics, OTHER], layout=wide)
        self.note = w.Text(
            description="说明",
            placeholder="例如 仓库日报：分拣积压 1.8 天",
            layout=wide,
            continuous_update=False,  # whole when “证据” is clicked, however fast it was typed
        )
        self.result = w.HTML()
        self.result.add_class("voc-result")
        grid = w.Layout(grid_template_columns="minmax(0, 1fr) minmax(0, 1fr)", grid_gap="0 8px")
        places = w.GridBox([*self.filters.values()], layout=grid)
        self.box = w.VBox([self.words.box, places, self.by, self.note, self.result])
        self._filling, self._timer = False, Timer(PAUSE)
        for box in (*self.filters.values(), self.by):
            box.observe(lambda _: self._changed(), "value")

    def show(self, problem: str, cause: Cause | None) -> None:
        """Fill in what a cause of a problem was tried by (None: the problem itself), and count."""
        query = (cause.evidence if cause else None) or Query()
        self._filling = True
        self.problem, self.by.value = problem, WORDS
        self.words.value, self.note.value = "、".join(query.contains), query.note
        for name, found in self.on.values(problem).items():
            value = channels.spelt(name, query.where.get(name, ALL), found)
            self.filters[name].options = [ALL, *dict.fromkeys([*found, *([value] if value != ALL else [])])]
            self.filters[name].value = value
        self._filling = False
        self.count()

    @property
    def query(self) -> Query:
        """What the fields ask for."""
        where = {name: box.value for name, box in self.filters.items() if box.value != ALL}
        return Query(contains=split(self.words.value), where=where, note=self.note.value.strip())

    def count(self) -> None:
        """Show what the fields come to now."""
        query = self.query.model_copy(update={"category": self.problem})
        self.seen = preview.look(query, self.on)
        self.tried = self._tried()
        told = f'<div class="voc-num">{plain(self.tried.found)}</div>' if self.tried else ""
        self.result.value = told + _told(self.seen, query)

    def test(self, at: date) -> Test | str:
        """What the fields amount to as a test; a sentence where it is none."""
        self.count()
        if self.by.value == OTHER:
            note = self.note.value.strip()
            return Test(by="数据", found=note, at=at) if note else "请在说明里写清用什么数据检验、看到了什么"
        if self.tried:
            if self.tried.speaks is None:
                return f"{self.tried.found}；请换一种检验方式"
            return Test(by="数据", metric=self.metrics[self.by.value], found=self.tried.found, at=at)
        if not self.query.contains:
            return "请先写原话里的说法，或选一种运营数据来检验"
        if not self.seen.found.base:
            return f"本期没有符合条件的{self.problem}，数不出来；请放宽条件"
        query = self.query.model_copy(update={"category": self.problem})
        return Test(
            by="原话", found=f"{evidence.sentence(query, self.seen.found)}；{_beside(self.seen)}", at=at
        )

    def doubt(self) -> str:
        """What speaks against taking the last test for evidence; "" where nothing does."""
        if self.by.value == OTHER:
            return ""
        if self.tried:
            return "" if self.tried.speaks else "注意：这个检验没有支持这个原因"
        return "" if self.seen.gap.low > 0 else "注意：说到它的占比并不比其他问题高"

    def _tried(self) -> operations.Trial | None:
        metric = self.metrics.get(self.by.value)
        return operations.tried(metric, self.problem, self.data, self.step.period) if metric else None

    @cached_property
    def data(self) -> basis.Evidence:
        """What metrics are read from."""
        return session.evidence(self.step)

    def _changed(self) -> None:
        if not self._filling:
            self._timer.start(self.count)


class Timer:
    """Calls once nobody has asked again for a while; at once where no loop runs."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.waiting: asyncio.TimerHandle | None = None

    def start(self, act: Callable[[], Any]) -> None:
        """Call `act` after the pause; what waited is forgotten."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            act()
            return
        if self.waiting:
            self.waiting.cancel()
        self.waiting = loop.call_later(self.pause, act)


def _told(seen: Preview, query: Query) -> str:
    found = seen.found
    if not found.base:
        return f'<div class="voc-num">本期没有符合条件的{plain(query.category or "")}</div>'
    share = f"占{query.category} {found.share:.1%}（95% 区间 {found.low:.1%}–{found.high:.1%}）"
    head = f'<div class="voc-num"><b>{found.n:,} 条</b>　{plain(share)}</div>'
    beside = f'<div class="voc-{"good" if seen.gap.low > 0 else "mute"}">{plain(_beside(seen))}</div>'
    words = query.contains
    quotes = "".join(f"<blockquote>{marked(text, spans(text, words))}</blockquote>" for text in seen.quotes)
    return head + (beside if words else "") + quotes


def _beside(seen: Preview) -> str:
    """The share among the other problems and what lies between, in points."""
    others, gap = seen.others, seen.gap
    if not others.base:
        return "没有其他问题可比"
    low, high = (100 * float(bound) for bound in (gap.low, gap.high))
    word = f"{'多' if gap.value >= 0 else '少'} {abs(100 * float(gap.value)):.1f} 个百分点"
    return f"其他问题 {others.share:.1%}（n = {others.base:,}），{word}（95% 区间 {low:.1f} 至 {high:.1f}）"


def spans(text: str, words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where the words stand in a text."""
    hits = matching.Lexicon(words).hits(matching.corpus([text])) if words else None
    pairs = zip(hits.start.tolist(), hits.end.tolist(), strict=True) if hits else ()
    return [(start, end, "命中") for start, end in pairs]
