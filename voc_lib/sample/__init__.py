"""The sample shop: two years of feedback with planted truths, the same bytes for the same seed."""

from voc_lib.sample.shop import write
from voc_lib.sample.truth import Truth

__all__ = ["Truth", "write"]
