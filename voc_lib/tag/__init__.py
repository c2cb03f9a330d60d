"""Tagging: taxonomies, rules with evidence, intent, urgency, customer types, a learned tagger."""

from voc_lib.tag.labelling import Labelled, label
from voc_lib.tag.library import load, packs
from voc_lib.tag.taxonomy import Tag, Taxonomy

__all__ = ["Labelled", "Tag", "Taxonomy", "label", "load", "packs"]
