"""What a panel looks like and how it answers clicks and keys: its own style sheet and script."""

from __future__ import annotations

from importlib.resources import files

import ipywidgets as w

KINDS = {"css": "text/html", "js": "application/javascript"}


def loaded(*names: str) -> w.Output:
    """An output nobody sees that brings style sheets and scripts of this folder."""
    shown = [
        {"output_type": "display_data", "data": {KINDS[name.rpartition(".")[2]]: _read(name)}, "metadata": {}}
        for name in names
    ]
    return w.Output(outputs=tuple(shown))


def sheet(name: str) -> str:
    """A style sheet of this folder, as HTML."""
    return _read(name)


def _read(name: str) -> str:
    words = files("voc_lib.widgets").joinpath(name).read_text(encoding="utf-8")
    return f"<style>{words}</style>" if name.endswith(".css") else words
