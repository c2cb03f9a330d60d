"""Tagging: taxonomies, rules with evidence, intent, urgency, customer types, a learned tagger."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voc_lib.tag.labelling import Labelled, label
    from voc_lib.tag.library import load, packs
    from voc_lib.tag.taxonomy import Tag, Taxonomy

__all__ = ["Labelled", "Tag", "Taxonomy", "label", "load", "packs"]
_ROOMS = {"label": "labelling", "Labelled": "labelling", "load": "library", "packs": "library"}


def __getattr__(name: str) -> Any:
    """What the package offers, imported on first use: counting tags need not wait for all that tags."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"voc_lib.tag.{_ROOMS.get(name, 'taxonomy')}"), name)
