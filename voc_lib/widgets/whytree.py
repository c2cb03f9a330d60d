"""The 5 Why tree on the screen: a line per cause, one of them chosen; a new answer goes below it."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from voc_lib.knowledge import Analysis, Cause
from voc_lib.rootcause import causes, standing, tree
from voc_lib.rootcause.tree import Place
from voc_lib.schema.words import DENIED, EVIDENCED
from voc_lib.widgets.evidence import plain

STEP = 22  # pixels a level is set in
ENTER = "⏎"  # ends a line that was entered, and the moment it was: the same answer may come twice (causes.js)
TONES = {EVIDENCED: "good", DENIED: "gone"}


class WhyTree:
    """The view; `choose` is called with the place of a line, `answer` with the words of a new cause."""

    def __init__(self, choose: Callable[[Place], None], answer: Callable[[str], None]) -> None:
        self.choose, self.answer = choose, answer
        self.head = w.HTML()
        self.lines = w.VBox()
        self.lines.add_class("voc-tree")
        self.asked = w.HTML()
        # never written to but to empty it: an answer that comes late would wipe what is being typed
        self.why = w.Text(placeholder="写一个回答，回车", layout=w.Layout(flex="1"), continuous_update=False)
        self.why.add_class("voc-why")
        self.why.observe(lambda change: self._entered(change["new"]), "value")
        add = w.Button(description="加上", icon="plus", layout=w.Layout(width="auto"))
        add.on_click(lambda _: self._add())
        hint = w.HTML('<div class="voc-hint">回车：加在选中的一条下面　↑ ↓：换一条　Tab：到右边</div>')
        self.box = w.VBox([self.head, self.lines, self.asked, w.HBox([self.why, add]), hint])
        self.box.add_class("voc-left")

    def show(self, analysis: Analysis, chosen: Place) -> None:
        """Draw the tree with one line chosen."""
        self.head.value = _headline(analysis)
        top = self._line((), analysis.problem, "", chosen)
        causes = [self._line(p, c.cause, _chips(c), chosen, c) for p, c in tree.places(analysis)]
        self.lines.children = [top, *causes]
        self.asked.value = f'<div class="voc-hint">为什么“{plain(tree.path(analysis, chosen)[-1])}”？</div>'

    def _line(
        self, place: Place, words: str, chips: str, chosen: Place, cause: Cause | None = None
    ) -> w.HBox:
        button = w.Button(description=words, tooltip=words, layout=w.Layout(width="auto"))
        button.on_click(lambda _: self.choose(place))
        button.add_class("voc-line")
        row = w.HBox([button, w.HTML(chips)], layout=w.Layout(margin=f"0 0 0 {STEP * len(place)}px"))
        for name, on in {
            "voc-top": not place,
            "voc-chosen": place == chosen,
            "voc-denied": cause is not None and cause.status == DENIED,
        }.items():
            if on:
                row.add_class(name)
        return row

    def _entered(self, typed: str) -> None:
        """Take an answer sent by Enter; the line has emptied itself (causes.js)."""
        words, enter, _ = typed.partition(ENTER)
        if enter and words.strip():
            self.answer(words.strip())

    def _add(self) -> None:
        words = self.why.value.strip()
        if words and ENTER not in words:
            self.why.value = ""
            self.answer(words)


def _chips(cause: Cause) -> str:
    root = '<span class="voc-chip voc-root">根因</span>' if cause.root else ""
    tried = plain(causes.tried(cause) or "还没有检验")
    tone = TONES.get(cause.status, "open")
    return f'<span class="voc-chip voc-{tone}" title="{tried}">{standing.told(cause)}</span>{root}'


def _headline(analysis: Analysis) -> str:
    """Whether a root is reached: green only where it is evidenced."""
    if found := standing.reached(analysis):
        names = "、".join(f"{node.cause.cause}（{standing.told(node.cause)}）" for node in found)
        return f'<div class="voc-head voc-good">✓ 到达根因：{plain(names)}</div>'
    if marked := standing.roots(analysis):
        names = "、".join(node.cause.cause for node in marked)
        return f'<div class="voc-head voc-open">标了根因、还没有证据：{plain(names)}</div>'
    return '<div class="voc-head voc-open">还没有到达根因：接着问为什么，到能改的那一层为止</div>'
