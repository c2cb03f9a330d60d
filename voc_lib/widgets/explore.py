"""The explore desk: problems filtered from the chart or by fields, read one by one, kept as evidence."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib.collect import ledger
from voc_lib.knowledge import Query
from voc_lib.period import Period
from voc_lib.rootcause import sieve
from voc_lib.rootcause.sieve import CATEGORY, FACETS, Sifted
from voc_lib.run.workflow.step import Step
from voc_lib.schema import ISSUES
from voc_lib.widgets import looks, picks, session, trying
from voc_lib.widgets.evidence import marked, plain
from voc_lib.widgets.filing import Filing
from voc_lib.widgets.listed import split
from voc_lib.widgets.reading import Reading
from voc_lib.widgets.retag import Retag
from voc_lib.widgets.trying import ALL, Timer
from voc_lib.widgets.typed import Typed

PAGE = 12  # feedback listed at once
SHOWN = (CATEGORY, "channel", "customer_type", "region", "product")  # order of the filters
EVER = "全部月份"
NOTHING = "　没有一条符合：换个时间，去掉一个条件，或按“清空条件”"


def panel(params_file: str, *, period: str = "", who: str = "") -> Explore:
    """The explore desk over what step 3 wrote; corrections and evidence are signed by `who`."""
    return Explore(session.step_of(str(params_file), period=period), str(params_file), who=who)


class Explore:
    """The view; `query` and `when` are what is asked for, `seen` what it came to, `open` reads a feedback."""

    def __init__(self, step: Step, params_file: str, *, who: str = "") -> None:
        self.step, self._filling, self.first, self.opened = step, False, 0, ""
        self.on = sieve.sieve(step.read("issues"))
        desk = session.desk(step, coder=who)
        rows = step.read("tagged")
        rows = rows.assign(key=ledger.keys(rows))
        self.reading = Reading(rows, session.spans(step), step.knowledge, desk.clock().date())
        self.retag = Retag(desk)
        self.filing = Filing(params_file, count=self.count, period=step.period.label, who=who)
        self._make()
        self.box = w.VBox([looks.loaded("explore.css", "picks.js"), *self._rows()])
        for name in ("voc-explore", "voc-picking"):
            self.box.add_class(name)
        self.count()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    @property
    def query(self) -> Query:
        """What the fields ask for, in the form causes keep as evidence."""
        chosen = {name: box.value for name, box in self.filters.items() if box.value != ALL}
        return Query(category=chosen.pop(CATEGORY, None), contains=split(self.words.value), where=chosen)

    def count(self) -> None:
        """Show what the fields come to now, from the first page."""
        self.first = 0
        self.seen = sieve.sift(self.query, self.when.value, self.on)
        self.head.value = _told(self.seen, self.query)
        self.months.value = picks.columns(self.seen.months, self._months())
        self._bars()
        self._list()
        self.filing.show(self.query, self.seen, self.when.value)

    def open(self, ident: str) -> None:
        """Read a feedback, with what stands around it."""
        row = self.reading.row(ident)
        if row is None:
            return
        self.opened = ident
        self.read.value = self.reading.html(row, trying.spans(str(row["text"]), self.query.contains))
        self.retag.show(row["key"], str(row["tags"]))
        self.desk.layout.display = ""
        self._list()

    def pick(self, picked: str) -> None:
        """Do what a click in a chart or a list means; the same one again takes the filter off."""
        kind, _, value = picked.partition(":")
        if kind == "open":
            self.open(value)
        elif kind == "month" and value in self.on.months:
            chosen = Period.parse(value)
            self.when.value = None if self.when.value == chosen else chosen
        elif kind in self.filters and value in self.on.codes[kind][1]:
            box = self.filters[kind]
            box.value = ALL if box.value == value else value

    def clear(self) -> None:
        """Take all filters off but the period's."""
        self._filling = True
        self.words.value = ""
        for box in self.filters.values():
            box.value = ALL
        self.when.value = self.step.period
        self._filling = False
        self.count()

    def turn(self, pages: int) -> None:
        """Turn the list some pages."""
        last = max(self.seen.n - 1, 0) // PAGE * PAGE
        self.first = min(max(self.first + pages * PAGE, 0), last)
        self._list()

    def _months(self) -> list[str]:
        return self.when.value.months if self.when.value else []

    def _bars(self) -> None:
        facet = self.by.value
        chosen = self.filters[facet].value
        self.bars.value = picks.bars(facet, self.seen.facets[facet], "" if chosen == ALL else chosen)

    def _list(self) -> None:
        here = slice(self.first, self.first + PAGE)
        rows, times = self.on.rows.iloc[self.seen.places[here]], pd.DatetimeIndex(self.seen.times[here])
        words = self.query.contains
        items = [
            (row["feedback_id"], _about(row, time), marked(row["text"], trying.spans(row["text"], words)))
            for row, time in zip(rows.to_dict("records"), times, strict=True)
        ]
        self.rows.value = picks.listed(items, self.opened)
        last = min(self.first + PAGE, self.seen.n)
        self.place.value = f"{self.first + 1:,}–{last:,} / {self.seen.n:,}" if self.seen.n else ""
        self.back.disabled, self.next.disabled = not self.first, last >= self.seen.n

    def _changed(self) -> None:
        if not self._filling:
            self._timer.start(self.count)

    def _make(self) -> None:
        self._timer = Timer(trying.PAUSE)
        self.head, self.months, self.bars, self.rows, self.read, self.place = (w.HTML() for _ in range(6))
        self.when = w.Dropdown(description="时间", options=self._periods(), value=self.step.period)
        self.words = Typed(self._changed, description="词", placeholder="几个说法用、隔开，例如 分拣、分拨")
        self.filters = {
            name: w.Dropdown(description=ISSUES.labels[name], options=[ALL, *sorted(self.on.codes[name][1])])
            for name in SHOWN
        }
        self.by = w.ToggleButtons(options=[(ISSUES.labels[name], name) for name in SHOWN])
        self.by.style.button_width = "auto"
        self.by.observe(lambda _: self._bars(), "value")
        for box in (self.when, *self.filters.values()):
            box.observe(lambda _: self._changed(), "value")
        self.back = looks.button("上一页", lambda: self.turn(-1))
        self.next = looks.button("下一页", lambda: self.turn(1))
        self.clearing = w.Button(description="清空条件", icon="times", layout=w.Layout(width="auto"))
        self.clearing.on_click(lambda _: self.clear())
        self.desk = w.VBox([w.HTML("<h5>改标签</h5>"), self.retag.box], layout=w.Layout(display="none"))

    def _periods(self) -> list[tuple[str, Period | None]]:
        mine = self.step.period
        months = [Period.parse(month) for month in reversed(self.on.months)]
        others = [(month.title, month) for month in months if month != mine]
        return [(f"报告期 {mine.title}", mine), (EVER, None), *others]

    def _rows(self) -> list[Any]:
        fields = w.HBox([self.when, *self.filters.values(), self.words.box, self.clearing])
        charts = w.HBox([w.VBox([self.months]), w.VBox([self.by, self.bars])])
        list_ = w.VBox([w.HBox([self.back, self.place, self.next]), self.rows])
        page = w.VBox([self.read, self.desk])
        self.read.value = '<p class="voc-hint">点左边一条，在这里读全文、看上下文、改标签。</p>'
        middle = w.HBox([list_, page])
        for box, name in (
            (fields, "fields"),
            (charts, "charts"),
            (middle, "middle"),
            (list_, "left"),
            (page, "page"),
            (self.head, "head"),
        ):
            box.add_class(f"voc-{name}")
        return [fields, self.head, charts, self.filing.box, middle, picks.line(self.pick)]


def _about(row: dict[Any, Any], time: pd.Timestamp) -> str:
    """The line above a feedback in the list."""
    score = f"{row['csat']:g} 分" if pd.notna(row["csat"]) else ""
    parts = (f"{time:%Y-%m-%d}", row["channel"], row[CATEGORY], row["customer_type"], score)
    return " · ".join(str(part) for part in parts if part and pd.notna(part))


def _told(seen: Sifted, query: Query) -> str:
    """How many, and what share of those that meet the other conditions."""
    n = f"<b>{seen.n:,} 条</b>问题{'' if seen.n else NOTHING}"
    if not seen.dropped:
        return f'<div class="voc-num">{n}</div>'
    if not seen.base:
        return f'<div class="voc-num">{n}　符合其余条件的也没有</div>'
    others = "、".join(_others(seen, query)) or "同一时间的全部问题"
    share = f"占{others}（{seen.base:,} 条）的 {seen.share:.1%}，95% 区间 {seen.low:.1%}–{seen.high:.1%}"
    return f'<div class="voc-num">{n}　{plain(share)}</div>'


def _others(seen: Sifted, query: Query) -> list[str]:
    """The conditions of the base of the share."""
    asked = {**query.where, **({CATEGORY: query.category} if query.category else {})}
    return [asked[name] for name in FACETS if name in asked and name != seen.dropped]
