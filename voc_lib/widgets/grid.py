"""A sheet of the plan as a grid to write in: its rows page by page, blank ones below that never run out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import ipywidgets as w

from voc_lib.exchange.book import Line, Page
from voc_lib.exchange.fields import KEY, MEASURES
from voc_lib.exchange.sheets import Row
from voc_lib.report.page import em
from voc_lib.widgets import looks, views
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.gridrow import BLANK, GridRow, stands

ROWS = 20  # rows of a grid on the screen
FREE = 5  # blank rows below
NARROW, PROSE = 6.5, 11  # em of a column at least, and where sentences are written
WRITTEN, LOCKED, READ = 14, 10, 22  # em of one at most: to write in, with lines folded, to be read
SEE = "看这个问题的反馈和这条措施的效果图"
KEYS = "回车：下一行　Tab：下一格　Ctrl+D：照抄上一格　Ctrl+V：从 Excel 整块粘贴　Ctrl+S：保存"


class Grid:
    """The view; `rows` are those that were there and blank ones, `box` shows a page of them in a view.

    `given` says what a new row is given by itself, `see` is called with the number of a measure that is
    clicked, `tell` with what could not be pasted.
    """

    def __init__(
        self,
        page: Page,
        *,
        given: Callable[[GridRow], Mapping[str, str]],
        see: Callable[[str], None],
        tell: Callable[..., None],
    ) -> None:
        self.page, self._given, self._see, self._tell = page, given, see, tell
        lines = sorted(page.lines, key=lambda line: not line.shown)  # first who is to be called or told
        self.there = [GridRow(page, line, self._changed) for line in lines]
        self.blank: list[GridRow] = []
        self.kept: set[str] | None = None
        self.first, self._drawn = 0, False
        self.view = w.ToggleButtons(options=views.names(page.form) or [views.ALL])
        self.view.style.button_width = "auto"
        self.view.layout.display = "" if views.names(page.form) else "none"
        self.cells = w.GridBox()
        self.cells.add_class("voc-grid")
        self.pasted = w.Text(continuous_update=False)
        self.pasted.add_class("voc-pasted")
        self.pager = w.HBox()
        self.pager.add_class("voc-turn")
        head = w.HBox([self.view, w.HTML(f'<span class="voc-hint">{KEYS}</span>')])
        head.add_class("voc-grid-head")
        self.box = w.VBox([head, self.pager, self.cells, self.pasted])
        self._free()
        self.view.observe(lambda _: self.draw(), "value")
        self.pasted.observe(lambda change: self._paste(*json.loads(change["new"])), "value")

    @property
    def rows(self) -> list[GridRow]:
        """The rows the filters leave, then the blank ones."""
        return [*self._left, *self.blank]

    @property
    def written(self) -> Iterator[tuple[GridRow, Row]]:
        """The rows somebody has written in, also those a filter hides, as a workbook would bring them."""
        places = {id(row): f"第 {number} 行" for number, row in enumerate(self.rows, start=1)}
        for row in (*self.there, *self.blank):
            if row.begun:
                yield row, row.sent(f"{self.page.form.title} {places.get(id(row), row.line.key)}")

    def begin(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Write rows into the blank ones, as they were."""
        for number, words in enumerate(rows):
            for label in self.page.form.labels:
                if words[label]:
                    self.blank[number].take(label, words[label])

    def keep(self, keys: set[str]) -> None:
        """Leave the rows with some keys only; what was written stays in the others too."""
        self.kept, self.first = keys, 0
        if self._drawn:
            self.draw()

    def go_on(self, before: Grid) -> None:
        """Show the columns another grid of the sheet showed."""
        self.view.value = before.view.value

    def turn(self) -> None:
        """Show the grid the first time it is turned to: what is written in is not to be drawn anew."""
        if not self._drawn:
            self.draw()

    def draw(self) -> None:
        """Show the columns of the view and the rows of the page; nothing is made before it is seen."""
        self._drawn = True
        labels = views.labels(self.page, str(self.view.value))
        wide = " ".join(f"{self._width(label):g}em" for label in labels)
        self.cells.layout = w.Layout(grid_template_columns=wide, grid_gap="2px 6px", overflow="auto")
        heads = [w.HTML(f"<b>{plain(label)}</b>") for label in labels]
        heads[0].add_class("voc-first")
        self.cells.children = [*heads, *(cell for row in self._shown for cell in self._row(row))]
        self._number()

    @property
    def _left(self) -> list[GridRow]:
        return [row for row in self.there if self.kept is None or row.line.key in self.kept]

    @property
    def _shown(self) -> list[GridRow]:
        return [*self._left[self.first : self.first + ROWS], *self.blank]

    def _row(self, row: GridRow) -> list[Any]:
        """The cells of a row; its first one stays in sight."""
        first, *others = views.labels(self.page, str(self.view.value))
        head = self._opener(row.line) if self.page.form is MEASURES and row.line is not BLANK else row[first]
        head.add_class("voc-first")
        return [head, *(row[label] for label in others)]

    def _opener(self, line: Line) -> w.HBox:
        """The number of a measure, to be clicked."""
        made = looks.button(line.key, partial(self._see, line.key), icon="bar-chart")
        made.tooltip = SEE
        made.add_class("voc-see")
        return w.HBox([made])

    def _number(self) -> None:
        """Say which rows are seen, with a button to the next ones."""
        n, last = len(self._left), min(self.first + ROWS, len(self._left))
        before, after = (
            looks.button("上一页", partial(self._go, -ROWS)),
            looks.button("下一页", partial(self._go, ROWS)),
        )
        before.disabled, after.disabled = self.first == 0, last == n
        told = w.HTML(f"第 {self.first + 1}–{last} 行，共 {n} 行；空行在最下面")
        self.pager.children = [told, before, after] if n > ROWS else [] if n else [w.HTML(self._empty)]

    @property
    def _empty(self) -> str:
        """What to do where no row stands."""
        title = self.page.form.title
        words = f"还没有{title}：在下面的空行里写，一行一条，或从 Excel 整块粘贴；写完保存。"
        if self.there:
            words = f"筛选之后没有剩下的{title}；把上面的条件改回“全部”就都看得到。"
        return f'<span class="voc-hint">{words}</span>'

    def _go(self, by: int) -> None:
        self.first = max(0, self.first + by)
        self.draw()

    def _changed(self, row: GridRow) -> None:
        """Give a new row what it is given; blank ones go on below it."""
        if not row.line.version and row.begun:
            row.give(self._given(row))
        while row in self.blank[-FREE:]:
            self._free()

    def _free(self) -> None:
        more = [GridRow(self.page, BLANK, self._changed) for _ in range(FREE)]
        self.blank += more
        if self._drawn:
            self.cells.children = [*self.cells.children, *(cell for row in more for cell in self._row(row))]

    def _paste(self, _: int, row: int, column: int, words: str) -> None:
        """Write a block copied elsewhere from a cell on; what has no place is told."""
        lines, left = self._fitting(block(words), row)
        labels = views.labels(self.page, str(self.view.value))[column:]
        lost: dict[str, str] = {}
        for number, cells in enumerate(lines, start=row):
            while number >= len(self._shown):
                self._free()
            for label, said in zip(labels, cells, strict=False):
                if not self._shown[number].take(label, said.strip()):
                    lost.setdefault(label, said.strip())
        beyond = max(map(len, lines), default=0) - len(labels)
        told = [f"“{label}” 不能写 “{said}”" for label, said in lost.items()]
        told += [f"右边的 {beyond} 列没有地方放"] if beyond > 0 else []
        told += [f"其余 {left} 行没有贴：这些行在下一页，请翻页后再贴"] if left else []
        self._tell(f"贴了 {len(lines)} 行。{'；'.join(told)}", bad=bool(told))

    def _fitting(self, lines: list[list[str]], row: int) -> tuple[list[list[str]], int]:
        """The lines that have a place from a row on, and how many belong to rows of the next page."""
        here = min(ROWS, len(self._left) - self.first) - row
        if here <= 0 or len(self._left) <= self.first + ROWS:
            return lines, 0
        return lines[:here], max(len(lines) - here, 0)

    def _width(self, label: str) -> float:
        """The em a column takes: what stands in it, more where sentences are to be written."""
        field = next((field for field in self.page.form.fields if field.label == label), None)
        words = [stands(row.line, label) for row in self._left[self.first : self.first + ROWS]]
        longest = max(em(said) for said in [label, *words])
        if label == KEY and self.page.form is MEASURES:
            return max(NARROW, longest + 4.5)  # a button with a sign before the number
        if field is None or self.page.form.guards(field):
            return min(max(NARROW, longest + 2), LOCKED if field else READ)
        prose = field.kind in ("text", "filter", "list") and not field.choices
        least = PROSE if prose and label not in self.page.choices else NARROW
        return min(max(least, longest + 3), WRITTEN)


def block(words: str) -> list[list[str]]:
    """The cells of a block as a spreadsheet copies it, row by row; a lone quotation mark is one sign.

    >>> block("漏水\\t\\"两\\n行\\"\\r\\n\\r\\n")
    [['漏水', '两\\n行'], ['']]
    >>> block('"漏水\\t甲\\r\\n乙')
    [['"漏水', '甲'], ['乙']]
    """
    whole = words.count('"') % 2 == 0
    source = io.StringIO(words, newline="")
    plain = (
        csv.reader(source, "excel-tab") if whole else csv.reader(source, "excel-tab", quoting=csv.QUOTE_NONE)
    )
    return [cells or [""] for cells in plain]
