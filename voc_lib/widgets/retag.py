"""The tags of one feedback put right where it is read; kept as an answer in the review is."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from voc_lib.errors import VocError
from voc_lib.schema import TAG_SEPARATOR
from voc_lib.widgets import looks
from voc_lib.widgets.desk import Desk, Standing


class Retag:
    """The view; `save` keeps the tags chosen, `take_back` what stood before."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.ident, self.old = desk, "", ""
        self.seen, self.before = Standing(), Standing().tags
        self._order: list[str] = []
        self.tags = {name: self._toggle(name) for name in desk.taxonomy.names}
        self.note = w.Text(
            placeholder="备注，可不写", continuous_update=False, layout=w.Layout(flex="1 1 12em")
        )
        self.said = w.HTML()
        self.keep = looks.button("改成选中的标签", self.save, "primary")
        self.undo = looks.button("撤销", self.take_back)
        tags = w.HBox([*self.tags.values()], layout=w.Layout(flex_flow="row wrap"))
        self.box = w.VBox([tags, w.HBox([self.note, self.keep, self.undo]), self.said])
        self.box.add_class("voc-retag")

    def show(self, ident: str, tags: str) -> None:
        """A feedback by its key in the register, and the tags the tables give it."""
        self.ident, self.old, self.note.value = ident, tags, ""
        self._read()
        self.before = self.seen.tags
        self.undo.disabled = True
        self._tell(f"{self.seen.who}已更正过，下次运行时生效。" if self.seen.tags else "")

    def save(self) -> None:
        """Keep the tags chosen, the one chosen first being the first."""
        if not self._order:
            self._tell("请至少选一个标签；都不合适就选 其他。", bad=True)
            return
        self._do(self._saved, "已记入登记库，下次运行时生效。")

    def take_back(self) -> None:
        """Put back what stood when the feedback was opened."""
        self._do(self._taken_back, "已撤销。")
        self.undo.disabled = True

    def _saved(self) -> str:
        note, chosen = self.note.value.strip(), tuple(self._order)
        return self.desk.save(self.ident, chosen, seen=self.seen.version, old=self.old, note=note)

    def _taken_back(self) -> str:
        return self.desk.take_back(self.ident, seen=self.seen.version, before=self.before)

    def _do(self, act: Any, done: str) -> None:
        try:
            told = act()
        except VocError as error:
            told = str(error)
        self._read()
        self.undo.disabled = bool(told)
        self._tell(told or done, bad=bool(told))

    def _read(self) -> None:
        """Show what stands now: a person's tags, else those of the tables."""
        self.seen = self.desk.standing(self.ident)
        self._order = [*(self.seen.tags or self.old.split(TAG_SEPARATOR))]
        for name, box in self.tags.items():
            box.unobserve_all("value")
            box.value = name in self._order
            box.observe(lambda change, name=name: self._picked(name, change["new"]), "value")

    def _picked(self, name: str, on: bool) -> None:
        self._order = [held for held in self._order if held != name] + ([name] if on else [])

    def _toggle(self, name: str) -> w.ToggleButton:
        return w.ToggleButton(description=name, layout=w.Layout(width="auto"))

    def _tell(self, words: str, *, bad: bool = False) -> None:
        self.said.value = looks.told(words, bad=bad)
