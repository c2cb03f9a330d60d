"""What the feedback without a tag speaks of, group by group: one key makes a tag of the team's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import ipywidgets as w

from voc_lib.errors import VocError
from voc_lib.run.record import taxonomies
from voc_lib.run.workflow.step import Step
from voc_lib.tag import suggest
from voc_lib.tag.suggest import Group
from voc_lib.tag.taxonomy import OTHER
from voc_lib.widgets import adoption, keyline, keys, looks, rewrite, session
from voc_lib.widgets.adoption import Adopted
from voc_lib.widgets.evidence import plain

COMMANDS = {
    keys.ACCEPT: "空格 = 采用为标签",
    keys.NEXT: ". = 不用，看下一组",
    keys.BACK: ", = 上一组",
    keys.UNDO: "/ = 撤销上一次采用",
}
WIDE = w.Layout(width="auto")
BETWEEN = re.compile(r"[、，,；;\s]+")


def panel(step: Step) -> Suggestions:
    """The panel over the groups in the step's 其他; looking for them starts with its button."""
    return Suggestions(step)


def shortest(words: Sequence[str]) -> tuple[str, ...]:
    """The words without those that hold another, each once.

    >>> shortest(["年卡转让", "年卡", "", "年卡"])
    ('年卡',)
    """
    named = dict.fromkeys(word for word in words if word)
    return tuple(word for word in named if not any(other in word for other in named if other != word))


class Suggestions:
    """The panel; `found` are the groups, `at` is the one shown, `press` is what a key does."""

    def __init__(self, step: Step) -> None:
        self.step, self.settings = step, step.settings
        self.seen = rewrite.stamp(step.settings.file)
        self.found: list[Group] = []
        self.at, self.adopted = 0, list[tuple[int, Adopted]]()
        self.start = looks.button(f"归纳本期的 “{OTHER}”", self.look, "primary")
        self.start.layout.align_self = "flex-start"
        self.start.add_class("voc-suggest")
        self.head, self.quotes, self.said = w.HTML(), w.HTML(), w.HTML()
        self.said.add_class("voc-said")
        self.name = w.Text(description="标签名", layout=WIDE, continuous_update=False)
        self.phrases = w.Textarea(description="短语", rows=3, layout=WIDE)
        self.typing = keyline.line(self.press, "点一下这里，然后按键")
        self.box = w.VBox([self.start, self.said])
        self.box.add_class("voc-suggestions")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def look(self) -> None:
        """Find the groups and show the first."""
        self.spoken = session.problems(self.step)
        self.found = session.suggested(self.step, *self.spoken)
        if not self.found:
            self.said.value = f"<div>本期的 “{OTHER}” 里没有能归成一组的说法。</div>"
            return
        buttons = [looks.button(words, partial(self.press, key)) for key, words in COMMANDS.items()]
        row = w.HBox(buttons, layout=w.Layout(flex_flow="row wrap"))
        parts = [self.head, self.name, self.phrases, self.quotes, self.typing, row, self.said]
        self.box.children = (*parts, looks.loaded("keys.js"))
        self._show()

    def press(self, key: str) -> None:
        """Do what a key means; what cannot be done is said, and the group stays."""
        try:
            told = self._done(key)
        except VocError as error:
            told = str(error)
        self._show(told)

    def _done(self, key: str) -> str:
        if key in (keys.NEXT, keys.BACK):
            self.at += 1 if key == keys.NEXT else -1
            self.at = min(max(self.at, 0), len(self.found))
        elif key == keys.UNDO and self.adopted:
            self.at, last = self.adopted.pop()
            self.settings = last.undo()
            self.seen = rewrite.stamp(self.settings.file)
            return self._stands("已撤销。")
        elif key == keys.ACCEPT and self.at < len(self.found) and self.at not in dict(self.adopted):
            return self._adopt()
        return ""

    def _adopt(self) -> str:
        group = self._written()
        made = adoption.adopt(self.settings, [group], seen=self.seen)
        self.adopted.append((self.at, made))
        self.settings, self.seen = made.settings, rewrite.stamp(made.settings.file)
        self.at += 1
        return self._stands(f"“{group.name}” 已写入 {made.file.name}。")

    def _written(self) -> Group:
        """The group as it stands in the fields."""
        words = shortest(BETWEEN.split(self.phrases.value))
        return replace(self.found[self.at], name=self.name.value.strip(), phrases=words)

    def _stands(self, done: str) -> str:
        """What was done, and how much is left without a tag."""
        rows, now = self.spoken
        before = float((rows.loc[now, "primary_tag"] == OTHER).mean())
        after = suggest.left(rows[now], taxonomies.current(self.settings))
        return f"{done}本期的 “{OTHER}” 由 {before:.1%} 变为 {after:.1%}；重新运行后各步采用新标签。"

    def _show(self, told: str = "") -> None:
        self.said.value = f'<div role="status">{plain(told)}</div>' if told else ""
        over = self.at >= len(self.found)
        self.name.disabled = self.phrases.disabled = over or self.at in dict(self.adopted)
        if over:
            self.head.value = f"<b>全部看完</b> · 采用 {len(self.adopted)} 组"
            self.name.value = self.phrases.value = self.quotes.value = ""
            return
        group = self.found[self.at]
        size, *quotes = suggest.said(group)
        taken = " · 已采用" if self.at in dict(self.adopted) else ""
        self.head.value = f"<b>第 {self.at + 1} / {len(self.found)} 组</b>{taken} · {plain(size)}"
        self.name.value, self.phrases.value = group.name, "、".join(group.phrases)
        self.quotes.value = "<ul>" + "".join(f"<li>{plain(quote)}</li>" for quote in quotes) + "</ul>"
