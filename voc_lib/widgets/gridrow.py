"""A row of a grid of the plan: what stood in it, its inputs once seen, what it was given by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as w

from voc_lib.exchange.book import Line, Page
from voc_lib.exchange.fields import KEY, MEASURES, VERSION, Field
from voc_lib.exchange.sheets import Row

BLANK = Line("", 0, {})
WIDE = w.Layout(width="auto")


class GridRow:
    """An input for each header, made when it is asked for; `changed` is called with the row."""

    def __init__(self, page: Page, line: Line, changed: Callable[[GridRow], None]) -> None:
        self.page, self.line, self._changed = page, line, changed
        self.given: dict[str, str] = {}
        self._inputs: dict[str, Any] = {}
        self._filling = False

    def __getitem__(self, label: str) -> Any:
        if label not in self._inputs:
            made = _input(self.page, self.line, label)
            made.observe(lambda _: None if self._filling else self._changed(self), "value")
            self._inputs[label] = made
        return self._inputs[label]

    @property
    def words(self) -> dict[str, str]:
        """Header -> what stands there now."""
        return {label: self._words(label) for label in self.page.labels}

    @property
    def begun(self) -> bool:
        """Whether somebody has written in it: what it was given by itself does not count."""
        return any(
            self._words(label) not in (stands(self.line, label), self.given.get(label))
            for label in self._inputs
        )

    def give(self, wanted: Mapping[str, str]) -> None:
        """Fill in what nobody has written, and what it was given before where it is to be other now."""
        self._filling = True
        for label, words in wanted.items():
            if self._words(label) == self.given.get(label, ""):
                self.given[label] = self[label].value = words
        self._filling = False

    def take(self, label: str, words: str) -> bool:
        """Whether a cell may be written in so; if so it is."""
        cell = self[label]
        if isinstance(cell, w.Label) or (isinstance(cell, w.Dropdown) and words not in cell.options):
            return words == cell.value
        cell.value = words
        return True

    def mark(self, faults: str) -> None:
        """Show the cells that faults name, all of the row where they name none; no words, nothing."""
        named = [label for label in self._inputs if f"“{label}”" in faults]
        for label, cell in self._inputs.items():
            wrong = faults and label in (named or self._inputs)
            (cell.add_class if wrong else cell.remove_class)("voc-wrong")

    def sent(self, place: str) -> Row:
        """The row as a workbook would bring it."""
        wanted = (KEY, *self.page.form.labels, VERSION)
        return Row(place, {label: self._words(label) for label in wanted})

    def _words(self, label: str) -> str:
        made = self._inputs.get(label)
        return (stands(self.line, label) if made is None else str(made.value or "")).strip()


def stands(line: Line, label: str) -> str:
    """What stands in a cell of a line."""
    named = {**line.shown, **line.cells, KEY: line.key, VERSION: str(line.version or "")}
    return str(named.get(label, ""))


def _input(page: Page, line: Line, label: str) -> Any:
    words = stands(line, label)
    field = next((field for field in page.form.fields if field.label == label), None)
    if not _free(page, line, field, label):
        return w.Label(words, tooltip=words)
    if field and field.choices and words in ("", *field.choices):
        return w.Dropdown(options=["", *field.choices], value=words, layout=WIDE)
    offered = page.choices.get(label, ())
    # told when it is left: what is typed fast would still be on its way when it is saved
    return w.Combobox(
        value=words, options=tuple(offered), placeholder=label, layout=WIDE, continuous_update=False
    )


def _free(page: Page, line: Line, field: Field | None, label: str) -> bool:
    """Whether a cell may be written in: what was there keeps its key, a blank row needs one."""
    if line is BLANK:
        return field is not None or (label == KEY and page.form is MEASURES)
    return field is not None and not page.form.guards(field)
