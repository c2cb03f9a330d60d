"""What a panel looks like and how it answers clicks and keys: its own style sheet and script."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import ipywidgets as w

from voc_lib.widgets import turns
from voc_lib.widgets.evidence import plain

KINDS = {"css": "text/html", "js": "application/javascript"}


def loaded(*names: str) -> w.Output:
    """An output nobody sees that brings style sheets and scripts of this folder, with those of any desk.

    What the desk sends is taken in turn from then on.
    """
    turns.keep()
    shown = [
        {"output_type": "display_data", "data": {KINDS[name.rpartition(".")[2]]: _read(name)}, "metadata": {}}
        for name in (*names, "lab.js")
    ]
    return w.Output(outputs=tuple(shown))


def sheet(name: str) -> str:
    """A style sheet of this folder, as HTML."""
    return _read(name)


def button(words: str, act: Callable[[], Any], style: str = "", icon: str = "") -> w.Button:
    """A button as wide as its words that does something when it is clicked."""
    layout = w.Layout(width="auto", flex="0 0 auto")
    made = w.Button(description=words, button_style=style, icon=icon, layout=layout)
    made.on_click(lambda _: act())
    return made


def told(words: str, *, bad: bool = False) -> str:
    """What a panel tells, as HTML read out where screens are; nothing for no words."""
    tone = "voc-bad" if bad else "voc-note"
    return f'<div class="{tone}" role="status">{plain(words)}</div>' if words else ""


def _read(name: str) -> str:
    words = files("voc_lib.widgets").joinpath(name).read_text(encoding="utf-8")
    return f"<style>{words}</style>" if name.endswith(".css") else words
