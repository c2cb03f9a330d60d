"""The taxonomy desk: rules as text on the left; on the right what they hit and which feedback they move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib.errors import VocError
from voc_lib.run.workflow.step import Step
from voc_lib.schema import RULE_CHECK
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.widgets import looks, redraft, session
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.redraft import Judged
from voc_lib.widgets.trying import Timer

PAUSE = 0.6  # seconds without a key after which the text is tried
MOST = 3_000  # feedback tried, the newest
LINES, MOVES, QUOTES, SHORT = 30, 8, 3, 60  # rules, changes, quotes of each and their characters shown
SHOWN = ("rule", "hits", "unique", "overlap", "conflict", "negated")


def panel(step: Step) -> Desk:
    """The desk over the period's feedback of a step; saving writes the team's own taxonomy file."""
    return Desk(step)


class Desk:
    """The view; `text` is what is written, `save` what its button does."""

    def __init__(self, step: Step) -> None:
        self.step, self._timer = step, Timer(PAUSE)
        rows, now = session.problems(step)
        self.rows = rows[now].tail(MOST).reset_index(drop=True)
        self.of = int(now.sum())
        self.words = step.segmenter(self.rows["product"])
        self.draft = redraft.opened(step.settings)
        self.text = w.Textarea(self.draft.text, layout=w.Layout(width="100%", height="560px"))
        self.tag = w.Dropdown(description="规则", options=step.taxonomy.names, layout=w.Layout(width="auto"))
        self.head, self.rules, self.moved, self.said = (w.HTML() for _ in range(4))
        self.said.add_class("voc-said")
        save = looks.button("保存标签体系", self.save, "primary", "check")
        save.add_class("voc-save")
        left = w.VBox([self.text, w.HBox([save, looks.button("还原", self.restore)]), self.said])
        right = w.VBox([self.head, self.moved, self.tag, self.rules])
        for box, name in ((left, "left"), (right, "right")):
            box.add_class(f"voc-{name}")
        both = w.HBox([left, right])
        both.add_class("voc-both")
        self.box = w.VBox([looks.loaded("taxonomy.css"), both])
        self.box.add_class("voc-taxonomy")
        self.before = self._judged(step.taxonomy)
        self.after = self.before
        self.text.observe(lambda _: self._timer.start(self.look), "value")
        self.tag.observe(lambda _: self._show_rules(), "value")
        self.look()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def look(self) -> None:
        """Try what is written on the feedback; what is wrong with it is said and the last good one stays."""
        try:
            taxonomy = redraft.checked(self.draft, self.text.value)
        except VocError as error:
            self.head.value = looks.told(str(error), bad=True)
            return
        self.after = self._judged(taxonomy)
        kept = self.tag.value
        self.tag.options = taxonomy.names
        self.tag.value = kept if kept in taxonomy.names else taxonomy.names[0]
        self._show(taxonomy)

    def save(self) -> None:
        """Write the text into the file."""
        try:
            self.draft = redraft.saved(self.draft, self.text.value)
        except VocError as error:
            self.said.value = looks.told(str(error), bad=True)
            return
        self.said.value = looks.told(f"已写入 {self.draft.file.name}，下次运行时生效。")

    def restore(self) -> None:
        """Put back what the file holds."""
        self.text.value = self.draft.text

    def _judged(self, taxonomy: Taxonomy) -> Judged:
        return redraft.judged(self.rows, taxonomy, self.words)

    def _show(self, taxonomy: Taxonomy) -> None:
        moves = [*redraft.moves(self.before, self.after, self.rows["text"])]
        count = sum(len(texts) for _, _, texts in moves)
        part = f"（最新的 {MOST:,} 条）" if self.of > MOST else ""
        told = f"本期 {len(self.rows):,} 条{part}中 {count:,} 条换了标签；"
        self.head.value = looks.told(f"{told}{len(taxonomy.tags)} 个标签，没有错误。")
        self.moved.value = "".join(_moved(moves))
        self._show_rules()

    def _show_rules(self) -> None:
        new = redraft.news(self.before, self.after)
        mine = self.after.rules[self.after.rules["tag"] == self.tag.value]
        tables = [_table(f"新写的 {len(new)} 条规则", new)] if len(new) else []
        self.rules.value = "".join([*tables, _table(f"{self.tag.value} 的 {len(mine)} 条规则", mine)])


def _moved(moves: list[tuple[str, str, list[str]]]) -> Iterator[str]:
    for old, new, texts in moves[:MOVES]:
        shown = (text if len(text) <= SHORT else f"{text[:SHORT]}…" for text in texts[:QUOTES])
        quotes = "".join(f"<li>{plain(text)}</li>" for text in shown)
        yield f"<p><b>{plain(old)} → {plain(new)}</b>　{len(texts):,} 条</p><ul>{quotes}</ul>"
    if left := moves[MOVES:]:
        yield f"<p>另有 {len(left)} 种变化，共 {sum(len(texts) for _, _, texts in left):,} 条。</p>"


def _table(title: str, rules: pd.DataFrame) -> str:
    heads = "".join(f"<th>{RULE_CHECK.labels[name]}</th>" for name in SHOWN)
    body = "".join(
        f"<tr>{''.join(f'<td>{plain(str(row[name]))}</td>' for name in SHOWN)}</tr>"
        for row in rules.head(LINES).to_dict("records")
    )
    left = f"<p>另有 {len(rules) - LINES} 条没有列出。</p>" if len(rules) > LINES else ""
    return f"<h5>{plain(title)}</h5><table><tr>{heads}</tr>{body}</table>{left}"
