"""The line one presses keys in, whatever input method is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets as w

from voc_lib.widgets import keys

LENGTH = 40  # keys after which the line is emptied


def line(press: Callable[[str], None], placeholder: str) -> w.Text:
    """A line that calls `press` with each key, read off its end: none is lost however fast they come."""
    made = w.Text(description="按键", placeholder=placeholder, layout=w.Layout(width="auto"))
    made.add_class("voc-keys")
    emptied = ""

    def typed(change: Mapping[str, str]) -> None:
        nonlocal emptied
        before, now = change["old"], change["new"]
        if not now:
            return
        if emptied and now.startswith(emptied):  # a key was on its way while the line was emptied
            before = emptied
        for key in keys.pressed(before, now):
            press(key)
        emptied = now if len(now) > LENGTH else ""
        if emptied:
            made.value = ""

    made.observe(typed, "value")
    return made
