"""The causes workbench: a problem's 5 Why tree edited where it stands, each cause tried on data beside it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from voc_lib import knowledge
from voc_lib.errors import VocError
from voc_lib.exchange.bench import Bench, bench
from voc_lib.knowledge import Analysis, Cause, Knowledge, Query
from voc_lib.register import known
from voc_lib.rootcause import causes, mining, preview, tree
from voc_lib.rootcause.tree import Place
from voc_lib.run.record import runs
from voc_lib.run.workflow.step import Step
from voc_lib.schema.words import ASSUMED, CAUSE_STATES
from voc_lib.stats import raised
from voc_lib.tag.taxonomy import OTHER
from voc_lib.widgets import handover, looks, session
from voc_lib.widgets.besides import Besides
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.listed import SEMICOLONS, split
from voc_lib.widgets.trying import Trying
from voc_lib.widgets.whytree import ENTER, WhyTree

ORIGIN = "workbench/causes.ipynb"
STAY = "（不移动）"
TOP = 8  # causes heard in the text that are offered
TABS = ("鱼骨图", "5W1H", "客户提到的原因", "待查清的事", "与上次报告相比")
HEARD, CHANGED = 2, 4


def panel(params_file: str, *, period: str = "", who: str = "") -> Causes:
    """The causes the register of a params file holds, edited by `who` (by default the user)."""
    return Causes(
        bench(params_file, period=period, who=who), session.step_of(str(params_file), period=period)
    )


class Causes:
    """The view; `analysis` is the draft of the problem chosen, `place` the line chosen in its tree."""

    def __init__(self, at: Bench, step: Step) -> None:
        self.bench, self.step, self._filling = at, step, False
        self.place: Place = ()
        self.issues = step.read("issues")
        self.on = preview.ground(self.issues, step.period)
        self.tree = WhyTree(self._choose, self.answer)
        self.trying, self.besides = Trying(step, self.on), Besides()
        self.said = w.HTML()
        self.said.add_class("voc-said")
        self._make()
        self.box = w.VBox([looks.loaded("causes.css", "causes.js"), *self._rows()])
        self.box.add_class("voc-causes")
        self.reread()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    @property
    def analysis(self) -> Analysis:
        """What is written of the problem chosen, with what has been changed since."""
        problem = str(self.problem.value or "")
        return self.known.analysis(problem) or Analysis(problem=problem or OTHER)

    def reread(self) -> None:
        """Take what stands in the register now; what was not saved is gone."""
        self.held = self.bench.state()
        self.known = knowledge.read(known.raw(self.held))
        self.stood = self.known
        kept, names = self.problem.value, self._problems()
        self._filling = True
        self.problem.options = names
        self.problem.value = kept if kept in dict(names).values() else next(iter(dict(names).values()), None)
        self._filling = False
        self._open()
        self._tell(self._unread())

    def save(self) -> None:
        """Keep what was changed, all or nothing; what cannot be is said, and nothing is lost."""
        self._keep()
        try:
            wanted = knowledge.read(
                self.known.model_dump(mode="json", exclude_defaults=True), where="没有保存"
            )
            wishes = known.edits(self.held, wanted)
            joined = known.joined(wishes, self.bench.state())
            saved = self.bench.save(wishes, origin=ORIGIN)
        except VocError as error:
            self._tell(str(error), bad=True)
            return
        chosen = self.place
        self.reread()
        self._choose(chosen)
        self._tell("。".join([f"已保存 {saved} 处", *joined, self._unread()]))

    def answer(self, words: str) -> None:
        """A new cause below the line chosen; it is the next one asked about."""
        self._grow(Cause(cause=words))

    def take(self, words: str) -> None:
        """A cause heard in the text, taken over below the line chosen with its words to be counted."""
        self._grow(Cause(cause=words, evidence=Query(contains=[words])))

    def rename(self) -> None:
        """Say the cause chosen in other words; measures and questions that name it follow."""
        words = self.name.value.removesuffix(ENTER).strip()
        if self.place and words:
            self._call(words)
            self._put(tree.changed(self.analysis, self.place, cause=words))

    def split(self) -> None:
        """Make several causes of the one chosen, as its line says them."""
        names = split(self.name.value, SEMICOLONS)
        if not self.place or len(names) < 2:
            self._tell("要拆成几条，请在上面用；隔开写，例如 缺人；设备旧", bad=True)
            return
        self._call(names[0])
        self._put(tree.split(self.analysis, self.place, names))

    def withdraw(self) -> None:
        """Take the cause chosen, and all below it, out of the tree; the register keeps that it was there."""
        if self.place:
            gone, self.place = self.place, self.place[:-1]
            self._put(tree.withdrawn(self.analysis, gone))

    def move(self, under: Place) -> None:
        """Hang the cause chosen below another."""
        try:
            moved, self.place = tree.moved(self.analysis, self.place, under)
        except VocError as error:
            self._tell(str(error), bad=True)
            self._open_place()
            return
        self._put(moved)

    def mark(self, root: bool) -> None:
        """Say whether the asking ends at the cause chosen."""
        if self.place:
            self._put(tree.changed(self.analysis, self.place, root=root))

    def judge(self, status: str) -> None:
        """Say what the cause chosen is now, with what it has just been tried by."""
        if not self.place:
            return
        cause = tree.at(self.analysis, self.place)
        if status == ASSUMED:
            self._put(tree.changed(self.analysis, self.place, status=status))
            return
        test = self.trying.test(self.bench.clock().date())
        if isinstance(test, str):
            self._open_place()
            self._tell(test, bad=True)
            return
        before = [held for held in cause.tested if (held.by, held.metric) != (test.by, test.metric)]
        query = self.trying.query
        asked = query if query != Query() else cause.evidence
        self._put(
            tree.changed(self.analysis, self.place, status=status, tested=[*before, test], evidence=asked)
        )
        self._tell(self.trying.doubt() if status == CAUSE_STATES[1] else "")

    def _call(self, words: str) -> None:
        """Have what names the cause chosen name it by other words."""
        self._keep()
        old = tree.at(self.analysis, self.place).cause
        self.known = tree.renamed(self.known, self.analysis.problem, old, words)
        self.besides.show(self.analysis)

    def _grow(self, cause: Cause) -> None:
        grown, self.place = tree.added(self.analysis, self.place, cause)
        self._put(grown)

    def _put(self, analysis: Analysis) -> None:
        """Keep the tree changed, and what is written beside it, in the draft; show both."""
        self.known = tree.put(self.known, self.besides.filled(analysis))
        self.besides.show(self.analysis)
        self._open_place()

    def _keep(self) -> None:
        """Keep what is written beside the tree in the draft."""
        written = self.besides.filled(self.analysis)
        if written != self.analysis:
            self.known = tree.put(self.known, written)

    def _problems(self) -> list[tuple[str, str]]:
        """The problems there are, the most frequent of the period first, with how many there were."""
        counts = self.on.rows["primary_tag"].dropna().astype("str").value_counts()
        names = dict.fromkeys([*raised.order(counts), *(a.problem for a in self.known.causes)])
        return [(f"{name}（{counts.get(name, 0):,} 条）", name) for name in names]

    def _open(self) -> None:
        """Show the problem chosen."""
        self.place = ()
        self.besides.show(self.analysis)
        self.heard.children = []
        self._tab()
        self._open_place()

    def _choose(self, place: Place) -> None:
        if place in dict(tree.places(self.analysis)) or not place:
            self.place = place
            self._open_place()

    def _open_place(self) -> None:
        """Show the tree and the line chosen in it."""
        analysis, place = self.analysis, self.place
        cause = tree.at(analysis, place) if place else None
        self._filling = True
        self.tree.show(analysis, place)
        self.name.value = cause.cause if cause else ""
        self.root.value, self.status.value = bool(cause and cause.root), cause.status if cause else ASSUMED
        others = [p for p in ((), *(p for p, _ in tree.places(analysis))) if p[: len(place)] != place]
        self.under.options = [(STAY, STAY), *((" → ".join(tree.path(analysis, p)), p) for p in others)]
        self.under.value = STAY
        self.tests.value = _tests(cause)
        for box in (self.words, self.card):
            box.layout.display = "" if cause else "none"
        self.about.value = f"<h4>{plain(' → '.join(tree.path(analysis, place)))}</h4>"
        self._filling = False
        self.trying.show(analysis.problem, cause)
        self._tab()

    def _tab(self) -> None:
        """Fill in the tab on top where that takes work."""
        if self.tabs.selected_index == HEARD and not self.heard.children:
            self.heard.children = self._heard()
        if self.tabs.selected_index == CHANGED:
            self.changed.value = self._changes()

    def _heard(self) -> list[Any]:
        mine = self.issues[self.issues["primary_tag"].eq(self.analysis.problem).fillna(False).astype(bool)]
        found = mining.candidates(mine, self.step.period, top=TOP)
        if found.empty:
            return [w.HTML('<div class="voc-hint">原话里没有成型的“因为……”“……导致”。</div>')]
        head = w.HTML('<div class="voc-hint">点一下，加在选中的一条下面（先是假设，还要检验）。</div>')
        return [
            head,
            *(self._offer(str(row.cause), int(str(row.n)), str(row.example)) for row in found.itertuples()),
        ]

    def _offer(self, words: str, n: int, example: str) -> w.HBox:
        button = w.Button(description=f"＋ {words}（{n:,} 条）", layout=w.Layout(width="auto"))
        button.on_click(lambda _: self.take(words))
        button.add_class("voc-offer")
        return w.HBox([button, w.HTML(f'<span class="voc-hint">{plain(example)}</span>')])

    def _changes(self) -> str:
        """What is other than when the last report was published."""
        told = earlier(self.bench)
        if told is None:
            return '<div class="voc-hint">还没有以登记库为准发布过报告，没有可比的。</div>'
        number, before = told
        lines = [
            line
            for line in causes.changes(before, self.known)
            if line.split("：", 1)[1].split(" → ")[0] == self.analysis.problem
        ]
        items = "".join(f"<li>{plain(line)}</li>" for line in lines) or "<li>没有不同</li>"
        return (
            f'<div class="voc-hint">与上次发布的报告（登记库第 {number} 次修订）相比：</div><ul>{items}</ul>'
        )

    def _switched(self, at: Bench) -> None:
        """What was not saved stays in the draft where the register held nothing else."""
        self.bench = at
        drafted = self.known != self.stood
        if not drafted:
            self.reread()
        self._tell("报告从此以登记库为准。" + ("改动还没有保存，请按“保存”。" if drafted else ""))

    def _unread(self) -> str:
        """What to do where the reports read a file and not the register, or ""."""
        return handover.told(self.bench)

    def _tell(self, words: str, *, bad: bool = False) -> None:
        tone = "voc-bad" if bad else "voc-note"
        self.said.value = f'<div class="{tone}" role="status">{plain(words)}</div>' if words else ""

    def _make(self) -> None:
        wide = w.Layout(width="auto")
        self.problem = w.Dropdown(description="问题", layout=w.Layout(width="22em"))
        self.problem.add_class("voc-problem")
        self.name = w.Text(description="原因", layout=w.Layout(flex="1"), continuous_update=False)
        self.name.add_class("voc-name")
        self.root = w.ToggleButton(description="根因", icon="flag", layout=w.Layout(width="auto"))
        self.status = w.ToggleButtons(options=CAUSE_STATES)
        self.status.style.button_width = "5em"
        self.under = w.Dropdown(description="移到…下面", layout=wide)
        self.tests, self.about, self.changed = w.HTML(), w.HTML(), w.HTML()
        self.heard = w.VBox()
        boxes = [
            self.besides.bone_box,
            self.besides.answer_box,
            self.heard,
            self.besides.asked_box,
            self.changed,
        ]
        self.tabs = w.Tab(boxes, titles=TABS)
        self.keep = looks.button("保存", self.save, "primary", icon="check")
        self.keep.add_class("voc-save")
        self._watch()

    def _watch(self) -> None:
        self.problem.observe(lambda _: None if self._filling else self._switch(), "value")
        self.root.observe(lambda change: None if self._filling else self.mark(change["new"]), "value")
        self.status.observe(lambda change: None if self._filling else self.judge(change["new"]), "value")
        self.under.observe(lambda change: self._moved(change["new"]), "value")
        self.name.observe(lambda change: self.rename() if change["new"].endswith(ENTER) else None, "value")
        self.tabs.observe(lambda _: self._tab(), "selected_index")

    def _moved(self, under: Place | str) -> None:
        if not self._filling and not isinstance(under, str):
            self.move(under)

    def _switch(self) -> None:
        self.tree.why.value = ""
        self._open()

    def _rows(self) -> list[Any]:
        again = looks.button("重新读取", self.reread, icon="refresh")
        self.switch = handover.button(self.bench, self._switched, lambda words: self._tell(words, bad=True))
        bar = w.HBox([self.problem, self.keep, again, self.switch, self.said])
        bar.add_class("voc-bar")
        acts = [
            looks.button("改写", self.rename),
            looks.button("拆开", self.split),
            looks.button("撤回", self.withdraw, "warning"),
        ]
        self.words = w.VBox([w.HBox([self.name, *acts]), self.under])
        self.card = w.VBox([w.HBox([w.Label("结论"), self.status, self.root]), self.tests])
        self.card.add_class("voc-card")
        right = w.VBox([self.about, self.words, self.trying.box, self.card])
        right.add_class("voc-right")
        middle = w.HBox([self.tree.box, right])
        middle.add_class("voc-middle")
        return [bar, middle, self.tabs]


def earlier(at: Bench) -> tuple[int, Knowledge] | None:
    """The revision the last published report was made of, and what was known then; None without one."""
    for _, record in runs.published(at.settings.outputs):
        number = record.get("register", {}).get("revision", 0)
        if record.get("name") == at.report and number:
            return number, knowledge.read(known.raw(at.state(number)))
    return None


def _tests(cause: Cause | None) -> str:
    lines = [] if cause is None else [f"{test.by}　{test.at or ''}　{test.found}" for test in cause.tested]
    items = "".join(f"<li>{plain(line)}</li>" for line in lines)
    return f'<ul class="voc-tests">{items}</ul>' if items else ""
