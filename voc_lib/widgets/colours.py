"""A colour for each tag, the same wherever it is shown; the style sheet makes it light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from voc_lib.tag.taxonomy import OTHER
from voc_lib.widgets.evidence import plain

TURN = 137.508  # degrees: neighbours in a taxonomy are far apart however many tags there are


def hues(names: Sequence[str]) -> dict[str, int]:
    """The hue of each tag by its place in the taxonomy; 其他 has none and stays grey.

    >>> hues(["物流延迟", "服务态度", "其他"])
    {'物流延迟': 0, '服务态度': 138}
    """
    return {name: round(place * TURN) % 360 for place, name in enumerate(names) if name != OTHER}


def chips(tags: Iterable[str], by: Mapping[str, int]) -> str:
    """Tags as safe HTML, each in its colour.

    >>> chips(["物流延迟"], {"物流延迟": 0})
    '<span class="voc-tag" style="--hue:0">物流延迟</span>'
    """
    return " ".join(f'<span class="voc-tag"{_style(tag, by)}>{plain(tag)}</span>' for tag in tags)


def named(tag: str, by: Mapping[str, int]) -> str:
    """The class of a button of a tag; `sheet` gives it its colour."""
    return f"voc-hue-{by[tag]}" if tag in by else "voc-hue-none"


def sheet(by: Mapping[str, int]) -> str:
    """The style sheet of the classes, as HTML."""
    rules = "".join(f".voc-hue-{hue}{{--hue:{hue}}}" for hue in sorted(set(by.values())))
    return f"<style>{rules}</style>"


def _style(tag: str, by: Mapping[str, int]) -> str:
    return f' style="--hue:{by[tag]}"' if tag in by else ""
