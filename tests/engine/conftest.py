"""The labelling of the tests of tags, for the tests of where it is done."""

from tests.tag.conftest import label

__all__ = ["label"]
