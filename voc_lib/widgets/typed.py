"""A line to type in that is heard while one types, and whole before the next click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w


class Typed:
    """The line; `box` shows it, `value` is what was heard last, `heard` is called with each change.

    What is typed is told at a pause by a widget beside it (`lab.js`), and by the line itself when it is left:
    a widget that is still being answered keeps back what comes next, and a click would overtake that.
    """

    def __init__(self, heard: Callable[[], Any], **options: Any) -> None:
        self._heard, self._value = heard, ""
        self.line = w.Text(continuous_update=False, **options)
        self.line.add_class("voc-typed")
        self.live = w.Text(layout=w.Layout(display="none"))
        self.live.add_class("voc-live")
        self.box = w.VBox([self.line, self.live])
        for told in (self.line, self.live):
            told.observe(lambda change: self._say(change["new"]), "value")

    @property
    def value(self) -> str:
        return self._value

    @value.setter
    def value(self, words: str) -> None:
        self.line.value = words
        self._say(words)

    def _say(self, words: str) -> None:
        if words != self._value:
            self._value = words
            self._heard()
