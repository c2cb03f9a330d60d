"""The plan as grids to write in, a tab for each sheet of the workbooks; saved as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import ipywidgets as w

from voc_lib import knowledge
from voc_lib.errors import VocError
from voc_lib.exchange import handout, returned
from voc_lib.exchange.bench import Bench, bench
from voc_lib.exchange.book import Line, Page
from voc_lib.exchange.fields import KEY, MEASURES, VERSION, Field, Form
from voc_lib.exchange.sheets import Row
from voc_lib.improve import plan
from voc_lib.knowledge import Measure
from voc_lib.register import known
from voc_lib.report.page import em
from voc_lib.widgets import handover, looks
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.proof import Proof

ORIGIN = "workbench/plan.ipynb"
EVERYBODY = "全部"
ROWS = 20  # rows of a grid on the screen
BLANK = Line("", 0, {})
FREE = 5  # blank rows below
WIDE = w.Layout(width="auto")
NARROW, PROSE, WIDEST = 8, 15, 22  # em of a column: at least, where sentences are written, at most
SEE = "看这个问题的反馈和这条措施的效果图"


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
        self.grids = w.Tab()
        self.switch = handover.button(at, self._switched, partial(self._tell, bad=True))
        bar = w.HBox([self.owner, self.department, self.late, self.button, self.switch])
        bar.add_class("voc-bar")
        self.box = w.VBox([looks.loaded("plan.css"), bar, self.said, self.grids, proof.box])
        self.box.add_class("voc-plan")
        self._read()
        self.button.on_click(lambda _: self.save())
        for choice in (self.owner, self.department, self.late):
            choice.observe(lambda _: self._show(), names="value")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def save(self) -> None:
        """Keep what was written in the grids, all or nothing; what cannot be is said."""
        rows = [(form, row) for form, lines in self.cells.items() for row in _filled(form, lines)]
        try:
            came = returned.save(self.bench, rows, origin=ORIGIN)
        except VocError as error:
            self._tell(str(error), bad=True)
            return
        self._read()
        told = "".join(f"{each}。" for each in came.joined)
        self._tell(f"保存 {came.saved} 处。{told}{handover.told(self.bench)}")

    def see(self, key: str) -> None:
        """Show what a measure is about and whether it worked."""
        found = next(measure for measure in self.known.measures if measure.key == key)
        self.proof.show(found, self.known)

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
        self._show()

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
        pages = handout.pages(self.held, self.known, self.chosen(), self.due, self.bench.problems)
        self.cells: dict[Form, list[dict[str, Any]]] = {page.form: list(_inputs(page)) for page in pages}
        self.grids.children = [_grid(page, self.cells[page.form], self.see) for page in pages]
        self.grids.titles = [f"{page.form.title}（{len(page.lines)}）" for page in pages]


def _inputs(page: Page) -> Iterator[dict[str, Any]]:
    """The inputs of each row by header: what is there already, then blank rows."""
    for line in [*page.lines[:ROWS], *[BLANK] * FREE]:
        yield {label: _input(page, line, label) for label in page.labels}


def _input(page: Page, line: Line, label: str) -> Any:
    words = {**line.shown, **line.cells, KEY: line.key, VERSION: str(line.version or "")}.get(label, "")
    field = next((field for field in page.form.fields if field.label == label), None)
    if not _free(page, line, field, label):
        return w.Label(words)
    if field and field.choices and words in ("", *field.choices):
        return w.Dropdown(options=["", *field.choices], value=words, layout=WIDE)
    offered = page.choices.get(label, ())
    return w.Combobox(value=words, options=tuple(offered), placeholder=label, layout=WIDE)


def _free(page: Page, line: Line, field: Field | None, label: str) -> bool:
    """Whether a cell may be written in: what was there keeps its key, a blank row needs one."""
    if line is BLANK:
        return field is not None or (label == KEY and page.form is MEASURES)
    return field is not None and not page.form.guards(field)


def _grid(page: Page, rows: Sequence[dict[str, Any]], see: Callable[[str], None]) -> w.VBox:
    """The cells under their headers, the version out of sight; the first column stays where it is."""
    labels = [label for label in page.labels if label != VERSION]
    wide = " ".join(f"{_width(page, label):g}em" for label in labels)
    layout = w.Layout(grid_template_columns=wide, grid_gap="2px 6px", overflow="auto")
    cells = [w.HTML(f"<b>{plain(label)}</b>") for label in labels]
    for line, row in zip([*page.lines[:ROWS], *[BLANK] * FREE], rows, strict=True):
        first = _opener(line, see) if page.form is MEASURES and line is not BLANK else row[labels[0]]
        cells += [first, *(row[label] for label in labels[1:])]
    for cell in cells[:: len(labels)]:
        cell.add_class("voc-first")
    box = w.GridBox(cells, layout=layout)
    box.add_class("voc-grid")
    left = len(page.lines) - ROWS
    return w.VBox([box, *([w.HTML(f"另有 {left} 行没有列出，请用上面的筛选。")] if left > 0 else [])])


def _opener(line: Line, see: Callable[[str], None]) -> w.HBox:
    """The number of a measure, to be clicked."""
    made = looks.button(line.key, partial(see, line.key), icon="bar-chart")
    made.tooltip = SEE
    made.add_class("voc-see")
    return w.HBox([made])


def _width(page: Page, label: str) -> float:
    """The em a column takes: what stands in it, more where sentences are to be written."""
    field = next((field for field in page.form.fields if field.label == label), None)
    prose = field is not None and field.kind in ("text", "filter", "list") and not field.choices
    least = PROSE if prose and label not in page.choices else NARROW
    words = [str({**line.shown, **line.cells, KEY: line.key}.get(label, "")) for line in page.lines[:ROWS]]
    return min(max(least, *(em(said) + 3 for said in [label, *words])), WIDEST)


def _filled(form: Form, lines: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """The rows with anything in them, as a workbook would bring them."""
    for number, line in enumerate(lines, start=1):
        wanted = [KEY, *form.labels, VERSION]
        cells = {label: str(line[label].value or "").strip() for label in wanted}
        if any(cells.values()):
            yield Row(f"{form.title} 第 {number} 行", cells)
