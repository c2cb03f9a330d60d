"""The fields by which the queue is narrowed: words, a tag, a channel, what is doubtful."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib.schema import TAG_SEPARATOR
from voc_lib.widgets import looks, queue
from voc_lib.widgets.listed import split
from voc_lib.widgets.trying import ALL, PAUSE, Timer


class Narrowing:
    """The view; `places` are those of the queue that meet what is chosen, `changed` hears of a choice."""

    def __init__(self, items: pd.DataFrame, changed: Callable[[], None], *, blind: bool) -> None:
        self.items, self._clearing, self._timer = items, False, Timer(PAUSE)
        self.words = w.Text(description="搜索", placeholder="几个说法用、隔开，有一个就算")
        self.tag = w.Dropdown(description="标签", options=[ALL, *_tags(items)])
        self.channel = w.Dropdown(description="渠道", options=[ALL, *_values(items, "channel")])
        self.doubtful = w.Checkbox(description="只看拿不准的", indent=False)
        self.clearing = looks.button("清空条件", self.clear, icon="times")
        self.fields = [self.words, self.channel, *([] if blind else [self.tag, self.doubtful])]
        self.box = w.HBox([*self.fields, self.clearing])
        self.box.add_class("voc-fields")

        def heard(_: Any) -> None:
            if not self._clearing:
                self._timer.start(changed)

        for box in self.fields:
            box.observe(heard, "value")
        self._changed = changed

    @property
    def places(self) -> list[int]:
        """The places that meet what is chosen."""
        return queue.narrowed(
            self.items,
            words=split(self.words.value),
            tag="" if self.tag.value == ALL else self.tag.value,
            channel="" if self.channel.value == ALL else self.channel.value,
            doubtful=self.doubtful.value,
        )

    def clear(self) -> None:
        """Show all of the queue."""
        self._clearing = True
        self.words.value, self.tag.value, self.channel.value, self.doubtful.value = "", ALL, ALL, False
        self._clearing = False
        self._changed()


def _tags(items: pd.DataFrame) -> list[str]:
    return sorted({tag for tags in _values(items, "tags") for tag in tags.split(TAG_SEPARATOR) if tag})


def _values(items: pd.DataFrame, name: str) -> list[str]:
    return sorted(items[name].dropna().astype("str").unique()) if name in items else []
