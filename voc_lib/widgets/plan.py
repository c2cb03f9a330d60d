"""The plan as grids to write in, a tab for each sheet of the workbooks; saved as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import ipywidgets as w

from voc_lib import knowledge
from voc_lib.errors import VocError
from voc_lib.exchange import handout, returned
from voc_lib.exchange.bench import Bench, bench
from voc_lib.exchange.book import Page
from voc_lib.exchange.fields import FORMS, KEY, MEASURES, Form
from voc_lib.improve import plan
from voc_lib.knowledge import Measure
from voc_lib.register import known
from voc_lib.widgets import defaults, handover, looks
from voc_lib.widgets.grid import Grid
from voc_lib.widgets.gridrow import GridRow
from voc_lib.widgets.proof import Proof

ORIGIN = "workbench/plan.ipynb"
EVERYBODY = "全部"


def panel(params_file: str, *, period: str = "", who: str = "") -> Plan:
    """The plan the register of a params file holds, written in by `who` (by default the user)."""
    return Plan(bench(params_file, period=period, who=who), Proof(params_file, period=period))


class Plan:
    """The view; `cells` are its inputs by form, row and header, `save` is what its button does.

    The number of a measure opens its `proof` below the grids.
    """

    def __init__(self, at: Bench, proof: Proof) -> None:
        self.bench, self.proof = at, proof
        self.said = w.HTML(looks.told(handover.told(at)))
        self.said.add_class("voc-said")
        self.owner, self.department = (w.Dropdown(description=label) for label in ("责任人", "责任部门"))
        self.late = w.Checkbox(description="只看逾期", indent=False)
        self.button = w.Button(description="保存", button_style="primary", icon="check")
        self.button.add_class("voc-save")
        self.sheets: list[Grid] = []
        self.places = [w.VBox() for _ in FORMS]  # a tab stays the one chosen when its grid is drawn anew
        self.grids = w.Tab(self.places)
        self.switch = handover.button(at, self._switched, partial(self._tell, bad=True))
        bar = w.HBox([self.owner, self.department, self.late, self.button, self.switch])
        bar.add_class("voc-bar")
        self.box = w.VBox([looks.loaded("plan.css", "grid.js"), bar, self.said, self.grids, proof.box])
        self.box.add_class("voc-plan")
        self._read()
        self.button.on_click(lambda _: self.save())
        for choice in (self.owner, self.department, self.late):
            choice.observe(lambda _: self._show(), names="value")
        self.grids.observe(lambda _: self._turn(), names="selected_index")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    @property
    def cells(self) -> Mapping[Form, list[GridRow]]:
        """The rows of each sheet the filters leave, blank ones last."""
        return {grid.page.form: grid.rows for grid in self.sheets}

    def save(self) -> None:
        """Keep what was written in the grids, all or nothing; what cannot be is said."""
        rows = [(grid.page.form, row, sent) for grid in self.sheets for row, sent in grid.written]
        try:
            came = returned.save(self.bench, [(form, sent) for form, _, sent in rows], origin=ORIGIN)
        except VocError as error:
            told = str(error).removeprefix(f"{ORIGIN} ")
            for _, row, sent in rows:
                row.mark("".join(line for line in told.splitlines() if f" {sent.place}：" in line))
            self._tell(told, bad=True)
            return
        left = [
            (form, row.words)
            for form, row, sent in rows
            if not sent.cells[KEY] and returned.empty(form, sent)
        ]
        self._read()
        self._go_on(left)
        notes = [f"{each}。" for each in came.joined]
        notes += [f"另有 {len(left)} 位客户还没有写结果，没有保存，留在表里。"] if left else []
        self._tell(f"保存 {came.saved} 处。{''.join(notes)}{handover.told(self.bench)}")

    def see(self, key: str) -> None:
        """Show what a measure is about and whether it worked."""
        found = next(measure for measure in self.known.measures if measure.key == key)
        self.proof.show(found, self.known)

    def _go_on(self, left: Sequence[tuple[Form, Mapping[str, str]]]) -> None:
        """Write again what was begun and could not be kept yet."""
        for grid in self.sheets:
            grid.begin([words for form, words in left if form is grid.page.form])

    def _tell(self, words: str, *, bad: bool = False) -> None:
        self.said.value = looks.told(words, bad=bad)

    def _switched(self, at: Bench) -> None:
        self.bench = at
        self._read()
        self._tell("报告从此以登记库为准。")

    def _read(self) -> None:
        """What stands in the register now, shown."""
        self.held = self.bench.state()
        self.known = knowledge.read(known.raw(self.held))
        self.due = handout.due(self.bench, self.known)
        for choice, name in ((self.owner, "owner"), (self.department, "department")):
            names = [EVERYBODY, *sorted({getattr(measure, name) for measure in self.known.measures})]
            if list(choice.options) != names:
                kept = choice.value if choice.value in names else EVERYBODY
                choice.options = names
                choice.value = kept
        sheets = [
            Grid(page, given=self._given, see=self.see, tell=self._tell)
            for page in self._pages(self.known.measures)
        ]
        for grid, before in zip(sheets, self.sheets, strict=False):
            grid.go_on(before)
        self.sheets = sheets
        for place, grid in zip(self.places, self.sheets, strict=True):
            place.children = [grid.box]
        self._show()

    def _pages(self, mine: Sequence[Measure]) -> list[Page]:
        return handout.pages(self.held, self.known, mine, self.due, self.bench.problems)

    def chosen(self) -> list[Measure]:
        """The measures the filters leave."""
        today = self.bench.clock().date()
        return [
            measure
            for measure in self.known.measures
            if self.owner.value in (EVERYBODY, measure.owner)
            and self.department.value in (EVERYBODY, measure.department)
            and (not self.late.value or plan.state(measure, today) == "已逾期")
        ]

    def _show(self) -> None:
        """Leave what the filters leave; what was written stays."""
        mine = self.chosen()
        pages = self._pages(mine) if mine != self.known.measures else [grid.page for grid in self.sheets]
        for grid, page in zip(self.sheets, pages, strict=True):
            grid.keep({line.key for line in page.lines})
        self.grids.titles = [_title(page) for page in pages]
        self._turn()

    def _turn(self) -> None:
        """Draw the sheet on top the first time it is turned to."""
        self.sheets[self.grids.selected_index or 0].turn()

    def _given(self, row: GridRow) -> dict[str, str]:
        grid = self.sheets[[sheet.page.form for sheet in self.sheets].index(MEASURES)]
        others = [other.words for other in (*grid.there, *grid.blank) if other is not row]
        return defaults.given(row.page.form, row.words, others, today=self.bench.clock().date())


def _title(page: Page) -> str:
    """The name of a sheet, how many rows of it are written, how many customers are still waiting."""
    waiting = sum(1 for line in page.lines if line.shown)
    written = len(page.lines) - waiting
    return f"{page.form.title}（{written}{f'，待办 {waiting}' if waiting else ''}）"
