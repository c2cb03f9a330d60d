"""What was filtered, kept as the evidence of a cause: the same query the causes workbench counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as w

from voc_lib import knowledge
from voc_lib.errors import VocError
from voc_lib.exchange.bench import Bench, bench
from voc_lib.knowledge import Analysis, Cause, Knowledge, Query
from voc_lib.period import Period
from voc_lib.register import known
from voc_lib.rootcause import tree
from voc_lib.rootcause.sieve import Sifted
from voc_lib.rootcause.tree import Place
from voc_lib.widgets import handover
from voc_lib.widgets.evidence import plain

ORIGIN = "workbench/explore.ipynb"
NEW = "（新的原因，写在右边）"


class Filing:
    """The view; `save` keeps the query as the evidence of the cause chosen, or of a new one.

    `count` is called before: the fields may ask for more than was counted yet.
    """

    def __init__(
        self, params_file: str, *, count: Callable[[], Any], period: str = "", who: str = ""
    ) -> None:
        self.bench = bench(params_file, period=period, who=who)
        self.query = Query()
        self.cause = w.Dropdown(description="原因", layout=w.Layout(flex="2 1 16em", max_width="36em"))
        self.name = w.Text(placeholder="新的原因", continuous_update=False, layout=w.Layout(flex="1 1 10em"))
        self.note = w.Text(
            placeholder="说明，可不写", continuous_update=False, layout=w.Layout(flex="1 1 10em")
        )
        self.keep = w.Button(description="存为这个原因的证据", button_style="primary", icon="check")
        self.keep.layout.width = "auto"
        self.keep.on_click(lambda _: count())
        self.keep.on_click(lambda _: self.save())
        self.hint, self.said = w.HTML(), w.HTML()
        self.said.add_class("voc-said")
        self.line = w.HBox([self.cause, self.name, self.note, self.keep])
        self.switch = handover.button(self.bench, self._switched, partial(self._tell, bad=True))
        head = w.HTML("<h5>存为根因的证据条件</h5>")
        self.box = w.VBox([head, self.hint, self.line, self.said, self.switch])
        self.box.add_class("voc-filing")
        self.cause.observe(lambda _: self._named(), "value")
        self._tell(handover.told(self.bench))

    def show(self, query: Query, seen: Sifted, when: Period | None) -> None:
        """A query that could be kept, and what it counted to."""
        again = query.category == self.query.category and bool(self.cause.options)
        self.query = query
        self.line.layout.display = "" if self._proves() else "none"
        self.hint.value = f'<div class="voc-hint">{plain(self._hint(when))}</div>'
        if query.category and not again:
            self._offer(query.category)

    def save(self) -> None:
        """Keep the query; what stands otherwise is told, and nothing is changed."""
        if not self._proves():
            return
        problem, held = str(self.query.category), self.bench.state()
        before = knowledge.read(known.raw(held))
        analysis = before.analysis(problem) or Analysis(problem=problem)
        query = self.query.model_copy(update={"category": None, "note": self.note.value.strip()})
        try:
            place = self._place(analysis, query)
            if isinstance(place, str):
                self._tell(place, bad=True)
                return
            grown, at = place
            after = tree.put(before, grown)
            self.bench.save(known.edits(held, self._checked(after)), origin=ORIGIN)
        except VocError as error:
            self._tell(str(error), bad=True)
            return
        path = " → ".join(tree.path(grown, at))
        self._offer(problem, at)
        kept = f"已存为 {path} 的证据条件；结论仍由你在 workbench/causes.ipynb 里定。"
        self._tell(f"{kept}{handover.told(self.bench)}")

    def _switched(self, at: Bench) -> None:
        self.bench = at
        if self.query.category:
            self._offer(self.query.category)
        self._tell("报告从此以登记库为准。")

    def _place(self, analysis: Analysis, query: Query) -> tuple[Analysis, Place] | str:
        """The tree with the query in its place, and where; a sentence where it has none."""
        chosen = self.cause.value
        if chosen == ():
            name = self.name.value.strip()
            return tree.added(analysis, (), Cause(cause=name, evidence=query)) if name else "请写新的原因"
        path = tuple(self._paths[chosen])
        found = next((p for p, _ in tree.places(analysis) if tree.path(analysis, p) == path), None)
        if found is None:
            return f"{' → '.join(path)} 刚被别人改过，请重新选"
        return tree.changed(analysis, found, evidence=query), found

    def _checked(self, after: Knowledge) -> Knowledge:
        return knowledge.read(after.model_dump(mode="json", exclude_defaults=True), where="没有保存")

    def _offer(self, problem: str, chosen: Place = ()) -> None:
        """The causes a problem has in the register."""
        found = knowledge.read(known.raw(self.bench.state())).analysis(problem) or Analysis(problem=problem)
        self._paths = {place: tree.path(found, place) for place, _ in tree.places(found)}
        options = [(" → ".join(path[1:]), place) for place, path in self._paths.items()]
        self.cause.options = [*options, (NEW, ())]
        self.cause.value = chosen if chosen in self._paths else next(iter(self._paths), ())
        self.name.value = ""
        self._named()

    def _named(self) -> None:
        self.name.layout.display = "" if self.cause.value == () else "none"

    def _proves(self) -> bool:
        """Whether the query says more than which problem."""
        return bool(self.query.category and (self.query.contains or self.query.where))

    def _hint(self, when: Period | None) -> str:
        if not self.query.category:
            return "先选一个问题类型，再加词或渠道等条件，就能存为它某个原因的证据。"
        if not self.query.contains and not self.query.where:
            return "再加词或渠道等条件，就能存为证据；只有问题类型的条件证明不了原因。"
        mine = self.bench.settings.period
        if when == mine:
            return "条件里不含时间：根因分析总按报告期数。"
        return f"条件里不含时间：这里看的不是报告期，根因分析会按{mine.title}数。"

    def _tell(self, words: str, *, bad: bool = False) -> None:
        tone = "voc-bad" if bad else "voc-note"
        self.said.value = f'<div class="{tone}" role="status">{plain(words)}</div>' if words else ""
